"""New draft orders in R4: MedicationRequest and ServiceRequest, with patient, encounter, author and reasons of a draft.

What is copied from the draft is copied only where it is valid as it stands; the patient is named by id where the draft
does not name them usably.
"""

from collections.abc import Iterable, Mapping
from datetime import date
from decimal import Decimal
from typing import Any, NamedTuple

from cds_service.domain.orders import DrugOrder, Reason, ServiceOrder
from cds_service.domain.terminology import Coding
from cds_service.fhir.strict_r4 import is_concept, is_reference

UCUM = "http://unitsofmeasure.org"
UNIT_NAMES = {"d": "day", "h": "hour", "wk": "week"}  # UCUM code -> what people read
Plain = dict[str, Any]


class Around(NamedTuple):
    """What a new order takes from the draft it stands beside.

    Attributes:
        draft: the draft, plain JSON. patient: `Patient/id` of the context. reasons: its stated reasons, as read.
    """

    draft: Mapping[str, Any]
    patient: str
    reasons: tuple[Reason, ...] = ()


def new_order(order: DrugOrder | ServiceOrder, authored_on: date, around: Around) -> Plain:
    """The order as plain R4 JSON, not yet checked."""
    service = isinstance(order, ServiceOrder)
    resource: Plain = {
        "resourceType": "ServiceRequest" if service else "MedicationRequest",
        "status": "draft",
        "intent": "order",
        **(_service(order) if isinstance(order, ServiceOrder) else {"medicationCodeableConcept": _drug(order)}),
        "subject": _copied("subject", around.draft) or {"reference": around.patient},
        "encounter": _copied("encounter", around.draft),
        "authoredOn": authored_on.isoformat(),
        "requester": _copied("requester", around.draft),
        **_reasons(order, around),
    }
    if isinstance(order, DrugOrder):
        resource["note"] = [{"text": order.note}] if order.note else []
        resource["dosageInstruction"] = [_dosage(order)]
        resource["dispenseRequest"] = {
            "numberOfRepeatsAllowed": 0,
            "quantity": {"value": order.quantity, "unit": order.quantity_unit},
            "expectedSupplyDuration": days(order.days),
        }
    return {name: value for name, value in resource.items() if value}


def coding(one: Coding) -> Plain:
    """A Coding."""
    given = {"system": one.system, "code": one.code, "display": one.display}
    return {name: value for name, value in given.items() if value}


def days(number: int) -> Plain:
    """A Duration of whole days."""
    return {"value": number, "unit": UNIT_NAMES["d"], "system": UCUM, "code": "d"}


def quantity(value: Decimal | int, unit: str) -> Plain:
    """A Quantity in a UCUM unit; a whole number is written as one."""
    number = int(value) if value == int(value) else value
    return {"value": number, "unit": UNIT_NAMES.get(unit, unit), "system": UCUM, "code": unit}


def _service(order: ServiceOrder) -> Plain:
    return {"code": {"coding": [coding(order.coding)], "text": order.text}}


def _drug(order: DrugOrder) -> Plain:
    return {"coding": [coding(one) for one in order.codings], "text": order.text}


def _dosage(order: DrugOrder) -> Plain:
    dosage: Plain = {
        "text": order.dosage_text,
        "timing": {
            "repeat": {
                "boundsDuration": days(order.days),
                "frequency": order.frequency,
                "period": order.period,
                "periodUnit": order.period_unit,
            }
        },
    }
    if order.as_needed:
        dosage["asNeededBoolean"] = True
    dosage["route"] = {"coding": [coding(order.route)]}
    dosage["doseAndRate"] = [{"doseQuantity": quantity(order.dose_value, order.dose_unit)}]
    if order.max_dose_per_day is not None:
        most = quantity(order.max_dose_per_day, order.dose_unit)
        dosage["maxDosePerPeriod"] = {"numerator": most, "denominator": days(1)}
    return dosage


def _copied(name: str, draft: Mapping[str, Any]) -> Plain | None:
    value = draft.get(name)
    if isinstance(value, list) and len(value) == 1:
        value = value[0]
    if not isinstance(value, dict) or not value or not is_reference(value):
        return None
    return None if name == "subject" and not value.get("reference") else value


def _reasons(order: DrugOrder | ServiceOrder, around: Around) -> Plain:
    """The stated reasons that the new order treats, and the problems from which a reason was inferred."""
    treated = [reason for reason in around.reasons if not order.treats.isdisjoint(reason.classes)]
    codes = _listed("reasonCode", treated, around.draft)
    references = _listed("reasonReference", treated, around.draft)
    references += [{"reference": reference} for reference in order.inferred_reasons]
    return {
        "reasonCode": [one for one in codes if is_concept(one)],
        "reasonReference": [one for one in references if is_reference(one)],
    }


def _listed(element: str, reasons: Iterable[Reason], draft: Mapping[str, Any]) -> list[Any]:
    """The members of a list of the draft that reasons name, counted as they were read: nulls and scraps left out."""
    given = draft.get(element) or []
    items = [one for one in (given if isinstance(given, list) else [given]) if isinstance(one, dict)]
    return [items[reason.index] for reason in reasons if reason.element == element and reason.index < len(items)]
