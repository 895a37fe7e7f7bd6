"""An injection for a child: sedation, label and status epilepticus, by weight."""

import pytest

from cds_service.domain.orders import Form
from tests.builders import age, encounter, facts, measurement, order, problem
from tests.spec.release import Example, detail, outcome, said, shown

RULE = "pediatric-sedation-dose"
WITHIN = "silent: within"
NO_WEIGHT = "info: Child, parenteral diazepam: weight needed to check the mg/kg dose"
STATUS = ["status-epilepticus"]


def sedation(mg_per_kg):
    return f"info: {mg_per_kg} mg/kg: above the 0.05 to 0.10 mg/kg used for sedation, within the label limit"


def above(dose, indicator="critical"):
    return f"{indicator}: {dose}: above the single-dose limit for children (0.25 mg/kg, 10 mg)"


def in_status(dose):
    return f"critical: {dose}: above the status epilepticus limit for children (0.30 mg/kg, 10 mg)"


def injection(mg, **about):
    return order(form=Form.PARENTERAL, per_day_mg=None, single_mg=mg, days=1, single_dose=True, **about)


def child(mg, weight="20", *, years=6, reasons=(), mg_per_kg=None, from_text=False, **about):
    dose = injection(mg, reasons=reasons, mg_per_kg=mg_per_kg, dose_from_text=from_text)
    return facts(age=years, weight_kg=weight, order=dose, **about)


EXAMPLES = [
    Example(of=RULE, case="2 mg for 20 kg, to sedate", facts=child("2"), says=WITHIN),
    Example(of=RULE, case="3 mg for 20 kg", facts=child("3"), says=sedation("0.15")),
    Example(of=RULE, case="6 mg for 20 kg", facts=child("6"), says=above("0.30 mg/kg")),
    Example(of=RULE, case="6 mg for 20 kg in status epilepticus", facts=child("6", reasons=STATUS), says=WITHIN),
    Example(of=RULE, case="2 mg, weight not known", facts=child("2", None), says=NO_WEIGHT),
    Example(of=RULE, case="an adult", facts=child("10", "70", years=18), says="silent: adult"),
]


@pytest.mark.parametrize(
    ("mg", "says"),
    [
        ("2", WITHIN),
        ("2.01", sedation("0.101")),
        ("5", sedation("0.25")),
        ("5.01", above("0.251 mg/kg")),
    ],
)
def test_limits_by_weight(mg, says):
    assert said(RULE, child(mg)) == says


@pytest.mark.parametrize(("mg", "says"), [("10", sedation("0.20")), ("10.5", above("10.5 mg"))])
def test_ten_mg_is_the_limit_whatever_the_weight(mg, says):
    assert said(RULE, child(mg, "50")) == says


@pytest.mark.parametrize(
    ("mg", "weight", "says"),
    [("6", "20", WITHIN), ("6.01", "20", in_status("0.301 mg/kg")), ("10.5", "50", in_status("10.5 mg"))],
)
def test_status_epilepticus_has_limits_of_its_own(mg, weight, says):
    assert said(RULE, child(mg, weight, reasons=STATUS)) == says


@pytest.mark.parametrize(("onset", "says"), [("2026-06-08", WITHIN), ("2026-06-07", above("0.30 mg/kg"))])
def test_a_status_epilepticus_on_the_problem_list_counts_for_seven_days(onset, says):
    assert said(RULE, child("6", problems=[problem("status-epilepticus", onset=onset)])) == says


def test_against_other_seizures_sedation_is_no_measure_but_the_label_is():
    assert said(RULE, child("4", reasons=["seizure-disorders"])) == WITHIN
    assert said(RULE, child("6", reasons=["seizure-disorders"])) == above("0.30 mg/kg")


def test_ordered_by_the_kg_it_is_judged_as_ordered():
    assert said(RULE, child("3", mg_per_kg="0.15")) == sedation("0.15")
    assert said(RULE, child(None, None, mg_per_kg="0.15")) == sedation("0.15")
    assert said(RULE, child(None, None, mg_per_kg="0.26")) == above("0.26 mg/kg")


def test_within_the_limit_per_kg_the_mg_are_not_known_without_a_weight():
    assert said(RULE, child(None, None, mg_per_kg="0.10")) == "cannot tell: weight"


def test_without_a_weight_more_than_ten_mg_is_still_too_much():
    assert said(RULE, child("12", None)) == above("12 mg")


def test_the_weight_it_was_judged_by_is_told_with_its_day():
    weights = [
        measurement("obs-body-weight", "18", "kg", taken="2026-05-01"),
        measurement("obs-body-weight", "20", "kg"),
    ]
    patient = child("3", observations=weights)
    assert "The body weight on record is 20 kg." in detail(RULE, patient)
    assert [(one.label, one.date) for one in outcome(RULE, patient).basis] == [("obs-body-weight 20", "2026-06-01")]


@pytest.mark.parametrize(("years", "says"), [(17, sedation("0.15")), (18, "silent: adult")])
def test_children_are_under_eighteen(years, says):
    assert said(RULE, child("3", years=years)) == says


def test_possibly_a_child_counts_as_one():
    assert said(RULE, child("3", years=age(17, maximum=18))) == sedation("0.15")


@pytest.mark.parametrize("form", [Form.ORAL, Form.RESCUE])
def test_only_injections(form):
    assert said(RULE, facts(age=6, weight_kg="20", order=order(form=form, single_mg="9"))) == "silent: not-injected"


def test_without_birth_date_or_dose_it_cannot_tell():
    assert said(RULE, child("3", years=None)) == "cannot tell: birth-date"
    unreadable = order(form=Form.PARENTERAL, dose_unknown="nothing")
    assert said(RULE, facts(age=6, order=unreadable)) == "cannot tell: dose"


def test_a_dose_from_text_only_warns():
    assert said(RULE, child("6", from_text=True)) == above("0.30 mg/kg", "warning")


@pytest.mark.parametrize("patient", [child("3"), child("6"), child("7", reasons=STATUS), child("2", None)])
def test_how_to_give_it_is_always_said(patient):
    text = detail(RULE, patient)
    for advice in ("over at least three minutes", "resuscitation equipment at hand", "every other sedative"):
        assert advice in text


@pytest.mark.parametrize(
    ("reasons", "about", "left"),
    [
        (["tetanus"], {}, "exempt: X-TETANUS"),
        (["procedural-sedation-context"], {}, above("0.35 mg/kg")),
        (["hospice-palliative"], {}, above("0.35 mg/kg")),
        (STATUS, {}, in_status("0.35 mg/kg")),
        (STATUS, {"encounter": [encounter("imp")]}, in_status("0.35 mg/kg")),
    ],
)
def test_exemptions(reasons, about, left):
    assert shown(RULE, child("7", reasons=reasons, **about)) == left
