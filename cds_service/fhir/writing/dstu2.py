"""Orders as FHIR DSTU2: MedicationOrder and ProcedureRequest.

There is no intent, one reason, one note as plain text, and no "0 repeats" (ruling 44).
"""

from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from functools import cache, partial
from typing import Any

from msgspec import inspect

from cds_service.domain.orders import DrugOrder, ServiceOrder
from cds_service.fhir.writing import parts, strict, strict_dstu2
from cds_service.fhir.writing.form import Around, Element, InvalidError, Plain
from cds_service.fhir.writing.r4 import drug_reference, set_drug
from cds_service.fhir.writing.stu3 import set_dose, with_dose_outside

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

NAME = "DSTU2"
ORDER, SERVICE = "MedicationOrder", "ProcedureRequest"
SUBJECT, BOUND, PERIOD_UNIT = "patient", "boundsQuantity", "periodUnits"
REQUIRED: Mapping[str, str] = {}
NO_REPEATS: Mapping[str, int] = {}
STALE: tuple[str, ...] = ()
SAMPLE: Mapping[str, Any] = {
    **{name: {"reference": f"{name}/1"} for name in ("patient", "encounter", "prescriber")},
    "reasonCodeableConcept": {"text": "reason"},
}
_LATER = {  # what clients write that know later versions better
    "Repeat": {"periodUnit": "periodUnits", "durationUnit": "durationUnits", "boundsDuration": "boundsQuantity"},
    "Dosage": {"additionalInstruction": "additionalInstructions"},
    ORDER: {"subject": "patient", "authoredOn": "dateWritten", "requester": "prescriber"},
}

is_strict = partial(strict.accepts, strict_dstu2.ORDERS)


def drug_order(order: DrugOrder, authored_on: date, around: Around) -> Plain:
    """A new MedicationOrder."""
    dosage = parts.dosage(order, bound=BOUND, unit=PERIOD_UNIT)
    dosage |= parts.present(asNeededBoolean=order.as_needed, maxDosePerPeriod=parts.most_per_day(order))
    set_dose(dosage, parts.dose(order))
    return {
        "resourceType": ORDER,
        "dateWritten": authored_on.isoformat(),
        "status": "draft",
        "patient": parts.patient("patient", around, typed=False),
        **parts.present(
            prescriber=parts.copied("prescriber", around.draft, typed=False),
            encounter=parts.copied("encounter", around.draft, typed=False),
            note=order.note,
        ),
        **_reason(order, around),
        "medicationCodeableConcept": parts.drug(order),
        "dosageInstruction": [dosage],
        "dispenseRequest": parts.supply(order, NO_REPEATS),
    }


def service_order(order: ServiceOrder, authored_on: date, around: Around) -> Plain:
    """A new ProcedureRequest."""
    return {
        "resourceType": SERVICE,
        "subject": parts.patient("patient", around, typed=False),
        "code": parts.service(order),
        "status": "draft",
        **parts.present(
            encounter=parts.copied("encounter", around.draft, typed=False),
            orderer=parts.copied("prescriber", around.draft, typed=False),
        ),
        "orderedOn": authored_on.isoformat(),
        **_reason(order, around),
    }


def _reason(order: DrugOrder | ServiceOrder, around: Around) -> Plain:
    """The one reason there may be: the draft's, else the problem from which it was inferred."""
    draft, reasons = around.draft, parts.treated(order, around)
    for concept in parts.reason_concepts(reasons, draft.get("reasonCodeableConcept")):
        return {"reasonCodeableConcept": concept}
    given = draft.get("reasonReference")
    for reference in parts.reason_references(reasons, given, order.inferred_reasons, typed=False):
        return {"reasonReference": reference}
    return {}


def add_note(draft: Plain, text: str) -> None:
    """The text after what `note` says already."""
    draft["note"] = "\n".join(one for one in (draft.get("note"), text) if one)


def tidied(value: Mapping[str, Any], kind: str, at: str) -> Mapping[str, Any]:
    """Later versions' names under DSTU2's, the dose out of R4's `doseAndRate`, no "0 repeats"."""
    if kind == "DispenseRequest" and value.get("numberOfRepeatsAllowed") == 0:
        return {name: part for name, part in value.items() if name != "numberOfRepeatsAllowed"}
    later = _LATER.get(kind, {})
    named = {later.get(name, name): part for name, part in value.items() if later.get(name) not in value}
    return with_dose_outside(named, at) if kind == "Dosage" else named


def judge(raw: bytes) -> None:
    """The strict shapes know the whole of what a DSTU2 order may be.

    Raises:
        InvalidError: the order is not valid; it names no more than the element at fault.
    """
    try:
        strict_dstu2.ORDERS.decode(raw)
    except ValueError as error:  # "… - at `$.dosageInstruction[0].timing`"; the text before may quote the content
        place = str(error).rpartition("`$")[2].strip("`. ") if "`$" in str(error) else ""
        raise InvalidError(place, "is not as in DSTU2") from None
    if not is_strict(raw):
        raise InvalidError("", "has empty members")


@cache
def elements(kind: str) -> Mapping[str, Element]:
    """The elements of a type of `strict_dstu2`.

    Raises:
        LookupError: there is no such type.
    """
    shape = vars(strict_dstu2)[kind]
    info = inspect.type_info(shape)
    assert isinstance(info, inspect.StructType)  # as everything that an element of an order is
    return {field.encode_name: _element(field.type) for field in info.fields}


def _element(info: inspect.Type) -> Element:
    match info:
        case inspect.VarTupleType(item_type=item):
            return _element(item)._replace(many=True)
        case inspect.StructType(cls=shape):
            return Element(many=False, kind=shape.__name__)
        case inspect.LiteralType(values=codes):
            return Element(many=False, kind=str, codes=frozenset(str(code) for code in codes))
        case inspect.FloatType():
            return Element(many=False, kind=Decimal)
        case inspect.IntType():
            return Element(many=False, kind=int)
        case inspect.BoolType():
            return Element(many=False, kind=bool)
        case inspect.StrType():
            return Element(many=False, kind=str)
        case _:
            return Element(many=False, kind=None)
