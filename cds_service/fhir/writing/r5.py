"""Orders as FHIR R5, where they differ from R4: the drug, the service and the reasons are CodeableReferences."""

from collections.abc import Mapping
from datetime import date
from functools import partial
from typing import Any

from cds_service.domain.orders import DrugOrder, ServiceOrder
from cds_service.fhir.writing import models, parts, r4, strict, strict_r5
from cds_service.fhir.writing.form import Around, Plain
from cds_service.fhir.writing.r4 import (
    BOUND,
    NO_REPEATS,
    ORDER,
    PERIOD_UNIT,
    REQUIRED,
    SERVICE,
    SUBJECT,
    add_note,
    context,
    set_dose,
)

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

NAME = "R5"
STALE: tuple[str, ...] = ("renderedDosageInstruction", "effectiveDosePeriod")
SAMPLE: Mapping[str, Any] = {**r4.SAMPLE, "reason": [{"concept": {"text": "reason"}}]}

elements = partial(models.elements, NAME)
judge = partial(models.judge, NAME)
is_strict = partial(strict.accepts, strict_r5.ORDERS)


def drug_order(order: DrugOrder, authored_on: date, around: Around) -> Plain:
    """A new MedicationRequest."""
    most = parts.most_per_day(order)
    dosage = parts.dosage(order) | parts.present(asNeeded=order.as_needed, maxDosePerPeriod=[most] if most else None)
    set_dose(dosage, parts.dose(order))
    return {
        "resourceType": ORDER,
        **REQUIRED,
        "medication": {"concept": parts.drug(order)},
        **context(authored_on, around),
        **_reasons(order, around),
        **parts.present(note=[{"text": order.note}] if order.note else None),
        "dosageInstruction": [dosage],
        "dispenseRequest": parts.supply(order, NO_REPEATS),
    }


def service_order(order: ServiceOrder, authored_on: date, around: Around) -> Plain:
    """A new ServiceRequest."""
    made: Plain = {"resourceType": SERVICE, **REQUIRED, "code": {"concept": parts.service(order)}}
    return made | context(authored_on, around) | _reasons(order, around)


def _reasons(order: DrugOrder | ServiceOrder, around: Around) -> Plain:
    given, reasons = around.draft.get("reason"), parts.treated(order, around)
    stated = [one for one in (given if isinstance(given, list) else [given]) if isinstance(one, dict)]
    concepts = [one["concept"] for one in stated if isinstance(one.get("concept"), dict)]
    references = [one["reference"] for one in stated if isinstance(one.get("reference"), dict)]
    found = [{"concept": one} for one in parts.reason_concepts(reasons, concepts)]
    found += [
        {"reference": one} for one in parts.reason_references(reasons, references, order.inferred_reasons, typed=True)
    ]
    return parts.present(reason=found)


def drug_reference(draft: Mapping[str, Any]) -> str:
    """`medication.reference.reference`."""
    drug = draft.get("medication")
    named = drug.get("reference") if isinstance(drug, dict) else None
    return str(named.get("reference", "")) if isinstance(named, dict) else ""


def set_drug(draft: Plain, concept: Plain) -> None:
    """`medication.concept`."""
    draft["medication"] = {"concept": concept}


def tidied(value: Mapping[str, Any], kind: str, at: str) -> Mapping[str, Any]:
    """As R4, and a Dosage with R4's names of "as needed" under R5's."""
    value = r4.tidied(value, kind, at)
    if kind != "Dosage":
        return value
    renamed = {"asNeededBoolean": "asNeeded", "asNeededCodeableConcept": "asNeededFor"}
    return {renamed.get(name, name): part for name, part in value.items() if renamed.get(name) not in value}
