"""Duration: a new course planned for longer than two weeks, four weeks, four months.

Says: how many days are planned, how they were counted, and why that is long.
Speaks when: a new course with D + P days (earlier covered days plus planned days) of at least `info_from`.
    A taper for withdrawal (stated as the reason, or in steps and called one) is longer by design and has its own words.
    Days that rest on free text never make it critical.
Silent when: shorter; a continuing user (`long-term-use` speaks); the days are unknown (`duration-unspecified` speaks);
    a rescue form, which is no course.
Cannot tell when: the planned days alone are short and earlier prescriptions could not be looked at.
"""

from dataclasses import dataclass

from cds_service.domain.facts import Facts, SectionName
from cds_service.domain.orders import DaysFrom, Dose
from cds_service.domain.outcome import Basis, Finding, NotApplicable, NotAssessed, Outcome

RECKONED = (DaysFrom.COUNT, DaysFrom.SUPPLY_QUANTITY)  # days that are a quantity divided by the doses of a day
WITH_REPEATS = (DaysFrom.SUPPLY_DURATION, DaysFrom.SUPPLY_QUANTITY)


@dataclass(frozen=True, slots=True, kw_only=True)
class Params:
    """Total days from which the rule informs, warns, and calls it critical."""

    info_from: int
    warning_from: int
    critical_from: int


def evaluate(facts: Facts, params: Params) -> Outcome:
    """Judge the total days of a new course; see the module."""
    planned = facts.order.planned
    if facts.prior_use.continuing:
        return NotApplicable(because="continuing")
    if planned.source is DaysFrom.NOT_A_COURSE:
        return NotApplicable(because="not-a-course")
    if planned.days is None:
        return NotApplicable(because="unknown")
    total = planned.days + facts.prior_use.covered_days
    if total < params.info_from:
        if facts.prior_use.missing:
            return NotAssessed(missing=facts.prior_use.missing)
        return NotApplicable(because="short")
    return Finding(
        variant=_variant(facts, total, params),
        values={"n": total, "earlier": facts.prior_use.covered_days, "repeats": planned.repeats},
        points=_points(facts),
        basis=_basis(facts),
        text_only=planned.source is DaysFrom.TEXT or _reckoned_from_text(facts),
    )


def _variant(facts: Facts, total: int, params: Params) -> str:
    tapering = facts.order.stepped and "taper-words" in facts.order.mentions
    if tapering or facts.stated_reasons("sedative-withdrawal"):
        return "taper"
    if total >= params.critical_from:
        return "months"
    return "weeks" if total >= params.warning_from else "fortnight"


def _points(facts: Facts) -> tuple[str, ...]:
    planned = facts.order.planned
    holds = {
        f"from-{planned.source.value}": True,
        "doses-from-text": _reckoned_from_text(facts),
        "repeats": planned.repeats > 0 and planned.source in WITH_REPEATS,
        "outlasts": planned.outlasts_course,
        "maximum-use": planned.at_maximum_use,
        "earlier": facts.prior_use.covered_days > 0,
    }
    return tuple(point for point, true in holds.items() if true)


def _reckoned_from_text(facts: Facts) -> bool:
    dose = facts.order.dose
    return facts.order.planned.source in RECKONED and isinstance(dose, Dose) and dose.from_text


def _basis(facts: Facts) -> tuple[Basis, ...]:
    start = facts.prior_use.run_start
    since = f"since {start.isoformat()}" if start else ""
    return (Basis(label="earlier-use", section=SectionName.MEDICATIONS, date=since),) if start else ()
