"""`hold`: a faulty part is taken off, a faulty card is no answer, and both are logged without their words."""

from dataclasses import replace
from datetime import date

import msgspec
import pytest

from cds_service.domain.card import Action, Card, Link, Source, Suggestion
from cds_service.domain.errors import AnswerBroken
from cds_service.domain.orders import Create, Delete, OrderChange, Update
from cds_service.domain.outcome import Indicator
from cds_service.domain.terminology import Coding
from cds_service.web.invariants import hold
from tests.unit.engine.small_content import DRUG

DRAFT = {
    "resourceType": "MedicationRequest",
    "status": "draft",
    "intent": "order",
    "subject": {"reference": "Patient/1"},
}


def uuid(number):
    return f"00000000-0000-4000-8000-{number:012d}"


def create(**changes):
    proposal = Create(order=DRUG, position=0, description="Order it", authored_on=date(2026, 6, 15))
    return Action(proposal=proposal, resource=msgspec.json.encode(DRAFT | changes))


def update(reference="MedicationRequest/1", **changes):
    proposal = Update(change=OrderChange(days=7), position=0, reference=reference, description="Shorten it")
    return Action(proposal=proposal, resource=msgspec.json.encode(DRAFT | {"id": "1"} | changes))


def delete(reference="MedicationRequest/1", description="Take it out"):
    return Action(proposal=Delete(reference=reference, description=description))


def suggestion(*actions, number=2, **changes):
    made = Suggestion(uuid=uuid(number), label="Do it", alternative="x", actions=actions or (create(),))
    return replace(made, **changes)


def card(**changes):
    made = Card(
        uuid=uuid(1),
        summary="Summary",
        detail="Detail",
        indicator=Indicator.WARNING,
        source=Source(label="Source", url="https://x.example", topic=Coding(system="s", code="rule-1", display="d")),
        suggestions=(suggestion(),),
        selection_behavior="any",
        override_reasons=(Coding(system="s", code="c", display="d"),),
        links=(Link(label="Link", url="https://x.example/a?b#c"),),
    )
    return replace(made, **changes)


def test_a_good_card_goes_as_it_is():
    good = card(suggestions=(suggestion(create(), update(), delete()),))
    (held,) = hold((good,))
    assert held is good


@pytest.mark.parametrize(
    "changes",
    [
        {"summary": ""},
        {"summary": "  "},
        {"summary": "x" * 140},
        {"summary": "two\nlines"},
        {"uuid": ""},
        {"uuid": "x"},
        {"uuid": uuid(1).replace("4", "G")},
        {"selection_behavior": ""},
        {"selection_behavior": "one"},
        {"suggestions": ()},
        {"source": Source(label=" ", url="", topic=Coding(system="s", code="rule-1"))},
        {"source": Source(label="x", url="x.example", topic=Coding(system="s", code="rule-1"))},
        {"source": Source(label="x", url="", topic=Coding(system="", code="rule-1"))},
        {
            "selection_behavior": "at-most-one",
            "suggestions": (suggestion(is_recommended=True), suggestion(number=3, is_recommended=True)),
        },
    ],
)
def test_a_faulty_card_is_no_answer(changes, caplog):
    with pytest.raises(AnswerBroken):
        hold((card(uuid=uuid(9), suggestions=(), selection_behavior=""), card(**changes)))
    assert "A card of rule-1 breaks" in caplog.text


def test_a_uuid_stands_once():
    with pytest.raises(AnswerBroken):
        hold((card(suggestions=(), selection_behavior=""), card(suggestions=(), selection_behavior="")))


def test_summaries_of_139_characters_are_good():
    assert hold((card(summary="x" * 139),))


@pytest.mark.parametrize(
    "faulty",
    [
        suggestion(number=3, label=" "),
        suggestion(number=3, uuid="x"),
        suggestion(number=2),
        suggestion(number=1),
        replace(suggestion(number=3), actions=()),
        suggestion(create(), delete(description=" "), number=3),
        suggestion(delete("draft-1"), number=3),
        suggestion(delete("MedicationRequest/None/1"), number=3),
        suggestion(replace(delete(), resource=b"{}"), number=3),
        suggestion(replace(create(), resource=b""), number=3),
        suggestion(replace(create(), resource=b"[]"), number=3),
        suggestion(replace(create(), resource=b'{"resourceType":"X"}'), number=3),
        suggestion(create(id="1"), number=3),
        suggestion(create(status="active"), number=3),
        suggestion(create(intent=""), number=3),
        suggestion(create(note=[]), number=3),
        suggestion(create(note=[{"text": ""}]), number=3),
        suggestion(create(note=[{"text": " "}]), number=3),
        suggestion(create(note=None), number=3),
        suggestion(create(note=[{"extension": {}}]), number=3),
        suggestion(update(id="2"), number=3),
        suggestion(update("MedicationRequest/"), number=3),
        suggestion(update(resourceType="ServiceRequest"), number=3),
    ],
)
def test_a_faulty_suggestion_is_taken_off(faulty, caplog):
    (held,) = hold((card(suggestions=(suggestion(), faulty)),))
    assert held == card()
    assert "rule-1" in caplog.text


def test_without_suggestions_there_is_no_selection_behavior():
    (held,) = hold((card(suggestions=(suggestion(label=""),)),))
    assert (held.suggestions, held.selection_behavior) == ((), "")


@pytest.mark.parametrize("text", ['say "null"', 'a \\"\\" b', "[] {}", 'ends with "'])
def test_what_only_looks_empty(text):
    good = card(suggestions=(suggestion(create(note=[{"text": text}])),))
    assert hold((good,)) == (good,)


@pytest.mark.parametrize("url", ["", "x.example", "ftp://x.example", "javascript:alert(1)", "https://", "https://a b"])
def test_a_faulty_link_is_taken_off(url):
    (held,) = hold((card(links=(Link(label="x", url=url), *card().links)),))
    assert held.links == card().links


@pytest.mark.parametrize("lacks", ["system", "code", "display"])
def test_a_faulty_override_reason_is_taken_off(lacks):
    reason = Coding(**{"system": "s", "code": "c", "display": "d", lacks: ""})
    (held,) = hold((card(override_reasons=(reason,)),))
    assert held.override_reasons == ()


def test_the_log_holds_no_words_of_the_card(caplog):
    hold((card(suggestions=(suggestion(create(note=[{"text": "canary", "x": ""}])),)),))
    assert "breaks GEN-03" in caplog.text
    assert "canary" not in caplog.text
