"""A draft order with a change to its length or dose, and everything else as the prescriber wrote it, in any version.

Beside the change itself only what contradicts it goes: other bounds and counts, a length named in the words of the
dosage, a first fill of its own, for a new dose the words and limits of the old one, and texts that were generated from
the old order.
"""

from decimal import ROUND_CEILING, Decimal

from cds_service.domain.dosage_text import with_days
from cds_service.domain.orders import OrderChange, ReviewedOrder
from cds_service.domain.units import Kind, days_of, dose_unit
from cds_service.fhir.writing.form import Form, InvalidError, Plain
from cds_service.fhir.writing.parts import coding, days, present, quantity

_BOUNDS = ("boundsDuration", "boundsQuantity", "boundsRange", "boundsPeriod", "count", "countMax")
_RHYTHM: tuple[str, ...] = ("frequencyMax", "periodMax", "dayOfWeek", "timeOfDay", "when", "offset", "duration")
_RHYTHM = (*_RHYTHM, "durationMax", "durationUnit", "durationUnits")
_TEXTS = ("text", "patientInstruction")
_OLD_DOSE = ("text", "patientInstruction", "maxDosePerPeriod", "maxDosePerAdministration")
_PRODUCT = ("medicationCodeableConcept", "medicationReference")  # of what is supplied, in DSTU2


def changed_order(draft: Plain, change: OrderChange, order: ReviewedOrder, form: Form) -> Plain:
    """The draft with the change applied.

    Args:
        draft: the draft, mended (`valid.mended`); it is changed in place.
        change: what is to change.
        order: the draft as it was read.
        form: of the draft's version.

    Raises:
        InvalidError: the change cannot be made to this draft without changing more than it says.
    """
    for dosage in _dosages(draft, change):
        if change.days is not None:
            _limit(dosage, change.days, form)
        if change.dose_value is not None:
            _lower(dosage, change, change.dose_value, form)
    if change.product is not None:
        _replace_product(draft, change, form)
    _supply(draft, change, order, form)
    if change.note:
        form.add_note(draft, change.note)
    _drop(draft, form.STALE if change.days is not None or change.dose_value is not None else ())
    if draft.get("text", {}).get("status") == "generated":
        del draft["text"]
    return draft


def _dosages(draft: Plain, change: OrderChange) -> list[Plain]:
    dosages: list[Plain] = draft.setdefault("dosageInstruction", [{}])
    steps = {dosage.get("sequence") for dosage in dosages}
    if len(dosages) > 1 and (len(steps) > 1 or change.dose_value is not None):
        raise InvalidError("dosageInstruction", "has several instructions; the change fits one")
    if any(dosage.get("timing", {}).get("event") for dosage in dosages):
        raise InvalidError("dosageInstruction.timing.event", "names days of its own")
    return dosages


def _limit(dosage: Plain, number: int, form: Form) -> None:
    repeat = dosage.setdefault("timing", {}).setdefault("repeat", {})
    _drop(repeat, _BOUNDS)
    repeat[form.BOUND] = days(number)
    for name in _TEXTS:
        if isinstance(dosage.get(name), str):
            text = with_days(dosage[name], number)
            if text is None:
                raise InvalidError(f"dosageInstruction.{name}", "names a length that cannot be changed in its words")
            dosage[name] = text


def _lower(dosage: Plain, change: OrderChange, value: Decimal, form: Form) -> None:
    form.set_dose(dosage, quantity(value, "mg"))
    _drop(dosage, _OLD_DOSE)
    dosage |= present(text=change.dosage_text)
    if change.frequency is not None:
        timing = dosage.setdefault("timing", {})
        repeat = timing.setdefault("repeat", {})
        _drop(timing, ("code",))
        _drop(repeat, _RHYTHM)
        repeat |= {"frequency": change.frequency, "period": 1, form.PERIOD_UNIT: "d"}


def _replace_product(draft: Plain, change: OrderChange, form: Form) -> None:
    assert change.product is not None  # asked by the caller
    named = form.drug_reference(draft)
    if named.startswith("#") and "contained" in draft:  # what nothing refers to may not stay contained
        left = [one for one in draft["contained"] if one.get("id") != named[1:]]
        draft.pop("contained")
        draft |= {"contained": left} if left else {}
    text = change.product_text or change.product.display
    form.set_drug(draft, present(coding=[coding(change.product)], text=text))
    _drop(draft.get("dispenseRequest", {}), _PRODUCT)


def _supply(draft: Plain, change: OrderChange, order: ReviewedOrder, form: Form) -> None:
    if change.days is None and change.dose_value is None:
        return
    if change.days is None and "dispenseRequest" not in draft:
        return
    supply: Plain = draft.setdefault("dispenseRequest", {})
    number = change.days if change.days is not None else _supplied_days(supply)
    old = supply.pop("quantity", None)
    new = _quantity(old, change, order, number) if old is not None and number is not None else None
    if new is not None:
        supply["quantity"] = new
    _drop(supply, ("initialFill", "_quantity"))
    if change.days is not None:
        _drop(supply, ("numberOfRepeatsAllowed",))
        supply |= {**form.NO_REPEATS, "expectedSupplyDuration": days(change.days)}
    if not supply:
        del draft["dispenseRequest"]


def _supplied_days(supply: Plain) -> int | None:
    """The whole days that one supply is for, where the draft says so."""
    given = supply.get("expectedSupplyDuration", {})
    value = given.get("value")
    spans = days_of(Decimal(value), given.get("code", ""), given.get("unit", "")) if value is not None else None
    return int(spans) if spans is not None and spans == int(spans) and 0 < spans < 1000 else None


def _quantity(old: Plain, change: OrderChange, order: ReviewedOrder, number: int) -> Plain | None:
    """Units per day times days in the old quantity's unit, never more than was ordered; `None` when not computable."""
    unit = dose_unit(old.get("code", ""), old.get("unit", ""))
    counted = order.is_tablet and unit.kind in (Kind.COUNT, Kind.NONE)
    poured = not order.is_tablet and unit.kind is Kind.VOLUME and unit.factor == 1
    if change.units_per_day is None or not (counted or poured):
        return None
    value = change.units_per_day * number
    if counted:
        value = value.to_integral_value(rounding=ROUND_CEILING)
    if change.dose_value is None and old.get("value") is not None:
        value = min(value, Decimal(old["value"]) * (1 + order.planned.repeats))
    return {**old, "value": int(value) if value == int(value) else value.normalize()}


def _drop(part: Plain, names: tuple[str, ...]) -> None:
    for name in names:
        part.pop(name, None)
        part.pop(f"_{name}", None)
