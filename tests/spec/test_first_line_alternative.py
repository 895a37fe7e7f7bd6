"""First-line alternatives: for whom, and in words that name no drug that is not offered (ruling 1)."""

from types import SimpleNamespace

import pytest

from cds_service.domain.course import PriorUse
from cds_service.engine.assess import assess
from cds_service.engine.wording import worded
from tests.builders import age, facts, order, partly, problem
from tests.spec.release import Example, detail, exemptions, rules, said, shown

RULE = "first-line-alternative"
BEFORE = "info: Confirmed spasm or spasticity: consider {} before diazepam"
BACLOFEN = BEFORE.format("baclofen and physical therapy")
SPASM = problem("muscle-spasm")


def spasm(**about):
    return facts(**({"problems": [SPASM]} | about))


EXAMPLES = [
    Example(
        of=RULE, case="ordered for muscle spasm", facts=facts(order=order(reasons=["muscle-spasm"])), says=BACLOFEN
    ),
    Example(
        of=RULE,
        case="no reason, spasticity on record",
        facts=facts(problems=[problem("spasticity-umn")]),
        says=BACLOFEN,
    ),
    Example(
        of=RULE,
        case="spasm on record, but unconfirmed",
        facts=facts(problems=[problem("muscle-spasm", unconfirmed=True)]),
        says="silent: unconfirmed",
    ),
    Example(
        of=RULE,
        case="anxiety as well",
        facts=spasm(problems=[SPASM, problem("anxiety-disorders")]),
        says="silent: anxiety",
    ),
    Example(of=RULE, case="aged 70", facts=spasm(age=70), says="silent: older"),
]


@pytest.mark.parametrize(
    ("offered", "first"),
    [
        ({"sg-baclofen", "sg-tizanidine"}, "baclofen and physical therapy"),
        ({"sg-tizanidine"}, "tizanidine and physical therapy"),
        (set(), "non-drug measures"),
        ({"sg-physio"}, "non-drug measures"),
    ],
)
def test_the_summary_names_a_drug_only_when_it_is_offered(offered, first):
    content = SimpleNamespace(
        rules=tuple(rules().values()), rule_of=rules(), conditional=rules(), exemptions=exemptions(), release=None
    )
    (assessed,) = worded((assess(spasm(), content),), offered, content)
    rule = rules()[RULE]
    assert f"info: {rule.variants[assessed.findings[RULE].variant].summary}" == BEFORE.format(first)


@pytest.mark.parametrize(
    ("years", "says"),
    [
        (17, "silent: child"),
        (age(17, maximum=18), "silent: child"),
        (18, BACLOFEN),
        (64, BACLOFEN),
        (age(64, maximum=65), "silent: older"),
        (65, "silent: older"),
        (None, "cannot tell: birth-date"),
    ],
)
def test_adults_below_sixty_five(years, says):
    assert said(RULE, spasm(age=years)) == says


def test_stated_or_active_and_confirmed_by_one_of_them():
    unsure = order(reasons=["muscle-spasm"], reasons_unconfirmed=True)
    assert said(RULE, facts(order=unsure)) == "silent: unconfirmed"
    assert said(RULE, facts(order=unsure, problems=[SPASM])) == BACLOFEN
    assert said(RULE, facts(order=order(reasons=["chronic-pain"]), problems=[SPASM])) == BACLOFEN
    assert said(RULE, facts(problems=[problem("muscle-spasm", past=True)])) == "silent: none"
    assert said(RULE, facts()) == "silent: none"


def test_anxiety_stated_is_anxiety_as_well():
    assert said(RULE, facts(order=order(reasons=["muscle-spasm", "anxiety-disorders"]))) == "silent: anxiety"


def test_only_for_a_new_course():
    assert said(RULE, spasm(prior_use=PriorUse(covered_days=60, continuing=True))) == "silent: continuing"


@pytest.mark.parametrize(
    ("about", "left"),
    [
        ({"problems": [SPASM, problem("stroke-acute", onset="2026-05-01")]}, "beside: stroke-recovery"),
        ({"problems": [SPASM, problem("stroke-sequelae")]}, BACLOFEN),  # that only informs
        ({"order": order(reasons=["muscle-spasm", "tetanus"])}, "exempt: X-TETANUS"),
    ],
)
def test_what_silences_it(about, left):
    assert shown(RULE, spasm(**about)) == left


def test_the_ladder_step_by_step_in_every_wording():
    rule = rules()[RULE]
    assert len({variant.instead for variant in rule.variants.values()}) == 1
    ladder = detail(RULE, spasm())
    steps = [
        "Step by step: stretching, physical therapy",
        "then baclofen",
        "then tizanidine, from 2 mg",
        "botulinum toxin when spasticity is focal",
        "intrathecal baclofen, through a specialist, when it is severe and refractory",
        "Diazepam, for a short time, if these fail",
    ]
    assert sorted(steps, key=ladder.index) == steps
    assert "off label for local muscle spasm" in ladder


def test_botulinum_toxin_is_not_named_in_myasthenia_gravis():
    assert "botulinum" not in detail(RULE, spasm(problems=[SPASM, problem("myasthenia-gravis")]))


@pytest.mark.parametrize(
    ("about", "missing"),
    [
        ({"problems": "timeout"}, "problems"),
        ({"problems": partly(SPASM)}, "problems"),  # there may be anxiety as well
        ({"order": order(reasons_lost=1)}, "reason"),
        ({"prior_use": PriorUse(missing=("statements",))}, "statements"),
    ],
)
def test_cannot_tell(about, missing):
    assert said(RULE, spasm(**about)) == f"cannot tell: {missing}"
