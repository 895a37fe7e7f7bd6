"""sg-baclofen: every row of its block table, every boundary, and what is not known."""

from dataclasses import replace

import pytest

from cds_service.domain.course import PriorUse
from cds_service.domain.facts import Gap, Known, Standing
from cds_service.domain.outcome import Indicator
from tests.builders import age, allergy, drug, facts, measurement, order, problem
from tests.spec.release import Example, judged, speaking, told, verdict

ALTERNATIVE = "sg-baclofen"
SPASM = problem("muscle-spasm", reference="Condition/spasm")
SPASTICITY = problem("spasticity-umn", reference="Condition/spasticity")
CONTINUING = PriorUse(covered_days=60, continuing=True)
EGFR = "mL/min/{1.73_m2}"


def case(*problems, **about):
    """A patient with a muscle spasm on the problem list, and more problems."""
    return facts(**({"problems": [SPASM, *problems]} | about))


def egfr(value, **more):
    return [measurement("labs-egfr", value, EGFR, **more)]


EXAMPLES = [
    Example(of=ALTERNATIVE, case="45 years, muscle spasm, nothing else", facts=case(), says="offered"),
    Example(
        of=ALTERNATIVE,
        case="70 years, muscle spasm, eGFR 22",
        facts=case(age=70, observations=egfr("22")),
        says="not offered: kidney-severe",
    ),
    Example(
        of=ALTERNATIVE,
        case="70 years, muscle spasm, eGFR 45",
        facts=case(age=70, observations=egfr("45")),
        says="worth considering: kidney-reduced-older",
    ),
    Example(
        of=ALTERNATIVE,
        case="spasm, oxycodone is current",
        facts=case(medications=[drug("opioids", label="oxycodone")]),
        says="not offered: opioid",
    ),
    Example(
        of=ALTERNATIVE,
        case="spasticity, in recovery from a stroke",
        facts=facts(problems=[SPASTICITY]),
        findings=("stroke-recovery",),
        says="not offered: stroke",
    ),
    Example(
        of=ALTERNATIVE,
        case="spasm, prescriptions were not to be had",
        facts=case(medications="not-sent"),
        says="worth considering: unchecked-medications",
    ),
]


# For what -------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("about", "says"),
    [
        ({"order": order(reasons=["muscle-spasm"])}, "offered"),
        ({"order": order(reasons=["spasticity-umn"])}, "offered"),
        ({"problems": [SPASTICITY]}, "offered"),
        ({"order": order(reasons=["anxiety-disorders"]), "problems": [SPASM]}, "offered"),
        ({"problems": [problem("muscle-spasm", unconfirmed=True)]}, "not applicable"),
        ({"problems": [problem("muscle-spasm", past=True)]}, "not applicable"),
        ({"order": order(reasons=["chronic-pain"])}, "not applicable"),
        ({"order": order(reasons=["radiculopathy"])}, "not applicable"),
        ({"order": order(reasons=["insomnia"])}, "not applicable"),
        ({}, "not applicable"),
        ({"problems": "not-sent"}, "not applicable"),
    ],
)
def test_only_for_a_confirmed_spasm_or_spasticity(about, says):
    assert judged(ALTERNATIVE, facts(**about)) == says


@pytest.mark.parametrize(
    ("about", "says"),
    [
        ({"order": order(reasons=["rheumatoid-arthritis"])}, "not offered: rheumatoid"),
        ({"problems": [problem("rheumatoid-arthritis")]}, "not offered: rheumatoid"),
        ({"order": order(reasons=["rheumatoid-arthritis"]), "problems": [SPASM]}, "offered"),
        ({"problems": [problem("rheumatoid-arthritis"), SPASM]}, "offered"),
        ({"problems": [problem("rheumatoid-arthritis"), problem("anxiety-disorders")]}, "not applicable"),
        (
            {"problems": [problem("rheumatoid-arthritis")], "order": order(reasons=["anxiety-disorders"])},
            "not applicable",
        ),
    ],
)
def test_rheumatoid_arthritis_as_the_only_muscle_or_joint_reason(about, says):
    assert judged(ALTERNATIVE, facts(**about)) == says


@pytest.mark.parametrize(
    ("problems", "points"),
    [
        ([SPASM], ("off-label-spasm",)),
        ([SPASTICITY], ("off-label-spasticity", "specialist")),
        ([SPASTICITY, SPASM], ("off-label-spasticity", "specialist")),
        ([SPASTICITY, problem("multiple-sclerosis")], ("specialist",)),
        ([SPASTICITY, problem("spinal-cord-disease")], ("specialist",)),
        ([SPASM, problem("multiple-sclerosis")], ("off-label-spasm",)),
    ],
)
def test_what_the_label_covers_is_told(problems, points):
    assert verdict(ALTERNATIVE, facts(problems=problems)).points == points


@pytest.mark.parametrize("rule_id", ["first-line-alternative", "stroke-recovery"])
def test_the_specialist_is_named_once(rule_id):
    """Those cards name botulinum toxin and intrathecal baclofen themselves."""
    findings = speaking(rule_id, ceiling=Indicator.INFO)
    assert "specialist" not in verdict(ALTERNATIVE, facts(problems=[SPASTICITY]), findings).points


def test_the_specialist_is_named_beside_a_block_too_and_no_toxin_in_myasthenia():
    blocked = facts(problems=[SPASTICITY], observations=egfr("22"))
    assert "botulinum" in told(ALTERNATIVE, blocked)
    myasthenia = facts(problems=[SPASTICITY, problem("myasthenia-gravis")])
    assert "botulinum" not in told(ALTERNATIVE, myasthenia)
    assert "intrathecal" in told(ALTERNATIVE, myasthenia)


# For whom -------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("years", "says"),
    [
        (None, "not offered: age-unknown"),
        (17, "not offered: child"),
        (age(17, maximum=18), "not offered: child"),
        (18, "offered"),
        (64, "offered"),
    ],
)
def test_age(years, says):
    assert judged(ALTERNATIVE, case(age=years)) == says


def test_a_child_needs_no_further_reason():
    assert judged(ALTERNATIVE, case(age=12, medications=[drug("opioids")])) == "not offered: child"


def test_pregnancy():
    assert judged(ALTERNATIVE, case(), speaking("pregnancy")) == "not offered: pregnancy"


@pytest.mark.parametrize("value_set", ["baclofen", "baclofen-intrathecal"])
def test_allergy_and_use(value_set):
    assert judged(ALTERNATIVE, case(allergies=[allergy(value_set)])) == "not offered: not-tolerated"
    assert judged(ALTERNATIVE, case(medications=[drug(value_set)])) == "not offered: already"
    assert judged(ALTERNATIVE, case(statements=[drug(value_set)])) == "not offered: already"
    assert judged(ALTERNATIVE, case(drafts=[drug(value_set, in_draft=True)])) == "not offered: already"


@pytest.mark.parametrize(
    ("ended", "more", "says"),
    [
        ("2025-06-15", {"not_tolerated": True}, "not offered: not-tolerated"),
        ("2025-06-14", {"not_tolerated": True}, "offered"),
        ("2026-01-01", {"ineffective": True}, "not offered: ineffective"),
        ("2025-06-15", {}, "worth considering: tried"),
        ("2025-06-14", {}, "offered"),
    ],
)
def test_earlier_use(ended, more, says):
    past = drug("baclofen", standing=Standing.PAST, ended=ended, **more)
    assert judged(ALTERNATIVE, case(medications=[past])) == says


# Kidneys --------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("years", "value", "says"),
    [
        (45, "29.9", "not offered: kidney-severe"),
        (45, "30", "worth considering: kidney-reduced"),
        (45, "59.9", "worth considering: kidney-reduced"),
        (45, "60", "offered"),
        (70, "29.9", "not offered: kidney-severe"),
        (70, "30", "worth considering: kidney-reduced-older"),
        (70, "59.9", "worth considering: kidney-reduced-older"),
        (70, "60", "offered"),
    ],
)
def test_egfr(years, value, says):
    assert judged(ALTERNATIVE, case(age=years, observations=egfr(value))) == says


@pytest.mark.parametrize(
    ("value", "comparator", "says"),
    [
        ("60", ">", "offered"),
        ("60", "<", "worth considering: kidney-reduced"),
        ("30", "<=", "not offered: kidney-severe"),
        ("15", "<", "not offered: kidney-severe"),
    ],
)
def test_egfr_with_a_comparator(value, comparator, says):
    assert judged(ALTERNATIVE, case(observations=egfr(value, comparator=comparator))) == says


def test_creatinine_stands_in_for_a_missing_egfr():
    """A woman of 45 with 2.0 mg/dL has about 31, with 2.2 about 27, with 1.0 about 71."""
    for value, says in (
        ("1.0", "offered"),
        ("2.0", "worth considering: kidney-reduced"),
        ("2.2", "not offered: kidney-severe"),
    ):
        assert judged(ALTERNATIVE, case(observations=[measurement("labs-creatinine", value, "mg/dL")])) == says
    assert "estimated from creatinine" in told(
        ALTERNATIVE, case(observations=[measurement("labs-creatinine", "2.2", "mg/dL")])
    )


@pytest.mark.parametrize("sex", ["other", "unknown", ""])
def test_creatinine_without_a_sex_says_nothing(sex):
    creatinine = [measurement("labs-creatinine", "5.0", "mg/dL")]
    assert judged(ALTERNATIVE, case(sex=sex, observations=creatinine)) == "offered"
    assert verdict(ALTERNATIVE, case(sex=sex, age=70, observations=creatinine)).label == "check-egfr"


@pytest.mark.parametrize(
    ("value_set", "says"),
    [
        ("renal-impairment-severe", "not offered: kidney-severe"),
        ("renal-impairment-moderate", "worth considering: kidney-reduced"),
    ],
)
def test_kidney_problems_stand_for_an_egfr(value_set, says):
    assert judged(ALTERNATIVE, case(problem(value_set, label="CKD"))) == says
    assert judged(ALTERNATIVE, case(problem(value_set), observations=egfr("85"))) == says
    assert "CKD on record" in told(ALTERNATIVE, case(problem(value_set, label="CKD")))


def test_an_old_normal_egfr_is_not_known_and_an_old_abnormal_one_blocks_with_its_date():
    assert verdict(ALTERNATIVE, case(age=70, observations=egfr("90", taken="2025-06-14"))).label == "check-egfr"
    assert verdict(ALTERNATIVE, case(age=70, observations=egfr("90", taken="2025-06-15"))).label == ""
    old = case(observations=egfr("22", taken="2021-03-04"))
    assert judged(ALTERNATIVE, old) == "not offered: kidney-severe"
    assert "eGFR 22 \\(2021-03-04\\)" in told(ALTERNATIVE, old)


@pytest.mark.parametrize("observations", [(), "not-sent"])
def test_kidney_function_not_known(observations):
    older = verdict(ALTERNATIVE, case(age=70, observations=observations))
    assert (older.label, "check-egfr" in older.points, "check-egfr" in older.notes) == ("check-egfr", True, True)
    possibly = verdict(ALTERNATIVE, case(age=age(60, maximum=66), observations=observations))
    assert possibly.label == "check-egfr"
    younger = verdict(ALTERNATIVE, case(age=64, observations=observations))
    assert younger.label == ""
    assert ("kidney-unlooked" in younger.points) is (observations == "not-sent")


# What else is wrong with the patient ----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("value_set", "says"),
    [
        ("stroke-sequelae", "not offered: stroke"),
        ("cerebral-palsy-or-parkinson", "not offered: central"),
        ("myasthenia-gravis", "not offered: myasthenia"),
        ("severe-respiratory-insufficiency", "not offered: breathing"),
        ("copd", "not offered: breathing"),
        ("sleep-apnea", "not offered: breathing"),
        ("seizure-disorders", "worth considering: seizures"),
        ("status-epilepticus", "worth considering: seizures"),
        ("alcohol-use-disorder", "worth considering: alcohol"),
    ],
)
def test_active_problems(value_set, says):
    assert judged(ALTERNATIVE, case(problem(value_set))) == says
    assert judged(ALTERNATIVE, case(problem(value_set, past=True))) == "offered"


@pytest.mark.parametrize(
    ("value_set", "token"), [("stroke-sequelae", "stroke"), ("cerebral-palsy-or-parkinson", "central")]
)
def test_stated_as_the_reason_it_blocks_as_well(value_set, token):
    assert judged(ALTERNATIVE, case(order=order(reasons=[value_set]))) == f"not offered: {token}"


@pytest.mark.parametrize(
    ("ceiling", "says"),
    [
        (Indicator.CRITICAL, "not offered: stroke"),
        (Indicator.WARNING, "not offered: stroke"),
        (Indicator.INFO, "offered"),
    ],
)
def test_stroke_recovery_blocks_when_it_warns(ceiling, says):
    assert judged(ALTERNATIVE, case(), speaking("stroke-recovery", ceiling=ceiling)) == says


@pytest.mark.parametrize(
    ("years", "onset", "past", "says"),
    [
        (70, "2025-06-15", True, "worth considering: fall"),
        (70, "2025-06-14", True, "offered"),
        (age(60, maximum=65), "2026-01-01", True, "worth considering: fall"),
        (70, "", False, "worth considering: fall"),
        (70, "", True, "offered"),
        (64, "2026-01-01", True, "offered"),
    ],
)
def test_a_fall_in_the_past_year_of_an_older_adult(years, onset, past, says):
    fall = problem("falls", onset=onset, past=past)
    assert judged(ALTERNATIVE, case(fall, age=years, observations=egfr("90"))) == says


@pytest.mark.parametrize(("years", "says"), [(65, "worth considering: mind"), (64, "offered")])
def test_dementia_or_delirium_of_an_older_adult(years, says):
    assert judged(ALTERNATIVE, case(problem("dementia-delirium"), age=years)) == says


# Sedation -------------------------------------------------------------------------------------------------------------

SEDATIVES = (
    "z-drugs",
    "barbiturates",
    "gabapentinoids",
    "sedating-antihistamines",
    "antipsychotics",
    "tricyclics",
    "muscle-relaxants-other",
    "cyclobenzaprine",
    "tizanidine",
    "other-sedatives",
    "alpha2-agonists",
    "benzodiazepines-other",
)


def test_an_opioid_in_any_place():
    opioid = drug("opioids")
    for place in ({"medications": [opioid]}, {"statements": [opioid]}, {"drafts": [opioid]}):
        assert judged(ALTERNATIVE, case(**place)) == "not offered: opioid"
    past = drug("opioids", standing=Standing.PAST, ended="2026-06-01")
    assert judged(ALTERNATIVE, case(medications=[past])) == "offered"


@pytest.mark.parametrize("name", ["sodium oxybate 500 MG/ML Oral Solution", "Xyrem", "Xywav"])
def test_sodium_oxybate_alone_is_too_much(name):
    case_ = case(medications=[drug("other-sedatives", label=name)])
    assert judged(ALTERNATIVE, case_) == "not offered: strongest"


@pytest.mark.parametrize("value_set", SEDATIVES)
def test_one_sedative_is_allowed_and_two_are_not(value_set):
    one, other = drug(value_set, label="first drug"), drug("gabapentinoids", label="other-drug")
    assert judged(ALTERNATIVE, case(medications=[one])) == "offered"
    assert judged(ALTERNATIVE, case(medications=[one, other])) == "not offered: sedatives"
    assert judged(ALTERNATIVE, case(medications=[one], drafts=[other])) == "not offered: sedatives"


def test_two_strengths_of_one_drug_are_one():
    strengths = [drug("gabapentinoids", label=f"gabapentin {mg} MG Oral Capsule") for mg in (100, 300)]
    assert judged(ALTERNATIVE, case(medications=strengths)) == "offered"


# Continuing users -----------------------------------------------------------------------------------------------------


def test_a_continuing_user_gets_it_beside_a_taper_and_not_when_older():
    offer = verdict(ALTERNATIVE, case(prior_use=CONTINUING))
    assert ("with-taper" in offer.points, "with-taper" in offer.notes) == (True, True)
    assert "adds to sedation" in told(ALTERNATIVE, case(prior_use=CONTINUING))
    assert judged(ALTERNATIVE, case(prior_use=CONTINUING, age=64)) == "offered"
    assert judged(ALTERNATIVE, case(prior_use=CONTINUING, age=65)) == "not offered: continuing-older"
    assert "with-taper" not in verdict(ALTERNATIVE, case()).points


# What is not known ----------------------------------------------------------------------------------------------------


def stated(**about):
    return facts(order=order(reasons=["muscle-spasm"]), **about)


@pytest.mark.parametrize("section", ["problems", "medications"])
def test_a_core_section_that_is_missing_or_torn_leaves_it_to_the_prescriber(section):
    says = f"worth considering: unchecked-{section}"
    assert judged(ALTERNATIVE, stated(**{section: "not-sent"})) == says
    assert judged(ALTERNATIVE, replace(stated(), **{section: Known(gaps=(Gap(why="x"),))})) == says


def test_what_is_known_still_blocks():
    known = stated(problems="not-sent", drafts=[drug("opioids")])
    assert judged(ALTERNATIVE, known) == "not offered: opioid"


@pytest.mark.parametrize("section", ["statements", "allergies"])
def test_a_supporting_section_that_is_missing_or_torn_is_said_on_card_and_order(section):
    for incomplete in (case(**{section: "not-sent"}), replace(case(), **{section: Known(gaps=(Gap(why="x"),))})):
        offer = verdict(ALTERNATIVE, incomplete)
        assert judged(ALTERNATIVE, incomplete) == "offered"
        assert f"unlooked-{section}" in offer.points
        assert f"unlooked-{section}" in offer.notes
    assert f"unlooked-{section}" not in verdict(ALTERNATIVE, case()).points


def test_every_reason_of_one_kind_is_told():
    both = case(problem("copd"), problem("seizure-disorders"), medications=[drug("opioids")])
    assert judged(ALTERNATIVE, both) == "not offered: breathing, opioid"
    advised = case(problem("alcohol-use-disorder"), problem("seizure-disorders"))
    assert judged(ALTERNATIVE, advised) == "worth considering: seizures, alcohol"
