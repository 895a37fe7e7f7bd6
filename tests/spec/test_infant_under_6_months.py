"""Under six months: by mouth contraindicated, in other forms a warning, a partial birth date a warning at most."""

from datetime import date

import pytest

from cds_service.domain.dates import Certainty, DateInterval, age_on
from cds_service.domain.facts import Encounter
from cds_service.domain.orders import Form
from tests.builders import ORIGIN, T, age, facts, order, partly
from tests.spec.release import Example, detail, outcome, rules, said, shown

RULE = "infant-under-6-months"
ORAL = "critical: Under 6 months of age: oral diazepam is contraindicated"
OTHER = "warning: Under 6 months of age: prolonged sedation and breathing risk; check need and dose of diazepam"
POSSIBLE = "warning: Age may be under 6 months: oral diazepam would be contraindicated, check the birth date"
POSSIBLE_OTHER = (
    "warning: Age may be under 6 months: prolonged sedation and breathing risk; check need and dose of diazepam"
)
INFANT = age(0, under_six_months=Certainty.CERTAIN)
PERHAPS = age(0, maximum=1, under_six_months=Certainty.POSSIBLE)


def patient(how_old, form=Form.ORAL, **about):
    return facts(age=how_old, order=order(form=form, **about))


EXAMPLES = [
    Example(of=RULE, case="3 months old, oral solution", facts=patient(INFANT), says=ORAL),
    Example(of=RULE, case="3 months old, rectal gel", facts=patient(INFANT, Form.RESCUE), says=OTHER),
    Example(of=RULE, case="born this year, no more is known", facts=patient(PERHAPS), says=POSSIBLE),
    Example(of=RULE, case="adult", facts=patient(45), says="silent: older"),
    Example(of=RULE, case="birth date unknown", facts=patient(None), says="cannot tell: birth-date"),
]


@pytest.mark.parametrize(
    ("born", "says"),
    [
        ("2025-12-14", "silent: older"),
        ("2025-12-15", "silent: older"),  # six months are completed on the order date
        ("2025-12-16", ORAL),
        ("2026-06-15", ORAL),
        ("2025-12", POSSIBLE),
        ("2026-01", ORAL),
        ("2025", POSSIBLE),
        ("2024", "silent: older"),
    ],
)
def test_six_calendar_months_before_the_order(born, says):
    assert date(2026, 6, 15) == T
    assert said(RULE, patient(age_on(DateInterval.of(born), T))) == says


@pytest.mark.parametrize("form", [Form.PARENTERAL, Form.RESCUE])
def test_other_forms_warn(form):
    assert said(RULE, patient(INFANT, form)) == OTHER
    assert said(RULE, patient(PERHAPS, form)) == POSSIBLE_OTHER


def test_only_by_mouth_it_offers_not_to_start():
    rule = rules()[RULE]
    offers = {name: variant.offers or rule.offers for name, variant in rule.variants.items()}
    assert {name for name, offered in offers.items() if "sg-cancel" in offered} == {"oral", "possible-oral"}


@pytest.mark.parametrize(
    ("form", "under_31_days", "told"),
    [
        (Form.PARENTERAL, Certainty.CERTAIN, True),
        (Form.PARENTERAL, Certainty.POSSIBLE, True),
        (Form.PARENTERAL, Certainty.NO, False),
        (Form.RESCUE, Certainty.CERTAIN, False),
    ],
)
def test_an_injection_in_the_first_month_adds_a_sentence_on_newborns(form, under_31_days, told):
    newborn = age(0, under_six_months=Certainty.CERTAIN, under_31_days=under_31_days)
    assert ("first 30 days of life" in detail(RULE, patient(newborn, form))) is told


@pytest.mark.parametrize(
    ("reasons", "left"),
    [
        (["seizure-disorders"], ORAL.replace("critical", "warning")),
        (["alcohol-withdrawal"], ORAL),
        (["seizure-disorders", "alcohol-withdrawal"], ORAL),  # of several exemptions the strictest wins
    ],
)
def test_exemptions_quiet_it_but_never_silence_it(reasons, left):
    assert shown(RULE, patient(INFANT, reasons=reasons)) == left


def test_status_epilepticus_in_an_emergency_leaves_an_info_card():
    emergency = Encounter(encounter_class="emer", classes={}, origin=ORIGIN)
    acute = facts(age=INFANT, order=order(reasons=["status-epilepticus"]), encounter=[emergency])
    assert shown(RULE, acute) == ORAL.replace("critical", "info")


def test_the_problem_list_is_not_needed():
    assert said(RULE, facts(age=INFANT, problems=partly())) == ORAL


def test_it_rests_on_the_birth_date():
    (basis,) = outcome(RULE, facts(age=age(0, under_six_months=Certainty.CERTAIN))).basis
    assert (basis.label, basis.section) == ("birth-date", "patient")
