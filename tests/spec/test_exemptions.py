"""Orders that are right as they are: when each exemption holds, and every cell of what it does to every rule.

The matrix is written down here once more, by hand, so that a slip of the pen in `hooks/exemptions.toml` shows.
S suppressed, W at most warning, I at most info, - unchanged; in this order of columns:
"""

from dataclasses import replace
from itertools import combinations

import pytest

from cds_service.domain.facts import Service
from cds_service.domain.orders import DaysFrom, Form
from cds_service.domain.outcome import Finding, NotApplicable
from cds_service.engine.assess import assess, indicator_of
from tests.builders import ORIGIN, classes, encounter, facts, order, partly, problem
from tests.spec.release import exemptions, rules
from tests.unit.engine.small_content import content as small_content
from tests.unit.engine.small_content import finding, rule

COLUMNS = ("X-SE-ACUTE", "X-SEIZURE", "X-TETANUS", "X-PROCEDURE", "X-ALC-WD", "X-SED-WD", "X-PALL")
MATRIX = {
    "allergy": "- - - - - - -",
    "infant-under-6-months": "I W W W - - W",
    "opioid-coprescription": "S W W W - - W",
    "cns-depressant": "S I S I - - I",
    "duplicate-benzodiazepine": "S S S I W I I",
    "older-adult": "S S S S S S S",
    "falls-history": "S S S S S S S",
    "prolonged-duration": "S S S S - I S",
    "long-term-use": "S S S S I I S",
    "duration-unspecified": "S S S S - I S",
    "stroke-recovery": "S S S I I I S",
    "alcohol-use": "S I S - S - I",
    "substance-use-risk": "S I S I I S I",
    "anticholinergic": "S I S I I I I",
    "no-analgesic-benefit": "S S S S S S S",
    "radiculopathy": "S S S S S S S",
    "rheumatoid-arthritis": "S S S S S S S",
    "first-line-alternative": "S S S S S S S",
    "dual-indication": "S S S S S S S",
    "myasthenia-gravis": "W W W - - - W",
    "sleep-apnea": "S I S W W W I",
    "respiratory-insufficiency": "W W W - - - W",
    "severe-hepatic-disease": "I W W W - - I",
    "angle-closure-glaucoma": "W W W W - - W",
    "pregnancy": "S I S - - - -",
    "starting-dose": "S S S S S S I",
    "dose-above-label": "- - - - - W W",  # the oral limits always stand
    "dose-above-label/injection": "S S S - - W W",  # and so does that of a single dose for a procedure
    "pediatric-sedation-dose": "- - S - - - -",  # it has limits of its own for status epilepticus
    "data-quality": "- - - - - - -",
}
NEVER_SUPPRESSED = {"allergy", "infant-under-6-months"}  # of several exemptions the strictest wins
CELLS = [
    (row, exemption, effect)
    for row, cells in MATRIX.items()
    for exemption, effect in zip(COLUMNS, cells.split(), strict=True)
]
LEFT = {"S": "exempt", "W": "warning", "I": "info", "-": "critical"}  # of a finding that is critical by itself
MILDNESS = "-WIS"


def left(row, *holding):
    """What is left of a critical finding of the rule while these exemptions hold."""
    name, _, variant = row.partition("/")
    real = exemptions()
    spoken = replace(finding(), variant=variant) if variant else finding()
    one = rule(name, spoken, indicator="critical")
    one = replace(one, variants={spoken.variant: one.variants["plain"]})
    release = small_content(one, matrix=real.matrix, strictest=real.strictest, exempt=holding)
    outcome = assess(facts(), release).rulings[0].outcome
    return "exempt" if isinstance(outcome, NotApplicable) else indicator_of(one, outcome).value


def test_the_matrix_has_a_row_for_every_rule_and_no_other():
    assert {row.partition("/")[0] for row in MATRIX} == set(rules())
    assert set(exemptions().matrix) == set(MATRIX)
    assert set(exemptions().names) == set(COLUMNS)


@pytest.mark.parametrize(("row", "exemption", "effect"), CELLS)
def test_each_cell(row, exemption, effect):
    assert left(row, exemption) == LEFT[effect]


@pytest.mark.parametrize("row", MATRIX)
def test_of_two_the_mildest_wins_or_the_strictest_where_it_is_never_suppressed(row):
    cells = dict(zip(COLUMNS, MATRIX[row].split(), strict=True))
    pick = min if row in NEVER_SUPPRESSED else max
    for pair in combinations(COLUMNS, 2):
        effect = pick((cells[one] for one in pair), key=MILDNESS.index)
        assert left(row, *pair) == LEFT[effect], pair


def test_rows_that_are_never_suppressed():
    assert exemptions().strictest == NEVER_SUPPRESSED
    assert left("infant-under-6-months", *COLUMNS) == "critical"
    assert left("infant-under-6-months", "X-SE-ACUTE", "X-TETANUS") == "warning"
    assert left("allergy", *COLUMNS) == "critical"


def test_an_exemption_never_makes_a_card_louder():
    quiet = rule("older-adult", finding(), indicator="info")
    release = small_content(quiet, matrix={"older-adult": {"X-PALL": "W"}}, exempt=("X-PALL",))
    spoken = assess(facts(), release).rulings[0].outcome
    assert isinstance(spoken, Finding)
    assert indicator_of(quiet, spoken).value == "info"


# When each holds ------------------------------------------------------------------------------------------------------


def holding(patient):
    """Exemption id -> why, of this patient and order."""
    real = exemptions()
    return {one.id: one.because for one in real.holding(patient, real.params)}


def ordered(*reasons, problems=(), encounters=(), services=(), **about):
    return facts(order=order(reasons=reasons, **about), problems=problems, encounter=encounters, services=services)


def test_an_ordinary_order_is_not_exempt():
    assert holding(ordered("muscle-spasm", "anxiety-disorders")) == {}
    assert holding(ordered()) == {}


@pytest.mark.parametrize("reason", ["status-epilepticus", "seizure-disorders"])
def test_seizures_as_the_reason(reason):
    assert holding(ordered(reason)) == {"X-SEIZURE": "reason"}
    assert holding(ordered(reason, reasons_text=True)) == {"X-SEIZURE": "reason"}


@pytest.mark.parametrize(
    ("onset", "holds"),
    [
        ("2026-06-15", True),
        ("2026-06-08", True),
        ("2026-06-07", False),
        ("2026-06-16", False),
        ("2026-06", True),
        ("", False),
    ],
)
def test_status_epilepticus_on_record_counts_for_seven_days(onset, holds):
    patient = ordered(problems=[problem("status-epilepticus", "seizure-disorders", onset=onset)])
    assert (holding(patient) == {"X-SEIZURE": "problem"}) is holds


def test_status_epilepticus_that_is_over_or_other_seizures_on_record_do_not_count():
    assert holding(ordered(problems=[problem("status-epilepticus", onset="2026-06-14", past=True)])) == {}
    assert holding(ordered(problems=[problem("seizure-disorders", onset="2026-06-14")])) == {}


@pytest.mark.parametrize("where", ["emer", "imp", "acute", "nonac", "emergency", "inpatient"])
def test_status_epilepticus_in_an_emergency_or_as_an_inpatient_is_acute(where):
    assert holding(ordered("status-epilepticus", encounters=[encounter(where)])) == {"X-SE-ACUTE": "reason"}
    recent = problem("status-epilepticus", onset="2026-06-15")
    assert holding(ordered(problems=[recent], encounters=[encounter(where)])) == {"X-SE-ACUTE": "problem"}


@pytest.mark.parametrize("encounters", [[], [encounter("amb")], [encounter("")], "timeout"])
def test_elsewhere_or_when_the_encounter_is_not_known_it_is_not_acute(encounters):
    assert holding(ordered("status-epilepticus", encounters=encounters)) == {"X-SEIZURE": "reason"}


def test_other_seizures_are_never_acute():
    assert holding(ordered("seizure-disorders", encounters=[encounter("emer")])) == {"X-SEIZURE": "reason"}


def rescue(*reasons, **about):
    return ordered(*reasons, form=Form.RESCUE, source=DaysFrom.NOT_A_COURSE, **about)


def test_a_rescue_form_is_for_seizures_when_nothing_says_otherwise():
    assert holding(rescue(regular=False)) == {"X-SEIZURE": "rescue-form"}


def test_a_rescue_form_for_something_else_or_taken_regularly_is_not():
    assert holding(rescue("anxiety-disorders", regular=False)) == {}
    assert holding(rescue(regular=True)) == {}
    assert holding(rescue(regular=False, reasons_lost=1)) == {}  # a reason is stated, and it is not known which
    assert holding(ordered(form=Form.PARENTERAL, regular=False)) == {}


def test_a_rescue_form_for_seizures_is_exempt_by_its_reason():
    assert holding(rescue("seizure-disorders", regular=True)) == {"X-SEIZURE": "reason"}


def test_tetanus_as_the_reason_or_on_record_at_any_time():
    assert holding(ordered("tetanus")) == {"X-TETANUS": "reason"}
    assert holding(ordered(problems=[problem("tetanus")])) == {"X-TETANUS": "problem"}
    assert holding(ordered(problems=[problem("tetanus", past=True)])) == {}


PROCEDURE = "procedural-sedation-context"


@pytest.mark.parametrize(
    ("about", "holds"),
    [
        ({"single_dose": True, "days": 1}, True),
        ({"days": 1}, True),
        ({"days": 2}, False),
        ({"single_dose": True, "days": None}, True),
        ({"days": None}, False),
        ({"single_dose": True, "days": 1, "repeats": 1}, False),
    ],
)
def test_a_procedure_needs_a_single_dose_or_one_day_and_no_repeats(about, holds):
    assert (holding(ordered(PROCEDURE, **about)) == {"X-PROCEDURE": "reason"}) is holds
    assert (holding(ordered(mentions=["procedure-words"], **about)) == {"X-PROCEDURE": "reason"}) is holds


def test_a_single_dose_alone_is_no_procedure():
    assert holding(ordered(single_dose=True, days=1)) == {}
    assert holding(ordered(single_dose=True, days=1, problems=[problem(PROCEDURE)])) == {}


@pytest.mark.parametrize(
    ("onset", "holds"),
    [("2026-06-15", True), ("2026-06-01", True), ("2026-05-31", False), ("2026-06-16", False), ("", False)],
)
def test_alcohol_withdrawal_on_record_counts_for_14_days(onset, holds):
    patient = ordered(problems=[problem("alcohol-withdrawal", onset=onset)])
    assert (holding(patient) == {"X-ALC-WD": "problem"}) is holds


def test_alcohol_withdrawal_as_the_reason_at_any_time():
    assert holding(ordered("alcohol-withdrawal")) == {"X-ALC-WD": "reason"}
    assert holding(ordered(problems=[problem("alcohol-withdrawal", onset="2026-06-14", past=True)])) == {}


def test_withdrawal_from_sedatives_needs_a_stated_reason_or_steps_that_are_called_a_taper():
    assert holding(ordered("sedative-withdrawal")) == {"X-SED-WD": "reason"}
    assert holding(ordered(stepped=True, mentions=["taper-words"])) == {"X-SED-WD": "stepped"}
    assert holding(ordered(mentions=["taper-words"])) == {}
    assert holding(ordered(stepped=True)) == {}
    assert holding(ordered(problems=[problem("sedative-withdrawal")])) == {}


def test_palliative_care_wherever_it_stands():
    palliative = "hospice-palliative"
    requested = Service(classes=classes(palliative), origin=ORIGIN)
    assert holding(ordered(palliative)) == {"X-PALL": "reason"}
    assert holding(ordered(problems=[problem(palliative)])) == {"X-PALL": "problem"}
    assert holding(ordered(encounters=[encounter("amb", palliative)])) == {"X-PALL": "problem"}
    assert holding(ordered(services=[requested])) == {"X-PALL": "problem"}
    assert holding(ordered(problems=[problem(palliative, past=True)])) == {}


INFERRED = ("seizure-disorders", PROCEDURE, "sedative-withdrawal")


@pytest.mark.parametrize("kind", INFERRED)
def test_what_is_only_inferred_from_the_problem_list_never_exempts(kind):
    assert holding(ordered(problems=[problem(kind, onset="2026-06-14")], single_dose=True, days=1)) == {}


@pytest.mark.parametrize("section", ["timeout", partly()])
def test_a_record_that_could_not_be_read_exempts_nobody(section):
    unread = facts(problems=section, encounter=section, services=section)
    assert holding(unread) == {}
    stated = replace(unread, order=order(reasons=["tetanus"]))
    assert holding(stated) == {"X-TETANUS": "reason"}


def test_several_hold_at_once():
    patient = ordered("seizure-disorders", "alcohol-withdrawal", problems=[problem("hospice-palliative")])
    assert set(holding(patient)) == {"X-SEIZURE", "X-ALC-WD", "X-PALL"}


def test_every_reason_why_is_explained():
    real = exemptions()
    given = {
        one.because
        for patient in (
            ordered("tetanus"),
            ordered(problems=[problem("tetanus")]),
            rescue(regular=False),
            ordered(stepped=True, mentions=["taper-words"]),
        )
        for one in real.holding(patient, real.params)
    }
    assert given == {"reason", "problem", "rescue-form", "stepped"}
    assert given == set(real.because)
