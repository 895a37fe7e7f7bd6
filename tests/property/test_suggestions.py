"""What holds of every suggestion, whoever comes: nobody is stopped abruptly, nothing is offered twice or blindly."""

import itertools
import json
from collections import Counter
from dataclasses import replace
from uuid import UUID

from hypothesis import event, given
from hypothesis import strategies as st

from cds_service.domain.course import PriorUse
from cds_service.domain.facts import Known, Service, in_any, label_of
from cds_service.domain.orders import Create, Delete, DrugOrder, Reason, ServiceOrder, Update
from cds_service.domain.outcome import Declined, Offer
from cds_service.engine.assess import assess
from cds_service.engine.judge import judged
from cds_service.engine.present import present
from cds_service.engine.recommend import recommend
from cds_service.fhir.writing import r4
from cds_service.fhir.writing.form import Around
from cds_service.fhir.writing.valid import checked
from tests.builders import ORIGIN, age, drug, facts, order
from tests.property.patients import (
    ALLERGIES,
    BOUNDED,
    INDICATIONS,
    OBSERVATIONS,
    classes_in,
    drugs,
    patients,
    problems,
    release,
    seldom,
    without,
)

DRUGS = {"sg-baclofen", "sg-tizanidine", "sg-ssri", "sg-baclofen-plus-ssri"}
FOR_ANYONE = {"sg-shorten-14", "sg-shorten-28", "sg-cancel", "sg-taper", "sg-physio"}
SEDATING = {"baclofen", "tizanidine"}
OWN_SETS = {"baclofen": ("baclofen", "baclofen-intrathecal"), "tizanidine": ("tizanidine",)}
SSRIS = ("escitalopram", "sertraline", "paroxetine")
NEVER_A_REASON = {"chronic-pain", "radiculopathy", "rheumatoid-arthritis"}


MISSING = ["problems", "medications", "statements", "allergies", "observations"]
EXEMPT = ["seizure-disorders", "tetanus", "alcohol-withdrawal", "sedative-withdrawal", "hospice-palliative"]
ADULTS = st.integers(18, 90).map(age)
NEW = PriorUse()
REGULAR = PriorUse(covered_days=60, continuing=True)
BEFORE = PriorUse(covered_days=10)


@st.composite
def candidates(draw, *, ages=ADULTS, uses=(NEW, NEW, BEFORE, REGULAR), reasons=(), complete=False):
    """Patients for whom a drug may be considered: an indication, and now and then something that stands in its way."""
    stated = draw(st.lists(st.sampled_from(INDICATIONS[:3]), min_size=1, max_size=2, unique=True))
    named = tuple(replace(_reason(name), index=index) for index, name in enumerate([*reasons, *stated]))
    single, times = draw(st.sampled_from(["2", "5", "10", "15"])), draw(st.sampled_from([1, 2, 4]))
    written = order(
        days=draw(st.sampled_from([None, 7, 15, 29, 60, 365])),
        single_mg=single,
        per_day_mg=str(int(single) * times),
        stepped=draw(st.integers(0, 9)) == 0,
        reference="" if draw(st.integers(0, 9)) == 0 else "MedicationRequest/draft-1",
    )
    taken = draw(seldom(st.lists(drugs(), max_size=2)))
    taken += draw(seldom(st.lists(drugs(names=["ssri", "baclofen", "tizanidine", "opioids", "maois"]), max_size=1)))
    taken += draw(seldom(st.just([drug(coded=False)])))
    service = Service(classes=classes_in("non-pharmacological", at=draw(st.integers(0, 3))), origin=ORIGIN)
    known = facts(
        age=draw(ages),
        sex=draw(st.sampled_from(["male", "female", ""])),
        order=replace(written, reasons=named),
        problems=draw(seldom(st.lists(problems(), max_size=2))),
        medications=taken,
        allergies=draw(seldom(ALLERGIES)),
        observations=draw(seldom(OBSERVATIONS)),
        services=draw(seldom(st.just([service]))),
        prior_use=draw(st.sampled_from(uses)),
    )
    part = "" if complete else draw(seldom(st.sampled_from(MISSING)))
    return without(known, draw(st.sampled_from([part, f"part of {part}"]))) if part else known


def _reason(name):
    return Reason(classes=classes_in(name), element="reasonCode", index=0)


def answered(*known):
    """The assessments with their verdicts, the advice by rule, and the cards."""
    numbers = itertools.count(1)

    def new():
        return UUID(int=next(numbers), version=4)

    assessments, advice = recommend(tuple(assess(one, release()) for one in known), release(), new)
    return assessments, advice, present(assessments, advice, {}, release(), new)


def suggestions(*known):
    return [suggestion for given_ in answered(*known)[1].values() for suggestion in given_.suggestions]


def proposals(suggestion):
    return [action.proposal for action in suggestion.actions]


def created(*known):
    return [
        one.order
        for suggestion in suggestions(*known)
        for one in proposals(suggestion)
        if isinstance(one, Create) and isinstance(one.order, DrugOrder)
    ]


def counted(suggested):
    event(f"drugs suggested: {sum(one.alternative in DRUGS for one in suggested)}")


# Those who take it regularly ------------------------------------------------------------------------------------------


@BOUNDED
@given(candidates(uses=[REGULAR], ages=st.integers(18, 70).map(age), complete=True))
def test_a_continuing_user_is_never_stopped_shortened_or_cut(known):
    offered = suggestions(known)
    counted(offered)
    assert {one.alternative for one in offered} <= {"sg-taper", "sg-physio", *DRUGS}
    for suggestion in offered:
        actions = proposals(suggestion)
        updates = [one for one in actions if isinstance(one, Update)]
        assert not any(isinstance(one, Delete) for one in actions)
        if suggestion.alternative in DRUGS:
            assert len(updates) == 1
            assert "taper diazepam" in suggestion.label
        for update in updates:
            change = update.change
            assert (change.dose_value, change.frequency, change.product) == (None, None, None)
            assert change.days == min(28, known.order.planned.days or 28)
            assert release().reading.own_note_marker in change.note


@BOUNDED
@given(candidates(complete=True), st.booleans())
def test_what_may_be_regular_use_is_not_taken_out_or_cut(known, torn):
    """Earlier prescriptions could not be looked at: then nothing is deleted, no dose is lowered, no drug is drafted."""
    for suggestion in suggestions(without(known, "part of medications" if torn else "medications")):
        for one in proposals(suggestion):
            assert not isinstance(one, Delete)
            assert not isinstance(one, Update) or one.change.dose_value is None
            assert not isinstance(one, Create) or isinstance(one.order, ServiceOrder)


# One of each ----------------------------------------------------------------------------------------------------------


@BOUNDED
@given(candidates(), patients())
def test_every_slot_is_given_once(known, other):
    second = replace(other, order=replace(other.order, position=1, reference="MedicationRequest/draft-2"))
    for case in ((known,), (known, second)):
        taken = Counter()
        for suggestion in suggestions(*case):
            for slot in release().alternatives[suggestion.alternative].slots:
                name, _, family = slot.partition("/")
                taken[name, family or suggestion.alternative] += 1
        kinds = Counter(name for name, _ in taken)
        assert all(count == 1 for count in kinds.values()), taken
        assert all(count <= (2 if family == "shorten" else 1) for (_, family), count in taken.items())


@BOUNDED
@given(candidates())
def test_rivals_are_at_most_one_and_creates_come_first(known):
    _, _, cards = answered(known)
    for card in cards:
        for suggestion in card.suggestions:
            kinds = [action.type for action in suggestion.actions]
            assert kinds == sorted(kinds, key=["create", "update", "delete"].index)
        drugs_offered = [one for one in card.suggestions if one.alternative in DRUGS]
        if len(drugs_offered) > 1:
            assert card.selection_behavior == "at-most-one"
        assert bool(card.suggestions) is bool(card.selection_behavior)
        assert all(len(one.label) <= 110 for one in card.suggestions)


# To whom --------------------------------------------------------------------------------------------------------------


@BOUNDED
@given(candidates(ages=st.one_of(st.none(), st.integers(0, 17).map(lambda years: age(years, maximum=years + 1)))))
def test_nothing_but_what_suits_anyone_for_a_child_or_an_unknown_age(known):
    assert {one.alternative for one in suggestions(known)} <= FOR_ANYONE


@BOUNDED
@given(candidates())
def test_no_drug_that_the_patient_is_on_or_reacts_to_none_that_sedates_beside_an_opioid_none_in_pregnancy(known):
    orders = created(known)
    if known.current_drugs("opioids"):
        assert SEDATING.isdisjoint(new.name for new in orders)
    if "pregnancy" in assess(known, release()).findings:
        assert not orders
    event(f"drugs created: {len(orders)}")
    current = [*known.drafts, *_items(known.medications), *_items(known.statements)]
    current = [one for one in current if one.standing.value == "current"]
    for new in orders:
        sets = OWN_SETS.get(new.name, ("ssri",))
        assert not any(in_any(one.classes, sets) for one in current)
        for allergy in _items(known.allergies):
            if in_any(allergy.classes, sets):
                assert new.name in SSRIS
                assert new.name not in label_of(allergy.classes, *sets).casefold()


@BOUNDED
@given(st.sampled_from(EXEMPT).flatmap(lambda reason: candidates(reasons=[reason])))
def test_under_an_exemption_nothing_is_replaced_and_nobody_is_referred(known):
    assessed = assess(known, release())
    assert assessed.exemptions
    names = {one.alternative for one in suggestions(known)}
    assert not names & {*DRUGS, "sg-physio", "sg-lower-dose"}
    if "sg-cancel" in names:
        assert {"allergy", "infant-under-6-months"} & assessed.findings.keys()


# What is not known ----------------------------------------------------------------------------------------------------


@BOUNDED
@given(candidates(complete=True), st.booleans())
def test_no_drug_is_drafted_without_the_problem_list(known, torn):
    assert not created(without(known, "part of problems" if torn else "problems"))


@BOUNDED
@given(candidates(complete=True), st.sampled_from(["statements", "allergies", "observations"]), st.booleans())
def test_a_drug_that_is_drafted_only_because_something_is_missing_says_so(known, section, torn):
    less = without(known, f"part of {section}" if torn else section)
    before = {new.name for new in created(known)}
    assessments, _, _ = answered(less)
    for name, verdict in assessments[0].verdicts.items():
        new = release().alternatives[name].orders.get(getattr(verdict, "choice", ""))
        if not isinstance(verdict, Offer) or not isinstance(new, DrugOrder) or new.name in before:
            continue
        if section == "observations":
            assert {"check-egfr", "kidney-unlooked"} & set(verdict.points) or new.name in SSRIS
        else:
            assert f"unlooked-{section}" in verdict.points
            assert f"unlooked-{section}" in verdict.notes


@BOUNDED
@given(candidates())
def test_what_is_blocked_is_named_with_its_reason(known):
    assessments, advice, _ = answered(known)
    remarks = [remark for given_ in advice.values() for remark in given_.remarks]
    (offers,) = judged(assessments, release())[1]
    for name in {name for names in offers.values() for name in names}:
        if isinstance(assessments[0].verdicts[name], Declined):
            title = release().alternatives[name].title
            assert any(remark.startswith((f"{title} not offered: ", f"{title} not drafted")) for remark in remarks)


# What is written ------------------------------------------------------------------------------------------------------


@BOUNDED
@given(candidates())
def test_every_new_order_is_valid_and_carries_only_reasons_it_treats(known):
    draft = {"subject": {"reference": "Patient/1"}, "reasonCode": [{"text": f"reason {n}"} for n in range(4)]}
    around = Around(draft, "Patient/1", known.order.reasons)
    for suggestion in suggestions(known):
        for one in proposals(suggestion):
            if not isinstance(one, Create):
                continue
            write = r4.service_order if isinstance(one.order, ServiceOrder) else r4.drug_order
            resource = json.loads(checked(write(one.order, one.authored_on, around), r4))
            assert "id" not in resource
            if isinstance(one.order, DrugOrder):
                copied = {concept["text"] for concept in resource.get("reasonCode", ())}
                for reason in known.order.reasons:
                    if set(reason.classes) <= NEVER_A_REASON:
                        assert f"reason {reason.index}" not in copied


def _items(section):
    return section.items if isinstance(section, Known) else ()
