"""Which alternative goes on which card, and what it does to the draft."""

from dataclasses import replace
from uuid import UUID

import pytest

from cds_service.domain.course import PriorUse
from cds_service.domain.orders import Create, Delete, OrderChange, Update
from cds_service.domain.outcome import Declined, Offer, Unfit
from cds_service.engine.assess import assess
from cds_service.engine.recommend import recommend
from tests.builders import facts, order, problem
from tests.unit.engine.small_content import CHANGE, alternative, content, finding, rule

CONTINUING = PriorUse(covered_days=60, continuing=True)
TAPER = alternative(
    "taper", Offer(values={"days": 28, "covered": 60}), kind="taper", slots=("change",), orders={"default": CHANGE}
)


def advice_of(release, *cases):
    assessments = tuple(assess(case, release) for case in cases or (facts(),))
    numbers = iter(range(1000))
    return recommend(assessments, release, lambda: UUID(int=next(numbers)))[1]


def proposals(suggestion):
    return [action.proposal for action in suggestion.actions]


def test_a_new_course_is_replaced_create_first():
    release = content(rule("a", finding(), offers=("one",)), alternatives=(alternative("one"),))
    (suggestion,) = advice_of(release)["a"].suggestions
    assert [type(p) for p in proposals(suggestion)] == [Create, Delete]
    assert suggestion.label == "Replace with one"
    assert proposals(suggestion)[1].reference == "MedicationRequest/draft-1"


def test_a_draft_without_an_id_is_never_deleted_and_the_label_says_only_what_happens():
    release = content(rule("a", finding(), offers=("one",)), alternatives=(alternative("one"),))
    (suggestion,) = advice_of(release, facts(order=order(reference="")))["a"].suggestions
    assert [type(p) for p in proposals(suggestion)] == [Create]
    assert suggestion.label == "Order one"


def test_a_continuing_user_gets_the_new_order_beside_a_taper():
    release = content(rule("a", finding(), offers=("one",)), alternatives=(alternative("one"), TAPER))
    (suggestion,) = advice_of(release, facts(prior_use=CONTINUING))["a"].suggestions
    created, update = proposals(suggestion)
    assert isinstance(created, Create)
    assert isinstance(update, Update)
    assert (update.change.days, update.change.note) == (28, "Taper after 60 days.")
    assert suggestion.label == "Start one and taper"


@pytest.mark.parametrize("verdict", [Unfit(because="is-a-taper"), Declined(because="kidney", values={"egfr": 1})])
def test_without_a_taper_a_continuing_user_gets_no_replacement(verdict):
    taper = alternative("taper", verdict, kind="taper", slots=("change",), orders={"default": CHANGE})
    release = content(rule("a", finding(), offers=("one",)), alternatives=(alternative("one"), taper))
    assert advice_of(release, facts(prior_use=CONTINUING))["a"].suggestions == ()


def test_once_per_answer_on_the_most_urgent_card():
    release = content(
        rule("a", finding(), indicator="info", order=1, offers=("one",)),
        rule("b", finding(), indicator="critical", order=2, offers=("one",)),
        alternatives=(alternative("one"),),
    )
    advice = advice_of(release)
    assert list(advice) == ["b", "a"]
    assert len(advice["b"].suggestions) == 1
    assert advice["a"].suggestions == ()


def test_a_slot_is_given_once_and_a_family_shares_it():
    release = content(
        rule("a", finding(), offers=("short", "shorter", "lower")),
        alternatives=(
            alternative("short", kind="change", slots=("change/shorten",), orders={"default": OrderChange(days=28)}),
            alternative("shorter", kind="change", slots=("change/shorten",), orders={"default": OrderChange(days=14)}),
            alternative("lower", kind="change", slots=("change",), orders={"default": OrderChange(days=7)}),
        ),
    )
    assert [s.alternative for s in advice_of(release)["a"].suggestions] == ["short", "shorter"]


def test_a_combination_needs_all_its_parts_and_takes_their_slots():
    both = alternative("both", kind="combination", slots=("p", "q"), of=("one", "two"), orders={})
    one, two = alternative("one", slots=("p",)), alternative("two", slots=("q",))
    release = content(rule("a", finding(), offers=("both", "one", "two")), alternatives=(both, one, two))
    (suggestion,) = advice_of(release)["a"].suggestions
    assert suggestion.alternative == "both"
    assert [type(p) for p in proposals(suggestion)] == [Create, Create, Delete]


def test_a_combination_with_a_blocked_part_gives_the_free_one_and_the_reason():
    both = alternative("both", kind="combination", slots=("p", "q"), of=("one", "two"), orders={})
    two = alternative("two", Declined(because="kidney", values={"egfr": 22}), slots=("q",))
    release = content(
        rule("a", finding(), offers=("both", "one", "two")), alternatives=(both, alternative("one", slots=("p",)), two)
    )
    advice = advice_of(release)["a"]
    assert [s.alternative for s in advice.suggestions] == ["one"]
    assert advice.remarks == ("TWO not offered: kidney value 22.",)


def test_text_only_alternatives_are_worth_considering():
    release = content(
        rule("a", finding(), offers=("one",)),
        alternatives=(alternative("one", Declined(because="kidney", values={"egfr": 40}, advise=True)),),
    )
    advice = advice_of(release)["a"]
    assert advice.suggestions == ()
    assert advice.remarks == ("ONE may be considered: kidney value 40.",)


def test_blocked_for_one_of_two_orders_is_blocked_for_the_answer():
    def check(case, findings, params):
        return Offer() if case.order.position == 0 else Declined(because="kidney", values={"egfr": 9})

    one = replace(alternative("one"), check=check)
    release = content(rule("a", finding(), offers=("one",)), alternatives=(one,))
    two_orders = (facts(), facts(order=order(position=1, reference="MedicationRequest/draft-2")))
    assert advice_of(release, *two_orders)["a"].suggestions == ()


def test_two_orders_are_both_taken_out_and_one_is_created():
    release = content(rule("a", finding(), offers=("one",)), alternatives=(alternative("one"),))
    two_orders = (facts(), facts(order=order(position=1, reference="MedicationRequest/draft-2")))
    (suggestion,) = advice_of(release, *two_orders)["a"].suggestions
    assert [type(p) for p in proposals(suggestion)] == [Create, Delete, Delete]


def test_a_crashing_check_offers_nothing_and_the_card_still_goes_out(caplog):
    release = content(rule("a", finding(), offers=("one",)), alternatives=(alternative("one", ValueError("Jane Doe")),))
    advice = advice_of(release)
    assert advice["a"].suggestions == ()
    assert "one" in caplog.text
    assert "Jane Doe" not in caplog.text


def test_no_new_drug_under_an_exemption_unless_the_rule_says_so():
    release = content(
        rule("a", finding(), offers=("one",)),
        alternatives=(alternative("one"),),
        exempt=("X",),
        matrix={"a": {"X": "W"}},
    )
    assert advice_of(release)["a"].suggestions == ()
    allowed = content(
        rule("a", finding(), offers=("one",)),
        alternatives=(alternative("one", kind="cancel", under_exemptions=("a",)),),
        exempt=("X",),
        matrix={"a": {"X": "W"}},
    )
    assert len(advice_of(allowed)["a"].suggestions) == 1


def test_an_inferred_reason_is_added_only_when_the_order_states_none():
    release = content(rule("a", finding(), offers=("one",)), alternatives=(alternative("one"),))
    cramp = problem("cramp", reference="Condition/9")
    (suggestion,) = advice_of(release, facts(problems=[cramp]))["a"].suggestions
    assert proposals(suggestion)[0].order.inferred_reasons == ("Condition/9",)
    stated = facts(order=order(reasons=("cramp",)), problems=[cramp])
    (suggestion,) = advice_of(release, stated)["a"].suggestions
    assert proposals(suggestion)[0].order.inferred_reasons == ()


def test_notes_labels_and_evidence_follow_the_offer():
    offered = Offer(label="special", points=("point",), notes=("note",))
    release = content(rule("a", finding(), offers=("one",)), alternatives=(alternative("one", offered),))
    advice = advice_of(release)["a"]
    assert advice.suggestions[0].label == "Replace with one, specially"
    assert proposals(advice.suggestions[0])[0].order.note == "A note. Noted."
    assert advice.remarks == ("Watch this.",)
    assert advice.evidence == ("EV-2",)
