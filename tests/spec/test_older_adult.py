"""65 and over: by the age on the order date, also where only part of a birth date is known.

Orders are of 2026-06-15; falls count from 2025-06-15 on.
"""

from dataclasses import replace
from datetime import date

import pytest

from cds_service.domain.dates import DateInterval, age_on
from tests.builders import age, facts, order, partly, problem
from tests.spec.release import Example, classes_of_code, classes_of_text, detail, outcome, rules, said, shown

RULE = "older-adult"
YOUNGER = "silent: younger"
POSSIBLE = "warning: Age may be 65 or more: Beers Criteria advise avoiding diazepam (cognition, delirium, falls)"
REM = "rem-sleep-behavior-disorder"


def speaks(years):
    return f"warning: Age {years}: Beers Criteria advise avoiding diazepam (cognition, delirium, falls)"


def excepted(years):
    return (
        f"info: Age {years} with REM sleep behaviour disorder: lowest dose of diazepam; risk to cognition and of falls"
    )


def born(text, on=date(2026, 6, 15)):
    """Facts of somebody with that birth date."""
    return replace(facts(), as_of=on, age=age_on(DateInterval.of(text), on))


def aged(years, *problems, **about):
    return facts(age=years, problems=problems, **about)


EXAMPLES = [
    Example(of=RULE, case="78 years old", facts=aged(78), says=speaks(78)),
    Example(of=RULE, case="64 years old", facts=aged(64), says=YOUNGER),
    Example(of=RULE, case="born in 1961, so 64 or 65", facts=born("1961"), says=POSSIBLE),
    Example(
        of=RULE,
        case="70, for REM sleep behaviour disorder",
        facts=aged(70, order=order(reasons=[REM])),
        says=excepted(70),
    ),
    Example(of=RULE, case="no birth date", facts=aged(None), says="cannot tell: birth-date"),
]


@pytest.mark.parametrize(
    ("birth", "says"),
    [
        ("1961-06-15", speaks(65)),  # the birthday itself counts
        ("1961-06-16", YOUNGER),
        ("1961-06", POSSIBLE),
        ("1961-05", speaks(65)),
        ("1961-07", YOUNGER),
        ("1961", POSSIBLE),
        ("1960", speaks(65)),
        ("1962", YOUNGER),
    ],
)
def test_the_age_on_the_order_date_decides(birth, says):
    assert said(RULE, born(birth)) == says


def test_who_was_born_on_29_february_is_65_from_1_march():
    assert said(RULE, born("1960-02-29", date(2025, 2, 28))) == YOUNGER
    assert said(RULE, born("1960-02-29", date(2025, 3, 1))) == speaks(65)


def test_possible_is_treated_like_certain_and_says_why():
    text = detail(RULE, aged(age(64, maximum=65)))
    assert "Only part of the birth date is on record: the patient is between 64 and 65 years old" in text


def test_without_a_birth_date_it_cannot_tell():
    assert said(RULE, facts(age=None)) == "cannot tell: birth-date"


# What raises the risk further -----------------------------------------------------------------------------------------


def points(*problems, years=70, **about):
    return outcome(RULE, aged(years, *problems, **about)).points


@pytest.mark.parametrize(
    ("onset", "told"),
    [("2025-06-14", ()), ("2025-06-15", ("fall",)), ("2026-06-15", ("fall",)), ("2026-06-16", ()), ("2025", ("fall",))],
)
def test_a_fall_counts_for_365_days(onset, told):
    assert points(problem("falls", onset=onset)) == told


def test_a_fall_that_is_over_or_only_recorded_counts_all_the_same():
    assert points(problem("falls", onset="2026-05-01", past=True)) == ("fall",)
    assert points(problem("falls", recorded="2026-05-01")) == ("fall",)


@pytest.mark.parametrize("code", ["R29.6", "279992002"])
def test_repeated_falls_count_undated_while_active(code):
    assert points(problem("falls", code=code)) == ("falls",)
    assert points(problem("falls", code=code, past=True)) == ()
    assert points(problem("falls", code=code, onset="2024-01-01")) == ()
    assert points(problem("falls", code="Z91.81")) == ()


def test_dementia_and_fragile_bones_while_active():
    assert points(problem("dementia-delirium"), problem("osteoporosis")) == ("dementia", "fracture")
    assert points(problem("dementia-delirium", past=True), problem("osteoporosis", past=True)) == ()


def test_each_is_a_sentence_and_a_basis():
    patient = aged(
        70, problem("falls", onset="2026-05-01", label="Fall"), problem("osteoporosis", label="Osteoporosis")
    )
    text = detail(RULE, patient)
    assert "A fall within the past 12 months is on record" in text
    assert "a fall is more likely to end in a fracture" in text
    assert [basis.label for basis in outcome(RULE, patient).basis] == ["birth-date", "Fall", "Osteoporosis"]


@pytest.mark.parametrize("code", ["M80", "M80.051A", "M81", "M81.0"])
def test_fracture_risk_is_osteoporosis_with_or_without_a_fracture(code):
    assert "osteoporosis" in classes_of_code("http://hl7.org/fhir/sid/icd-10-cm", code)


def test_fracture_risk_in_other_words():
    assert "osteoporosis" in classes_of_code("http://snomed.info/sct", "64859006")
    assert "osteoporosis" in classes_of_text("Postmenopausal osteoporosis")
    assert "osteoporosis" not in classes_of_text("no osteoporosis")


# The exception of Beers -----------------------------------------------------------------------------------------------


def test_rem_sleep_behavior_disorder_on_record_or_as_the_reason_makes_it_informative():
    for patient in (aged(70, problem(REM)), aged(70, order=order(reasons=[REM]))):
        assert said(RULE, patient) == excepted(70)
        assert "names REM sleep behaviour disorder, which is on record or the reason of the order, as an" in detail(
            RULE, patient
        )
    assert said(RULE, aged(70, problem(REM, past=True))) == speaks(70)


def test_the_exception_where_65_is_only_possible():
    patient = aged(age(64, maximum=65), problem(REM))
    assert said(RULE, patient) == (
        "info: Age may be 65 or more, REM sleep behaviour disorder: lowest dose of diazepam; risk of falls"
    )
    assert "between 64 and 65" in detail(RULE, patient)


def test_what_raises_the_risk_is_said_beside_the_exception_too():
    assert points(problem(REM), problem("dementia-delirium")) == ("dementia",)


def test_a_problem_list_that_is_missing_makes_no_exception():
    for section in ("timeout", partly()):
        assert said(RULE, facts(age=70, problems=section)) == speaks(70)


# Words and offers -----------------------------------------------------------------------------------------------------


def test_the_detail_says_what_the_drug_does_at_this_age_and_what_the_exceptions_are():
    text = detail(RULE, aged(70))
    for needed in (
        "long-acting",
        "active metabolites",
        "accumulates",
        "cognitive impairment",
        "delirium",
        "falls",
        "fractures",
        "crashes",
        "usually outweighs the benefit",
        "seizures",
        "withdrawal from alcohol or benzodiazepines",
        "severe generalised anxiety",
        "procedures",
        "2 to 2.5 mg once or twice daily",
        "baclofen has limits of its own at this age",
    ):
        assert needed in text


def test_what_is_offered_instead():
    assert set(rules()[RULE].offers) == {
        "sg-baclofen-plus-ssri",
        "sg-baclofen",
        "sg-tizanidine",
        "sg-ssri",
        "sg-lower-dose",
        "sg-taper",
        "sg-cancel",
        "sg-physio",
    }
    assert rules()[RULE].variants["excepted-certain"].offers == ()
    assert rules()[RULE].variants["excepted-possible"].offers == ()


@pytest.mark.parametrize(
    ("reason", "left"),
    [
        ("seizure-disorders", "exempt: X-SEIZURE"),
        ("tetanus", "exempt: X-TETANUS"),
        ("alcohol-withdrawal", "exempt: X-ALC-WD"),
        ("sedative-withdrawal", "exempt: X-SED-WD"),
        ("hospice-palliative", "exempt: X-PALL"),
        ("muscle-spasm", speaks(70)),
    ],
)
def test_exemptions(reason, left):
    assert shown(RULE, aged(70, order=order(reasons=[reason]))) == left
