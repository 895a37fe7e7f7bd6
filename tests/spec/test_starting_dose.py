"""The first dose: limits by age, what counts as a first dose, and what takes its place."""

import pytest

from cds_service.domain.course import PriorUse
from cds_service.domain.orders import Form
from tests.builders import T, age, facts, order, partly, running
from tests.spec.release import Example, detail, outcome, said, shown

RULE = "starting-dose"
LOW = "silent: low"


def adult(mg):
    return f"info: First diazepam dose {mg} mg/day: consider 2 to 5 mg two or three times daily"


def adult_single(mg):
    return f"info: First diazepam dose {mg} mg at one time: consider 2 to 5 mg two or three times daily"


def older(mg, years):
    return f"warning: First dose {mg} mg/day at age {years}: label start is 2 to 2.5 mg once or twice daily"


def child(mg):
    return f"warning: First dose {mg} mg/day in a child: label start is 1 to 2.5 mg three or four times daily"


def of(per_day, single="5", **about):
    return order(per_day_mg=per_day, single_mg=single, **about)


def used(days_ago, covered=10):
    return PriorUse(covered_days=covered, last_day=T.fromordinal(T.toordinal() - days_ago), continuing=covered > 28)


EXAMPLES = [
    Example(of=RULE, case="an adult, 5 mg three times daily", facts=facts(order=of("15")), says=LOW),
    Example(of=RULE, case="an adult, 5 mg four times daily", facts=facts(order=of("20")), says=adult(20)),
    Example(of=RULE, case="aged 70, 5 mg twice daily", facts=facts(age=70, order=of("10")), says=older(10, 70)),
    Example(of=RULE, case="a child of 12, 5 mg three times daily", facts=facts(age=12, order=of("15")), says=child(15)),
    Example(
        of=RULE,
        case="diazepam taken two weeks ago",
        facts=facts(order=of("40", "10"), prior_use=used(14)),
        says="silent: recent-use",
    ),
    Example(of=RULE, case="no birth date", facts=facts(age=None), says="cannot tell: birth-date"),
]


@pytest.mark.parametrize(
    ("years", "mg", "says"),
    [
        (45, "15", LOW),
        (45, "15.5", adult("15.5")),
        (64, "15", LOW),
        (65, "5", LOW),
        (65, "5.5", older("5.5", 65)),
        (18, "15", LOW),
        (17, "10", LOW),
        (17, "10.5", child("10.5")),
    ],
)
def test_limits_a_day_by_age(years, mg, says):
    assert said(RULE, facts(age=years, order=of(mg))) == says


@pytest.mark.parametrize(("mg", "says"), [("5", LOW), ("5.5", adult_single("5.5"))])
def test_in_adults_also_one_dose_has_a_limit(mg, says):
    assert said(RULE, facts(order=of("11", mg))) == says
    assert said(RULE, facts(order=of(None, mg, single_dose=True))) == says


def test_partial_birth_dates_take_the_more_careful_limit():
    assert said(RULE, facts(age=age(64, maximum=65), order=of("6"))) == older(6, "64 to 65")
    assert said(RULE, facts(age=age(17, maximum=18), order=of("11"))) == child(11)


@pytest.mark.parametrize(("days_ago", "says"), [(30, "silent: recent-use"), (31, adult(20))])
def test_thirty_days_without_the_drug_make_it_a_first_dose(days_ago, says):
    assert said(RULE, facts(order=of("20"), prior_use=used(days_ago))) == says


def test_orders_that_run_together_are_added():
    patient = facts(order=of("10"), siblings=[of("10")])
    assert said(RULE, patient) == adult(20)
    assert "Several orders" in detail(RULE, patient)
    assert said(RULE, facts(order=of("10"), running=[running(per_day_mg="10")])) == adult(20)


@pytest.mark.parametrize("form", [Form.PARENTERAL, Form.RESCUE])
def test_only_by_mouth(form):
    assert said(RULE, facts(order=of("40", form=form))) == "silent: not-oral"


def test_the_detail_calls_an_adult_dose_permitted_and_names_the_cautious_start():
    text = detail(RULE, facts(order=of("20")))
    assert "The label permits 2 to 10 mg two to four times daily" in text
    assert "2 to 5 mg two or three times daily is the cautious start" in text


@pytest.mark.parametrize(
    ("about", "missing"),
    [
        ({"order": order(dose_unknown="nothing")}, "dose"),
        ({"order": of("10", None)}, "dose"),  # only the day's total: one dose may be 10 mg
        ({"prior_use": PriorUse(missing=("statements",)), "order": of("20")}, "statements"),
        ({"siblings": [order(dose_unknown="nothing")]}, "other-dose"),
        ({"medications": partly()}, "medications"),
    ],
)
def test_what_is_not_known_is_never_a_low_start(about, missing):
    assert said(RULE, facts(**about)) == f"cannot tell: {missing}"


def test_recent_use_is_known_even_when_more_could_not_be_looked_at():
    use = PriorUse(covered_days=10, last_day=T, missing=("statements",))
    assert said(RULE, facts(order=of("20"), prior_use=use)) == "silent: recent-use"


@pytest.mark.parametrize(
    ("about", "left"),
    [
        ({"order": of("45", "15")}, "replaced: dose-above-label"),
        ({"order": of("20", reasons=["tetanus"])}, "exempt: X-TETANUS"),
        ({"order": of("20", reasons=["seizure-disorders"])}, "exempt: X-SEIZURE"),
        ({"order": of("20", reasons=["alcohol-withdrawal"])}, "exempt: X-ALC-WD"),
        ({"order": of("20", reasons=["sedative-withdrawal"])}, "exempt: X-SED-WD"),
        (
            {"order": of(None, "10", single_dose=True, days=1, reasons=["procedural-sedation-context"])},
            "exempt: X-PROCEDURE",
        ),
        ({"age": 70, "order": of("20", reasons=["hospice-palliative"])}, older(20, 70).replace("warning", "info")),
    ],
)
def test_what_takes_its_place(about, left):
    assert shown(RULE, facts(**about)) == left


def test_fifteen_mg_a_day_in_doses_above_five_is_a_large_single_dose():
    at_limit = facts(order=order(per_day_mg="15", single_mg="7.5"))
    assert outcome(RULE, at_limit).variant == "adult-single"
    assert outcome(RULE, facts(order=order(per_day_mg="15.5", single_mg="7.5"))).variant == "adult"


def test_only_two_orders_are_together():
    assert outcome(RULE, facts(order=order(per_day_mg="20"))).points == ()
    beside = facts(order=order(per_day_mg="10"), siblings=[order(per_day_mg="10", position=1)])
    assert outcome(RULE, beside).points == ("together",)
