"""Long-term use: the patient already takes the drug regularly; the dangerous act now is stopping.

Says: for how long, that it must not be stopped abruptly, how a taper is agreed, and when to ask a specialist.
Speaks when: the patient is a continuing user (covered days beyond the limit in `hooks/facts.toml`); from
    `warning_from` days in all it warns. An order without an end counts `no_end` days.
Silent when: a new course, or a supply kept for seizures, which is no course.
Cannot tell when: earlier prescriptions could not be looked at, and what was found does not make a continuing user.
"""

from dataclasses import dataclass

from cds_service.domain.basis import problem_basis
from cds_service.domain.course import PriorUse
from cds_service.domain.facts import Facts, Problem, SectionName
from cds_service.domain.orders import DaysFrom
from cds_service.domain.outcome import Basis, Finding, NotApplicable, NotAssessed, Outcome

SEIZURES, PREGNANCY = "seizure-disorders", "pregnancy"


@dataclass(frozen=True, slots=True, kw_only=True)
class Params:
    """In days.

    Attributes:
        warning_from: total (earlier plus planned) from which the rule warns instead of informing.
        no_end: what an order without an end counts, so that it is never judged more mildly than a limited one.
    """

    warning_from: int
    no_end: int


def evaluate(facts: Facts, params: Params) -> Outcome:
    """Judge the run of earlier use; see the module."""
    use, planned = facts.prior_use, facts.order.planned
    if planned.source is DaysFrom.NOT_A_COURSE:
        return NotApplicable(because="not-a-course")
    if not use.continuing:
        return NotAssessed(missing=use.missing) if use.missing else NotApplicable(because="new-course")
    total = use.covered_days + (params.no_end if planned.days is None else planned.days)
    specialist = _specialist(facts)
    holds = {"no-end": planned.days is None, "at-least": bool(use.missing), **dict.fromkeys(specialist, True)}
    return Finding(
        variant="months" if total >= params.warning_from else "weeks",
        values={"n": use.covered_days, "total": total, "assumed": params.no_end},
        points=tuple(point for point, true in holds.items() if true),
        basis=(_earlier(use), *(problem_basis(problem, SEIZURES, PREGNANCY) for problem in specialist.values())),
    )


def _specialist(facts: Facts) -> dict[str, Problem]:
    """Sentence -> problem, for what calls for a specialist: seizures at any time, or pregnancy now."""
    found = {"seizures": facts.problems_in(SEIZURES).items, "pregnancy": facts.active_problems(PREGNANCY).items}
    return {point: problems[0] for point, problems in found.items() if problems}


def _earlier(use: PriorUse) -> Basis:
    since = f"since {use.run_start.isoformat()}" if use.run_start else ""
    return Basis(label="earlier-use", section=SectionName.MEDICATIONS, date=since)
