"""The reviewed order as read, and the orders a suggestion proposes, free of any FHIR version.

"Reviewed" is the drug this content release is about; which one that is stands in `hooks/facts.toml`.
"""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from enum import StrEnum

from cds_service.domain.terminology import Classes, Coding


class Form(StrEnum):
    """How the reviewed drug is given; the default is oral, also when nothing is known."""

    ORAL = "oral"
    PARENTERAL = "parenteral"
    RESCUE = "rescue"


@dataclass(frozen=True, slots=True, kw_only=True)
class Dose:
    """The highest dose an order permits.

    Attributes:
        per_day_mg: mg in 24 h at most; `None` for a single dose without a rhythm.
        single_mg: the largest amount taken at one time, in mg; `None` when only a daily total is known.
        per_kg: the amount was written in mg/kg, as `single_mg_per_kg`.
        units_per_day: product units (tablets, mL) in 24 h at most, where known.
        steps: the sum, readable: `5 mg × 3 per day`.
        from_text: read from free text only; a rule resting on it alone is capped at warning.
    """

    per_day_mg: Decimal | None
    single_mg: Decimal | None
    single_mg_per_kg: Decimal | None = None
    units_per_day: Decimal | None = None
    steps: str = ""
    from_text: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class DoseUnknown:
    """The dose could not be worked out; `because` is a token explained in `hooks/phrases.toml`."""

    because: str


class DaysFrom(StrEnum):
    """Where the planned days of an order come from, best first."""

    BOUNDS = "bounds"  # timing.repeat.bounds[x]
    COUNT = "count"  # timing.repeat.count
    TEXT = "text"  # "for 10 days"
    SUPPLY_DURATION = "supply-duration"  # dispenseRequest.expectedSupplyDuration
    SUPPLY_QUANTITY = "supply-quantity"  # dispenseRequest.quantity at maximum use
    SINGLE_DOSE = "single-dose"
    NOT_A_COURSE = "not-a-course"  # rescue forms: a supply for future use
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True, kw_only=True)
class PlannedDays:
    """Planned days P of one order (knowledge 2.7).

    Attributes:
        days: P, or `None` when unknown or not a course.
        source: what P rests on.
        repeats: authorised repeats, first fill excluded.
        outlasts_course: the supply outlasts the stated course by more than pack rounding.
        at_maximum_use: as-needed order, days reckoned at maximum use.
        validity_only: only the period in which the prescription may be filled is known.
    """

    days: int | None
    source: DaysFrom
    repeats: int = 0
    outlasts_course: bool = False
    at_maximum_use: bool = False
    validity_only: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Reason:
    """One reason stated on the order.

    Attributes:
        classes: value sets it belongs to.
        element: `reasonCode` or `reasonReference`, as R4 names them.
        index: its place in that list of the draft (among those of its kind, where one list holds both), so that a
            replacement can carry it over.
        resolved: whether a referenced Condition was found.
        unconfirmed: that Condition is called unconfirmed.
    """

    classes: Classes
    element: str
    index: int
    resolved: bool = True
    unconfirmed: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class ReviewedOrder:
    """One order of the reviewed drug, as the prescriber wrote it.

    Attributes:
        reference: `MedicationRequest/123`; empty for a draft without an id (it cannot be updated or deleted).
        position: its place among the entries of the draft Bundle.
        product: the product's coding in the content release, when recognised by code.
        label: the product's name in our words.
        strength_mg: mg in one unit of the product.
        regular: a regular schedule (not as needed, not a single dose).
        stepped: dosage instructions in consecutive steps (a taper, say).
        reasons: stated reasons; empty when the order gives none.
        mentions: word-list names met in the order's own text and notes.
        doubts: tokens for what could not be read surely, explained in `hooks/phrases.toml`.
        starts: the stated first day of its course; `None` for the order date.
        replaces: order this one names as `priorPrescription`.
        selected: false for an order-select draft that was not selected: context only, no card of its own.
    """

    reference: str
    position: int
    label: str
    form: Form
    dose: Dose | DoseUnknown
    planned: PlannedDays
    product: Coding | None = None
    strength_mg: Decimal | None = None
    single_dose: bool = False
    as_needed: bool = False
    regular: bool = False
    stepped: bool = False
    is_tablet: bool = False
    reasons: tuple[Reason, ...] = ()
    mentions: frozenset[str] = frozenset()
    doubts: tuple[str, ...] = ()
    starts: date | None = None
    replaces: str = ""
    selected: bool = True


# What a suggestion does to orders -----------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True, kw_only=True)
class DrugOrder:
    """A new draft order, complete but for what is copied from the reviewed draft (patient, encounter, author).

    Units are UCUM codes; `dose_value` is in `dose_unit`; a period of 1 `d` with frequency 3 is three times daily.
    `name` and `regimen` are what labels call it: `x`, `5 mg three times daily`.
    """

    name: str
    regimen: str
    codings: tuple[Coding, ...]
    text: str
    dosage_text: str
    dose_value: Decimal
    dose_unit: str
    frequency: int
    period: int
    period_unit: str
    days: int
    quantity: int
    quantity_unit: str
    route: Coding
    note: str
    as_needed: bool = False
    max_dose_per_day: Decimal | None = None
    treats: frozenset[str] = frozenset()  # value sets whose stated reasons are carried over
    inferred_reasons: tuple[str, ...] = ()  # references of Conditions when the reason was inferred


@dataclass(frozen=True, slots=True, kw_only=True)
class ServiceOrder:
    """A new draft request for a service (physical therapy), with the stated reasons it answers."""

    coding: Coding
    text: str
    treats: frozenset[str] = frozenset()
    inferred_reasons: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class OrderChange:
    """A change to the reviewed draft: the whole order goes back with only these elements changed.

    Attributes:
        days: course and supply become this many days, other bounds and counts go, repeats become 0.
        dose_value: new amount in mg (with `frequency` per day), or `None` to leave the dose alone.
        dosage_text: the new dose in words; those of the old one go with it.
        product: new product coding, when the old one was a coded tablet of another strength.
        units_per_day: product units in 24 h, from which a quantity is computed; the engine works them out.
        note: text appended to the order's notes.
    """

    days: int | None = None
    dose_value: Decimal | None = None
    frequency: int | None = None
    dosage_text: str = ""
    product: Coding | None = None
    product_text: str = ""
    units_per_day: Decimal | None = None
    note: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Create:
    """Create an order beside the reviewed draft at `position` of the draft Bundle."""

    order: DrugOrder | ServiceOrder
    position: int
    description: str
    authored_on: date


@dataclass(frozen=True, slots=True, kw_only=True)
class Update:
    """Send the reviewed draft back with a change; only drafts with an id can be updated."""

    change: OrderChange
    position: int
    reference: str
    description: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Delete:
    """Take the reviewed draft out; only drafts with an id can be deleted."""

    reference: str
    description: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Replace:
    """Put a new order in the place of the reviewed draft, under its id: for clients that take one action only."""

    order: DrugOrder | ServiceOrder
    position: int
    reference: str
    description: str
    authored_on: date


Proposal = Create | Update | Delete | Replace
