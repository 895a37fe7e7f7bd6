"""Exemptions: orders that are right as they are.

An exemption by reason needs a reason *stated* on the order; what is only inferred from the problem list never exempts.
The exemptions that name the problem list themselves (status epilepticus, tetanus, alcohol withdrawal, palliative care)
look there too. What each exemption does to each rule is the matrix in `exemptions.toml`.
"""

from dataclasses import dataclass
from datetime import timedelta

from cds_service.domain.content import Exemption
from cds_service.domain.facts import Facts, Known
from cds_service.domain.orders import Form


@dataclass(frozen=True, slots=True, kw_only=True)
class Params:
    """Windows in days before the order date, and the encounter classes that count as acute (lower case)."""

    status_epilepticus_days: int
    alcohol_withdrawal_days: int
    procedure_days: int
    acute_encounters: tuple[str, ...]


def holding(facts: Facts, params: Params) -> tuple[Exemption, ...]:
    """The exemptions that hold for this order, each with the token of why."""
    found = (
        *_seizure(facts, params),
        *_tetanus(facts),
        *_procedure(facts, params),
        *_alcohol_withdrawal(facts, params),
        *_sedative_withdrawal(facts),
        *_palliative(facts),
    )
    return tuple(found)


def _seizure(facts: Facts, params: Params) -> tuple[Exemption, ...]:
    status = facts.stated_reasons("status-epilepticus")
    recent = _recent(facts, "status-epilepticus", params.status_epilepticus_days)
    if (status or recent) and _acute(facts, params):
        return (Exemption(id="X-SE-ACUTE", because="reason" if status else "problem"),)
    if status or recent or facts.stated_reasons("seizure-disorders"):
        return (Exemption(id="X-SEIZURE", because="problem" if recent and not status else "reason"),)
    if facts.order.form is Form.RESCUE and not facts.order.reasons and not facts.order.regular:
        return (Exemption(id="X-SEIZURE", because="rescue-form"),)
    return ()


def _tetanus(facts: Facts) -> tuple[Exemption, ...]:
    if facts.stated_reasons("tetanus"):
        return (Exemption(id="X-TETANUS", because="reason"),)
    return (Exemption(id="X-TETANUS", because="problem"),) if facts.active_problems("tetanus") else ()


def _procedure(facts: Facts, params: Params) -> tuple[Exemption, ...]:
    order = facts.order
    days = order.planned.days
    brief = order.single_dose or (days is not None and days <= params.procedure_days)
    named = facts.stated_reasons("procedural-sedation-context") or "procedure-words" in order.mentions
    return (Exemption(id="X-PROCEDURE", because="reason"),) if brief and order.planned.repeats == 0 and named else ()


def _alcohol_withdrawal(facts: Facts, params: Params) -> tuple[Exemption, ...]:
    if facts.stated_reasons("alcohol-withdrawal"):
        return (Exemption(id="X-ALC-WD", because="reason"),)
    recent = _recent(facts, "alcohol-withdrawal", params.alcohol_withdrawal_days)
    return (Exemption(id="X-ALC-WD", because="problem"),) if recent else ()


def _sedative_withdrawal(facts: Facts) -> tuple[Exemption, ...]:
    if facts.stated_reasons("sedative-withdrawal"):
        return (Exemption(id="X-SED-WD", because="reason"),)
    stepped = facts.order.stepped and "taper-words" in facts.order.mentions
    return (Exemption(id="X-SED-WD", because="stepped"),) if stepped else ()


def _palliative(facts: Facts) -> tuple[Exemption, ...]:
    if facts.stated_reasons("hospice-palliative"):
        return (Exemption(id="X-PALL", because="reason"),)
    encounters = facts.encounter.items if isinstance(facts.encounter, Known) else ()
    services = facts.services.items if isinstance(facts.services, Known) else ()
    about = (*(one.classes for one in encounters), *(one.classes for one in services))
    recorded = any("hospice-palliative" in classes for classes in about)
    if recorded or facts.active_problems("hospice-palliative"):
        return (Exemption(id="X-PALL", because="problem"),)
    return ()


def _recent(facts: Facts, value_set: str, days: int) -> bool:
    window = facts.as_of - timedelta(days=days)
    problems = facts.active_problems(value_set).items
    return any(problem.dated and problem.dated.touches(window, facts.as_of) for problem in problems)


def _acute(facts: Facts, params: Params) -> bool:
    encounters = facts.encounter.items if isinstance(facts.encounter, Known) else ()
    return any(encounter.encounter_class in params.acute_encounters for encounter in encounters)
