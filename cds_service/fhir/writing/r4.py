"""Orders as FHIR R4: MedicationRequest and ServiceRequest."""

from collections.abc import Mapping
from datetime import date
from functools import partial
from typing import Any

from cds_service.domain.orders import DrugOrder, ServiceOrder
from cds_service.fhir.writing import models, parts, strict, strict_r4
from cds_service.fhir.writing.form import Around, InvalidError, Plain

NAME = "R4"
ORDER, SERVICE = "MedicationRequest", "ServiceRequest"
SUBJECT, BOUND, PERIOD_UNIT = "subject", "boundsDuration", "periodUnit"
REQUIRED: Mapping[str, str] = {"status": "draft", "intent": "order"}
NO_REPEATS: Mapping[str, int] = {"numberOfRepeatsAllowed": 0}
STALE: tuple[str, ...] = ()
SAMPLE: Mapping[str, Any] = {
    **{name: {"reference": f"{name}/1"} for name in ("subject", "encounter", "requester")},
    "reasonCode": [{"text": "reason"}],
}
DOSES = ("doseQuantity", "doseRange", "rateQuantity", "rateRange", "rateRatio")

elements = partial(models.elements, NAME)
judge = partial(models.judge, NAME)
is_strict = partial(strict.accepts, strict_r4.ORDERS)


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
    """A new ServiceRequest."""
    made = {"resourceType": SERVICE, **REQUIRED, "code": parts.service(order)}
    return made | _shared(order, authored_on, around)


def _shared(order: DrugOrder | ServiceOrder, authored_on: date, around: Around) -> Plain:
    draft, reasons = around.draft, parts.treated(order, around)
    return context(authored_on, around) | parts.present(
        reasonCode=parts.reason_concepts(reasons, draft.get("reasonCode")),
        reasonReference=parts.reason_references(
            reasons, draft.get("reasonReference"), order.inferred_reasons, typed=True
        ),
    )


def context(authored_on: date, around: Around) -> Plain:
    """Patient, encounter, date and author of a new order."""
    return parts.present(
        subject=parts.patient("subject", around, typed=True),
        encounter=parts.copied("encounter", around.draft, typed=True),
        authoredOn=authored_on.isoformat(),
        requester=parts.copied("requester", around.draft, typed=True),
    )


def set_dose(dosage: Plain, quantity: Plain) -> None:
    """`doseAndRate` with one `doseQuantity`."""
    dosage["doseAndRate"] = [{"doseQuantity": quantity}]


def drug_reference(draft: Mapping[str, Any]) -> str:
    """`medicationReference.reference`."""
    named = draft.get("medicationReference")
    return str(named.get("reference", "")) if isinstance(named, dict) else ""


def set_drug(draft: Plain, concept: Plain) -> None:
    """`medicationCodeableConcept`."""
    draft.pop("medicationReference", None)
    draft["medicationCodeableConcept"] = concept


def add_note(draft: Plain, text: str) -> None:
    """One more `note`."""
    draft["note"] = [*draft.get("note", ()), {"text": text}]


def tidied(value: Mapping[str, Any], kind: str, at: str) -> Mapping[str, Any]:
    """A Dosage with a dose or rate that stands directly in it (STU3's place) in `doseAndRate`."""
    if kind != "Dosage":
        return value
    stray = {name: value[name] for name in DOSES if value.get(name)}
    rest = {name: part for name, part in value.items() if name not in DOSES}
    if not stray:
        return rest
    if rest.get("doseAndRate"):
        inside = rest["doseAndRate"] if isinstance(rest["doseAndRate"], list) else [rest["doseAndRate"]]
        if len(inside) == 1 and isinstance(inside[0], dict) and stray.items() <= inside[0].items():
            return rest
        raise InvalidError(at, "has two doses that differ")
    return {**rest, "doseAndRate": [stray]}
