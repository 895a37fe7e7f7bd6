"""How well the kidneys filter, from what is on record: a measured eGFR, else creatinine, and the problem list.

Pure arithmetic; what counts as reduced, for how long a value holds, and the constants of the equation come in as
`KidneyLimits` from the content release. A value that is too old proves nothing when it is normal, but still counts when
it is not (ruling 19); where laboratory and problem list disagree, the worse holds.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import ROUND_FLOOR, Decimal
from enum import StrEnum

from cds_service.domain.facts import Facts, Known, Measurement, Problem, label_of

FLIPPED = {"<": ">", "<=": ">=", ">": "<", ">=": "<="}  # creatinine above a limit is filtration below one


class Filtration(StrEnum):
    """How much filtration is left, worst first."""

    SEVERE = "severe"
    REDUCED = "reduced"
    ENOUGH = "enough"
    UNKNOWN = "unknown"


SEVERITY = tuple(Filtration)


@dataclass(frozen=True, slots=True, kw_only=True)
class Equation:
    """Constants of the creatinine equation for one sex.

    eGFR = scale × min(Scr/κ, 1)^α × max(Scr/κ, 1)^β × γ^age × factor.
    """

    kappa: Decimal
    alpha: Decimal
    factor: Decimal


@dataclass(frozen=True, slots=True, kw_only=True)
class KidneyLimits:
    """What decides; from the content release.

    Attributes:
        egfr, creatinine: value sets of Observations, in mL/min per 1.73 m² and mg/dL.
        severe_problems, reduced_problems: value sets of problems that stand for a filtration.
        recent_days: a value holds for so many days before the order date.
        reduced_below, severe_below: mL/min per 1.73 m².
        adult_age: the equation holds from this age, in completed years.
        scale, beta, gamma, equations: the constants; `equations` by administrative gender.
    """

    egfr: str
    creatinine: str
    severe_problems: str
    reduced_problems: str
    recent_days: int
    reduced_below: Decimal
    severe_below: Decimal
    adult_age: int
    scale: Decimal
    beta: Decimal
    gamma: Decimal
    equations: Mapping[str, Equation]


@dataclass(frozen=True, slots=True, kw_only=True)
class Kidney:
    """What is known of the kidneys on the order date.

    Attributes:
        filtration: how much is left.
        source: `measured` (an eGFR), `estimated` (from creatinine), `recorded` (a problem) or empty.
        told: the value (`22`, `<60`; whole, rounded down) or the problem's name. dated: its date as recorded, or empty.
        missing: sections that could not be looked at fully.
    """

    filtration: Filtration
    source: str = ""
    told: str = ""
    dated: str = ""
    missing: tuple[str, ...] = ()

    @property
    def shown(self) -> str:
        """The value or problem with its date."""
        return f"{self.told} ({self.dated})" if self.dated else self.told

    @property
    def unknown(self) -> bool:
        """Whether nothing can be said."""
        return self.filtration is Filtration.UNKNOWN


def kidney(facts: Facts, limits: KidneyLimits) -> Kidney:
    """The worse of laboratory and problem list.

    An unreadable Observation does not take away a value that was read; it makes "nothing found" uncertain.
    """
    problems = facts.problems_in(limits.severe_problems, limits.reduced_problems)
    found = [_of_laboratory(facts, limits), _of_problems(facts, limits)]
    worst = min((one for one in found if one is not None), key=lambda one: SEVERITY.index(one.filtration), default=None)
    if worst is not None:
        return worst
    unlooked = not isinstance(facts.observations, Known) or bool(facts.observations.gaps)
    return Kidney(filtration=Filtration.UNKNOWN, missing=(*(("observations",) if unlooked else ()), *problems.missing))


def estimated_gfr(creatinine: Decimal, sex: str, years: int, limits: KidneyLimits) -> Decimal | None:
    """The eGFR in mL/min per 1.73 m²; `None` where the equation does not hold.

    Args:
        creatinine: serum creatinine, mg/dL.
        sex: administrative gender.
        years: age in completed years.
        limits: the constants.
    """
    equation = limits.equations.get(sex)
    if equation is None or creatinine <= 0 or years < limits.adult_age:
        return None
    ratio, one = creatinine / equation.kappa, Decimal(1)
    low, high = min(ratio, one) ** equation.alpha, max(ratio, one) ** limits.beta
    return limits.scale * low * high * limits.gamma**years * equation.factor


# Laboratory -----------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True, kw_only=True)
class _Value:
    """One laboratory value as a filtration; `exact` without a comparator."""

    kidney: Kidney
    taken: date
    recent: bool


def _of_laboratory(facts: Facts, limits: KidneyLimits) -> Kidney | None:
    """A recent measurement, else a recent estimate, else the latest old value if it is abnormal."""
    measured = _values(facts, limits.egfr, limits, lambda one: (one.value, one.comparator), "measured")
    if latest := _latest(value for value in measured if value.recent):
        return latest
    estimated = _values(facts, limits.creatinine, limits, lambda one: _estimate(one, facts, limits), "estimated")
    if latest := _latest(value for value in estimated if value.recent):
        return latest
    for values in (measured, estimated):
        old = _latest(values)
        if old is not None and old.filtration is not Filtration.ENOUGH:
            return old
    return None


def _estimate(one: Measurement, facts: Facts, limits: KidneyLimits) -> tuple[Decimal, str] | None:
    """Filtration falls with age: of a partial birth date the highest age counts."""
    if facts.age is None or facts.age.minimum < limits.adult_age:
        return None
    gfr = estimated_gfr(one.value, facts.sex, facts.age.maximum, limits)
    return None if gfr is None else (gfr, FLIPPED.get(one.comparator, one.comparator))


def _values(
    facts: Facts,
    value_set: str,
    limits: KidneyLimits,
    read: Callable[[Measurement], tuple[Decimal, str] | None],
    source: str,
) -> list[_Value]:
    items = facts.observations.items if isinstance(facts.observations, Known) else ()
    first = facts.as_of - timedelta(days=limits.recent_days)
    values = []
    for one in items:
        number = read(one) if value_set in one.classes else None
        filtration = None if number is None else _filtration(*number, limits)
        if number is None or filtration is None:
            continue
        told = f"{number[1]}{number[0].to_integral_value(rounding=ROUND_FLOOR):f}"
        values.append(
            _Value(
                kidney=Kidney(filtration=filtration, source=source, told=told, dated=str(one.taken or "")),
                taken=one.taken.latest if one.taken else date.min,
                recent=one.taken is not None and first <= one.taken.earliest <= facts.as_of,
            )
        )
    return values


def _filtration(value: Decimal, comparator: str, limits: KidneyLimits) -> Filtration | None:
    """Where a value lies; `<60` lies below 60, `>60` counts as 60 (ruling 18). `None`: it does not say."""
    if comparator in ("<", "<="):
        if value <= limits.severe_below:
            return Filtration.SEVERE
        return Filtration.REDUCED if value <= limits.reduced_below else None
    if comparator not in ("", ">", ">="):
        return None
    if value < limits.severe_below:
        return Filtration.SEVERE
    return Filtration.REDUCED if value < limits.reduced_below else Filtration.ENOUGH


def _latest(values: Iterable[_Value]) -> Kidney | None:
    """The latest; of several on one day (one for each formula) the worst."""
    ranked = sorted(values, key=lambda value: (value.taken, -SEVERITY.index(value.kidney.filtration)))
    return ranked[-1].kidney if ranked else None


# Problem list ---------------------------------------------------------------------------------------------------------


def _of_problems(facts: Facts, limits: KidneyLimits) -> Kidney | None:
    for value_set, filtration in (
        (limits.severe_problems, Filtration.SEVERE),
        (limits.reduced_problems, Filtration.REDUCED),
    ):
        problems = facts.active_problems(value_set).items
        if problems:
            return _recorded(problems[0], value_set, filtration)
    return None


def _recorded(problem: Problem, value_set: str, filtration: Filtration) -> Kidney:
    label = label_of(problem.classes, value_set)
    return Kidney(filtration=filtration, source="recorded", told=label, dated=str(problem.dated or ""))
