"""The most an order permits in a day, in mg: its instructions worked out and put together (knowledge 2.6).

Concurrent instructions are summed, of consecutive steps the highest counts; text is read where numbers are missing.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction

from cds_service.domain import dosage_text
from cds_service.domain.instructions import (
    NO_FREQUENCY,
    NO_STRENGTH,
    NO_WEIGHT,
    NOTHING,
    TEXT_UNCLEAR,
    UNREADABLE,
    Amount,
    Contents,
    Instruction,
    Schedule,
    milligrams,
    product_units,
    times_per_day,
)
from cds_service.domain.units import Kind, decimal


@dataclass(frozen=True, slots=True, kw_only=True)
class Intake:
    """The most an order permits; `Fraction` throughout, `missing` a token of `instructions` (empty: nothing).

    Attributes:
        units_per_day: product units in a day at most; may be known although the mg are not.
        scheduled: any instruction says when.
    """

    per_day_mg: Fraction | None = None
    single_mg: Fraction | None = None
    single_mg_per_kg: Fraction | None = None
    units_per_day: Fraction | None = None
    steps: str = ""
    missing: str = ""
    from_text: bool = False
    single_dose: bool = False
    as_needed: bool = False
    regular: bool = False
    stepped: bool = False
    scheduled: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """One instruction, worked out."""

    instruction: Instruction
    mg: Fraction | None = None
    mg_per_kg: Fraction | None = None
    units: Fraction | None = None
    times: Fraction | None = None
    single: bool = False
    as_needed: bool = False
    limit_mg: Fraction | None = None
    missing: str = ""
    from_text: bool = False
    days_in_text: int | None = None

    @property
    def per_day_mg(self) -> Fraction | None:
        """The mg in a day at most; a single dose counts once."""
        if self.single:
            return self.mg
        most = self.mg * self.times if self.mg is not None and self.times is not None else None
        if self.limit_mg is not None:
            return self.limit_mg if most is None else min(most, self.limit_mg)
        return most

    @property
    def units_per_day(self) -> Fraction | None:
        """Product units in a day at most."""
        if self.units is None:
            return None
        rate = Fraction(1) if self.single else self.times
        if self.limit_mg is not None and self.mg:
            capped = self.limit_mg / self.mg
            rate = capped if rate is None else min(rate, capped)
        return None if rate is None else self.units * rate


def parts(instructions: Sequence[Instruction], contents: Contents, weight_kg: Decimal | None) -> tuple[Part, ...]:
    """Each instruction that orders a dose, worked out; mere remarks are left out."""
    worked = [_part(instruction, contents, weight_kg) for instruction in instructions]
    return tuple(part for part in worked if part is not None)


def _part(instruction: Instruction, contents: Contents, weight_kg: Decimal | None) -> Part | None:
    if instruction.unreadable:
        return Part(instruction=instruction, missing=UNREADABLE, as_needed=instruction.as_needed)
    schedule = instruction.schedule
    times = times_per_day(schedule) if schedule else None
    said = dosage_text.SILENT if _says_all(instruction, times) else dosage_text.read(instruction.text)
    single = bool(schedule and (schedule.count == 1 or (schedule.dated and times is None)))
    if times is None and not single:
        single = said.once or any(dosage_text.once(name) or name.strip().upper() == "STAT" for name in _names(schedule))
    from_text = False
    if times is None and not single and said.times is not None:
        times, from_text = said.times, True
    amount, missing = instruction.amount, ""
    if amount is not None:
        mg, missing = milligrams(amount, contents)
        units = product_units(amount, contents)
    else:
        mg, units, missing = _from_text(said, contents)
        from_text = from_text or mg is not None or units is not None
        if missing == NOTHING and times is None and not single:
            return None  # a remark ("take with food"), not a dose
        if said.daily is not None and mg is not None:
            times = Fraction(1)
    per_kg = amount is not None and amount.of.kind is Kind.MASS_PER_KG
    mg_per_kg = mg if per_kg else None
    if per_kg and mg is not None:
        mg, missing = (mg * Fraction(weight_kg), "") if weight_kg else (None, NO_WEIGHT)
    if mg is not None and instruction.at_once is not None:
        most, _ = milligrams(instruction.at_once, contents)
        mg = min(mg, most) if most else mg
    return Part(
        instruction=instruction,
        mg=mg,
        mg_per_kg=mg_per_kg,
        units=units,
        times=times,
        single=single,
        as_needed=instruction.as_needed or (schedule is None and said.as_needed),
        limit_mg=_limit(instruction, said, contents),
        missing=missing,
        from_text=from_text,
        days_in_text=said.days,
    )


def _says_all(instruction: Instruction, times: Fraction | None) -> bool:
    """Whether amount, rhythm and length stand as numbers, so that the text is not needed."""
    count = instruction.schedule.count if instruction.schedule else None
    bounded = instruction.bounds_days is not None or instruction.bounds_end is not None or count is not None
    return instruction.amount is not None and times is not None and bounded


def _names(schedule: Schedule | None) -> tuple[str, ...]:
    return schedule.names if schedule else ()


def _from_text(said: dosage_text.TextDosage, contents: Contents) -> tuple[Fraction | None, Fraction | None, str]:
    """(mg, product units, token of what is missing) of the amounts named in a text."""
    if said.garbled:
        return None, None, TEXT_UNCLEAR
    amounts = [
        Amount(value=one.value, unit=one.unit) for one in ((said.daily,) if said.daily is not None else said.amounts)
    ]
    if not amounts:
        return None, None, NOTHING
    counts = [one for one in amounts if one.of.kind is Kind.COUNT]
    masses = {
        mg for one in amounts if one.of.kind is not Kind.COUNT and (mg := milligrams(one, contents)[0]) is not None
    }
    if len(counts) > 1 or len(masses) > 1 or any(one.of.kind is Kind.MASS_PER_KG for one in amounts):
        return None, None, TEXT_UNCLEAR
    if not counts:
        units = product_units(amounts[0], contents)
        return (masses.pop(), units, "") if masses else (None, units, NO_STRENGTH)
    counted, why = milligrams(counts[0], contents)
    units = product_units(counts[0], contents)
    if not masses:
        return counted, units, why
    named = masses.pop()
    if counted is None:  # "1 tablet (5 mg)" of a product of unknown strength
        return (named, units, "") if units == 1 else (None, units, TEXT_UNCLEAR)
    strength = Fraction(contents.strength_mg or 0)
    return (counted, units, "") if named in (counted, strength) else (None, units, TEXT_UNCLEAR)


def _limit(instruction: Instruction, said: dosage_text.TextDosage, contents: Contents) -> Fraction | None:
    if instruction.per_day_limit is not None and instruction.limit_days:
        most, _ = milligrams(instruction.per_day_limit, contents)
        per_kg = instruction.per_day_limit.of.kind is Kind.MASS_PER_KG
        return None if most is None or per_kg else most / instruction.limit_days
    if said.limit is None or instruction.amount is not None:
        return None
    return milligrams(Amount(value=said.limit.value, unit=said.limit.unit), contents)[0]


def groups(worked: Sequence[Part]) -> tuple[tuple[Part, ...], ...]:
    """Steps of the order: instructions of one sequence number together, those without one in every step."""
    numbers = sorted({part.instruction.sequence for part in worked if part.instruction.sequence is not None})
    if len(numbers) < 2:
        return (tuple(worked),) if worked else ()
    return tuple(tuple(part for part in worked if part.instruction.sequence in (number, None)) for number in numbers)


def intake(worked: Sequence[Part]) -> Intake:
    """The most that the instructions together permit: concurrent ones summed, of consecutive steps the highest."""
    steps = groups(worked)
    if not steps:
        return Intake(missing=NOTHING)
    all_single = all(part.single for part in worked)
    per_day = [_sum([part.per_day_mg for part in step]) for step in steps]
    singles = [part.mg for part in worked if part.mg is not None]
    missing = next((part.missing for part in worked if part.missing), "")
    if not missing and not all_single and any(part.per_day_mg is None for part in worked):
        missing = NO_FREQUENCY
    per_kg = [part.mg_per_kg for part in worked if part.mg_per_kg is not None]
    units = [_sum([part.units_per_day for part in step]) for step in steps]
    highest = max(range(len(steps)), key=lambda at: per_day[at] or 0)
    return Intake(
        per_day_mg=None if missing or (all_single and all(part.times is None for part in worked)) else per_day[highest],
        single_mg=max(singles, default=None) if not missing or missing == NO_FREQUENCY else None,
        single_mg_per_kg=max(per_kg, default=None),
        units_per_day=None if any(unit is None for unit in units) else max(unit for unit in units if unit is not None),
        steps=" + ".join(_said(part) for part in steps[highest]) if not missing else "",
        missing=missing,
        from_text=any(part.from_text for part in worked),
        single_dose=all_single,
        as_needed=any(part.as_needed for part in worked),
        regular=any(part.times is not None and not part.single and not part.as_needed for part in worked),
        stepped=len(steps) > 1,
        scheduled=any(part.times is not None or part.single for part in worked),
    )


def _sum(values: Sequence[Fraction | None]) -> Fraction | None:
    known = [value for value in values if value is not None]
    return sum(known, Fraction(0)) if len(known) == len(values) else None


def _said(part: Part) -> str:
    amount = f"{decimal(part.mg)} mg" if part.mg is not None else ""
    rhythm = "" if part.single or part.times is None else f" × {decimal(part.times)} per day"
    uncapped = part.mg * part.times if part.mg is not None and part.times is not None else None
    if part.limit_mg is not None and not part.single and (uncapped is None or part.limit_mg < uncapped):
        return f"{amount}{rhythm}, at most {decimal(part.limit_mg)} mg per day".removeprefix(", ")
    return amount + rhythm
