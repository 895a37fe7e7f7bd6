"""Stroke recovery: the table of findings, both edges of the 180 days, and what the detail must be candid about.

Orders are of 2026-06-15, so the window opens on 2025-12-17.
"""

from dataclasses import replace

import pytest

from cds_service.domain.terminology import Concept, Vocabulary
from tests.builders import facts, order, partly, problem
from tests.spec.release import Example, classes_of_text, detail, outcome, said, shown, terminology

RULE = "stroke-recovery"
UNDATED = "warning: Stroke on record without a date: avoid diazepam if still in recovery"
PAST = "info: Past stroke on record: check that the recovery phase is over before diazepam"
OVER = "silent: over"


def recent(days):
    return f"warning: Stroke {days} days ago: avoid diazepam during stroke recovery if possible"


def stroke(**about):
    return facts(problems=[problem("stroke-acute", **about)])


def sequelae(**about):
    return facts(problems=[problem("stroke-sequelae", **about)])


def history(**about):
    return facts(problems=[problem("stroke-history", **about)])


def spoken(text):
    """A problem known only by these words."""
    found = terminology().classify(Concept(text=text), Vocabulary.PROBLEM)
    return replace(problem(), classes=found)


def tia(**about):
    return facts(problems=[problem("transient-ischemic-attack", **about)])


EXAMPLES = [
    Example(of=RULE, case="a stroke six weeks ago", facts=stroke(onset="2026-05-01"), says=recent(45)),
    Example(of=RULE, case="a stroke of which no date is known", facts=stroke(), says=UNDATED),
    Example(of=RULE, case="a stroke two years ago", facts=stroke(onset="2024-06-01"), says=OVER),
    Example(of=RULE, case="hemiplegia as a late effect of an old stroke", facts=sequelae(onset="2020"), says=PAST),
    Example(of=RULE, case="a TIA last week", facts=tia(onset="2026-06-08"), says="silent: tia"),
    Example(of=RULE, case="problem list not to be had", facts=facts(problems="timeout"), says="cannot tell: problems"),
]


@pytest.mark.parametrize(
    ("onset", "says"),
    [
        ("2025-12-16", OVER),
        ("2025-12-17", recent(180)),
        ("2026-06-14", recent(1)),
        ("2026-06-15", recent(0)),
        ("2025-11", OVER),
        ("2025-12", recent("166 to 196")),
        ("2026", recent("0 to 165")),
        ("2025", recent("166 to 530")),
        ("2024", OVER),
        ("2026-06-16", UNDATED),  # after the order: not believable
    ],
)
def test_a_stroke_counts_while_its_date_may_lie_in_the_window(onset, says):
    assert said(RULE, stroke(onset=onset)) == says


def test_a_resolved_stroke_is_still_a_recent_stroke():
    assert said(RULE, stroke(onset="2026-05-01", past=True, ended="2026-06-01")) == recent(45)


def test_the_day_of_recording_dates_a_stroke_and_the_card_says_so():
    patient = stroke(recorded="2026-05-01")
    assert said(RULE, patient) == recent(45)
    assert "Only the day of recording is known" in detail(RULE, patient)
    assert outcome(RULE, patient).basis[0].date == "recorded 2026-05-01"


def test_without_any_date_an_active_stroke_warns_and_a_resolved_one_informs():
    assert said(RULE, stroke()) == UNDATED
    assert said(RULE, stroke(past=True)) == PAST


@pytest.mark.parametrize("kind", [sequelae, history])
def test_a_history_or_late_effect_warns_by_its_onset_never_by_the_day_it_was_recorded(kind):
    assert said(RULE, kind(onset="2025-12-17")) == recent(180)
    assert said(RULE, kind(recorded="2026-06-01")) == PAST
    assert said(RULE, kind()) == PAST


def test_older_than_the_window_a_late_effect_informs_and_a_history_is_silent():
    assert said(RULE, sequelae(onset="2025-12-16")) == PAST
    assert said(RULE, history(onset="2025-12-16")) == OVER


@pytest.mark.parametrize("onset", ["", "2024-06-01", "2026-05-01"])
def test_late_effects_that_are_over_raise_no_card(onset):
    assert said(RULE, sequelae(onset=onset, past=True)) == OVER


def test_a_late_effect_does_not_date_the_stroke_itself():
    assert "the stroke itself may be older" in detail(RULE, sequelae(onset="2026-05-01"))


def test_an_old_stroke_with_an_active_late_effect_informs():
    patient = facts(problems=[problem("stroke-acute", onset="2023-01-01"), problem("stroke-sequelae")])
    assert said(RULE, patient) == PAST


def test_of_several_strokes_the_latest_is_counted():
    patient = facts(problems=[problem("stroke-acute", onset="2026-01-10"), problem("stroke-acute", onset="2026-06-05")])
    assert said(RULE, patient) == recent(10)


def test_the_history_code_that_also_covers_a_tia_is_named_as_such():
    assert "does not tell a stroke from a TIA" in detail(RULE, history(code="Z86.73"))
    assert "TIA" not in detail(RULE, history(code="275526006"))


# What the detail says -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("about", [{"onset": "2026-05-01"}, {}, {"past": True}])
def test_the_detail_is_candid_about_the_evidence(about):
    text = detail(RULE, stroke(**about))
    for said_plainly in ("animal work and small retrospective series", "no loss of function overall"):
        assert said_plainly in text


def test_after_a_hemorrhage_the_harm_of_the_trial_is_told():
    bled = facts(problems=[problem("stroke-acute", "stroke-hemorrhagic", onset="2026-05-01")])
    assert "more pneumonia and more deaths" in detail(RULE, bled)
    assert "more deaths" not in detail(RULE, stroke(onset="2026-05-01"))


def test_botulinum_toxin_is_named_but_not_in_myasthenia_gravis():
    strokes = [problem("stroke-acute", onset="2026-05-01")]
    assert "botulinum toxin" in detail(RULE, facts(problems=strokes))
    assert "botulinum toxin" not in detail(RULE, facts(problems=[*strokes, problem("myasthenia-gravis")]))


# What is known only in part -------------------------------------------------------------------------------------------


def test_a_stroke_known_from_text_warns_and_says_from_text():
    patient = stroke(text=True, onset="2026-05-01")
    assert said(RULE, patient) == recent(45)
    assert outcome(RULE, patient).text_only
    assert outcome(RULE, patient).basis[0].from_text


def test_an_unconfirmed_stroke_counts_and_is_called_unconfirmed():
    assert outcome(RULE, stroke(unconfirmed=True)).basis[0].unconfirmed


def test_text_that_says_sequelae_is_not_a_fresh_stroke():
    both = facts(problems=[problem("stroke-acute", "stroke-sequelae", text=True)])
    assert said(RULE, both) == PAST
    named = facts(problems=[spoken("sequelae of stroke")])
    assert outcome(RULE, named).basis[0].label == "sequelae of stroke"


@pytest.mark.parametrize(
    ("text", "kinds"),
    [
        ("Stroke, left sided", {"stroke-acute"}),
        ("CVA", {"stroke-acute"}),
        ("subarachnoid haemorrhage", {"stroke-acute", "stroke-hemorrhagic"}),
        ("Sequelae of stroke", {"stroke-acute", "stroke-sequelae"}),
        ("post-stroke spasticity", {"stroke-acute", "stroke-sequelae", "spasticity-umn"}),
        ("history of stroke", {"stroke-acute", "stroke-history"}),
        ("family history of stroke", set()),
        ("TIA", {"transient-ischemic-attack"}),
        ("TIA (mini-stroke)", {"transient-ischemic-attack"}),
        ("heat stroke", set()),
        ("at risk of stroke", set()),
        ("no stroke", set()),
    ],
)
def test_what_free_text_counts_as(text, kinds):
    assert classes_of_text(text) == kinds


def test_a_problem_list_with_gaps_tells_nothing_when_nothing_is_found():
    assert said(RULE, facts(problems=partly())) == "cannot tell: problems"
    assert said(RULE, facts(problems=partly(problem("stroke-acute", onset="2020-01-01")))) == "cannot tell: problems"
    assert said(RULE, facts(problems=partly(problem("stroke-acute", onset="2026-05-01")))) == recent(45)


def test_a_stroke_named_only_as_the_reason_of_the_order():
    assert said(RULE, facts(order=order(reasons=["stroke-acute"]))) == UNDATED
    assert said(RULE, facts(order=order(reasons=["stroke-sequelae"]))) == PAST
    assert said(RULE, facts(order=order(reasons=["muscle-spasm"]))) == "silent: none"


def test_a_stroke_on_the_problem_list_tells_more_than_the_same_stroke_as_the_reason():
    old = [problem("stroke-acute", onset="2020-01-01")]
    assert said(RULE, facts(problems=old, order=order(reasons=["stroke-acute"]))) == OVER


@pytest.mark.parametrize(
    ("reason", "left"),
    [
        ("tetanus", "exempt: X-TETANUS"),
        ("seizure-disorders", "exempt: X-SEIZURE"),
        ("hospice-palliative", "exempt: X-PALL"),
        ("alcohol-withdrawal", recent(45).replace("warning", "info")),
        ("sedative-withdrawal", recent(45).replace("warning", "info")),
        ("muscle-spasm", recent(45)),
    ],
)
def test_exemptions(reason, left):
    strokes = [problem("stroke-acute", onset="2026-05-01")]
    assert shown(RULE, facts(problems=strokes, order=order(reasons=[reason]))) == left


@pytest.mark.parametrize(("stated", "variant"), [("stroke-acute", "undated"), ("stroke-sequelae", "past")])
def test_what_is_said_of_a_stroke_that_is_only_the_reason(stated, variant):
    patient = facts(order=order(reasons=["muscle-spasm", stated]))
    spoken = outcome(RULE, patient)
    assert (spoken.variant, spoken.points) == (variant, ("stated",))
    assert [basis.label for basis in spoken.basis] == [stated]
    assert spoken.values["window"] == 180
    assert "otulinum toxin" in detail(RULE, patient)


def test_of_two_recent_strokes_the_later_one_is_counted_from():
    spoken = outcome(
        RULE,
        facts(
            problems=[
                problem("stroke-acute", onset="2026-05-01", reference="Condition/1"),
                problem("stroke-acute", onset="2026-06-01", reference="Condition/2"),
                problem("stroke-acute", onset="2026-06-01", reference="Condition/3"),
                problem("stroke-acute", onset="2026-01-10", reference="Condition/4"),
            ]
        ),
    )
    assert spoken.values["n"] == 14
    assert spoken.points == ()


def test_an_undated_or_past_stroke_is_neither_recorded_lately_nor_a_late_effect_of_one():
    assert outcome(RULE, facts(problems=[problem("stroke-acute")])).points == ()
    assert outcome(RULE, facts(problems=[problem("stroke-sequelae", onset="2020-01-01")])).points == ()


def test_a_code_of_stroke_is_one_whatever_else_the_problem_is_called():
    both = facts(problems=[problem("stroke-acute", "stroke-sequelae", recorded="2026-05-01")])
    assert said(RULE, both) == recent(45)
