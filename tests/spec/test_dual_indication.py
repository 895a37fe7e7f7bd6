"""Anxiety with spasm: when a short course may be encouraged, and everything that forbids to."""

import pytest

from cds_service.domain.course import PriorUse
from cds_service.domain.facts import Standing
from cds_service.domain.orders import Form
from tests.builders import age, allergy, drug, facts, measurement, order, partly, problem
from tests.spec.release import Example, detail, outcome, said, shown

RULE = "dual-indication"
BRIDGE = "info: Anxiety with muscle spasm: diazepam can serve as a bridge of 2 to 4 weeks"
ANXIETY, SPASM = problem("anxiety-disorders"), problem("muscle-spasm")
DUAL = order(reasons=["anxiety-disorders", "muscle-spasm"])


def dual(**about):
    return facts(**({"order": DUAL} | about))


def tried(name, **about):
    return drug(name, **({"standing": Standing.PAST, "since": "2026-01-10"} | about))


EXAMPLES = [
    Example(of=RULE, case="ordered for anxiety and spasm, 10 days", facts=dual(), says=BRIDGE),
    Example(
        of=RULE,
        case="ordered for spasm, anxiety on record",
        facts=facts(order=order(reasons=["muscle-spasm"]), problems=[ANXIETY]),
        says=BRIDGE,
    ),
    Example(of=RULE, case="the same at 70", facts=dual(age=70), says="silent: older"),
    Example(
        of=RULE,
        case="the same for 60 days",
        facts=facts(order=order(days=60), problems=[ANXIETY, SPASM]),
        says="silent: longer",
    ),
    Example(of=RULE, case="ordered for anxiety alone", facts=facts(problems=[ANXIETY]), says="silent: not-both"),
]


@pytest.mark.parametrize("spasm", ["muscle-spasm", "spasticity-umn"])
def test_both_may_be_stated_or_on_record(spasm):
    assert said(RULE, facts(order=order(reasons=["anxiety-disorders", spasm]))) == BRIDGE
    assert said(RULE, facts(problems=[ANXIETY, problem(spasm)])) == BRIDGE
    assert said(RULE, facts(problems=[ANXIETY, problem(spasm, past=True)])) == "silent: not-both"


@pytest.mark.parametrize(
    ("years", "says"),
    [
        (17, "silent: child"),
        (age(17, maximum=18), "silent: child"),
        (18, BRIDGE),
        (64, BRIDGE),
        (age(64, maximum=65), "silent: older"),
        (65, "silent: older"),
        (None, "cannot tell: birth-date"),
    ],
)
def test_adults_below_sixty_five(years, says):
    assert said(RULE, dual(age=years)) == says


@pytest.mark.parametrize(
    ("days", "earlier", "says"),
    [(28, 0, BRIDGE), (29, 0, "silent: longer"), (None, 0, BRIDGE), (20, 8, BRIDGE), (20, 9, "silent: longer")],
)
def test_at_most_four_weeks_in_all(days, earlier, says):
    both = order(days=days, reasons=["anxiety-disorders", "muscle-spasm"])
    assert said(RULE, facts(order=both, prior_use=PriorUse(covered_days=earlier))) == says


def test_not_for_a_continuing_user():
    assert said(RULE, dual(prior_use=PriorUse(covered_days=60, continuing=True))) == "silent: continuing"


@pytest.mark.parametrize("form", [Form.PARENTERAL, Form.RESCUE])
def test_only_a_course_by_mouth_is_a_bridge(form):
    assert (
        said(RULE, facts(order=order(form=form, reasons=["anxiety-disorders", "muscle-spasm"]))) == "silent: not-oral"
    )


# After buspirone and cyclobenzaprine ----------------------------------------------------------------------------------

WHY_NEITHER = "buspirone does not relax muscle, and cyclobenzaprine does not treat anxiety"


def test_what_was_tried_is_called_previously_prescribed():
    text = detail(RULE, dual(medications=[tried("buspirone"), tried("cyclobenzaprine")]))
    assert "both previously prescribed" in text
    assert WHY_NEITHER in text
    assert "ineffective" not in text


def test_only_the_record_itself_calls_a_drug_ineffective():
    records = [tried("buspirone", ineffective=True), tried("cyclobenzaprine")]
    assert "The record calls buspirone ineffective." in detail(RULE, dual(medications=records))


@pytest.mark.parametrize(
    ("buspirone", "counts"),
    [
        ({"since": "2025-06-15"}, True),  # 365 days
        ({"since": "2025-06-14"}, False),
        ({"since": "2025-01-01", "ended": "2025-06-15"}, True),
        ({"since": "2025-01-01", "standing": Standing.CURRENT}, True),
        ({"standing": Standing.NEITHER}, False),
    ],
)
def test_within_a_year(buspirone, counts):
    text = detail(RULE, dual(medications=[tried("buspirone", **buspirone)], statements=[tried("cyclobenzaprine")]))
    assert (WHY_NEITHER in text) is counts


def test_a_drug_that_is_only_drafted_was_not_tried():
    drafted = drug("buspirone", in_draft=True)
    assert WHY_NEITHER not in detail(RULE, dual(drafts=[drafted], medications=[tried("cyclobenzaprine")]))


def test_one_of_the_two_is_not_enough():
    assert WHY_NEITHER not in detail(RULE, dual(medications=[tried("buspirone")]))


def test_cyclobenzaprine_that_is_still_current_is_to_be_stopped_first():
    still = [tried("buspirone"), drug("cyclobenzaprine")]
    assert "stop it first" in detail(RULE, dual(medications=still))
    assert shown(RULE, dual(medications=still)) == BRIDGE  # beside cns-depressant, which names it too


# Never beside a card that says avoid (ruling 2) -----------------------------------------------------------------------


@pytest.mark.parametrize(
    ("about", "left"),
    [
        ({}, BRIDGE),
        ({"medications": [drug("opioids")]}, "beside: opioid-coprescription"),
        ({"medications": [drug("benzodiazepines-other")]}, "beside: duplicate-benzodiazepine"),
        ({"problems": [problem("alcohol-use-disorder")]}, "beside: alcohol-use"),
        ({"problems": [problem("alcohol-use-disorder", past=True)]}, BRIDGE),  # that only informs
        ({"problems": [problem("stroke-acute", onset="2026-05-01")]}, "beside: stroke-recovery"),
        ({"problems": [problem("stroke-sequelae")]}, BRIDGE),
        ({"problems": [problem("falls", onset="2026-05-01")]}, "beside: falls-history"),
        ({"problems": [problem("copd")]}, "beside: respiratory-insufficiency"),
        ({"problems": [problem("pregnancy")]}, "beside: pregnancy"),
        ({"problems": [problem("opioid-use-disorder")]}, "beside: substance-use-risk"),
        ({"problems": [problem("glaucoma-angle-closure")]}, "beside: angle-closure-glaucoma"),
        ({"problems": [problem("myasthenia-gravis", text=True)]}, "beside: myasthenia-gravis"),
        ({"problems": [problem("sleep-apnea", text=True)]}, "beside: sleep-apnea"),
        ({"problems": [problem("severe-hepatic-disease", text=True)]}, "beside: severe-hepatic-disease"),
        ({"allergies": [allergy("diazepam")]}, "beside: allergy"),
        ({"allergies": [allergy("diazepam", intolerance=True)]}, "beside: allergy"),
        ({"order": order(per_day_mg="45", reasons=["anxiety-disorders", "muscle-spasm"])}, "beside: dose-above-label"),
        ({"order": order(reasons=["anxiety-disorders", "muscle-spasm", "radiculopathy"])}, "beside: radiculopathy"),
    ],
)
def test_never_beside_a_card_that_says_avoid(about, left):
    assert shown(RULE, dual(**about)) == left


@pytest.mark.parametrize("section", ["problems", "medications", "statements", "allergies", "observations"])
@pytest.mark.parametrize("gone", ["timeout", partly()])
def test_a_card_that_encourages_must_know_that_no_other_warns(section, gone):
    assert shown(RULE, dual(**{section: gone})).startswith("cannot tell: ")


def test_an_alcohol_screen_that_warns_silences_it():
    screen = measurement("obs-alcohol", "9", "1", code="72110-0")
    assert shown(RULE, dual(observations=[screen])) == "beside: alcohol-use"


# The words ------------------------------------------------------------------------------------------------------------


def test_the_detail():
    text = detail(RULE, dual())
    for sentence in (
        "approved for both",
        "no direct effect on pain",
        "2 to 5 mg two or three times daily",
        "at the start when it ends",
        "long-term plan now",
    ):
        assert sentence in text


def test_the_basis_names_both():
    basis = outcome(RULE, facts(order=order(reasons=["muscle-spasm"]), problems=[ANXIETY])).basis
    assert [(one.label, one.section) for one in basis] == [("anxiety-disorders", "problems"), ("muscle-spasm", "order")]


def test_exemptions():
    palliative = order(reasons=["anxiety-disorders", "muscle-spasm", "hospice-palliative"])
    assert shown(RULE, facts(order=palliative)) == "exempt: X-PALL"


def test_when_not_both_could_be_looked_for():
    assert said(RULE, facts(problems="timeout")) == "cannot tell: problems"
    assert said(RULE, facts(order=order(reasons=["muscle-spasm"], reasons_lost=1))) == "cannot tell: reason"
    assert said(RULE, dual(prior_use=PriorUse(missing=("statements",)))) == "cannot tell: statements"
