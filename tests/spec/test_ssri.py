"""sg-ssri: drug by drug, row by row."""

from dataclasses import replace

import pytest

from cds_service.domain.course import PriorUse
from cds_service.domain.facts import Gap, Known, Standing
from tests.builders import age, allergy, drug, facts, measurement, order, problem
from tests.spec.release import Example, alternatives, judged, speaking, told, verdict

ALTERNATIVE = "sg-ssri"
ANXIETY = problem("anxiety-disorders", reference="Condition/anxiety")
LONG_QT = problem("long-qt")
SEVERE_LIVER = problem("severe-hepatic-disease")
CONTINUING = PriorUse(covered_days=60, continuing=True)
FIRST, SECOND, THIRD = "offered: escitalopram", "offered: sertraline", "offered: paroxetine"


def case(*problems, **about):
    """A patient with an anxiety disorder on the problem list, and more problems."""
    return facts(**({"problems": [ANXIETY, *problems]} | about))


def egfr(value):
    return [measurement("labs-egfr", value, "mL/min/{1.73_m2}")]


def passed(case_):
    """Choice -> token of why it was passed over; `?` after one left to the prescriber."""
    spoken = verdict(ALTERNATIVE, case_)
    return {one.choice: ", ".join((one.because, *one.also_because)) + "?" * one.advise for one in spoken.also}


EXAMPLES = [
    Example(of=ALTERNATIVE, case="45 years, anxiety, nothing else", facts=case(), says=FIRST),
    Example(of=ALTERNATIVE, case="anxiety and long QT", facts=case(LONG_QT), says=SECOND),
    Example(
        of=ALTERNATIVE,
        case="anxiety, long QT and severe liver disease: paroxetine 10 mg",
        facts=case(LONG_QT, SEVERE_LIVER),
        says="offered: paroxetine-smaller",
    ),
    Example(
        of=ALTERNATIVE,
        case="70 years, anxiety, long QT and severe liver disease",
        facts=case(LONG_QT, SEVERE_LIVER, age=70),
        says="not offered: none-left",
    ),
    Example(
        of=ALTERNATIVE,
        case="anxiety, linezolid ended 10 days ago",
        facts=case(medications=[drug("maois", label="linezolid", standing=Standing.PAST, ended="2026-06-05")]),
        says="not offered: maoi",
    ),
    Example(
        of=ALTERNATIVE,
        case="anxiety, tramadol is current",
        facts=case(medications=[drug("opioids", "serotonergic-opioids", label="tramadol")]),
        says="worth considering: serotonergic",
    ),
]


# For what and for whom ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("about", "says"),
    [
        ({"order": order(reasons=["anxiety-disorders"])}, FIRST),
        ({"problems": [ANXIETY]}, FIRST),
        ({"order": order(reasons=["muscle-spasm"]), "problems": [ANXIETY]}, FIRST),
        ({"problems": [problem("anxiety-disorders", past=True)]}, "not applicable"),
        ({"order": order(reasons=["insomnia"])}, "not applicable"),
        ({}, "not applicable"),
    ],
)
def test_only_for_anxiety(about, says):
    assert judged(ALTERNATIVE, facts(**about)) == says


@pytest.mark.parametrize(
    ("years", "says"),
    [
        (None, "not offered: age-unknown"),
        (17, "not offered: child"),
        (age(17, maximum=18), "not offered: child"),
        (18, FIRST),
    ],
)
def test_age(years, says):
    assert judged(ALTERNATIVE, case(age=years)) == says


@pytest.mark.parametrize(("years", "young"), [(18, True), (24, True), (age(24, maximum=25), True), (25, False)])
def test_suicidal_thoughts_in_the_young(years, young):
    """Ruling 34: offered, with a sentence."""
    assert ("young" in verdict(ALTERNATIVE, case(age=years)).points) is young


def test_psychological_treatment_is_named_whatever_happens_to_the_drug():
    for one in (case(), case(age=12), case(problem("bipolar-disorder")), case(LONG_QT, SEVERE_LIVER, age=70)):
        assert "psychological" in verdict(ALTERNATIVE, one).points


def test_pregnancy_is_left_to_the_prescriber_with_the_least_suitable_named():
    assert judged(ALTERNATIVE, case(), speaking("pregnancy")) == "worth considering: pregnancy"
    assert "paroxetine is the least suitable" in told(ALTERNATIVE, case(), speaking("pregnancy"))


def test_continuing_users_of_any_age():
    assert judged(ALTERNATIVE, case(prior_use=CONTINUING)) == FIRST
    assert judged(ALTERNATIVE, case(prior_use=CONTINUING, age=80)) == FIRST


# Rows for all three ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("value_set", "says"),
    [
        ("ssri", "not offered: treated"),
        ("antidepressants-other-serotonergic", "not offered: treated"),
        ("tricyclics", "not offered: treated"),
        ("maois", "not offered: maoi"),
        ("pimozide-thioridazine", "not offered: blockers"),
        ("serotonergic-opioids", "worth considering: serotonergic"),
        ("triptans", "worth considering: serotonergic"),
    ],
)
def test_current_drugs(value_set, says):
    one = drug(value_set, label="a certain drug")
    assert judged(ALTERNATIVE, case(medications=[one])) == says
    assert judged(ALTERNATIVE, case(statements=[one])) == says
    assert judged(ALTERNATIVE, case(drafts=[replace(one, in_draft=True)])) == says


@pytest.mark.parametrize(
    ("name", "says"),
    [
        ("tramadol hydrochloride 50 MG Oral Tablet", "worth considering: serotonergic"),
        ("72 HR fentanyl 0.025 MG/HR Transdermal System", "worth considering: serotonergic"),
        ("meperidine", "worth considering: serotonergic"),
        ("methadone", "worth considering: serotonergic"),
        ("oxycodone 5 MG", FIRST),
    ],
)
def test_an_opioid_known_by_its_code_alone_is_recognised_by_our_name_for_it(name, says):
    assert judged(ALTERNATIVE, case(medications=[drug("opioids", label=name)])) == says


@pytest.mark.parametrize(
    ("one", "says"),
    [
        (drug("maois", standing=Standing.PAST, ended="2026-06-01"), "not offered: maoi"),
        (drug("maois", standing=Standing.PAST, ended="2026-05-31"), FIRST),
        (drug("maois", standing=Standing.PAST, since="2026-01-01"), "not offered: maoi"),
        (drug("maois", standing=Standing.PAST, since="2025-06-14"), FIRST),
        (drug("maois", standing=Standing.NEITHER), FIRST),
        (drug("ssri", standing=Standing.PAST, ended="2026-06-10"), FIRST),
    ],
)
def test_an_maoi_within_14_days(one, says):
    assert judged(ALTERNATIVE, case(medications=[one])) == says


@pytest.mark.parametrize(
    ("value_set", "says"),
    [
        ("bipolar-disorder", "not offered: bipolar"),
        ("active-bleeding", "not offered: bleeding"),
        ("hyponatremia", "not offered: sodium"),
        ("glaucoma-angle-closure", "worth considering: angle-closure"),
        ("glaucoma-angle-closure-acute", "worth considering: angle-closure"),
    ],
)
def test_active_problems(value_set, says):
    assert judged(ALTERNATIVE, case(problem(value_set))) == says
    assert judged(ALTERNATIVE, case(problem(value_set, past=True))) == FIRST


@pytest.mark.parametrize(
    ("years", "onset", "says"),
    [
        (65, "2025-06-15", "worth considering: fall"),
        (65, "2025-06-14", FIRST),
        (64, "2026-01-01", FIRST),
        (age(60, maximum=65), "2026-01-01", "worth considering: fall"),
    ],
)
def test_a_fall_in_the_past_year_of_an_older_adult(years, onset, says):
    assert judged(ALTERNATIVE, case(problem("falls", onset=onset, past=True), age=years)) == says


def test_a_reaction_to_an_ssri_that_is_not_named():
    assert judged(ALTERNATIVE, case(allergies=[allergy("ssri-class", label="SSRI")])) == "not offered: class-reaction"


# Drug by drug ---------------------------------------------------------------------------------------------------------


def test_the_first_is_offered_and_the_others_are_named():
    assert passed(case()) == {"sertraline": "second-sertraline?", "paroxetine": "second-paroxetine?"}
    assert passed(case(LONG_QT)) == {"escitalopram": "long-qt", "paroxetine": "second-paroxetine?"}


@pytest.mark.parametrize(
    ("label", "says", "who"),
    [
        ("escitalopram 10 MG Oral Tablet", SECOND, "escitalopram"),
        ("Lexapro", SECOND, "escitalopram"),
        ("Sertraline 25 MG Oral Tablet [Zoloft]", FIRST, "sertraline"),
        ("Paxil", FIRST, "paroxetine"),
        ("fluoxetine", FIRST, ""),
        ("Citalopram (ingredient)", FIRST, ""),
    ],
)
def test_an_allergy_or_intolerance_takes_out_its_own_drug(label, says, who):
    stopped = drug("ssri", label=label, standing=Standing.PAST, ended="2026-01-01", not_tolerated=True)
    for one in (case(allergies=[allergy("ssri", label=label)]), case(medications=[stopped])):
        assert judged(ALTERNATIVE, one) == says
        assert {choice for choice, why in passed(one).items() if why == "not-tolerated"} == ({who} if who else set())
    longer_ago = replace(stopped, ended=stopped.ended.replace(year=2025, month=6, day=14))
    assert judged(ALTERNATIVE, case(medications=[longer_ago])) == FIRST


def test_a_drug_that_did_not_work_within_the_year():
    stopped = drug("ssri", label="escitalopram", standing=Standing.PAST, ended="2026-01-01", ineffective=True)
    assert judged(ALTERNATIVE, case(medications=[stopped])) == SECOND
    assert passed(case(medications=[stopped]))["escitalopram"] == "ineffective"


def test_one_drug_that_prolongs_qt_takes_escitalopram_out():
    one = case(medications=[drug("qt-prolonging-drugs", label="ondansetron")])
    assert judged(ALTERNATIVE, one) == SECOND
    assert passed(one)["escitalopram"] == "qt-drugs"
    assert "ondansetron" in told(ALTERNATIVE, one)


@pytest.mark.parametrize(
    ("problems", "sertraline"),
    [
        ([], "second-sertraline?"),
        ([problem("hepatic-impairment-any")], "liver?"),
        ([SEVERE_LIVER], "liver-severe"),
        ([problem("hepatic-impairment-any"), SEVERE_LIVER], "liver-severe"),
    ],
)
def test_the_liver_takes_sertraline_out(problems, sertraline):
    assert judged(ALTERNATIVE, case(*problems)) == FIRST
    assert passed(case(*problems))["sertraline"] == sertraline


def test_escitalopram_stays_at_10_mg_in_older_adults_and_liver_disease():
    for one in (case(age=65), case(SEVERE_LIVER), case(problem("hepatic-impairment-any"))):
        offer = verdict(ALTERNATIVE, one)
        assert ("most" in offer.points, "most" in offer.notes) == (True, True)
    assert "most" not in verdict(ALTERNATIVE, case(age=64)).points


@pytest.mark.parametrize(("value", "careful"), [("29.9", True), ("30", False)])
def test_kidneys(value, careful):
    offer = verdict(ALTERNATIVE, case(observations=egfr(value)))
    assert ("kidney" in offer.points) is careful
    third = case(LONG_QT, problem("hepatic-impairment-any"), observations=egfr(value))
    assert judged(ALTERNATIVE, third) == ("offered: paroxetine-smaller" if careful else THIRD)
    assert ("smaller" in verdict(ALTERNATIVE, third).notes) is careful


def test_paroxetine_never_for_older_adults_nor_beside_tamoxifen():
    assert passed(case(age=65))["paroxetine"] == "older"
    assert passed(case(age=age(60, maximum=65)))["paroxetine"] == "older"
    assert passed(case(age=64))["paroxetine"] == "second-paroxetine?"
    assert passed(case(medications=[drug("tamoxifen")]))["paroxetine"] == "tamoxifen"
    assert passed(case(age=70, medications=[drug("tamoxifen")]))["paroxetine"] == "older, tamoxifen"


def test_none_left_names_each_with_its_reason():
    nothing = case(LONG_QT, SEVERE_LIVER, age=70)
    assert judged(ALTERNATIVE, nothing) == "not offered: none-left"
    assert passed(nothing) == {"escitalopram": "long-qt", "sertraline": "liver-severe", "paroxetine": "older"}


def test_sertraline_is_not_labelled_for_generalised_anxiety_and_its_next_step_needs_an_order():
    offer = verdict(ALTERNATIVE, case(LONG_QT))
    assert "chosen-sertraline" in offer.points
    assert offer.notes == ("second-step",)
    assert "not for generalised anxiety" in told(ALTERNATIVE, case(LONG_QT))


# Cautions -------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("case_", "caution"),
    [
        (case(problem("seizure-disorders")), "seizures"),
        (case(age=65, medications=[drug("thiazides")]), "sodium"),
        (case(problem("hyponatremia", past=True), age=65), "sodium"),
        (case(medications=[drug("bleeding-risk-drugs")]), "bleeding"),
        (case(medications=[drug("buspirone")]), "buspirone"),
    ],
)
def test_offered_with_a_caution_on_card_and_order(case_, caution):
    offer = verdict(ALTERNATIVE, case_)
    assert judged(ALTERNATIVE, case_) == FIRST
    assert (caution in offer.points, caution in offer.notes) == (True, True)
    assert caution not in verdict(ALTERNATIVE, case(age=65)).points


def test_sodium_is_a_matter_of_older_adults():
    assert "sodium" not in verdict(ALTERNATIVE, case(age=64, medications=[drug("thiazides")])).points


def test_every_order_carries_the_common_note():
    for order_ in alternatives()[ALTERNATIVE].orders.values():
        for words in ("2 to 6 weeks", "jitteriness", "1 to 2 weeks", "suicidal thoughts", "do not stop suddenly"):
            assert words in order_.note


# What is not known ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("section", ["problems", "medications"])
def test_a_core_section_that_is_missing_or_torn_leaves_it_to_the_prescriber(section):
    stated = facts(order=order(reasons=["anxiety-disorders"]))
    says = f"worth considering: unchecked-{section}"
    assert judged(ALTERNATIVE, replace(stated, **{section: Known(gaps=(Gap(why="x"),))})) == says
    assert judged(ALTERNATIVE, facts(order=order(reasons=["anxiety-disorders"]), **{section: "not-sent"})) == says


@pytest.mark.parametrize("section", ["statements", "allergies"])
def test_a_supporting_section_that_is_missing_is_said_on_card_and_order(section):
    offer = verdict(ALTERNATIVE, case(**{section: "not-sent"}))
    assert f"unlooked-{section}" in offer.points
    assert f"unlooked-{section}" in offer.notes


@pytest.mark.parametrize(
    ("one", "says"),
    [
        (drug(coded=False), "worth considering: unknown-drug"),
        (drug(coded=False, standing=Standing.PAST, ended="2026-06-01"), "worth considering: unknown-drug"),
        (drug(coded=False, standing=Standing.PAST, ended="2026-05-31"), FIRST),
        (drug(coded=True), FIRST),
    ],
)
def test_a_drug_known_by_a_text_alone(one, says):
    """Ruling 13; it may have been an MAOI, so 14 days back."""
    assert judged(ALTERNATIVE, case(medications=[one])) == says
