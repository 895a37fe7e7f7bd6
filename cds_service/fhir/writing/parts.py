"""Pieces of orders that all versions write alike.

What is copied from the draft is copied only where it is valid as it stands; the patient is named by id where the draft
does not name them usably.
"""

from collections.abc import Iterable, Mapping, Sequence
from decimal import Decimal
from typing import Any

from cds_service.domain.orders import DrugOrder, Reason, ServiceOrder
from cds_service.domain.terminology import Coding
from cds_service.fhir.writing.form import Around, Plain
from cds_service.fhir.writing.strict import is_concept, is_reference

UCUM = "http://unitsofmeasure.org"
UNIT_NAMES = {"d": "day", "h": "hour", "wk": "week"}  # UCUM code -> what people read


def present(**elements: object) -> Plain:
    """The elements that have a value; a name that is a Python word ends in `_`."""
    return {name.rstrip("_"): value for name, value in elements.items() if value}


def coding(one: Coding) -> Plain:
    """A Coding."""
    return present(system=one.system, code=one.code, display=one.display)


def days(number: int) -> Plain:
    """A Duration of whole days."""
    return {"value": number, "unit": UNIT_NAMES["d"], "system": UCUM, "code": "d"}


def quantity(value: Decimal | int, unit: str) -> Plain:
    """A Quantity in a UCUM unit; a whole number is written as one."""
    number = int(value) if value == int(value) else value
    return {"value": number, "unit": UNIT_NAMES.get(unit, unit), "system": UCUM, "code": unit}


def drug(order: DrugOrder) -> Plain:
    """The drug as a CodeableConcept."""
    return {"coding": [coding(one) for one in order.codings], "text": order.text}


def service(order: ServiceOrder) -> Plain:
    """The service as a CodeableConcept."""
    return {"coding": [coding(order.coding)], "text": order.text}


def dosage(order: DrugOrder, *, bound: str = "boundsDuration", unit: str = "periodUnit") -> Plain:
    """A Dosage without its dose.

    Args:
        order: what is ordered.
        bound: the element of Timing.repeat with the length of the course.
        unit: the element of Timing.repeat with the unit of its period.
    """
    repeat = {bound: days(order.days), "frequency": order.frequency, "period": order.period, unit: order.period_unit}
    return {"text": order.dosage_text, "timing": {"repeat": repeat}, "route": {"coding": [coding(order.route)]}}


def dose(order: DrugOrder) -> Plain:
    """The amount of one dose."""
    return quantity(order.dose_value, order.dose_unit)


def most_per_day(order: DrugOrder) -> Plain | None:
    """The limit of a day as a Ratio, if there is one."""
    if order.max_dose_per_day is None:
        return None
    return {"numerator": quantity(order.max_dose_per_day, order.dose_unit), "denominator": days(1)}


def supply(order: DrugOrder, no_repeats: Mapping[str, int]) -> Plain:
    """A dispenseRequest for the whole course, without repeats."""
    packed = {"value": order.quantity, "unit": order.quantity_unit}
    return {**no_repeats, "quantity": packed, "expectedSupplyDuration": days(order.days)}


# Copied from the draft ------------------------------------------------------------------------------------------------


def copied(name: str, draft: Mapping[str, Any], *, typed: bool) -> Plain | None:
    """A reference of the draft; `None` when it has none that may be copied.

    Args:
        name: of the element.
        draft: the draft.
        typed: the version knows `Reference.type`.
    """
    value = draft.get(name)
    if isinstance(value, list) and len(value) == 1:
        value = value[0]
    return value if isinstance(value, dict) and value and is_reference(value, typed=typed) else None


def patient(name: str, around: Around, *, typed: bool) -> Plain:
    """The reference to the patient, in the draft's form where it has one."""
    named = copied(name, around.draft, typed=typed)
    return named if named and named.get("reference") else {"reference": around.patient}


def treated(order: DrugOrder | ServiceOrder, around: Around) -> list[Reason]:
    """The stated reasons that the new order treats."""
    return [reason for reason in around.reasons if not order.treats.isdisjoint(reason.classes)]


def reason_concepts(reasons: Iterable[Reason], given: object) -> list[Plain]:
    """Those of a draft's concepts (`given`) that the reasons are."""
    return [one for one in _listed("reasonCode", reasons, given) if is_concept(one)]


def reason_references(reasons: Iterable[Reason], given: object, inferred: Sequence[str], *, typed: bool) -> list[Plain]:
    """Those of a draft's references (`given`) that the reasons are, and the problems from which one was inferred."""
    references = _listed("reasonReference", reasons, given) + [{"reference": one} for one in inferred]
    return [one for one in references if is_reference(one, typed=typed)]


def _listed(element: str, reasons: Iterable[Reason], given: object) -> list[Plain]:
    """The members of a list that reasons name, counted as they were read: nulls and scraps left out."""
    items = [one for one in (given if isinstance(given, list) else [given]) if isinstance(one, dict)]
    return [items[reason.index] for reason in reasons if reason.element == element and reason.index < len(items)]
