"""Orders as FHIR STU3: MedicationRequest with the dose directly in its dosage, and ProcedureRequest.

`numberOfRepeatsAllowed` is a positive integer there: no repeats are said by leaving it out (ruling 44).
"""

from collections.abc import Mapping
from datetime import date
from functools import partial
from typing import Any

from cds_service.domain.orders import DrugOrder, ServiceOrder
from cds_service.fhir.writing import models, parts, strict, strict_stu3
from cds_service.fhir.writing.form import Around, InvalidError, Plain
from cds_service.fhir.writing.r4 import DOSES, add_note, drug_reference, set_drug

__all__ = [
    "BOUND",
    "NAME",
    "NO_REPEATS",
    "ORDER",
    "PERIOD_UNIT",
    "REQUIRED",
    "SAMPLE",
    "SERVICE",
    "STALE",
    "SUBJECT",
    "add_note",
    "drug_order",
    "drug_reference",
    "elements",
    "is_strict",
    "judge",
    "service_order",
    "set_dose",
    "set_drug",
    "tidied",
]

NAME = "STU3"
ORDER, SERVICE = "MedicationRequest", "ProcedureRequest"
SUBJECT, BOUND, PERIOD_UNIT = "subject", "boundsDuration", "periodUnit"
REQUIRED: Mapping[str, str] = {"status": "draft", "intent": "order"}
NO_REPEATS: Mapping[str, int] = {}
STALE: tuple[str, ...] = ()
SAMPLE: Mapping[str, Any] = {
    **{name: {"reference": f"{name}/1"} for name in ("subject", "context")},
    "requester": {"agent": {"reference": "requester/1"}},
    "reasonCode": [{"text": "reason"}],
}

elements = partial(models.elements, NAME)
judge = partial(models.judge, NAME)
is_strict = partial(strict.accepts, strict_stu3.ORDERS)


def drug_order(order: DrugOrder, authored_on: date, around: Around) -> Plain:
    """A new MedicationRequest."""
    dosage = parts.dosage(order)
    dosage |= parts.present(asNeededBoolean=order.as_needed, maxDosePerPeriod=parts.most_per_day(order))
    set_dose(dosage, parts.dose(order))
    return {
        "resourceType": ORDER,
        **REQUIRED,
        "medicationCodeableConcept": parts.drug(order),
        **_shared(order, authored_on, around),
        **parts.present(note=[{"text": order.note}] if order.note else None),
        "dosageInstruction": [dosage],
        "dispenseRequest": parts.supply(order, NO_REPEATS),
    }


def service_order(order: ServiceOrder, authored_on: date, around: Around) -> Plain:
    """A new ProcedureRequest."""
    made = {"resourceType": SERVICE, **REQUIRED, "code": parts.service(order)}
    return made | _shared(order, authored_on, around)


def _shared(order: DrugOrder | ServiceOrder, authored_on: date, around: Around) -> Plain:
    draft, reasons = around.draft, parts.treated(order, around)
    return parts.present(
        subject=parts.patient("subject", around, typed=False),
        context=parts.copied("context", draft, typed=False),
        authoredOn=authored_on.isoformat(),
        requester=_requester(draft.get("requester")),
        reasonCode=parts.reason_concepts(reasons, draft.get("reasonCode")),
        reasonReference=parts.reason_references(
            reasons, draft.get("reasonReference"), order.inferred_reasons, typed=False
        ),
    )


def _requester(given: object) -> Plain | None:
    """The draft's author and who they act for, as far as both may be copied."""
    if not isinstance(given, dict):
        return None
    agent, on_behalf_of = (parts.copied(name, given, typed=False) for name in ("agent", "onBehalfOf"))
    return parts.present(agent=agent, onBehalfOf=on_behalf_of) if agent else None


def set_dose(dosage: Plain, quantity: Plain) -> None:
    """`doseQuantity`, directly in the dosage."""
    dosage.pop("doseRange", None)
    dosage["doseQuantity"] = quantity


def tidied(value: Mapping[str, Any], kind: str, at: str) -> Mapping[str, Any]:
    """A Dosage with its dose out of R4's `doseAndRate`, a dispenseRequest without "0 repeats"."""
    if kind == "MedicationRequestDispenseRequest" and value.get("numberOfRepeatsAllowed") == 0:
        return {name: part for name, part in value.items() if name != "numberOfRepeatsAllowed"}
    return with_dose_outside(value, at) if kind == "Dosage" else value


def with_dose_outside(value: Mapping[str, Any], at: str) -> Mapping[str, Any]:
    """A dosage whose only `doseAndRate` is taken apart.

    Raises:
        InvalidError: there are several, or they say more than a dose and a rate.
    """
    inside = value.get("doseAndRate")
    if not inside:
        return value
    items = inside if isinstance(inside, list) else [inside]
    rest = {name: part for name, part in value.items() if name != "doseAndRate"}
    if len(items) != 1 or not isinstance(items[0], dict) or not set(items[0]) <= set(DOSES):
        raise InvalidError(at, "has more than one dose, or a type of dose")
    if any(rest.get(name) not in (None, part) for name, part in items[0].items()):
        raise InvalidError(at, "has two doses that differ")
    return {**rest, **items[0]}
