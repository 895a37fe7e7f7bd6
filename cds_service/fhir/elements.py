"""Data types of FHIR as every version's file reads them: concepts, codes, periods, ages, numbers."""

from collections.abc import Iterable
from datetime import date, timedelta
from decimal import Decimal

from cds_service.domain.dates import DateInterval, add_months
from cds_service.domain.instructions import Amount
from cds_service.domain.terminology import Concept, Terminology
from cds_service.domain.units import readable, time_unit
from cds_service.fhir.datatypes import CodeableConcept, Period, Quantity
from cds_service.fhir.records import interval
from cds_service.fhir.shapes import many

EMPTY = Concept()


class UnreadableError(Exception):
    """A number is absurd; nothing may be concluded from what it stands in."""


def concept(coded: CodeableConcept | None, terminology: Terminology) -> Concept:
    """A CodeableConcept with canonical codings."""
    if coded is None:
        return EMPTY
    canonical = terminology.canonical
    codings = tuple([canonical(one.system, one.code, one.display) for one in many(coded.coding)])
    return Concept(codings=codings, text=coded.text)


def words(concepts: Iterable[CodeableConcept]) -> list[str]:
    """Texts, then codes and displays, without the empty ones."""
    listed = list(concepts)
    texts = [one.text for one in listed]
    texts += [part for one in listed for coding in many(one.coding) for part in (coding.code, coding.display)]
    return [text for text in texts if text]


def code(status: CodeableConcept | str | None) -> str:
    """A status in lower case, wherever the client put it: coded, as text, or bare."""
    if isinstance(status, str) or status is None:
        return (status or "").strip().casefold()
    coded = next((coding.code for coding in many(status.coding) if coding.code), status.text)
    return coded.strip().casefold()


def start(period: Period | None) -> DateInterval | None:
    """When a period begins."""
    return interval(period.start) if period else None


def end(period: Period | None) -> DateInterval | None:
    """When a period ends."""
    return interval(period.end) if period else None


def at_age(birth: DateInterval | None, age: Quantity | None) -> DateInterval | None:
    """Birth date plus an age, which covers the whole year (month, week, day) of that age."""
    value = readable(age.value, zero=True) if age else None
    if birth is None or age is None or value is None:
        return None
    unit = time_unit(age.code, age.unit)
    whole = int(value)
    if unit in {"a", "mo"}:
        months = 12 if unit == "a" else 1
        first = _later(birth.earliest, whole * months)
        after = _later(birth.latest, (whole + 1) * months)
        return DateInterval(earliest=first, latest=after - timedelta(days=1)) if first and after else None
    days = {"d": Decimal(1), "wk": Decimal(7)}.get(unit)
    if days is None:
        return None
    span = timedelta(days=int(value * days))
    return DateInterval(earliest=birth.earliest + span, latest=birth.latest + span + timedelta(days=int(days) - 1))


def _later(day: date, months: int) -> date | None:
    return add_months(day, months) if months < 12 * 150 else None


def number(value: Decimal | None, *, zero: bool = False) -> Decimal | None:
    """A number; `None` when there is none.

    Raises:
        UnreadableError: it cannot be what it says.
    """
    if value is None:
        return None
    sensible = readable(value, zero=zero)
    if sensible is None:
        raise UnreadableError
    return sensible


def amount(quantity: Quantity | None) -> Amount | None:
    """A Quantity with a number.

    Raises:
        UnreadableError: the number cannot be what it says.
    """
    value = number(quantity.value) if quantity else None
    return Amount(value=value, code=quantity.code, unit=quantity.unit) if quantity and value is not None else None
