"""sg-tizanidine: second to baclofen, every row of its own table, and what is not known."""

from dataclasses import replace

import pytest

from cds_service.domain.course import PriorUse
from cds_service.domain.facts import Gap, Known, Standing
from cds_service.domain.outcome import Indicator
from tests.builders import age, allergy, drug, facts, measurement, order, problem
from tests.spec.release import Example, answer, judged, speaking, suggested, told, verdict

ALTERNATIVE = "sg-tizanidine"
SPASM = problem("muscle-spasm", reference="Condition/spasm")
SPASTICITY = problem("spasticity-umn", reference="Condition/spasticity")
CONTINUING = PriorUse(covered_days=60, continuing=True)
EGFR = "mL/min/{1.73_m2}"
STATED = order(reasons=["muscle-spasm"])


def case(*problems, **about):
    """A patient with spasticity on the problem list, and more problems."""
    return facts(**({"problems": [SPASTICITY, *problems]} | about))


EXAMPLES = [
    Example(of=ALTERNATIVE, case="45 years, spasticity, nothing else", facts=case(), says="offered"),
    Example(
        of=ALTERNATIVE,
        case="spasticity, ciprofloxacin is current",
        facts=case(medications=[drug("cyp1a2-inhibitors-strong", label="ciprofloxacin")]),
        says="not offered: inhibitor-strong",
    ),
    Example(
        of=ALTERNATIVE,
        case="spasticity, liver disease",
        facts=case(problem("hepatic-impairment-any")),
        says="not offered: liver",
    ),
    Example(
        of=ALTERNATIVE,
        case="spasticity, an unrecognised medicine is current",
        facts=case(medications=[drug(coded=False)]),
        says="worth considering: unknown-drug",
    ),
    Example(
        of=ALTERNATIVE,
        case="80 years, spasticity, a fall 5 months ago",
        facts=case(problem("falls", onset="2026-01-10", past=True), age=80),
        says="not offered: fall",
    ),
]


# After baclofen -------------------------------------------------------------------------------------------------------


def dosed(**about):
    """A course of 60 days for a spasm: prolonged-duration offers both drugs."""
    return facts(**({"order": order(days=60, reasons=["muscle-spasm"])} | about))


def test_not_while_baclofen_is_offered():
    assert "sg-baclofen" in suggested(dosed())
    assert ALTERNATIVE not in suggested(dosed())


@pytest.mark.parametrize(
    "about",
    [
        {"allergies": [allergy("baclofen")]},
        {"medications": [drug("baclofen", standing=Standing.PAST, ended="2026-01-01")]},
        {"problems": [problem("seizure-disorders")]},
        {"problems": [problem("cerebral-palsy-or-parkinson")]},
    ],
)
def test_where_baclofen_is_blocked_or_was_tried(about):
    case_ = dosed(**about)
    assert ALTERNATIVE in suggested(case_)
    assert "sg-baclofen" not in suggested(case_)
    assert any(remark.startswith("Baclofen not ") for _, remarks in answer(case_).values() for remark in remarks)


@pytest.mark.parametrize("years", [12, None])
def test_a_child_gets_neither(years):
    assert not {"sg-baclofen", ALTERNATIVE} & set(suggested(dosed(age=years)))


# For what and for whom ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("about", "says"),
    [
        ({"order": STATED}, "offered"),
        ({"problems": [SPASM]}, "offered"),
        ({"problems": [problem("muscle-spasm", unconfirmed=True)]}, "not applicable"),
        ({"order": order(reasons=["chronic-pain"])}, "not applicable"),
        ({}, "not applicable"),
    ],
)
def test_only_for_a_confirmed_spasm_or_spasticity(about, says):
    assert judged(ALTERNATIVE, facts(**about)) == says


@pytest.mark.parametrize(
    ("problems", "years", "label"),
    [
        ([SPASM], 45, "off-label"),
        ([SPASM], 70, "off-label-check-egfr"),
        ([SPASTICITY], 45, ""),
        ([SPASTICITY, SPASM], 45, ""),
        ([SPASTICITY], 70, "check-egfr"),
    ],
)
def test_the_label_says_off_label_and_what_to_check(problems, years, label):
    offer = verdict(ALTERNATIVE, facts(problems=problems, age=years))
    assert offer.label == label
    assert ("off-label" in offer.points) is ("off-label" in label)


@pytest.mark.parametrize(
    ("years", "says"),
    [
        (None, "not offered: age-unknown"),
        (17, "not offered: child"),
        (age(17, maximum=18), "not offered: child"),
        (18, "offered"),
    ],
)
def test_age(years, says):
    assert judged(ALTERNATIVE, case(age=years)) == says


def test_pregnancy():
    assert judged(ALTERNATIVE, case(), speaking("pregnancy")) == "not offered: pregnancy"


def test_allergy_use_and_earlier_use():
    assert judged(ALTERNATIVE, case(allergies=[allergy("tizanidine")])) == "not offered: not-tolerated"
    assert judged(ALTERNATIVE, case(medications=[drug("tizanidine")])) == "not offered: already"
    assert judged(ALTERNATIVE, case(drafts=[drug("tizanidine", in_draft=True)])) == "not offered: already"
    for ended, more, says in (
        ("2025-06-15", {"not_tolerated": True}, "not offered: not-tolerated"),
        ("2025-06-14", {"not_tolerated": True}, "offered"),
        ("2025-06-15", {"ineffective": True}, "not offered: ineffective"),
        ("2026-01-01", {}, "offered"),
    ):
        past = drug("tizanidine", standing=Standing.PAST, ended=ended, **more)
        assert judged(ALTERNATIVE, case(medications=[past])) == says


# The rows -------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("value_set", "says"),
    [
        ("cyp1a2-inhibitors-strong", "not offered: inhibitor-strong"),
        ("cyp1a2-inhibitors-other", "not offered: inhibitor-other"),
        ("alpha2-agonists", "not offered: agonist"),
        ("opioids", "not offered: opioid"),
        ("qt-prolonging-drugs", "offered"),
    ],
)
def test_current_drugs(value_set, says):
    named = drug(value_set, label="a certain drug")
    assert judged(ALTERNATIVE, case(medications=[named])) == says
    assert judged(ALTERNATIVE, case(statements=[named])) == says
    assert judged(ALTERNATIVE, case(medications=[replace(named, standing=Standing.PAST)])) == "offered"


def test_the_inhibitor_is_named():
    assert "ciprofloxacin" in told(
        ALTERNATIVE, case(medications=[drug("cyp1a2-inhibitors-strong", label="ciprofloxacin 500 MG")])
    )


@pytest.mark.parametrize(
    ("value_set", "says"),
    [
        ("hepatic-impairment-any", "not offered: liver"),
        ("severe-hepatic-disease", "not offered: liver"),
        ("hypotension", "not offered: hypotension"),
        ("long-qt", "not offered: long-qt"),
        ("stroke-sequelae", "not offered: stroke"),
        ("myasthenia-gravis", "not offered: myasthenia"),
        ("severe-respiratory-insufficiency", "not offered: breathing"),
        ("copd", "not offered: breathing"),
        ("sleep-apnea", "not offered: breathing"),
        ("alcohol-use-disorder", "worth considering: alcohol"),
    ],
)
def test_active_problems(value_set, says):
    assert judged(ALTERNATIVE, case(problem(value_set))) == says
    assert judged(ALTERNATIVE, case(problem(value_set, past=True))) == "offered"


def test_stroke_spasticity_stated_as_the_reason():
    assert judged(ALTERNATIVE, case(order=order(reasons=["stroke-sequelae"]))) == "not offered: stroke"


@pytest.mark.parametrize(("ceiling", "says"), [(Indicator.WARNING, "not offered: stroke"), (Indicator.INFO, "offered")])
def test_stroke_recovery_blocks_when_it_warns(ceiling, says):
    assert judged(ALTERNATIVE, case(), speaking("stroke-recovery", ceiling=ceiling)) == says


@pytest.mark.parametrize(
    ("value", "taken", "says"),
    [
        ("99", "2026-06-01", "not offered: pressure"),
        ("100", "2026-06-01", "offered"),
        ("99", "2026-03-17", "not offered: pressure"),
        ("99", "2026-03-16", "offered"),
    ],
)
def test_systolic_pressure(value, taken, says):
    pressure = measurement("obs-systolic-pressure", value, "mm[Hg]", taken=taken)
    assert judged(ALTERNATIVE, case(observations=[pressure])) == says


def test_two_drugs_that_prolong_qt():
    drugs = [drug("qt-prolonging-drugs", label=name) for name in ("ondansetron", "methadone")]
    assert judged(ALTERNATIVE, case(medications=drugs)) == "not offered: qt-drugs"
    assert judged(ALTERNATIVE, case(medications=drugs[:1])) == "offered"


@pytest.mark.parametrize(
    ("years", "value", "says"),
    [
        (45, "29.9", "not offered: kidney-severe"),
        (45, "30", "worth considering: kidney-reduced"),
        (70, "59.9", "worth considering: kidney-reduced"),
        (70, "60", "offered"),
    ],
)
def test_egfr(years, value, says):
    measured = [measurement("labs-egfr", value, EGFR)]
    assert judged(ALTERNATIVE, case(age=years, observations=measured)) == says


def test_kidney_function_that_could_not_be_looked_up_is_said():
    assert "kidney-unlooked" in verdict(ALTERNATIVE, case(observations="not-sent")).points
    assert verdict(ALTERNATIVE, case(age=70, observations="not-sent")).label == "check-egfr"


@pytest.mark.parametrize(
    ("years", "value_set", "says"),
    [
        (65, "falls", "not offered: fall"),
        (64, "falls", "offered"),
        (65, "dementia-delirium", "not offered: mind"),
        (64, "dementia-delirium", "offered"),
    ],
)
def test_older_adults_with_a_fall_or_dementia(years, value_set, says):
    assert judged(ALTERNATIVE, case(problem(value_set, onset="2026-01-01"), age=years)) == says


def test_sedation_adds_up_as_for_baclofen():
    """Ruling 16."""
    oxybate = drug("other-sedatives", label="Xyrem")
    assert judged(ALTERNATIVE, case(medications=[oxybate])) == "not offered: strongest"
    one, two = drug("z-drugs", label="zolpidem"), drug("benzodiazepines-other", label="lorazepam")
    assert judged(ALTERNATIVE, case(medications=[one])) == "offered"
    assert judged(ALTERNATIVE, case(medications=[one, two])) == "not offered: sedatives"


def test_continuing_users():
    assert judged(ALTERNATIVE, case(prior_use=CONTINUING, age=65)) == "not offered: continuing-older"
    offer = verdict(ALTERNATIVE, case(prior_use=CONTINUING, age=64))
    assert "with-taper" in offer.points


# What is not known ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("section", ["problems", "medications"])
def test_a_core_section_that_is_missing_or_torn_leaves_it_to_the_prescriber(section):
    says = f"worth considering: unchecked-{section}"
    assert judged(ALTERNATIVE, facts(order=STATED, **{section: "not-sent"})) == says
    assert judged(ALTERNATIVE, replace(facts(order=STATED), **{section: Known(gaps=(Gap(why="x"),))})) == says


@pytest.mark.parametrize("section", ["statements", "allergies"])
def test_a_supporting_section_that_is_missing_is_said_on_card_and_order(section):
    offer = verdict(ALTERNATIVE, case(**{section: "not-sent"}))
    assert f"unlooked-{section}" in offer.points
    assert f"unlooked-{section}" in offer.notes


@pytest.mark.parametrize(
    ("one", "says"),
    [
        (drug(coded=False), "worth considering: unknown-drug"),
        (drug(coded=True), "offered"),
        (drug(coded=False, standing=Standing.PAST, ended="2026-06-14"), "offered"),
    ],
)
def test_a_drug_known_by_a_text_alone(one, says):
    """Ruling 13."""
    assert judged(ALTERNATIVE, case(medications=[one])) == says
    assert judged(ALTERNATIVE, case(statements=[one])) == says
