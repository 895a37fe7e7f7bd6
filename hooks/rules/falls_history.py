"""Falls: a fall within the past year, before the age at which the drug is best avoided anyway.

Says: that another fall becomes more likely.
Speaks when: a fall of any clinical status may lie within `window_days` before the order date, or repeated falls are
    active without a date. Where the age card speaks, it tells of the fall and this one is folded into it.
Silent when: there was none, or it cannot be placed within the window.
Cannot tell when: the problem list could not be looked at, in whole or in part, and no such fall was found.
"""

from dataclasses import dataclass
from datetime import timedelta

from cds_service.domain.basis import problem_finding
from cds_service.domain.facts import Facts, Problem, ProblemStatus
from cds_service.domain.outcome import NotApplicable, NotAssessed, Outcome

FALLS = "falls"


@dataclass(frozen=True, slots=True, kw_only=True)
class Params:
    """`window_days` before the order date; codes of repeated falls, which count while active and undated."""

    window_days: int
    repeated: tuple[str, ...]


def evaluate(facts: Facts, params: Params) -> Outcome:
    """Look for falls; see the module."""
    opens = facts.as_of - timedelta(days=params.window_days)
    on_record = facts.problems_in(FALLS)
    recent = [fall for fall in on_record.items if fall.dated and fall.dated.touches(opens, facts.as_of)]
    if recent:
        sure = any(fall.dated and fall.dated.earliest >= opens for fall in recent)
        return problem_finding("recent", recent, FALLS, points=[] if sure else ["imprecise"])
    repeated = [fall for fall in on_record.items if _repeated(fall, params)]
    if repeated:
        return problem_finding("repeated", repeated, FALLS)
    if on_record.missing:
        return NotAssessed(missing=on_record.missing)
    return NotApplicable(because="not-recent" if on_record else "none")


def _repeated(fall: Problem, params: Params) -> bool:
    return fall.status is ProblemStatus.ACTIVE and not fall.dated and fall.classes[FALLS].code in params.repeated
