"""Kidney function: which value counts, what a comparator means, when a value is too old, what is worse."""

import math
from dataclasses import replace
from datetime import timedelta
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cds_service.domain.facts import Gap, Known
from cds_service.domain.kidney import Equation, Filtration, Kidney, KidneyLimits, estimated_gfr, kidney
from tests.builders import T, age, facts, measurement, problem

LIMITS = KidneyLimits(
    egfr="egfr",
    creatinine="creatinine",
    severe_problems="stage-4-5",
    reduced_problems="stage-3",
    recent_days=365,
    reduced_below=Decimal(60),
    severe_below=Decimal(30),
    adult_age=18,
    scale=Decimal(142),
    beta=Decimal("-1.200"),
    gamma=Decimal("0.9938"),
    equations={
        "female": Equation(kappa=Decimal("0.7"), alpha=Decimal("-0.241"), factor=Decimal("1.012")),
        "male": Equation(kappa=Decimal("0.9"), alpha=Decimal("-0.302"), factor=Decimal(1)),
    },
)
LAST_RECENT, FIRST_OLD = T - timedelta(days=365), T - timedelta(days=366)


def egfr(value, **more):
    return measurement("egfr", value, "mL/min/{1.73_m2}", **more)


def creatinine(value, **more):
    return measurement("creatinine", value, "mg/dL", **more)


def judged(*observations, problems=(), **more):
    found = kidney(facts(observations=observations, problems=problems, **more), LIMITS)
    return found.filtration.value, found.source, found.told


@pytest.mark.parametrize(
    ("value", "comparator", "filtration", "told"),
    [
        ("29.9", "", "severe", "29"),
        ("30", "", "reduced", "30"),
        ("59.9", "", "reduced", "59"),
        ("60", "", "enough", "60"),
        ("15", "<", "severe", "<15"),
        ("30", "<", "severe", "<30"),
        ("30", "<=", "severe", "<=30"),
        ("45", "<", "reduced", "<45"),
        ("60", "<", "reduced", "<60"),
        ("60", "<=", "reduced", "<=60"),
        ("60", ">", "enough", ">60"),
        ("60", ">=", "enough", ">=60"),
        ("90", ">", "enough", ">90"),
        ("45", ">", "reduced", ">45"),
        ("20", ">", "severe", ">20"),
    ],
)
def test_where_a_value_lies(value, comparator, filtration, told):
    assert judged(egfr(value, comparator=comparator)) == (filtration, "measured", told)


@pytest.mark.parametrize(("value", "comparator"), [("90", "<"), ("61", "<="), ("80", "~")])
def test_a_value_that_does_not_say_is_not_known(value, comparator):
    assert judged(egfr(value, comparator=comparator)) == ("unknown", "", "")


def test_nothing_on_record_is_not_known_and_nothing_is_missing():
    assert kidney(facts(), LIMITS) == Kidney(filtration=Filtration.UNKNOWN)


@pytest.mark.parametrize(
    ("case", "missing"),
    [
        (facts(observations="not-sent"), ("observations",)),
        (facts(problems="not-sent"), ("problems",)),
        (replace(facts(), observations=Known(gaps=(Gap(why="unit"),))), ("observations",)),
    ],
)
def test_what_could_not_be_looked_at_is_told(case, missing):
    assert kidney(case, LIMITS) == Kidney(filtration=Filtration.UNKNOWN, missing=missing)


# Which value ----------------------------------------------------------------------------------------------------------


def test_the_latest_counts_and_of_one_day_the_worst():
    assert judged(egfr("80", taken="2026-05-01"), egfr("40", taken="2026-04-01")) == ("enough", "measured", "80")
    assert judged(egfr("80", taken="2026-05-01"), egfr("40", taken="2026-05-01")) == ("reduced", "measured", "40")


@pytest.mark.parametrize(
    ("value", "taken", "filtration"),
    [
        ("90", str(LAST_RECENT), "enough"),
        ("90", str(FIRST_OLD), "unknown"),
        ("59", str(FIRST_OLD), "reduced"),
        ("22", "2019", "severe"),
        ("90", "", "unknown"),
        ("22", "", "severe"),
        ("90", "2025", "unknown"),  # perhaps older than a year
        ("90", "2026", "enough"),
    ],
)
def test_an_old_normal_value_is_not_known_and_an_old_abnormal_one_still_counts(value, taken, filtration):
    assert judged(egfr(value, taken=taken))[0] == filtration


def test_a_recent_normal_value_answers_an_old_abnormal_one():
    assert judged(egfr("40", taken="2023-01-01"), egfr("85", taken="2026-01-01"))[0] == "enough"
    assert judged(egfr("40", taken="2023-01-01"), creatinine("0.8", taken="2026-01-01"))[0] == "enough"


def test_of_old_values_the_latest_counts():
    assert judged(egfr("40", taken="2020-01-01"), egfr("85", taken="2023-01-01"))[0] == "unknown"


def test_a_value_after_the_order_date_is_not_recent():
    assert judged(egfr("90", taken="2026-06-16"))[0] == "unknown"


def test_the_date_is_shown_as_precise_as_it_was_recorded():
    found = kidney(facts(observations=[egfr("22", taken="2024-03")]), LIMITS)
    assert (found.shown, found.dated) == ("22 (2024-03)", "2024-03")
    assert kidney(facts(observations=[egfr("22", taken="")]), LIMITS).shown == "22"


# Creatinine -----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("value", "sex", "years", "expected"),
    [  # reckoned with the published equation, to one place
        ("1.0", "female", 50, "68.6"),
        ("1.0", "male", 50, "91.7"),
        ("0.7", "female", 70, "93.0"),
        ("0.9", "male", 70, "91.9"),
        ("0.5", "female", 30, "129.3"),
        ("2.5", "male", 80, "25.3"),
    ],
)
def test_the_equation(value, sex, years, expected):
    gfr = estimated_gfr(Decimal(value), sex, years, LIMITS)
    assert gfr is not None
    assert gfr.quantize(Decimal("0.1")) == Decimal(expected)


@given(st.decimals("0.2", "12", places=2), st.sampled_from(["female", "male"]), st.integers(18, 110))
def test_the_equation_agrees_with_floating_point(value, sex, years):
    one = LIMITS.equations[sex]
    ratio = float(value) / float(one.kappa)
    expected = 142 * min(ratio, 1) ** float(one.alpha) * max(ratio, 1) ** -1.2 * 0.9938**years * float(one.factor)
    assert math.isclose(float(estimated_gfr(value, sex, years, LIMITS)), expected, rel_tol=1e-9)


@pytest.mark.parametrize(("sex", "years"), [("other", 50), ("unknown", 50), ("", 50), ("female", 17)])
def test_no_estimate_without_sex_or_for_a_child(sex, years):
    assert judged(creatinine("3.0"), sex=sex, age=years) == ("unknown", "", "")


def test_no_estimate_without_an_age_or_of_nothing():
    assert judged(creatinine("3.0"), age=None) == ("unknown", "", "")
    assert estimated_gfr(Decimal(0), "female", 50, LIMITS) is None


def test_a_measured_value_goes_before_an_estimate():
    assert judged(egfr("80"), creatinine("4.0")) == ("enough", "measured", "80")


def test_an_estimate_stands_where_nothing_recent_was_measured():
    assert judged(creatinine("4.0")) == ("severe", "estimated", "13")
    assert judged(egfr("90", taken="2020-01-01"), creatinine("4.0")) == ("severe", "estimated", "13")


def test_of_a_partial_birth_date_the_highest_age_counts():
    """At 0.95 mg/dL a woman of 64 has 66, one of 90 has 56."""
    assert judged(creatinine("0.95"), age=64)[0] == "enough"
    assert judged(creatinine("0.95"), age=age(64, maximum=90))[0] == "reduced"


@pytest.mark.parametrize(
    ("comparator", "value", "filtration"),
    [("<", "0.8", "enough"), (">", "4.0", "severe"), (">", "0.8", "unknown"), ("<", "4.0", "severe")],
)
def test_a_comparator_of_creatinine_is_the_opposite_for_filtration(comparator, value, filtration):
    assert judged(creatinine(value, comparator=comparator))[0] == filtration


# Problem list ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("value_set", "filtration"), [("stage-4-5", "severe"), ("stage-3", "reduced")])
def test_a_problem_stands_for_a_filtration(value_set, filtration):
    assert judged(problems=[problem(value_set, label="CKD")]) == (filtration, "recorded", "CKD")
    assert judged(problems=[problem(value_set, past=True)])[0] == "unknown"


def test_the_worse_of_laboratory_and_problem_list_holds():
    assert judged(egfr("80"), problems=[problem("stage-3", label="CKD 3")]) == ("reduced", "recorded", "CKD 3")
    assert judged(egfr("22"), problems=[problem("stage-3")]) == ("severe", "measured", "22")
    assert judged(egfr("45"), problems=[problem("stage-3")]) == ("reduced", "measured", "45")
    assert judged(problems=[problem("stage-3"), problem("stage-4-5")])[0] == "severe"
