"""sg-baclofen-plus-ssri: both parts or the free one, and one of each kind in an answer (3.4, 3.9)."""

import pytest

from cds_service.domain.course import PriorUse
from tests.builders import drug, facts, measurement, order, problem
from tests.spec.release import Example, answer, judged, suggested

ALTERNATIVE = "sg-baclofen-plus-ssri"
SPASM, ANXIETY = problem("muscle-spasm"), problem("anxiety-disorders")
SPASTICITY = problem("spasticity-umn")
KIDNEY = [measurement("labs-egfr", "22", "mL/min/{1.73_m2}")]


def dual(*problems, **about):
    return facts(**({"problems": [SPASM, ANXIETY, *problems]} | about))


EXAMPLES = [
    Example(of=ALTERNATIVE, case="anxiety and muscle spasm on record", facts=dual(), says="offered"),
    Example(
        of=ALTERNATIVE,
        case="ordered for anxiety, spasticity on record",
        facts=facts(order=order(reasons=["anxiety-disorders"]), problems=[SPASTICITY]),
        says="offered",
    ),
    Example(of=ALTERNATIVE, case="muscle spasm alone", facts=facts(problems=[SPASM]), says="not applicable"),
    Example(of=ALTERNATIVE, case="anxiety alone", facts=facts(problems=[ANXIETY]), says="not applicable"),
]


@pytest.mark.parametrize(
    ("reasons", "problems", "says"),
    [
        (["anxiety-disorders", "muscle-spasm"], [], "offered"),
        (["muscle-spasm"], [ANXIETY], "offered"),
        (["muscle-spasm"], [], "not applicable"),
        (["insomnia"], [SPASM, ANXIETY], "offered"),
        (["anxiety-disorders"], [problem("muscle-spasm", past=True)], "not applicable"),
    ],
)
def test_each_stated_or_active(reasons, problems, says):
    assert judged(ALTERNATIVE, facts(order=order(reasons=reasons), problems=problems)) == says


LONG = order(days=60)


def test_both_parts_free_give_one_suggestion_and_no_single_drug():
    names = suggested(dual(order=LONG))
    assert ALTERNATIVE in names
    assert not {"sg-baclofen", "sg-ssri", "sg-tizanidine"} & set(names)


def test_the_label_names_both_drugs_and_the_reminder_of_a_part():
    labels, _ = answer(dual(order=LONG))["prolonged-duration"]
    assert "Replace diazepam with baclofen and escitalopram" in labels
    labels, _ = answer(dual(problem("long-qt"), order=LONG, age=70))["prolonged-duration"]
    assert "Replace diazepam with baclofen and sertraline (check eGFR first)" in labels


@pytest.mark.parametrize(
    ("about", "offered", "blocked"),
    [
        ({"observations": KIDNEY}, "sg-ssri", "Baclofen not offered: eGFR 22"),
        ({"medications": [drug("ssri", label="fluoxetine")]}, "sg-baclofen", "An SSRI not offered: "),
    ],
)
def test_one_free_part_is_offered_alone_and_the_other_is_named(about, offered, blocked):
    for case in (dual(order=LONG, **about), dual(**about)):  # prolonged-duration, dual-indication
        assert offered in suggested(case)
        assert ALTERNATIVE not in suggested(case)
        remarks = [remark for _, given in answer(case).values() for remark in given]
        assert any(remark.startswith(blocked) for remark in remarks), remarks


def test_both_parts_blocked_are_both_named():
    case = dual(order=LONG, observations=KIDNEY, medications=[drug("ssri", label="fluoxetine")])
    remarks = [remark for _, given in answer(case).values() for remark in given]
    assert not {ALTERNATIVE, "sg-baclofen", "sg-ssri"} & set(suggested(case))
    for name in ("Baclofen not offered", "Tizanidine not offered", "An SSRI not offered"):
        assert any(remark.startswith(name) for remark in remarks), remarks


def test_an_unconfirmed_spasm_leaves_the_anxiety_drug():
    case = facts(order=LONG, problems=[problem("muscle-spasm", unconfirmed=True), ANXIETY])
    assert "sg-ssri" in suggested(case)
    assert not {ALTERNATIVE, "sg-baclofen"} & set(suggested(case))


# Which suggestion for which case (3.9) --------------------------------------------------------------------------------

CONTINUING = PriorUse(covered_days=90, continuing=True)


@pytest.mark.parametrize(
    ("case", "expected"),
    [
        (facts(problems=[SPASM]), {"sg-baclofen", "sg-physio"}),
        (facts(order=LONG, problems=[SPASM]), {"sg-shorten-14", "sg-shorten-28", "sg-baclofen", "sg-physio"}),
        (
            facts(order=LONG, problems=[SPASM, problem("seizure-disorders")]),
            {"sg-shorten-14", "sg-shorten-28", "sg-tizanidine", "sg-physio"},
        ),
        (facts(order=LONG, problems=[ANXIETY]), {"sg-shorten-14", "sg-shorten-28", "sg-ssri"}),
        (dual(order=order(days=21)), {"sg-shorten-14", ALTERNATIVE, "sg-physio"}),
        (
            dual(age=70, order=order(days=7, per_day_mg="4", single_mg="2")),
            {ALTERNATIVE, "sg-cancel", "sg-physio"},
        ),
        (
            dual(age=70, order=order(days=7), observations=KIDNEY),
            {"sg-ssri", "sg-lower-dose", "sg-cancel", "sg-physio"},
        ),
        (dual(order=LONG), {"sg-shorten-14", "sg-shorten-28", ALTERNATIVE, "sg-physio"}),
        (facts(order=order(reasons=["chronic-pain"])), {"sg-cancel", "sg-physio"}),
        (facts(order=order(reasons=["radiculopathy"])), {"sg-cancel", "sg-physio"}),
        (facts(order=order(reasons=["rheumatoid-arthritis"])), {"sg-cancel"}),
        (facts(order=LONG), {"sg-shorten-14", "sg-shorten-28"}),
        (dual(order=order(days=30), prior_use=CONTINUING), {"sg-taper", "sg-ssri", "sg-baclofen", "sg-physio"}),
        (dual(order=order(days=30), prior_use=CONTINUING, age=70), {"sg-taper", "sg-ssri", "sg-physio"}),
        (facts(order=order(days=30), prior_use=CONTINUING), {"sg-taper"}),
    ],
    ids=[
        "spasm",
        "spasm, long",
        "spasm, baclofen blocked",
        "anxiety, long",
        "both, short",
        "both, older",
        "both, older, kidneys",
        "both, long",
        "pain",
        "radiculopathy",
        "rheumatoid arthritis",
        "no indication",
        "continuing, both",
        "continuing, both, older",
        "continuing",
    ],
)
def test_which_suggestion_for_which_case(case, expected):
    names = suggested(case)
    assert set(names) == expected
    assert len(names) == len(set(names))


def test_botulinum_toxin_and_intrathecal_baclofen_are_text_only():
    spastic = facts(age=70, problems=[SPASTICITY], observations=KIDNEY)
    remarks = [remark for _, given in answer(spastic).values() for remark in given]
    assert any("botulinum toxin" in remark and "intrathecal" in remark for remark in remarks)
    assert set(suggested(spastic)) <= {"sg-cancel", "sg-physio", "sg-lower-dose", "sg-shorten-14"}
