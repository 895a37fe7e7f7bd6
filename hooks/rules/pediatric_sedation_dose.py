"""Dose: an injection for a child, by body weight.

Says: how many mg per kg it is, how that compares with sedation and with the label, and how to give it.
Speaks when: an injection for somebody under `adult_age`: above `sedation_mg_per_kg` (info); above `limit_mg_per_kg` or
    `limit_mg` (critical), or, for status epilepticus, above limits of its own; or the weight is needed and not known.
Silent when: within these limits; an adult; another form. With any seizure as the reason the measure is not sedation.
Cannot tell when: the birth date or the dose is not known, or only the mg per kg are, and these are within the limit.
"""

from dataclasses import dataclass
from datetime import timedelta
from decimal import ROUND_CEILING, Decimal

from cds_service.domain.basis import measurement_basis
from cds_service.domain.daily import said_mg
from cds_service.domain.dates import Certainty
from cds_service.domain.facts import Facts, Known
from cds_service.domain.orders import Dose, Form
from cds_service.domain.outcome import Basis, Finding, NotApplicable, NotAssessed, Outcome

STATUS = "status-epilepticus"
SEIZURES = "seizure-disorders"
WEIGHT = "obs-body-weight"
PLACES = Decimal("0.001")  # mg/kg on a card


@dataclass(frozen=True, slots=True, kw_only=True)
class Params:
    """Limits of one dose in mg/kg and in mg.

    A status epilepticus on the problem list counts when it began within `status_days` before the order.
    """

    adult_age: int
    sedation_mg_per_kg: Decimal
    limit_mg_per_kg: Decimal
    status_limit_mg_per_kg: Decimal
    limit_mg: Decimal
    status_days: int


def evaluate(facts: Facts, params: Params) -> Outcome:
    """Hold an injection for a child against its weight; see the module."""
    if facts.order.form is not Form.PARENTERAL:
        return NotApplicable(because="not-injected")
    if facts.age is None:
        return NotAssessed(missing=("birth-date",))
    if facts.age.at_least(params.adult_age) is Certainty.CERTAIN:
        return NotApplicable(because="adult")
    dose = facts.order.dose
    if not isinstance(dose, Dose) or (dose.single_mg is None and dose.single_mg_per_kg is None):
        return NotAssessed(missing=("dose",))
    return _judged(dose, facts, params)


def _judged(dose: Dose, facts: Facts, params: Params) -> Outcome:
    status, mg, per_kg = _in_status(facts, params), dose.single_mg, _per_kg(dose, facts)
    limit = params.status_limit_mg_per_kg if status else params.limit_mg_per_kg
    values = {
        "limit": _said(limit),
        "most": said_mg(params.limit_mg),
        "usual": _said(params.sedation_mg_per_kg),
        "weight": said_mg(facts.weight_kg or Decimal(0)),
    }
    if per_kg is not None and per_kg > limit:
        variant, values["x"] = "status" if status else "above", f"{_said(per_kg)} mg/kg"
    elif mg is not None and mg > params.limit_mg:
        variant, values["x"] = "status" if status else "above", f"{said_mg(mg)} mg"
    elif per_kg is None:
        variant = "no-weight"
    elif per_kg > params.sedation_mg_per_kg and not (status or facts.stated_reasons(SEIZURES)):
        variant, values["x"] = "sedation", f"{_said(per_kg)} mg/kg"
    else:
        return NotAssessed(missing=("weight",)) if mg is None else NotApplicable(because="within")
    return Finding(
        variant=variant,
        values=values,
        points=("weight",) if facts.weight_kg else (),
        basis=_weighed(facts),
        text_only=dose.from_text,
    )


def _weighed(facts: Facts) -> tuple[Basis, ...]:
    """The observation the weight is from: the latest that says so."""
    observations = facts.observations.items if isinstance(facts.observations, Known) else ()
    weights = [one for one in observations if WEIGHT in one.classes and one.value == facts.weight_kg and one.taken]
    latest = max(weights, key=lambda one: one.taken.latest if one.taken else facts.as_of, default=None)
    return (measurement_basis(latest, WEIGHT),) if latest else ()


def _per_kg(dose: Dose, facts: Facts) -> Decimal | None:
    if dose.single_mg_per_kg is not None:
        return dose.single_mg_per_kg
    return dose.single_mg / facts.weight_kg if dose.single_mg is not None and facts.weight_kg else None


def _said(per_kg: Decimal) -> str:
    """mg/kg with two places, or three; rounded up, so that what is above a limit never reads as if it were not."""
    rounded = per_kg.quantize(PLACES, rounding=ROUND_CEILING)
    return f"{rounded:f}".removesuffix("0")


def _in_status(facts: Facts, params: Params) -> bool:
    window = facts.as_of - timedelta(days=params.status_days)
    problems = facts.active_problems(STATUS).items
    recent = any(problem.dated and problem.dated.touches(window, facts.as_of) for problem in problems)
    return recent or facts.stated_reasons(STATUS)
