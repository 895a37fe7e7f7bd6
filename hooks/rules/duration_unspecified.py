"""Duration: a new course without an end.

Says: which end is missing, why it cannot be worked out, and that a course should have one.
Speaks when: a new oral course whose planned days cannot be worked out. In alcohol withdrawal, stated as the reason or
    begun within `withdrawal_days`, it asks for the schedule instead of a length.
Silent when: the days are known, the patient is a continuing user, or the form is not oral.
Cannot tell when: never (an end is missing, whatever the record holds).
"""

from dataclasses import dataclass
from datetime import timedelta

from cds_service.domain.facts import Facts
from cds_service.domain.orders import Dose, Form
from cds_service.domain.outcome import Finding, NotApplicable, Outcome

WITHDRAWAL = "alcohol-withdrawal"


@dataclass(frozen=True, slots=True, kw_only=True)
class Params:
    """`withdrawal_days` before the order date within which an active alcohol withdrawal began."""

    withdrawal_days: int


def evaluate(facts: Facts, params: Params) -> Outcome:
    """Judge whether an end can be found; see the module."""
    order = facts.order
    if order.form is not Form.ORAL:
        return NotApplicable(because="not-oral")
    if order.planned.days is not None:
        return NotApplicable(because="known")
    if facts.prior_use.continuing:
        return NotApplicable(because="continuing")
    return Finding(
        variant="withdrawal" if _withdrawal(facts, params) else "course",
        values={"repeats": order.planned.repeats},
        points=_points(facts),
    )


def _withdrawal(facts: Facts, params: Params) -> bool:
    opens = facts.as_of - timedelta(days=params.withdrawal_days)
    problems = facts.active_problems(WITHDRAWAL).items
    recent = any(problem.dated and problem.dated.touches(opens, facts.as_of) for problem in problems)
    return facts.stated_reasons(WITHDRAWAL) or recent


def _points(facts: Facts) -> tuple[str, ...]:
    dose, planned = facts.order.dose, facts.order.planned
    holds = {
        "dose": not isinstance(dose, Dose),
        "units": isinstance(dose, Dose) and dose.units_per_day is None,
        "repeats": planned.repeats > 0,
        "validity-only": planned.validity_only,
    }
    return tuple(point for point, true in holds.items() if true)
