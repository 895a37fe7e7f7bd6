"""Units of doses and of measurements, from a UCUM code or, failing that, from the unit's text.

Only what arithmetic needs: mg, mL, countable products, time, and the few units the observations of a release use.
All factors are exact (`Fraction`), so that a threshold is never missed by a rounded third.
"""

from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum
from fractions import Fraction

SMALLEST, LARGEST = Decimal("0.000001"), Decimal(1_000_000)  # beyond these no number of a record is believable
PLACES = Decimal("0.000000001")


class Kind(StrEnum):
    """What a unit measures."""

    MASS = "mass"  # in mg
    MASS_PER_KG = "mass-per-kg"  # in mg per kg of body weight
    VOLUME = "volume"  # in mL
    COUNT = "count"  # tablets, capsules, sprays …: units of the product
    NONE = "none"  # a bare number
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class Unit:
    """A unit of dose: what it measures, and how many mg, mg/kg, mL or product units one of it is."""

    kind: Kind
    factor: Fraction = Fraction(1)


BARE, UNKNOWN, COUNTED = Unit(Kind.NONE), Unit(Kind.UNKNOWN), Unit(Kind.COUNT)
_COUNTED: tuple[str, ...] = (
    "tablet",
    "tab",
    "tbl",
    "pill",
    "capsule",
    "cap",
    "film",
    "spray",
    "supp",
    "applicator",
    "syringe",
    "ampoule",
)
_COUNTED += ("ampule", "amp", "cartridge", "auto-injector", "enema", "tube")
_COUNT_WORDS = (*_COUNTED, *(f"{word}s" for word in _COUNTED), "suppository", "suppositories", "each", "ea")
_DOSE_UNITS: dict[str, Unit] = {
    "mg": Unit(Kind.MASS),
    "milligram": Unit(Kind.MASS),
    "milligrams": Unit(Kind.MASS),
    "g": Unit(Kind.MASS, Fraction(1000)),
    "gram": Unit(Kind.MASS, Fraction(1000)),
    "grams": Unit(Kind.MASS, Fraction(1000)),
    "ug": Unit(Kind.MASS, Fraction(1, 1000)),
    "μg": Unit(Kind.MASS, Fraction(1, 1000)),
    "mcg": Unit(Kind.MASS, Fraction(1, 1000)),
    "microgram": Unit(Kind.MASS, Fraction(1, 1000)),
    "micrograms": Unit(Kind.MASS, Fraction(1, 1000)),
    "mg/kg": Unit(Kind.MASS_PER_KG),
    "g/kg": Unit(Kind.MASS_PER_KG, Fraction(1000)),
    "ug/kg": Unit(Kind.MASS_PER_KG, Fraction(1, 1000)),
    "mcg/kg": Unit(Kind.MASS_PER_KG, Fraction(1, 1000)),
    "ml": Unit(Kind.VOLUME),
    "milliliter": Unit(Kind.VOLUME),
    "milliliters": Unit(Kind.VOLUME),
    "millilitre": Unit(Kind.VOLUME),
    "millilitres": Unit(Kind.VOLUME),
    "cc": Unit(Kind.VOLUME),
    "l": Unit(Kind.VOLUME, Fraction(1000)),
    "1": COUNTED,
    **dict.fromkeys(_COUNT_WORDS, COUNTED),
}

DAYS: dict[str, Fraction] = {  # time units of FHIR, and the words clients put in their place
    "s": Fraction(1, 86_400),
    "min": Fraction(1, 1_440),
    "h": Fraction(1, 24),
    "d": Fraction(1),
    "wk": Fraction(7),
    "mo": Fraction(30),
    "a": Fraction(365),
}
_TIME_WORDS = {
    "second": "s",
    "minute": "min",
    "hour": "h",
    "hr": "h",
    "day": "d",
    "week": "wk",
    "w": "wk",
    "month": "mo",
    "year": "a",
    "y": "a",
    "yr": "a",
}


def readable(value: Decimal | None, *, zero: bool = False) -> Decimal | None:
    """The number when arithmetic with it is safe and sensible, at most nine decimal places; else `None`.

    Negative, infinite or absurd numbers (beyond 10⁻⁶ … 10⁶) are not believed; nothing is calculated with them.
    """
    if value is None or not value.is_finite():
        return None
    if not value:
        return Decimal(0) if zero else None
    if value.is_signed() or not -6 <= value.adjusted() <= 6 or not SMALLEST <= value <= LARGEST:
        return None
    return value if len(value.as_tuple().digits) <= 9 else value.quantize(PLACES).normalize()


def dose_unit(code: str, text: str) -> Unit:
    """The unit of a dose or of a dispensed quantity: by UCUM code, else by its text."""
    known = _DOSE_UNITS.get(code)
    if known is not None:
        return known
    for name in (code, text):
        plain = name.strip().casefold().removesuffix("(s)").rstrip(".")
        if plain.startswith("{") and plain.endswith("}"):
            plain = plain[1:-1].strip()
        unit = _DOSE_UNITS.get(plain)
        if unit is not None:
            return unit
    return UNKNOWN if code.strip() or text.strip() else BARE


def time_unit(code: str, text: str = "") -> str:
    """The UCUM code of a unit of time, empty when it is none; `days`, `hours` and the like are understood."""
    if code in DAYS:
        return code
    for name in (code, text):
        plain = name.strip().casefold()
        for known in (plain, plain.removesuffix("s"), plain.removesuffix("(s)")):
            if known in DAYS:
                return known
            if known in _TIME_WORDS:
                return _TIME_WORDS[known]
    return ""


def days_of(value: Decimal, code: str, text: str = "") -> Fraction | None:
    """A quantity of time in days, exact; `None` when the unit is not one of time."""
    unit = time_unit(code, text)
    return scaled(value, DAYS[unit]) if unit else None


def scaled(value: Decimal, factor: Fraction) -> Fraction:
    """The product, exact; a factor of 1, the usual one, costs nothing."""
    return Fraction(value) if factor == 1 else Fraction(value) * factor


def decimal(value: Fraction) -> Decimal:
    """The fraction as a number without trailing zeros, rounded to three places only where it has no exact end."""
    if value.denominator == 1:
        return Decimal(value.numerator)
    exact = Decimal(value.numerator) / Decimal(value.denominator)
    if Fraction(exact) != value:
        exact = exact.quantize(Decimal("0.001"))
    return Decimal(int(exact)) if exact == exact.to_integral_value() else exact.normalize()


# Measurements ---------------------------------------------------------------------------------------------------------

# In casefolded text the micro sign is the Greek letter mu.
# (canonical unit, unit as sent without blanks, lower case) -> factor. Creatinine is the only molar value that is read:
# 1 mg/dL is 88.4 µmol/L.
_CONVERSIONS: dict[tuple[str, str], Fraction] = {
    ("mg/dL", "umol/l"): Fraction(10, 884),
    ("mg/dL", "μmol/l"): Fraction(10, 884),
    ("mg/dL", "mmol/l"): Fraction(10_000, 884),
    ("mg/dL", "mg/l"): Fraction(1, 10),
    ("kg", "g"): Fraction(1, 1000),
    ("kg", "[lb_av]"): Fraction(45_359_237, 100_000_000),
    ("kg", "lb"): Fraction(45_359_237, 100_000_000),
    ("kg", "lbs"): Fraction(45_359_237, 100_000_000),
    ("kg", "pounds"): Fraction(45_359_237, 100_000_000),
    ("kg", "[oz_av]"): Fraction(45_359_237, 1_600_000_000),
    ("kg", "oz"): Fraction(45_359_237, 1_600_000_000),
    ("1", "/wk"): Fraction(1, 7),
    ("1", "{drinks}/wk"): Fraction(1, 7),
}
_SAME: dict[str, frozenset[str]] = {  # other spellings of a canonical unit
    "mL/min/{1.73_m2}": frozenset(
        {
            "ml/min/{1.73_m2}",
            "ml/min/1.73m2",
            "ml/min/1.73m²",
            "ml/min/1.73_m2",
            "ml/min/{1.73m2}",
            "ml/min/1.73",
            "ml/min/1.73sqm",
            "ml/min/1.73m*2",
            "ml/min/1.73m^2",
            "ml/min/bsa",
            "ml/min",
        }
    ),
    "mg/dL": frozenset({"mg/dl"}),
    "mm[Hg]": frozenset({"mm[hg]", "mmhg"}),
    "kg": frozenset({"kg", "kilogram", "kilograms", "kgs"}),
    "1": frozenset({"", "1", "points", "point", "score", "/d", "drinks/day", "drinks", "per day"}),
}


def convert(value: Decimal, code: str, text: str, canonical: str) -> Decimal | None:
    """A measured value in the canonical unit, by UCUM code, else by the unit's text; `None` for another unit.

    A number is bare only when neither is given: an unknown code without a text is not the same as no unit.
    """
    for name in [one for one in (code, text) if one.strip()] or [""]:
        plain = "".join(name.split()).casefold()
        if plain in _SAME.get(canonical, frozenset({canonical.casefold()})):
            return value
        factor = _CONVERSIONS.get((canonical, plain))
        if factor is not None:
            return decimal(Fraction(value) * factor)
        if canonical == "1" and plain.startswith("{") and plain.endswith(("}", "}/d")):
            return value
    return None
