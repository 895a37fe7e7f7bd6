"""A continuing user: never stopped abruptly; informs up to 120 days in all, warns beyond."""

import pytest

from cds_service.domain.course import PriorUse
from cds_service.domain.orders import DaysFrom, Form
from tests.builders import T, facts, order, partly, problem
from tests.spec.release import Example, alternatives, detail, outcome, rules, said, shown

RULE = "long-term-use"


def speaks(days, indicator="info"):
    return f"{indicator}: On diazepam for about {days} days: reassess and offer a gradual taper, do not stop abruptly"


def user(days, planned=30, *, missing=(), **about):
    """Facts of somebody with so many covered days behind, continuing from the limit on."""
    use = PriorUse(covered_days=days, run_start=T, continuing=days > 28, missing=missing)
    return facts(order=order(days=planned), prior_use=use, **about)


EXAMPLES = [
    Example(of=RULE, case="90 days so far, 30 more ordered", facts=user(90), says=speaks(90)),
    Example(of=RULE, case="100 days so far, 30 more ordered", facts=user(100), says=speaks(100, "warning")),
    Example(of=RULE, case="20 days so far: still a new course", facts=user(20), says="silent: new-course"),
    Example(
        of=RULE,
        case="nothing found, and the prescriptions were not to be had",
        facts=user(0, missing=("medications",)),
        says="cannot tell: medications",
    ),
]


@pytest.mark.parametrize(
    ("covered", "planned", "says"),
    [
        (28, 30, "silent: new-course"),
        (29, 30, speaks(29)),
        (90, 30, speaks(90)),
        (91, 30, speaks(91, "warning")),
        (92, None, speaks(92)),
        (93, None, speaks(93, "warning")),
        (400, 1, speaks(400, "warning")),
    ],
)
def test_each_side_of_each_limit(covered, planned, says):
    assert said(RULE, user(covered, planned)) == says


def test_it_is_never_critical():
    assert {variant.indicator.value for variant in rules()[RULE].variants.values()} == {"info", "warning"}


def test_a_supply_for_seizures_is_no_course():
    supply = order(days=None, form=Form.RESCUE)
    supply = facts(order=supply, prior_use=PriorUse(covered_days=90, continuing=True))
    assert said(RULE, supply) == speaks(90)  # an unknown length is not a supply for seizures
    rescue = order(days=60, form=Form.RESCUE, source=DaysFrom.NOT_A_COURSE)
    assert said(RULE, facts(order=rescue, prior_use=PriorUse(covered_days=90, continuing=True))) == (
        "silent: not-a-course"
    )


def test_what_could_not_be_looked_up_is_not_none():
    assert said(RULE, user(20, missing=("medications", "statements"))) == "cannot tell: medications, statements"


def test_a_continuing_user_is_one_whatever_else_is_missing():
    patient = user(90, missing=("statements",))
    assert said(RULE, patient) == speaks(90)
    assert "it may be longer" in detail(RULE, patient)
    assert "it may be longer" not in detail(RULE, user(90))


def test_the_days_of_the_order_are_added_or_said_to_be_unknown():
    assert "with this order it would be 120" in detail(RULE, user(90, 30))
    without_end = detail(RULE, user(90, None))
    assert "with this order it would be 118" in without_end
    assert "This order gives no end; 28 days are counted for it" in without_end
    assert "This order gives no end" not in detail(RULE, user(90, 30))


@pytest.mark.parametrize("days", [90, 400])
def test_the_detail_warns_of_stopping_and_tells_the_taper(days):
    text = detail(RULE, user(days))
    for needed in (
        "abrupt stop can cause seizures and can be life-threatening",
        "Decide together",
        "5 to 10 % less every 2 to 4 weeks",
        "never more than 25 % every 2 weeks",
        "psychological support",
        "before or during the taper",
        "very long use, in pregnancy and after seizures ask a specialist",
    ):
        assert needed in text


def test_beyond_four_months_the_limit_of_the_label_is_named():
    assert "beyond the four months for which its effect has been assessed" in detail(RULE, user(400))
    assert "four months" not in detail(RULE, user(60))


@pytest.mark.parametrize(
    ("found", "told"),
    [
        (problem("seizure-disorders"), "Seizures are on record"),
        (problem("seizure-disorders", past=True), "Seizures are on record"),
        (problem("pregnancy"), "A pregnancy is on record"),
    ],
)
def test_what_calls_for_a_specialist_is_named(found, told):
    patient = user(90, problems=[found])
    assert told in detail(RULE, patient)
    assert len(outcome(RULE, patient).basis) == 2


def test_a_pregnancy_that_is_over_does_not():
    assert "pregnancy is on record" not in detail(RULE, user(90, problems=[problem("pregnancy", past=True)]))
    assert "on record" not in detail(RULE, user(90, problems=partly()))


def test_the_basis_tells_since_when():
    (basis,) = outcome(RULE, user(90)).basis
    assert (basis.label, basis.section, basis.date) == ("earlier-use", "medications", "since 2026-06-15")


def test_nothing_that_stops_the_drug_is_offered():
    assert rules()[RULE].offers == ("sg-taper", "sg-ssri", "sg-baclofen", "sg-physio")


@pytest.mark.parametrize(
    ("reason", "left"),
    [
        ("seizure-disorders", "exempt: X-SEIZURE"),
        ("tetanus", "exempt: X-TETANUS"),
        ("hospice-palliative", "exempt: X-PALL"),
        ("alcohol-withdrawal", speaks(400)),
        ("sedative-withdrawal", speaks(400)),
        ("muscle-spasm", speaks(400, "warning")),
    ],
)
def test_exemptions(reason, left):
    use = PriorUse(covered_days=400, continuing=True)
    assert shown(RULE, facts(order=order(reasons=[reason]), prior_use=use)) == left


def test_following_the_taper_never_makes_it_louder():
    """An order without an end, and the same limited to what the taper suggests."""
    limited = alternatives()["sg-taper"].params.most_days
    for covered in range(29, 140):
        assert said(RULE, user(covered, None)) == said(RULE, user(covered, limited))
