"""Alcohol: a disorder or a positive screen warns, past or moderate use informs.

Orders are of 2026-06-15; scores count from 2025-06-15 on. AUDIT-C is positive from 4 in men and from 3 in everyone
else, AUDIT from 8.
"""

import pytest

from tests.builders import facts, measurement, order, partly, problem
from tests.spec.release import Example, detail, outcome, rules, said, shown

RULE = "alcohol-use"
SILENT = "silent: none"
DISORDER = "warning: Alcohol use disorder on record: diazepam with alcohol can be fatal"
PAST = "info: Alcohol use on record: counsel not to combine it with diazepam"
AUDIT_C, AUDIT_C_TOTAL, AUDIT = "75626-2", "72109-2", "72110-0"
DRINKS = ("74013-4", "11287-0")


def screen(*scores):
    return f"warning: Alcohol screen positive ({' and '.join(scores)}): diazepam with alcohol can be fatal"


def score(code, value, **about):
    return measurement("obs-alcohol", value, "1", code=code, **about)


def scored(*scores, sex="female", **about):
    return facts(observations=scores, sex=sex, **about)


EXAMPLES = [
    Example(
        of=RULE,
        case="an active alcohol use disorder",
        facts=facts(problems=[problem("alcohol-use-disorder")]),
        says=DISORDER,
    ),
    Example(
        of=RULE,
        case="a woman with an AUDIT-C of 3",
        facts=scored(score(AUDIT_C, "3")),
        says=screen("AUDIT-C 3"),
    ),
    Example(of=RULE, case="a man with an AUDIT-C of 3", facts=scored(score(AUDIT_C, "3"), sex="male"), says=SILENT),
    Example(
        of=RULE,
        case="an alcohol use disorder in remission",
        facts=facts(problems=[problem("alcohol-use-remission")]),
        says=PAST,
    ),
    Example(of=RULE, case="two drinks a day", facts=scored(score(DRINKS[0], "2")), says=PAST),
    Example(
        of=RULE,
        case="observations not to be had, nothing on the problem list",
        facts=facts(observations="no-access"),
        says="cannot tell: observations",
    ),
]


@pytest.mark.parametrize("code", [AUDIT_C, AUDIT_C_TOTAL])
@pytest.mark.parametrize(
    ("sex", "value", "positive"),
    [
        ("male", "3", False),
        ("male", "4", True),
        ("female", "2", False),
        ("female", "3", True),
        ("other", "3", True),
        ("unknown", "3", True),
        ("", "3", True),
        ("", "2", False),
    ],
)
def test_audit_c_by_sex(code, sex, value, positive):
    assert said(RULE, scored(score(code, value), sex=sex)) == (screen(f"AUDIT-C {value}") if positive else SILENT)


@pytest.mark.parametrize("sex", ["male", "female", ""])
@pytest.mark.parametrize(("value", "positive"), [("7", False), ("8", True)])
def test_audit_is_the_same_for_all(sex, value, positive):
    assert said(RULE, scored(score(AUDIT, value), sex=sex)) == (screen(f"AUDIT {value}") if positive else SILENT)


@pytest.mark.parametrize(
    ("taken", "counts"),
    [
        ("2025-06-14", False),
        ("2025-06-15", True),
        ("2026-06-15", True),
        ("2026-06-16", False),
        ("2025", True),
        ("", False),
    ],
)
def test_a_score_counts_for_365_days(taken, counts):
    assert (said(RULE, scored(score(AUDIT_C, "9", taken=taken))) != SILENT) is counts


@pytest.mark.parametrize(
    ("comparator", "value", "says"),
    [
        ("<", "3", SILENT),
        ("<=", "3", SILENT),
        (">", "2", screen("AUDIT-C >2")),
        (">=", "3", screen("AUDIT-C >=3")),
        (">", "1", SILENT),
    ],
)
def test_comparators(comparator, value, says):
    assert said(RULE, scored(score(AUDIT_C, value, comparator=comparator))) == says


def test_several_positive_scores_are_each_named_once():
    scores = [score(AUDIT_C, "9"), score(AUDIT_C_TOTAL, "9"), score(AUDIT, "12")]
    assert said(RULE, scored(*scores)) == screen("AUDIT-C 9", "AUDIT 12")
    assert len(outcome(RULE, scored(*scores)).basis) == 3


def test_of_several_one_positive_is_enough():
    assert said(RULE, scored(score(AUDIT_C, "1", taken="2026-06-01"), score(AUDIT_C, "5", taken="2025-08-01"))) == (
        screen("AUDIT-C 5")
    )


# Problems -------------------------------------------------------------------------------------------------------------


def test_a_disorder_comes_before_its_scores():
    both = facts(problems=[problem("alcohol-use-disorder")], observations=[score(AUDIT_C, "9")])
    assert said(RULE, both) == DISORDER


def test_a_disorder_known_from_text_or_unconfirmed_is_said_to_be():
    assert said(RULE, facts(problems=[problem("alcohol-use-disorder", text=True)])) == DISORDER
    assert outcome(RULE, facts(problems=[problem("alcohol-use-disorder", text=True)])).basis[0].from_text
    assert outcome(RULE, facts(problems=[problem("alcohol-use-disorder", unconfirmed=True)])).basis[0].unconfirmed


@pytest.mark.parametrize(
    "found",
    [
        problem("alcohol-use-disorder", past=True),
        problem("alcohol-use-remission"),
        problem("alcohol-use-remission", past=True),
    ],
)
def test_what_is_over_informs(found):
    assert said(RULE, facts(problems=[found])) == PAST


def test_a_positive_screen_outweighs_a_past_problem():
    both = facts(problems=[problem("alcohol-use-remission")], observations=[score(AUDIT_C, "5")])
    assert said(RULE, both) == screen("AUDIT-C 5")


@pytest.mark.parametrize("code", DRINKS)
@pytest.mark.parametrize(("value", "says"), [("0", SILENT), ("1", PAST), ("0.5", PAST)])
def test_any_drinks_a_day_inform(code, value, says):
    assert said(RULE, scored(score(code, value))) == says


def test_more_than_no_drinks_are_drinks():
    assert said(RULE, scored(score(DRINKS[0], "0", comparator=">"))) == PAST


# What could not be looked up ------------------------------------------------------------------------------------------


@pytest.mark.parametrize("section", ["timeout", partly()])
def test_what_could_not_be_looked_up_is_not_none(section):
    assert said(RULE, facts(problems=section)) == "cannot tell: problems"
    assert said(RULE, facts(observations=section)) == "cannot tell: observations"
    assert said(RULE, facts(problems=section, observations=section)) == "cannot tell: problems, observations"


def test_what_is_found_speaks_although_the_rest_is_missing():
    assert said(RULE, facts(problems="timeout", observations=[score(AUDIT_C, "5")])) == screen("AUDIT-C 5")
    assert said(RULE, facts(problems=[problem("alcohol-use-disorder")], observations="timeout")) == DISORDER
    assert said(RULE, facts(problems=[problem("alcohol-use-remission")], observations="timeout")) == PAST


# Words and exemptions -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("patient", [facts(problems=[problem("alcohol-use-disorder")]), scored(score(AUDIT_C, "9"))])
def test_the_detail_says_what_the_pair_does_and_what_to_ask(patient):
    text = detail(RULE, patient)
    for needed in ("depress breathing", "overdose", "current drinking", "small quantities", "counsel"):
        assert needed in text


def test_withdrawal_is_said_to_be_different():
    assert "there diazepam is treatment" in detail(RULE, facts(problems=[problem("alcohol-use-disorder")]))


def test_nothing_is_offered():
    assert rules()[RULE].offers == ()


@pytest.mark.parametrize(
    ("reason", "left"),
    [
        ("seizure-disorders", DISORDER.replace("warning", "info")),
        ("tetanus", "exempt: X-TETANUS"),
        ("alcohol-withdrawal", "exempt: X-ALC-WD"),
        ("hospice-palliative", DISORDER.replace("warning", "info")),
        ("sedative-withdrawal", DISORDER),
        ("muscle-spasm", DISORDER),
    ],
)
def test_exemptions(reason, left):
    drinker = facts(problems=[problem("alcohol-use-disorder")], order=order(reasons=[reason]))
    assert shown(RULE, drinker) == left
