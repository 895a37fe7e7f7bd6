"""Dosage, dispenseRequest and the words of an order: FHIR's types, under the names of every version.

An amount is read from `doseAndRate` (R4, R5) and from the dosage itself (older versions, and clients of R4 that still
write so): the two never mean different things.
"""

from collections.abc import Sequence
from decimal import Decimal
from fractions import Fraction

from cds_service.domain.instructions import Amount, Instruction, Schedule
from cds_service.domain.supply import MOST_DAYS, Supply
from cds_service.domain.terminology import Terminology
from cds_service.domain.units import days_of, time_unit
from cds_service.fhir.datatypes import Dosage, Quantity, Range, Repeat, Timing
from cds_service.fhir.elements import UnreadableError, amount, concept, number, words
from cds_service.fhir.records import OrderTexts, Sourced, interval
from cds_service.fhir.shapes import Resource, count, many

MOST_INSTRUCTIONS = 50


def texts(resource: Resource, terminology: Terminology) -> OrderTexts:
    """Routes, texts and additional instructions of the dosages, and the order's notes."""
    dosages = _dosages(resource)
    said = [text for one in dosages for text in (one.text, one.patient_instruction) if text]
    for one in dosages:
        said += words((*many(one.additional_instruction), *many(one.additional_instructions)))
        said += words(many(one.as_needed_for))
        said += words((one.as_needed_codeable_concept,)) if one.as_needed_codeable_concept else ()
    note = resource.note
    return OrderTexts(
        routes=tuple(concept(one.route, terminology) for one in dosages if one.route is not None),
        instructions=tuple(said),
        notes=(note,) if isinstance(note, str) else tuple(one.text for one in many(note) if one.text),
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
    as_needed = dosage.as_needed_boolean or dosage.as_needed or dosage.as_needed_codeable_concept is not None
    as_needed = as_needed or bool(dosage.as_needed_for)
    if broken:
        return Instruction(unreadable=True, as_needed=as_needed)
    try:
        repeat = dosage.timing.repeat if dosage.timing else None
        limit = next(iter(many(dosage.max_dose_per_period)), None)
        bounds = repeat.bounds_period if repeat else None
        return Instruction(
            sequence=None if dosage.sequence is None else int(number(dosage.sequence, zero=True) or 0),
            text=dosage.text or dosage.patient_instruction,
            amount=_dose(dosage),
            at_once=amount(dosage.max_dose_per_administration),
            schedule=_schedule(dosage.timing) if dosage.timing else None,
            as_needed=as_needed,
            per_day_limit=amount(limit.numerator) if limit else None,
            limit_days=_days(limit.denominator) if limit else None,
            bounds_days=_bounds(repeat) if repeat else None,
            bounds_start=interval(bounds.start) if bounds else None,
            bounds_end=interval(bounds.end) if bounds else None,
        )
    except UnreadableError:
        return Instruction(unreadable=True, as_needed=as_needed)


def _dose(dosage: Dosage) -> Amount | None:
    """The highest amount: of several `doseAndRate` (ordered, calculated) the larger number, of a range its high end."""
    amounts = [amount(one.dose_quantity) or _highest(one.dose_range) for one in many(dosage.dose_and_rate)]
    amounts.append(amount(dosage.dose_quantity) or _highest(dosage.dose_range))
    if dosage.quantity_quantity or dosage.quantity_range:
        amounts.append(amount(dosage.quantity_quantity) or _highest(dosage.quantity_range))
    known = [one for one in amounts if one is not None]
    return max(known, key=lambda one: one.value) if known else None


def _highest(span: Range | None) -> Amount | None:
    return amount(span.high or span.low) if span else None


def _schedule(timing: Timing) -> Schedule:
    repeat, code = timing.repeat or Repeat(), timing.code
    names = (
        (*(one.code for one in many(code.coding)), code.text, *(c.display for c in many(code.coding))) if code else ()
    )
    return Schedule(
        frequency=_larger(number(repeat.frequency), number(repeat.frequency_max)),
        period=_smaller(number(repeat.period), number(repeat.period_max)),
        period_unit=repeat.period_unit or repeat.period_units,
        moments=max(count(repeat.time_of_day), count(repeat.when)),
        weekdays=count(repeat.day_of_week),
        names=tuple(name for name in names if name),
        count=_larger(number(repeat.count), number(repeat.count_max)),
        dated=bool(timing.event),
    )


def _larger(one: Decimal | None, other: Decimal | None) -> Decimal | None:
    return max((value for value in (one, other) if value is not None), default=None)


def _smaller(one: Decimal | None, other: Decimal | None) -> Decimal | None:
    return min((value for value in (one, other) if value is not None), default=None)


def _bounds(repeat: Repeat) -> Fraction | None:
    stated = repeat.bounds_duration or repeat.bounds_quantity
    if stated is not None:
        return _days(stated)
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
        repeats = int(number(asked.number_of_repeats_allowed, zero=True) or 0)
        return Supply(
            days=_days(asked.expected_supply_duration),
            first_days=_days(first.duration) if first else None,
            quantity=amount(asked.quantity),
            first_quantity=amount(first.quantity) if first else None,
            repeats=min(repeats, MOST_DAYS),
            period_ends=bool(asked.validity_period and interval(asked.validity_period.end)),
        )
    except UnreadableError:
        return Supply(unreadable=True)


def _days(quantity: Quantity | None) -> Fraction | None:
    """A Duration in days; `None` when it is missing, or its unit is none of time."""
    value = number(quantity.value) if quantity else None
    if quantity is None or value is None:
        return None
    if not quantity.code and not quantity.unit:
        return None
    unit = time_unit(quantity.code, quantity.unit)
    return days_of(value, unit) if unit else None
