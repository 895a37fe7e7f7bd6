"""sg-lower-dose: a lower start by mouth, for adults, never a cut for those who take it regularly (rulings 24, 25)."""

from datetime import date

import pytest

from cds_service.domain.course import PriorUse
from cds_service.domain.orders import Form
from tests.builders import age, facts, order, problem
from tests.spec.release import Example, answer, judged, speaking, suggested, told, verdict

ALTERNATIVE = "sg-lower-dose"
STARTING, ABOVE = speaking("starting-dose"), speaking("dose-above-label")


def case(per_day, years=45, **about):
    return facts(**({"age": years, "order": order(per_day_mg=per_day)} | about))


EXAMPLES = [
    Example(of=ALTERNATIVE, case="80 years, 10 mg/day", facts=case("10", 80), says="offered: older"),
    Example(of=ALTERNATIVE, case="80 years, 5 mg/day", facts=case("5", 80), says="not applicable"),
    Example(
        of=ALTERNATIVE,
        case="45 years, 60 mg/day",
        facts=case("60"),
        findings=("dose-above-label",),
        says="offered: adult",
    ),
    Example(of=ALTERNATIVE, case="45 years, 10 mg/day, no dose rule speaks", facts=case("10"), says="not applicable"),
]


@pytest.mark.parametrize(
    ("per_day", "findings", "says"),
    [
        ("5", {}, "not applicable"),
        ("5.5", {}, "offered: older"),
        ("4", STARTING, "not applicable"),
        ("4.5", STARTING, "offered: older"),
        ("60", ABOVE, "offered: older"),
    ],
)
def test_older_adults(per_day, findings, says):
    assert judged(ALTERNATIVE, case(per_day, 65), findings) == says
    assert judged(ALTERNATIVE, case(per_day, age(60, maximum=65)), findings) == says


@pytest.mark.parametrize(
    ("per_day", "findings", "says"),
    [
        ("20", {}, "not applicable"),
        ("20", STARTING, "offered: adult"),
        ("60", ABOVE, "offered: adult"),
        ("6", STARTING, "not applicable"),
        ("6.5", STARTING, "offered: adult"),
    ],
)
def test_other_adults_only_beside_a_dose_rule(per_day, findings, says):
    assert judged(ALTERNATIVE, case(per_day, 64), findings) == says
    assert judged(ALTERNATIVE, case(per_day, 18), findings) == says


@pytest.mark.parametrize("years", [17, age(17, maximum=18), None])
def test_not_for_a_child_or_an_unknown_age(years):
    assert judged(ALTERNATIVE, case("60", years), ABOVE) == "not applicable"


@pytest.mark.parametrize(
    "more",
    [
        {"form": Form.PARENTERAL},
        {"form": Form.RESCUE},
        {"single_dose": True},
        {"stepped": True},
        {"dose_unknown": "no-frequency"},
        {"per_day_mg": None},
    ],
)
def test_only_a_plain_course_by_mouth_of_known_dose(more):
    assert judged(ALTERNATIVE, facts(order=order(**({"per_day_mg": "60"} | more))), ABOVE) == "not applicable"


def test_never_a_cut_for_a_continuing_user():
    continuing = PriorUse(covered_days=29, continuing=True)
    assert judged(ALTERNATIVE, case("60", prior_use=continuing), ABOVE) == "not applicable"


def test_not_where_regular_use_could_not_be_looked_up():
    unknown = PriorUse(missing=("medications",))
    assert judged(ALTERNATIVE, case("60", prior_use=unknown), ABOVE) == "not offered: unlooked"
    partly = case("60", prior_use=PriorUse(missing=("statements",)))
    assert judged(ALTERNATIVE, partly, ABOVE) == "offered: adult"
    assert "not taken regularly" in told(ALTERNATIVE, partly, ABOVE)


@pytest.mark.parametrize(
    ("product", "strength", "says"),
    [
        ("197591", "5", "offered: adult"),
        ("309843", "1", "offered: adult"),
        (None, "5", "not offered: product-in-text"),
        (None, "2", "offered: adult"),
        (None, None, "offered: adult"),
    ],
)
def test_the_product_must_follow_the_dose(product, strength, says):
    draft = order(per_day_mg="60", product=product, strength_mg=strength)
    assert judged(ALTERNATIVE, facts(order=draft), ABOVE) == says


def test_the_label_says_the_dose():
    labels = [label for given, _ in answer(facts(age=80, order=order(days=7))).values() for label in given]
    assert "Start lower: diazepam 2 mg twice daily" in labels
    labels = [label for given, _ in answer(facts(order=order(days=7, per_day_mg="60"))).values() for label in given]
    assert labels == ["Start lower: diazepam 2 mg three times daily"]


# One change to the order (ruling 25) ----------------------------------------------------------------------------------


def changes(case_):
    return [name for name in suggested(case_) if name in {ALTERNATIVE, "sg-shorten-14", "sg-shorten-28"}]


def test_beyond_the_label_the_dose_goes_first():
    beyond = facts(order=order(days=200, per_day_mg="60", single_mg="20"))
    assert changes(beyond) == [ALTERNATIVE]


def test_otherwise_the_length_goes_first_even_on_a_quieter_card():
    assert changes(facts(age=80, order=order(days=20, per_day_mg="10"))) == ["sg-shorten-14"]
    assert changes(facts(age=80, order=order(days=None, per_day_mg="10"))) == ["sg-shorten-14"]


def test_a_short_course_starts_lower():
    assert changes(facts(age=80, order=order(days=7, per_day_mg="10"))) == [ALTERNATIVE]


def test_not_where_the_order_is_right_as_it_is():
    """Alcohol withdrawal needs a high dose, a taper the dose it starts from, the dying what helps."""
    for reason in ("alcohol-withdrawal", "sedative-withdrawal", "hospice-palliative"):
        assert changes(facts(order=order(days=7, per_day_mg="60", single_mg="20", reasons=[reason]))) == []
    assert changes(facts(order=order(days=7, per_day_mg="60"), problems=[problem("tetanus")])) == []


@pytest.mark.parametrize(
    ("beside", "says"),
    [
        ({}, "not offered: together"),
        ({"dose_unknown": "no-dose"}, "not offered: together"),
        ({"form": Form.RESCUE}, "offered: older"),
        ({"starts": date(2026, 6, 25)}, "offered: older"),  # the day after this course of ten days
        ({"starts": date(2026, 6, 24)}, "not offered: together"),
    ],
)
def test_two_low_doses_at_once_are_none_for_an_older_adult(beside, says):
    patient = case("10", 80, siblings=[order(position=1, **beside)])
    assert judged(ALTERNATIVE, patient) == says


def test_other_adults_may_lower_each_of_two_orders():
    assert judged(ALTERNATIVE, case("60", siblings=[order(position=1)]), ABOVE) == "offered: adult"


@pytest.mark.parametrize(
    ("about", "why"),
    [
        ({"prior_use": PriorUse(covered_days=29, continuing=True)}, "continuing"),
        ({"age": 17}, "not-adult"),
        ({"order": order(per_day_mg="60", form=Form.PARENTERAL)}, "no-plain-course"),
        ({"order": order(per_day_mg="60", single_dose=True)}, "no-plain-course"),
        ({"order": order(per_day_mg="60", stepped=True)}, "no-plain-course"),
        ({"order": order(dose_unknown="no-dose")}, "dose-unknown"),
        ({"order": order(per_day_mg=None)}, "dose-unknown"),
        ({"order": order(per_day_mg="6")}, "low-enough"),
    ],
)
def test_why_it_is_not_mentioned(about, why):
    assert verdict(ALTERNATIVE, facts(**({"order": order(per_day_mg="60")} | about)), ABOVE).because == why


def test_nothing_is_added_to_the_offer_when_all_was_looked_at():
    assert verdict(ALTERNATIVE, case("60"), ABOVE).points == ()
