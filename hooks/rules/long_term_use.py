"""Long-term use: the patient already takes the drug regularly; the dangerous act now is stopping.

Says: for how long, that it must not be stopped abruptly, and how a taper is agreed.
Speaks when: the patient is a continuing user (covered days beyond the limit in `hooks/facts.toml`), oral form.
Silent when: a new course.
Cannot tell when: earlier prescriptions could not be looked at.
"""

from dataclasses import dataclass

from cds_service.domain.facts import Facts, SectionName
from cds_service.domain.orders import DaysFrom
from cds_service.domain.outcome import Basis, Finding, NotApplicable, NotAssessed, Outcome


@dataclass(frozen=True, slots=True, kw_only=True)
class Params:
    """Total days (earlier plus planned) from which the rule warns instead of informing."""

    warning_from: int


def evaluate(facts: Facts, params: Params) -> Outcome:
    """Judge the run of earlier use; see the module."""
    use, planned = facts.prior_use, facts.order.planned
    if planned.source is DaysFrom.NOT_A_COURSE:
        return NotApplicable(because="not-a-course")
    if not use.continuing:
        return NotAssessed(missing=use.missing) if use.missing else NotApplicable(because="new-course")
    total = use.covered_days + (planned.days or 0)
    specialist = facts.active_problems("seizure-disorders", "pregnancy")
    return Finding(
        variant="months" if total >= params.warning_from else "weeks",
        values={"n": use.covered_days, "total": total},
        points=("specialist",) if specialist else (),
        basis=(
            Basis(
                label="earlier-use",
                section=SectionName.MEDICATIONS,
                date=f"since {use.run_start.isoformat()}" if use.run_start else "",
            ),
        ),
    )
