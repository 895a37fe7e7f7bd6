"""From the JSON of a hook call to the JSON of its answer, whoever comes: following our advice never provokes us.

A client applies a suggestion as CDS Hooks says (create, update, delete of the drafts) and fires the hook again. What
each step must hold for by itself stands in `test_rules.py` and `test_suggestions.py`, spelling in `test_versions.py`.
`pytest tests/property --hypothesis-profile=long` looks at many more requests, other ones each time.
"""

import copy
import json
from functools import cache

from hypothesis import event, given, settings
from hypothesis import strategies as st

from cds_service.domain.orders import DrugOrder
from cds_service.domain.outcome import Indicator, RuleFailed, Unfit
from cds_service.web.invariants import hold
from cds_service.web.wire import answer_of
from tests.property.calls import decision
from tests.property.charts import requests, unrelated_condition, unrelated_order
from tests.property.patients import BOUNDED, release

FEWER = settings(max_examples=BOUNDED.max_examples // 3)  # a whole call takes longer than a step of it


def answered(body):
    """The decision, and its cards as the client reads them."""
    decided = decision(body)
    assert hold(decided.cards) == decided.cards, "something had to be taken off"
    return decided, json.loads(answer_of(decided.cards))["cards"]


def offered(cards):
    return [suggestion for card in cards for suggestion in card.get("suggestions", ())]


def applied(body, suggestion):
    """The hook request after the client applied every action of a suggestion."""
    after = copy.deepcopy(body)
    entries = after["context"]["draftOrders"]["entry"]
    for action in suggestion["actions"]:
        match action["type"]:
            case "create":
                entries.append({"resource": action["resource"] | {"id": f"created-{len(entries)}"}})
            case "update":
                (at,) = places(entries, reference(action["resource"]))
                entries[at] = {"resource": action["resource"]}
            case "delete":
                (at,) = places(entries, action["resourceId"])
                del entries[at]
    return after


def reference(resource):
    return f"{resource['resourceType']}/{resource['id']}"


def places(entries, wanted):
    return [at for at, entry in enumerate(entries) if reference(entry["resource"]) == wanted]


def ranks(cards):
    """Rule id -> 0 critical, 1 warning, 2 info."""
    return {card["source"]["topic"]["code"]: Indicator(card["indicator"]).rank for card in cards}


def provoked(before, after):
    """Rules that now warn or are critical, and were silent or milder before."""
    earlier, now = ranks(before), ranks(after)
    return {rule for rule, rank in now.items() if rank <= Indicator.WARNING.rank and rank < earlier.get(rule, 9)}


@cache
def relaxants():
    """What the drafts of the spasm drugs call their drug."""
    found = [release().alternatives[name] for name in ("sg-baclofen", "sg-tizanidine")]
    return {order.text for one in found for order in one.orders.values() if isinstance(order, DrugOrder)}


def excepted(suggestion):
    """A relaxant beside a tapering diazepam sedates twice (ruling 40): allowed where the suggestion says so."""
    created = {
        action["resource"].get("medicationCodeableConcept", {}).get("text")
        for action in suggestion["actions"]
        if action["type"] == "create"
    }
    if created.isdisjoint(relaxants()) or not any(action["type"] == "update" for action in suggestion["actions"]):
        return set()
    assert "both sedate" in suggestion["label"]
    return {"cns-depressant"}


# Following our advice -------------------------------------------------------------------------------------------------


@FEWER
@given(requests(), st.randoms(use_true_random=False))
def test_a_suggestion_that_is_applied_raises_no_new_warning(body, chance):
    """Nor does the one that is offered next."""
    _, cards = answered(body)
    for _ in range(2):
        suggestions = offered(cards)
        event(f"suggestions: {len(suggestions)}")
        for suggestion in suggestions:
            _, after = answered(applied(body, suggestion))
            assert provoked(cards, after) <= excepted(suggestion), suggestion["label"]
        if not suggestions:
            break
        body = applied(body, chance.choice(suggestions))
        _, cards = answered(body)


@FEWER
@given(requests(regular=True))
def test_who_takes_it_regularly_is_never_stopped_shortened_or_cut(body):
    decided, cards = answered(body)
    regular = [one.facts.order for one in decided.assessments if one.facts.prior_use.continuing]
    event(f"regular: {bool(regular)}, suggestions: {len(offered(cards))}")
    drafts = {reference(entry["resource"]): entry["resource"] for entry in body["context"]["draftOrders"]["entry"]}
    for order in regular:
        for action in (action for suggestion in offered(cards) for action in suggestion["actions"]):
            assert action.get("resourceId") != order.reference
            if action["type"] == "update" and reference(action["resource"]) == order.reference:
                stays_but_for_its_length(drafts[order.reference], action["resource"], order)


def stays_but_for_its_length(draft, changed, order):
    """As `sg-taper` is ruled: dose and rhythm as they are, min(28, P) days, no repeats, never more than was ordered."""
    days = min(28, order.planned.days or 28)
    drug = "medicationReference" if "contained" in draft else "medicationCodeableConcept"
    assert changed[drug] == draft[drug]
    for before, after in zip(draft.get("dosageInstruction", [{}]), changed["dosageInstruction"], strict=True):
        assert after.get("doseAndRate") == before.get("doseAndRate")
        assert after.get("maxDosePerPeriod") == before.get("maxDosePerPeriod")
        assert rhythm(after) == rhythm(before)
        assert after["timing"]["repeat"]["boundsDuration"]["value"] == days
    supply, before = changed["dispenseRequest"], draft.get("dispenseRequest", {})
    assert (supply["expectedSupplyDuration"]["value"], supply["numberOfRepeatsAllowed"]) == (days, 0)
    if "quantity" in supply:
        assert supply["quantity"]["value"] <= before["quantity"]["value"] * (1 + order.planned.repeats)


def rhythm(dosage):
    repeat = dosage.get("timing", {}).get("repeat", {})
    return {name: value for name, value in repeat.items() if not name.startswith(("bounds", "count"))}


# Untouched by what does not matter ------------------------------------------------------------------------------------


def said(cards):
    """What the cards say and offer, but for their ids."""
    return [
        (card["summary"], card["indicator"], card.get("detail"), [one["label"] for one in card.get("suggestions", ())])
        for card in cards
    ]


@FEWER
@given(requests())
def test_a_problem_and_a_drug_that_no_rule_knows_change_nothing(body):
    _, before = answered(body)
    for key, resource in (("conditions", unrelated_condition()), ("medications", unrelated_order())):
        if key in body["prefetch"]:
            body["prefetch"][key].setdefault("entry", []).append({"resource": resource})
            body["prefetch"][key]["total"] += 1
    beside = unrelated_order() | {"id": "beside", "status": "draft"}
    body["context"]["draftOrders"]["entry"].append({"resource": beside})
    assert said(answered(body)[1]) == said(before)


@FEWER
@given(requests(), st.randoms(use_true_random=False))
def test_the_order_of_the_record_changes_no_verdict(body, chance):
    _, before = answered(body)
    for value in body["prefetch"].values():
        chance.shuffle(value.get("entry", []))
    assert verdicts(answered(body)[1]) == verdicts(before)


def verdicts(cards):
    """Which rule says how much, and what it offers; lists of names may come in another order."""
    return [
        (card["source"]["topic"]["code"], card["indicator"], [one["label"] for one in card.get("suggestions", ())])
        for card in cards
    ]


# Every answer ---------------------------------------------------------------------------------------------------------


@FEWER
@given(requests())
def test_every_answer_is_whole(body):
    decided, cards = answered(body)
    event(f"cards: {len(cards)}")
    assert all(0 < len(card["summary"]) < 140 for card in cards)
    assert all(len(card.get("detail", "")) > 40 for card in cards)
    failed = [ruling for one in decided.assessments for ruling in one.rulings if isinstance(ruling.outcome, RuleFailed)]
    unjudged = [
        verdict.because
        for one in decided.assessments
        for verdict in one.verdicts.values()
        if isinstance(verdict, Unfit) and verdict.because.startswith(("failed", "unjudged"))
    ]
    assert not failed
    assert not unjudged
