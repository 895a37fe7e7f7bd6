"""Dose: more of the drug than its label covers.

Says: how much the order permits, how that was reckoned, and where the label stops.
Speaks when: by mouth, all orders that run together permit more than `daily_limit_mg` in a day; by mouth in a child, one
    dose is above `child_single_limit_mg`; injected in an adult, one dose is above `injection_limit_mg`.
    A running order on record that this one may be meant to renew only makes it a warning.
Silent when: the dose is within the label; a rescue form; an injection for a child (pediatric-sedation-dose speaks).
Cannot tell when: what is known is within the label, and a dose, another order, the prescriptions or (for one large dose
    by mouth) the birth date are not known.
"""

from dataclasses import dataclass, replace
from decimal import Decimal

from cds_service.domain.basis import running_basis
from cds_service.domain.daily import DailyDose, Share, daily_dose, said_mg
from cds_service.domain.dates import Certainty
from cds_service.domain.facts import Facts
from cds_service.domain.orders import Dose, Form
from cds_service.domain.outcome import Basis, Finding, Indicator, NotApplicable, NotAssessed, Outcome


@dataclass(frozen=True, slots=True, kw_only=True)
class Params:
    """Limits in mg; `adult_age` in completed years.

    An order on record that ends at most `renewal_days` after this course begins may be the one being renewed.
    """

    daily_limit_mg: Decimal
    child_single_limit_mg: Decimal
    injection_limit_mg: Decimal
    adult_age: int
    renewal_days: int


def evaluate(facts: Facts, params: Params) -> Outcome:
    """Hold the dose against the label; see the module."""
    match facts.order.form:
        case Form.ORAL:
            return _by_mouth(facts, params)
        case Form.PARENTERAL:
            return _injected(facts, params)
        case Form.RESCUE:
            return NotApplicable(because="rescue-form")


def _by_mouth(facts: Facts, params: Params) -> Outcome:
    daily = daily_dose(facts, params.renewal_days)
    if daily.possible_mg > params.daily_limit_mg:
        return _above(daily, params)
    single = _single_mg(facts)
    large = single is None or single > params.child_single_limit_mg
    if large and _is_child(facts, params):
        if single is not None:
            values = {"n": said_mg(single), "limit": said_mg(params.child_single_limit_mg)}
            return Finding(variant="child", values=values, text_only=_from_text(facts))
        return NotAssessed(missing=tuple(dict.fromkeys((*daily.missing, "dose"))))
    missing = (*daily.missing, *(("birth-date",) if large and facts.age is None else ()))
    return NotAssessed(missing=missing) if missing else NotApplicable(because="within")


def _above(daily: DailyDose, params: Params) -> Finding:
    certain = daily.certain_mg > params.daily_limit_mg
    counted = [share for share in daily.shares if share.certain or not certain]
    holds = {"together": len(counted) > 1, "renewal": not certain}
    return Finding(
        variant="oral",
        values={
            "n": said_mg(daily.certain_mg if certain else daily.possible_mg),
            "limit": said_mg(params.daily_limit_mg),
            "sum": " + ".join(_steps(share) for share in counted),
        },
        points=tuple(point for point, true in holds.items() if true),
        basis=tuple(_other_order(share) for share in counted if not share.own),
        text_only=daily.certain_coded_mg <= params.daily_limit_mg,
        ceiling=Indicator.CRITICAL if certain else Indicator.WARNING,
    )


def _injected(facts: Facts, params: Params) -> Outcome:
    if _is_child(facts, params):
        return NotApplicable(because="child-injection")
    single = _single_mg(facts)
    if single is None:
        return NotAssessed(missing=("dose",))
    if single <= params.injection_limit_mg:
        return NotApplicable(because="within")
    values = {"n": said_mg(single), "limit": said_mg(params.injection_limit_mg)}
    return Finding(variant="injection", values=values, text_only=_from_text(facts))


def _is_child(facts: Facts, params: Params) -> bool:
    """Possibly a child counts as one; of an unknown age nobody does."""
    return facts.age is not None and facts.age.at_least(params.adult_age) is not Certainty.CERTAIN


def _single_mg(facts: Facts) -> Decimal | None:
    return facts.order.dose.single_mg if isinstance(facts.order.dose, Dose) else None


def _from_text(facts: Facts) -> bool:
    return isinstance(facts.order.dose, Dose) and facts.order.dose.from_text


def _steps(share: Share) -> str:
    return share.steps or f"{said_mg(share.mg)} mg per day"


def _other_order(share: Share) -> Basis:
    if share.running is None:
        return Basis(label="running-order", section="draft", from_text=share.from_text)
    return replace(running_basis(share.running), from_text=share.from_text)
