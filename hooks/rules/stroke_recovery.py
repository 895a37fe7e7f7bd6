"""Stroke: benzodiazepines while the brain recovers.

Says: how long ago the stroke was, how weak the evidence for avoiding the drug is, and what fits after a stroke.
Speaks when: a stroke on record, of any status, may lie within `window_days` before the order date, or is active without
    a date (warning); a history or a late effect of stroke began within them (warning); a resolved stroke, a history or
    an active late effect stands there without such a date (info); or only the order's own reason names a stroke.
Silent when: the stroke is older and no late effect is active, late effects are over, or there was a TIA alone.
Cannot tell when: the problem list could not be looked at, in whole or in part, and nothing was found.

The day of recording dates a stroke, but never a history or a late effect: those are written down at any later time.
"""

from dataclasses import dataclass
from datetime import date, timedelta

from cds_service.domain.basis import problem_finding, reason_basis
from cds_service.domain.dates import DateInterval
from cds_service.domain.facts import Facts, Problem, ProblemStatus, in_any, match_of
from cds_service.domain.outcome import Finding, NotApplicable, NotAssessed, Outcome
from cds_service.domain.terminology import Classes, How

STROKE, SEQUELAE, HISTORY = "stroke-acute", "stroke-sequelae", "stroke-history"
KINDS = (SEQUELAE, HISTORY, STROKE)  # free text of the first two holds the word of the third
HEMORRHAGE = "stroke-hemorrhagic"
TIA = "transient-ischemic-attack"
MYASTHENIA = "myasthenia-gravis"
RECENT, UNDATED, PAST = "recent", "undated", "past"  # wordings, most telling first


@dataclass(frozen=True, slots=True, kw_only=True)
class Params:
    """`window_days` of recovery; codes that also stand for a TIA; advice on focal spasticity, and in myasthenia."""

    window_days: int
    codes_of_stroke_or_tia: tuple[str, ...]
    focal: str
    focal_in_myasthenia: str


def evaluate(facts: Facts, params: Params) -> Outcome:
    """Look for a stroke whose recovery may not be over; see the module."""
    on_record = facts.problems_in(*KINDS)
    standing = [(variant, one) for one in on_record.items if (variant := _variant(one, facts, params))]
    for variant in (RECENT, UNDATED, PAST):
        strokes = [stroke for of, stroke in standing if of == variant]
        if strokes:
            return _finding(variant, strokes, facts, params)
    if not on_record and facts.stated_reasons(*KINDS):
        return _stated(facts, params)
    if on_record.missing:
        return NotAssessed(missing=on_record.missing)
    tia = "tia" if facts.problems_in(TIA) else "none"
    return NotApplicable(because="over" if on_record else tia)


def _variant(stroke: Problem, facts: Facts, params: Params) -> str:
    """How far one problem bears on recovery; empty when not at all."""
    kind, active = _kind(stroke.classes), stroke.status is ProblemStatus.ACTIVE
    if kind == SEQUELAE and not active:
        return ""
    began = _began(stroke, facts.as_of)
    if began and began.touches(facts.as_of - timedelta(days=params.window_days), facts.as_of):
        return RECENT
    if kind == STROKE and not began and active:
        return UNDATED
    return PAST if kind == SEQUELAE or not began else ""


def _kind(classes: Classes) -> str:
    """A code of stroke counts as one; "sequelae of stroke" in free text does not, though it holds the word."""
    if STROKE in classes and classes[STROKE].how is How.CODE:
        return STROKE
    return next(kind for kind in KINDS if kind in classes)


def _began(stroke: Problem, as_of: date) -> DateInterval | None:
    """When it began; a date after the order is not believable and counts as none."""
    began = stroke.dated if _kind(stroke.classes) == STROKE else stroke.onset
    return began if began and began.earliest <= as_of else None


def _finding(variant: str, strokes: list[Problem], facts: Facts, params: Params) -> Finding:
    values: dict[str, str | int] = {"window": params.window_days, "focal": _focal(facts, params)}
    lead = strokes[0]
    if variant == RECENT:
        dated = [(began.latest, began.earliest, stroke) for stroke in strokes if (began := _began(stroke, facts.as_of))]
        latest, earliest, lead = max(dated, key=lambda one: one[:2])
        nearest, farthest = max((facts.as_of - latest).days, 0), (facts.as_of - earliest).days
        values["n"] = nearest if nearest == farthest else f"{nearest} to {farthest}"
    kind = _kind(lead.classes)
    holds = {
        "hemorrhage": any(HEMORRHAGE in stroke.classes for stroke in strokes),
        "recorded": variant == RECENT and not lead.onset,
        "late-effect": variant == RECENT and kind == SEQUELAE,
        "or-tia": kind == HISTORY and match_of(lead.classes, HISTORY).code in params.codes_of_stroke_or_tia,
    }
    points = (point for point, true in holds.items() if true)
    return problem_finding(variant, strokes, *KINDS, values=values, points=points)


def _stated(facts: Facts, params: Params) -> Finding:
    reasons = [reason for reason in facts.order.reasons if in_any(reason.classes, KINDS)]
    stroke = any(_kind(reason.classes) == STROKE for reason in reasons)
    return Finding(
        variant=UNDATED if stroke else PAST,
        values={"window": params.window_days, "focal": _focal(facts, params)},
        points=("stated",),
        basis=tuple(reason_basis(reason, *KINDS) for reason in reasons),
    )


def _focal(facts: Facts, params: Params) -> str:
    return params.focal_in_myasthenia if facts.active_problems(MYASTHENIA) else params.focal
