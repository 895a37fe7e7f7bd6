"""Length of a new course: 14, 28 and 120 days, earlier days counted, and how the days were reckoned."""

from datetime import date

import pytest

from cds_service.domain.course import PriorUse
from cds_service.domain.orders import DaysFrom, Form
from tests.builders import T, facts, order
from tests.spec.release import Example, detail, outcome, rules, said, shown

RULE = "prolonged-duration"
SHORT = "silent: short"


def fortnight(days):
    return f"info: Planned {days} days of diazepam: review at 2 weeks and stop by 4 weeks"


def weeks(days):
    return f"warning: Planned {days} days of diazepam is longer than the 4-week maximum"


def months(days, indicator="critical"):
    return f"{indicator}: Planned {days} days of diazepam is longer than 4 months; benefit that long is unproven"


TAPER = "info: Tapering course of diazepam: confirm the schedule and the end date"


def planned(days, *, earlier=0, missing=(), **about):
    use = PriorUse(covered_days=earlier, run_start=T if earlier else None, missing=missing)
    return facts(order=order(days=days, **about), prior_use=use)


EXAMPLES = [
    Example(of=RULE, case="10 days", facts=planned(10), says=SHORT),
    Example(of=RULE, case="three weeks", facts=planned(21), says=fortnight(21)),
    Example(of=RULE, case="30 days and one repeat", facts=planned(60, repeats=1), says=weeks(60)),
    Example(of=RULE, case="20 days after 20 days already supplied", facts=planned(20, earlier=20), says=weeks(40)),
    Example(of=RULE, case="half a year", facts=planned(180), says=months(180)),
    Example(
        of=RULE,
        case="60 days in steps, for withdrawal from a benzodiazepine",
        facts=planned(60, reasons=["sedative-withdrawal"]),
        says=TAPER,
    ),
]


@pytest.mark.parametrize(
    ("days", "says"),
    [
        (1, SHORT),
        (14, SHORT),
        (15, fortnight(15)),
        (28, fortnight(28)),
        (29, weeks(29)),
        (120, weeks(120)),
        (121, months(121)),
        (36_500, months(36_500)),
    ],
)
def test_each_side_of_each_limit(days, says):
    assert said(RULE, planned(days)) == says


@pytest.mark.parametrize(
    ("days", "earlier", "says"), [(4, 10, SHORT), (5, 10, fortnight(15)), (1, 28, weeks(29)), (93, 28, months(121))]
)
def test_earlier_days_of_a_new_course_are_added(days, earlier, says):
    assert said(RULE, planned(days, earlier=earlier)) == says


def test_a_continuing_user_has_a_card_of_his_own():
    user = facts(order=order(days=60), prior_use=PriorUse(covered_days=90, continuing=True))
    assert said(RULE, user) == "silent: continuing"


def test_days_that_are_not_known_are_the_matter_of_another_rule():
    assert said(RULE, planned(None)) == "silent: unknown"


def test_a_supply_for_seizures_is_no_course():
    assert said(RULE, planned(60, form=Form.RESCUE, source=DaysFrom.NOT_A_COURSE)) == "silent: not-a-course"


def test_an_injection_over_many_days_counts():
    assert said(RULE, planned(29, form=Form.PARENTERAL)) == weeks(29)


def test_short_days_prove_nothing_while_earlier_ones_could_not_be_looked_up():
    assert said(RULE, planned(10, missing=("medications",))) == "cannot tell: medications"
    assert said(RULE, planned(10, missing=("medications", "statements"))) == "cannot tell: medications, statements"
    assert said(RULE, planned(15, missing=("medications",))) == fortnight(15)


# Tapers ---------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "about",
    [{"reasons": ["sedative-withdrawal"]}, {"stepped": True, "mentions": ["taper-words"]}],
)
def test_a_taper_is_longer_by_design(about):
    assert said(RULE, planned(15, **about)) == TAPER
    assert said(RULE, planned(180, **about)) == TAPER
    assert said(RULE, planned(14, **about)) == SHORT


@pytest.mark.parametrize(
    "about", [{"stepped": True}, {"mentions": ["taper-words"]}, {"reasons": ["anxiety-disorders"]}]
)
def test_steps_alone_or_the_word_alone_are_no_taper(about):
    assert said(RULE, planned(60, **about)) == weeks(60)


# How the days were counted --------------------------------------------------------------------------------------------


def test_days_from_free_text_never_make_it_critical():
    assert said(RULE, planned(180, source=DaysFrom.TEXT)) == months(180, "warning")
    assert said(RULE, planned(30, source=DaysFrom.TEXT)) == weeks(30)
    assert "read from free text only" in detail(RULE, planned(30, source=DaysFrom.TEXT))


@pytest.mark.parametrize("source", [DaysFrom.COUNT, DaysFrom.SUPPLY_QUANTITY])
def test_days_reckoned_with_doses_from_free_text_do_not_either(source):
    patient = planned(180, source=source, dose_from_text=True)
    assert said(RULE, patient) == months(180, "warning")
    assert "The doses per day were read from free text only" in detail(RULE, patient)


@pytest.mark.parametrize("source", [DaysFrom.BOUNDS, DaysFrom.SUPPLY_DURATION])
def test_stated_days_do_not_rest_on_the_dose(source):
    assert said(RULE, planned(180, source=source, dose_from_text=True)) == months(180)


@pytest.mark.parametrize(
    ("source", "sentence"),
    [
        (DaysFrom.BOUNDS, "The days come from the timing of the order"),
        (DaysFrom.COUNT, "The days come from the number of doses ordered"),
        (DaysFrom.SUPPLY_DURATION, "The days come from the supply ordered"),
        (DaysFrom.SUPPLY_QUANTITY, "The days come from the quantity ordered"),
    ],
)
def test_the_detail_says_where_the_days_come_from(source, sentence):
    assert sentence in detail(RULE, planned(60, source=source))


def test_every_source_of_days_has_its_sentence():
    told = {name.removeprefix("from-") for name in rules()[RULE].points if name.startswith("from-")}
    assert told == {source.value for source in DaysFrom} - {DaysFrom.NOT_A_COURSE.value, DaysFrom.UNKNOWN.value}


def test_repeats_are_told_where_they_were_counted():
    assert "Repeats authorised, and counted: 2" in detail(RULE, planned(90, source=DaysFrom.SUPPLY_DURATION, repeats=2))
    assert "Repeats" not in detail(RULE, planned(60, source=DaysFrom.BOUNDS, repeats=2))


def test_a_pack_that_outlasts_the_course_and_use_at_its_maximum_are_told():
    text = detail(RULE, planned(60, source=DaysFrom.SUPPLY_QUANTITY, outlasts=True, at_maximum_use=True))
    assert "The repeats or the pack outlast the stated course" in text
    assert "As-needed use was counted at its maximum" in text


def test_earlier_days_are_told_with_their_begin():
    patient = planned(20, earlier=20)
    assert "20 of the days were supplied before this order" in detail(RULE, patient)
    assert [(basis.label, basis.date) for basis in outcome(RULE, patient).basis] == [
        ("earlier-use", "since 2026-06-15")
    ]
    assert outcome(RULE, planned(20)).basis == ()


# Words and offers -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("days", [15, 29, 121])
def test_the_detail_says_whose_advice_the_limits_are(days):
    text = detail(RULE, planned(days))
    for needed in (
        "within days to weeks",
        "FDA",
        "UK regulators and reviews",
        "effect beyond four months has not been assessed",
        "treat the cause",
        "move to an alternative",
    ):
        assert needed in text


@pytest.mark.parametrize("days", [15, 29])
def test_the_us_label_is_not_cited_for_what_it_does_not_say(days):
    text = detail(RULE, planned(days))
    assert "not from the US label" in text
    assert "reassess regularly" in text


def test_offers_by_length():
    rule = rules()[RULE]
    offers = {name: rule.offers if one.offers is None else one.offers for name, one in rule.variants.items()}
    assert offers["fortnight"] == ("sg-shorten-14",)
    assert offers["taper"] == ()
    assert offers["weeks"] == offers["months"]
    assert set(offers["weeks"]) == {
        "sg-shorten-14",
        "sg-shorten-28",
        "sg-baclofen-plus-ssri",
        "sg-baclofen",
        "sg-tizanidine",
        "sg-ssri",
        "sg-physio",
    }


@pytest.mark.parametrize(
    ("reason", "left"),
    [
        ("seizure-disorders", "exempt: X-SEIZURE"),
        ("tetanus", "exempt: X-TETANUS"),
        ("hospice-palliative", "exempt: X-PALL"),
        ("alcohol-withdrawal", months(180)),
        ("sedative-withdrawal", TAPER),
        ("muscle-spasm", months(180)),
    ],
)
def test_exemptions(reason, left):
    assert shown(RULE, planned(180, reasons=[reason])) == left


@pytest.mark.parametrize("repeats", [0, 1])
def test_one_repeat_is_told_and_none_is_not(repeats):
    spoken = outcome(RULE, facts(order=order(days=40, source=DaysFrom.SUPPLY_DURATION, repeats=repeats)))
    assert ("repeats" in spoken.points) is bool(repeats)


@pytest.mark.parametrize("earlier", [0, 1])
def test_one_earlier_day_is_told_and_none_is_not(earlier):
    spoken = outcome(RULE, facts(order=order(days=40), prior_use=PriorUse(covered_days=earlier)))
    assert ("earlier" in spoken.points) is bool(earlier)
    assert spoken.basis == ()


def test_earlier_use_is_named_with_its_first_day():
    use = PriorUse(covered_days=10, run_start=date(2026, 6, 5))
    (basis,) = outcome(RULE, facts(order=order(days=40), prior_use=use)).basis
    assert (basis.label, basis.section, basis.date) == ("earlier-use", "medications", "since 2026-06-05")
