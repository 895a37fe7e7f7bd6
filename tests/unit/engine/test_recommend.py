"""Which alternative goes on which card, and what it does to the draft."""

from dataclasses import replace
from decimal import Decimal
from uuid import UUID, uuid4

import pytest

from cds_service.domain.course import PriorUse
from cds_service.domain.orders import Create, Delete, Form, OrderChange, Update
from cds_service.domain.outcome import Declined, NotApplicable, Offer, PassedOver, Unfit
from cds_service.domain.reading import Product
from cds_service.domain.terminology import Coding
from cds_service.engine.assess import assess
from cds_service.engine.recommend import Advice, recommend
from tests.builders import facts, order, problem
from tests.unit.engine.small_content import CHANGE, DRUG, alternative, content, finding, rule

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


def test_a_combination_that_is_not_meant_stays_whole_and_silent():
    both = alternative(
        "both", Unfit(because="not-dual"), kind="combination", slots=("p", "q"), of=("one", "two"), orders={}
    )
    release = content(
        rule("a", finding(), offers=("both",)),
        alternatives=(both, alternative("one"), alternative("two", slots=("q",))),
    )
    assert advice_of(release)["a"].suggestions == ()


def test_a_combination_falls_apart_on_its_card_although_its_parts_are_not_listed_there():
    both = alternative("both", kind="combination", slots=("p", "q"), of=("one", "two"), orders={})
    two = alternative("two", Declined(because="kidney", values={"egfr": 22}), slots=("q",))
    release = content(
        rule("a", finding(), offers=("both",)), alternatives=(both, alternative("one", slots=("p",)), two)
    )
    advice = advice_of(release)["a"]
    assert [s.alternative for s in advice.suggestions] == ["one"]
    assert advice.remarks == ("TWO not offered: kidney value 22.",)


def test_a_lower_rank_gets_the_slot_even_on_a_quieter_card():
    release = content(
        rule("a", finding(), indicator="critical", offers=("one",)),
        rule("b", finding(), indicator="info", offers=("two",)),
        alternatives=(alternative("one", rank=2), alternative("two", rank=1)),
    )
    advice = advice_of(release)
    assert advice["a"].suggestions == ()
    assert [s.alternative for s in advice["b"].suggestions] == ["two"]


def test_a_rank_may_change_beside_a_rule():
    one = alternative("one", rank=2, rank_beside={"a": 0})
    release = content(
        rule("a", finding(), indicator="info", offers=("one",)),
        rule("b", finding(), indicator="critical", offers=("two",)),
        alternatives=(one, alternative("two", rank=1)),
    )
    assert [s.alternative for s in advice_of(release)["a"].suggestions] == ["one"]


def test_what_cannot_be_done_leaves_its_slot_to_the_next():
    release = content(
        rule("a", finding(), offers=("one", "two")),
        alternatives=(
            alternative("one", kind="cancel", slots=("drug",), rank=0),
            alternative("two"),
        ),
    )
    (suggestion,) = advice_of(release, facts(order=order(reference="")))["a"].suggestions
    assert suggestion.alternative == "two"


def test_a_continuing_user_whose_draft_has_no_id_is_told_why_nothing_is_drafted():
    release = content(rule("a", finding(), offers=("one",)), alternatives=(alternative("one"), TAPER))
    advice = advice_of(release, facts(prior_use=CONTINUING, order=order(reference="")))["a"]
    assert advice.suggestions == ()
    assert advice.remarks == ("ONE cannot be drafted: the order has no id.",)


def test_a_new_order_beside_a_draft_without_an_id_comes_with_the_advice_to_take_that_out():
    release = content(rule("a", finding(), offers=("one",)), alternatives=(alternative("one"),))
    assert advice_of(release, facts(order=order(reference="")))["a"].remarks == ("Take the order out by hand.",)


def only_long(case):
    """A rule that speaks of long orders only."""
    return finding() if case.order.planned.days > 20 else NotApplicable(because="no")


TWO = (facts(order=order(days=30)), facts(order=order(position=1, reference="MedicationRequest/draft-2")))


def test_a_drug_that_one_order_offers_replaces_the_others_too():
    release = content(rule("a", only_long, offers=("one",)), alternatives=(alternative("one", alone=True),))
    (suggestion,) = advice_of(release, *TWO)["a"].suggestions
    assert [type(p) for p in proposals(suggestion)] == [Create, Delete, Delete]


@pytest.mark.parametrize("alone", [True, False])
def test_where_another_order_would_stay_only_a_drug_that_bears_it_is_offered(alone):
    def check(case, findings, params):
        return Offer() if case.order.position == 0 else Unfit(because="no-such-problem")

    one = replace(alternative("one", alone=alone), check=check)
    release = content(rule("a", only_long, offers=("one",)), alternatives=(one,))
    unselected = facts(order=order(days=30), siblings=[order(position=1, selected=False)])
    for cases in (TWO, (unselected,)):
        advice = advice_of(release, *cases)["a"]
        assert bool(advice.suggestions) is not alone
        assert advice.remarks == (("ONE cannot be drafted: another order stays.",) if alone else ())


def test_an_order_that_is_tapered_may_stay():
    release = content(rule("a", only_long, offers=("one",)), alternatives=(alternative("one", alone=True), TAPER))
    regular = [replace(case, prior_use=CONTINUING) for case in TWO]
    (suggestion,) = advice_of(release, *regular)["a"].suggestions
    assert [type(p) for p in proposals(suggestion)] == [Create, Update, Update]


def test_an_exempt_order_is_taken_out_only_on_the_card_that_allows_it():
    release = content(
        rule("a", finding(), order=1, offers=("one",)),
        rule("b", finding(), order=2, offers=("one",)),
        alternatives=(alternative("one", kind="cancel", under_exemptions=("b",)),),
        exempt=("X",),
    )
    advice = advice_of(release)
    assert advice["a"].suggestions == ()
    assert [s.alternative for s in advice["b"].suggestions] == ["one"]


def test_labels_name_the_drug_and_the_regimen_of_the_choice():
    one = replace(
        alternative(
            "one", Offer(choice="other"), orders={"default": DRUG, "other": replace(DRUG, name="y", regimen="daily")}
        ),
        label="Replace with {drug} {regimen}",
        description="Order {drug} for {supply} days",
    )
    release = content(rule("a", finding(), offers=("one",)), alternatives=(one,))
    (suggestion,) = advice_of(release)["a"].suggestions
    assert suggestion.label == "Replace with y daily"
    assert proposals(suggestion)[0].description == "Order y for 14 days"


def test_a_combination_names_the_drugs_of_its_parts_and_takes_over_their_reminders():
    both = replace(
        alternative("both", kind="combination", slots=("p", "q"), of=("one", "two"), orders={}),
        label="Replace with {drugs}",
    )
    one = alternative("one", Offer(label="special"), slots=("p",))
    two = alternative("two", slots=("q",), orders={"default": replace(DRUG, name="y")})
    release = content(rule("a", finding(), offers=("both",)), alternatives=(both, one, two))
    (suggestion,) = advice_of(release)["a"].suggestions
    assert suggestion.label == "Replace with x and y, specially"


def test_every_reason_and_every_choice_passed_over_is_told():
    orders = {"default": DRUG, "other": replace(DRUG, name="y")}
    passed = PassedOver(choice="other", because="kidney", values={"egfr": 7})
    declined = Declined(
        because="kidney",
        also_because=("kidney", "liver"),
        values={"egfr": 9, "name": "it"},
        points=("point",),
        also=(passed,),
    )
    one = replace(
        alternative("one", declined, orders=orders), blocked={"kidney": "kidney value {egfr}", "liver": "liver"}
    )
    release = content(rule("a", finding(), offers=("one",)), alternatives=(one,))
    assert advice_of(release)["a"].remarks == (
        "ONE not offered: kidney value 9; liver.",
        "Y not offered: kidney value 7.",
        "Watch this.",
    )
    offered = replace(one, check=lambda *_: Offer(also=(passed, replace(passed, advise=True))))
    release = content(rule("a", finding(), offers=("one",)), alternatives=(offered,))
    assert advice_of(release)["a"].remarks == ("Y not offered: kidney value 7.", "Or else: y (kidney value 7).")


SMALLER = OrderChange(
    dose_value=Decimal(2),
    frequency=3,
    product=Coding(system="s", code="small", display="small tablet"),
    product_text="small",
)


@pytest.mark.parametrize(
    ("draft", "product", "units"),
    [
        (order(), "small", Decimal(3)),
        (order(product=None), None, Decimal(6) / Decimal(5)),
        (order(strength_mg="2"), None, Decimal(3)),
        (order(is_tablet=False), None, Decimal(6) / Decimal(5)),
        (order(product=None, strength_mg=None), None, None),
    ],
)
def test_the_product_follows_a_lower_dose_only_where_it_is_a_coded_tablet_of_another_strength(draft, product, units):
    one = alternative("one", kind="change", orders={"default": SMALLER})
    small = Product(
        coding=SMALLER.product, label="small", form=Form.ORAL, strength_mg=Decimal(2), unit="tablet", tablet=True
    )
    release = replace(
        content(rule("a", finding(), offers=("one",)), alternatives=(one,)), products={("s", "small"): small}
    )
    (suggestion,) = advice_of(release, facts(order=draft))["a"].suggestions
    (update,) = proposals(suggestion)
    assert (update.change.product.code if update.change.product else None) == product
    assert bool(update.change.product_text) is (product is not None)
    assert update.change.units_per_day == units


def test_an_unconfirmed_problem_is_a_reason_only_where_there_is_no_other():
    release = content(rule("a", finding(), offers=("one",)), alternatives=(alternative("one"),))
    unsure, sure = (
        problem("cramp", unconfirmed=True, reference="Condition/1"),
        problem("cramp", reference="Condition/2"),
    )
    (suggestion,) = advice_of(release, facts(problems=[unsure, sure]))["a"].suggestions
    assert proposals(suggestion)[0].order.inferred_reasons == ("Condition/2",)
    (suggestion,) = advice_of(release, facts(problems=[unsure]))["a"].suggestions
    assert proposals(suggestion)[0].order.inferred_reasons == ("Condition/1",)


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


@pytest.mark.parametrize(
    "odd",
    [
        Offer(points=("nowhere",)),
        Offer(notes=("nowhere",)),
        Offer(label="nowhere"),
        Offer(choice="nowhere"),
        Declined(because="nowhere"),
        Declined(because="kidney"),
        Offer(also=(PassedOver(choice="default", because="nowhere"),)),
    ],
)
def test_a_verdict_without_words_is_never_offered_and_the_card_still_stands(odd):
    whole = content(rule("a", finding(), offers=("sg-odd",)), alternatives=(alternative("sg-odd", odd),))
    assessments, advice = recommend((assess(facts(), whole),), whole, uuid4)
    assert assessments[0].verdicts["sg-odd"] == Unfit(because="failed:KeyError")
    assert advice["a"] == Advice()
