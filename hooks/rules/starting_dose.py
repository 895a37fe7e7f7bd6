"""Dose: a first dose higher than the cautious start.

Says: how much the first day permits, and where the label lets this age start.
Speaks when: by mouth, without any use of the drug in the `exposure_days` before the order, all orders that run together
    permit more in a day than the limit of the age; in adults also when one dose is above `adult_single_limit_mg`.
Silent when: the start is low enough; the drug was taken lately; another form.
Cannot tell when: the birth date, the dose, or earlier use is not known.
"""

from dataclasses import dataclass
from datetime import timedelta
from decimal import Decimal

from cds_service.domain.daily import daily_dose, said_mg
from cds_service.domain.dates import Age, Certainty
from cds_service.domain.facts import Facts
from cds_service.domain.orders import Dose, Form
from cds_service.domain.outcome import Finding, NotApplicable, NotAssessed, Outcome


@dataclass(frozen=True, slots=True, kw_only=True)
class Params:
    """Limits in mg (per day, or at one time); ages in completed years; days before and after the order date."""

    adult_limit_mg: Decimal
    adult_single_limit_mg: Decimal
    older_limit_mg: Decimal
    child_limit_mg: Decimal
    adult_age: int
    older_age: int
    exposure_days: int
    renewal_days: int


def evaluate(facts: Facts, params: Params) -> Outcome:
    """Hold a first dose against the start of the label; see the module."""
    use, age = facts.prior_use, facts.age
    if facts.order.form is not Form.ORAL:
        return NotApplicable(because="not-oral")
    if use.last_day is not None and use.last_day >= facts.as_of - timedelta(days=params.exposure_days):
        return NotApplicable(because="recent-use")
    if age is None or use.missing:
        return NotAssessed(missing=(*use.missing, *(("birth-date",) if age is None else ())))
    daily = daily_dose(facts, params.renewal_days)
    dose = facts.order.dose
    single = dose.single_mg if isinstance(dose, Dose) else None
    group, limit = _group(age, params)
    if daily.certain_mg <= limit and group == "adult" and single and single > params.adult_single_limit_mg:
        group = "adult-single"
    elif daily.certain_mg <= limit:
        missing = dict.fromkeys((*daily.missing, *(("dose",) if group == "adult" and single is None else ())))
        return NotAssessed(missing=tuple(missing)) if missing else NotApplicable(because="low")
    values: dict[str, str | int] = {
        "n": said_mg(daily.certain_mg),
        "single": said_mg(single or Decimal(0)),
        "age": _years(age),
        "days": params.exposure_days,
    }
    together = sum(share.certain for share in daily.shares) > 1
    return Finding(variant=group, values=values, points=("together",) if together else ())


def _group(age: Age, params: Params) -> tuple[str, Decimal]:
    """The age group, and its daily limit; possibly older counts as older, possibly a child as a child."""
    if age.at_least(params.older_age) is not Certainty.NO:
        return "older", params.older_limit_mg
    if age.at_least(params.adult_age) is Certainty.CERTAIN:
        return "adult", params.adult_limit_mg
    return "child", params.child_limit_mg


def _years(age: Age) -> str:
    return str(age.minimum) if age.minimum == age.maximum else f"{age.minimum} to {age.maximum}"
