"""FHIR R4 paths of medication orders: MedicationRequest, MedicationStatement, MedicationAdministration, Medication.

Also reads what clients send for R4 although it is STU3's: an amount directly in the dosage.
"""

from collections.abc import Sequence
from decimal import Decimal
from fractions import Fraction

from cds_service.domain.instructions import Amount, Instruction, Schedule
from cds_service.domain.supply import MOST_DAYS, Supply
from cds_service.domain.terminology import Concept, Terminology
from cds_service.domain.units import days_of, readable, time_unit
from cds_service.fhir.records import Medicine, OrderRecord, OrderTexts, ReasonRecord, Resolve, Sourced, interval
from cds_service.fhir.shapes import (
    CodeableConcept,
    Dosage,
    Quantity,
    Range,
    Ratio,
    Repeat,
    Resource,
    Timing,
    count,
    many,
    reference_of,
)

MOST_INSTRUCTIONS = 50
_KINDS = {"MedicationStatement": "statement", "MedicationAdministration": "administration"}
EMPTY = Concept()


class _UnreadableError(Exception):
    """A number of a dosage or supply is absurd; nothing may be concluded from the rest of it."""


def concept(coded: CodeableConcept | None, terminology: Terminology) -> Concept:
    """A CodeableConcept with canonical codings."""
    if coded is None:
        return EMPTY
    canonical = terminology.canonical
    codings = tuple([canonical(one.system, one.code, one.display) for one in many(coded.coding)])
    return Concept(codings=codings, text=coded.text)


def order(resource: Resource) -> OrderRecord:
    """`status`, `intent`, `doNotPerform`, `authoredOn`, `effective[x]`, `priorPrescription`, `statusReason`."""
    kind = _KINDS.get(resource.resource_type, "request")
    period = resource.effective_period
    why = many(resource.status_reason)
    return OrderRecord(
        kind=kind,
        reference=reference_of(resource),
        status=resource.status.strip().casefold(),
        intent=resource.intent.strip().casefold(),
        refused=resource.do_not_perform,
        written=interval(resource.authored_on) or interval(resource.date_asserted),
        began=interval(resource.effective_date_time) or (interval(period.start) if period else None),
        ended=interval(period.end) if period else None,
        replaces=resource.prior_prescription.reference if resource.prior_prescription else "",
        stopped_because=Concept(text=" ".join(_words(why))) if why else None,
    )


def _words(concepts: Sequence[CodeableConcept]) -> list[str]:
    texts = [one.text for one in concepts]
    return [
        text
        for text in texts + [part for one in concepts for c in many(one.coding) for part in (c.code, c.display)]
        if text
    ]


def medicine(resource: Resource, resolve: Resolve, terminology: Terminology) -> Medicine | None:
    """`medicationCodeableConcept`, or the Medication that `medicationReference` leads to."""
    if resource.medication_codeable_concept is not None:
        return Medicine(concept=concept(resource.medication_codeable_concept, terminology))
    named = resource.medication_reference
    if named is None:
        return None
    found = resolve(named.reference, many(resource.contained))
    if found is None or found.resource_type != "Medication":
        return Medicine(concept=Concept(text=named.display), resolved=False)
    coded = concept(found.code, terminology)
    if not coded.text and named.display:
        coded = Concept(codings=coded.codings, text=named.display)
    ingredients = many(found.ingredient)
    return Medicine(
        concept=coded,
        ingredients=tuple(concept(one.item_codeable_concept, terminology) for one in ingredients),
        strengths=tuple(_strength(one.strength) for one in ingredients),
        form=" ".join(_words((found.form,))) if found.form else "",
    )


def _strength(ratio: Ratio | None) -> tuple[Amount, Amount] | None:
    try:
        top = _amount(ratio.numerator) if ratio else None
        bottom = _amount(ratio.denominator) if ratio else None
    except _UnreadableError:
        return None
    return (top, bottom or Amount(value=Decimal(1), code="1")) if top else None


def reasons(resource: Resource, terminology: Terminology) -> tuple[ReasonRecord, ...]:
    """`reasonCode` and `reasonReference`."""
    coded = [
        ReasonRecord("reasonCode", index, concept(one, terminology))
        for index, one in enumerate(many(resource.reason_code))
    ]
    referenced = [
        ReasonRecord("reasonReference", index, Concept(text=one.display), one.reference)
        for index, one in enumerate(many(resource.reason_reference))
    ]
    return (*coded, *referenced)


def texts(resource: Resource, terminology: Terminology) -> OrderTexts:
    """`dosageInstruction.text`, `.patientInstruction`, `.additionalInstruction`, `.route`, and `note.text`."""
    dosages = _dosages(resource)
    said = [text for one in dosages for text in (one.text, one.patient_instruction) if text]
    said += [text for one in dosages for text in _words(many(one.additional_instruction))]
    said += [
        text for one in dosages if one.as_needed_codeable_concept for text in _words([one.as_needed_codeable_concept])
    ]
    return OrderTexts(
        routes=tuple(concept(one.route, terminology) for one in dosages if one.route is not None),
        instructions=tuple(said),
        notes=tuple(one.text for one in many(resource.note) if one.text),
    )


def _dosages(resource: Resource) -> Sequence[Dosage]:
    if resource.resource_type == "MedicationAdministration":
        return many(resource.dosage)[:1]
    return (many(resource.dosage_instruction) or many(resource.dosage))[:MOST_INSTRUCTIONS]


def instructions(sourced: Sourced) -> tuple[Instruction, ...]:
    """`dosageInstruction` (of a statement `dosage`)."""
    broken = any(place.startswith("dosage") for place in sourced.unread)
    read = tuple(_instruction(one, broken=broken) for one in _dosages(sourced.resource))
    return read or ((Instruction(unreadable=True),) if broken else ())


def _instruction(dosage: Dosage, *, broken: bool) -> Instruction:
    as_needed = dosage.as_needed_boolean or dosage.as_needed_codeable_concept is not None
    if broken:
        return Instruction(unreadable=True, as_needed=as_needed)
    try:
        repeat = dosage.timing.repeat if dosage.timing else None
        limit = next(iter(many(dosage.max_dose_per_period)), None)
        bounds = repeat.bounds_period if repeat else None
        return Instruction(
            sequence=None if dosage.sequence is None else int(_number(dosage.sequence, zero=True) or 0),
            text=dosage.text or dosage.patient_instruction,
            amount=_dose(dosage),
            at_once=_amount(dosage.max_dose_per_administration),
            schedule=_schedule(dosage.timing) if dosage.timing else None,
            as_needed=as_needed,
            per_day_limit=_amount(limit.numerator) if limit else None,
            limit_days=_days(limit.denominator) if limit else None,
            bounds_days=_bounds(repeat) if repeat else None,
            bounds_start=interval(bounds.start) if bounds else None,
            bounds_end=interval(bounds.end) if bounds else None,
        )
    except _UnreadableError:
        return Instruction(unreadable=True, as_needed=as_needed)


def _dose(dosage: Dosage) -> Amount | None:
    """The highest amount: of several `doseAndRate` (ordered, calculated) the larger number, of a range its high end."""
    amounts = [_amount(one.dose_quantity) or _highest(one.dose_range) for one in many(dosage.dose_and_rate)]
    amounts.append(_amount(dosage.dose_quantity) or _highest(dosage.dose_range))
    known = [amount for amount in amounts if amount is not None]
    return max(known, key=lambda amount: amount.value) if known else None


def _highest(span: Range | None) -> Amount | None:
    return _amount(span.high or span.low) if span else None


def _schedule(timing: Timing) -> Schedule:
    repeat, code = timing.repeat or Repeat(), timing.code
    names = (
        (*(one.code for one in many(code.coding)), code.text, *(c.display for c in many(code.coding))) if code else ()
    )
    return Schedule(
        frequency=_larger(_number(repeat.frequency), _number(repeat.frequency_max)),
        period=_smaller(_number(repeat.period), _number(repeat.period_max)),
        period_unit=repeat.period_unit,
        moments=max(count(repeat.time_of_day), count(repeat.when)),
        weekdays=count(repeat.day_of_week),
        names=tuple(name for name in names if name),
        count=_larger(_number(repeat.count), _number(repeat.count_max)),
        dated=bool(timing.event),
    )


def _larger(one: Decimal | None, other: Decimal | None) -> Decimal | None:
    return max((value for value in (one, other) if value is not None), default=None)


def _smaller(one: Decimal | None, other: Decimal | None) -> Decimal | None:
    return min((value for value in (one, other) if value is not None), default=None)


def _bounds(repeat: Repeat) -> Fraction | None:
    if repeat.bounds_duration is not None:
        return _days(repeat.bounds_duration)
    if repeat.bounds_range is not None:
        return _days(repeat.bounds_range.high or repeat.bounds_range.low)
    return None


def supply(sourced: Sourced) -> Supply:
    """`dispenseRequest`."""
    asked = sourced.resource.dispense_request
    if any(place.startswith("dispenseRequest") for place in sourced.unread):
        return Supply(unreadable=True)
    if asked is None:
        return Supply()
    first = asked.initial_fill
    try:
        repeats = int(_number(asked.number_of_repeats_allowed, zero=True) or 0)
        return Supply(
            days=_days(asked.expected_supply_duration),
            first_days=_days(first.duration) if first else None,
            quantity=_amount(asked.quantity),
            first_quantity=_amount(first.quantity) if first else None,
            repeats=min(repeats, MOST_DAYS),
            period_ends=bool(asked.validity_period and interval(asked.validity_period.end)),
        )
    except _UnreadableError:
        return Supply(unreadable=True)


def _number(value: Decimal | None, *, zero: bool = False) -> Decimal | None:
    if value is None:
        return None
    sensible = readable(value, zero=zero)
    if sensible is None:
        raise _UnreadableError
    return sensible


def _amount(quantity: Quantity | None) -> Amount | None:
    value = _number(quantity.value) if quantity else None
    return Amount(value=value, code=quantity.code, unit=quantity.unit) if quantity and value is not None else None


def _days(quantity: Quantity | None) -> Fraction | None:
    """A Duration in days; `None` when it is missing, or its unit is none of time."""
    value = _number(quantity.value) if quantity else None
    if quantity is None or value is None:
        return None
    if not quantity.code and not quantity.unit:
        return None
    unit = time_unit(quantity.code, quantity.unit)
    return days_of(value, unit) if unit else None
