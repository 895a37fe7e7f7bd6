"""What we read of FHIR's data types: one struct for each, with the elements of every version that some rule needs.

Where a later version put a wider type in the place of another, the struct takes both (a `CodeableReference` is a
CodeableConcept as well); an element that was renamed stands under each of its names.
"""

from decimal import Decimal

import msgspec


class Shape(msgspec.Struct, rename="camel", gc=False):
    """Base of all shapes: camelCase in JSON, not tracked by the garbage collector (JSON holds no cycles)."""


class Coding(Shape):
    """Coding."""

    system: str = ""
    code: str = ""
    display: str = ""


class CodeableConcept(Shape):
    """CodeableConcept."""

    coding: tuple[Coding, ...] | Coding = ()
    text: str = ""


class Reference(Shape):
    """Reference."""

    reference: str = ""
    display: str = ""


class CodeableReference(CodeableConcept):
    """R5's CodeableReference, or the CodeableConcept that older versions have in its place."""

    concept: CodeableConcept | None = None
    reference: Reference | None = None


class Quantity(Shape):
    """Quantity, Duration, Age."""

    value: Decimal | None = None
    comparator: str = ""
    unit: str = ""
    code: str = ""


class Range(Shape):
    """Range."""

    low: Quantity | None = None
    high: Quantity | None = None


class Ratio(Shape):
    """Ratio."""

    numerator: Quantity | None = None
    denominator: Quantity | None = None


class Period(Shape):
    """Period; its ends as written."""

    start: str = ""
    end: str = ""


class Annotation(Shape):
    """Annotation."""

    text: str = ""


class Repeat(Shape):
    """Timing.repeat; `bounds_quantity` and `period_units` are DSTU2's."""

    bounds_duration: Quantity | None = None
    bounds_quantity: Quantity | None = None
    bounds_range: Range | None = None
    bounds_period: Period | None = None
    count: Decimal | None = None
    count_max: Decimal | None = None
    frequency: Decimal | None = None
    frequency_max: Decimal | None = None
    period: Decimal | None = None
    period_max: Decimal | None = None
    period_unit: str = ""
    period_units: str = ""
    time_of_day: tuple[str, ...] | str = ()
    when: tuple[str, ...] | str = ()
    day_of_week: tuple[str, ...] | str = ()


class Timing(Shape):
    """Timing."""

    event: tuple[str, ...] | str = ()
    repeat: Repeat | None = None
    code: CodeableConcept | None = None


class DoseAndRate(Shape):
    """Dosage.doseAndRate."""

    dose_quantity: Quantity | None = None
    dose_range: Range | None = None


class Dosage(Shape):
    """Dosage.

    Attributes:
        dose_quantity, dose_range: directly in the dosage, before R4 and at some clients of R4.
        quantity_quantity, quantity_range: the same of a DSTU2 statement. additional_instructions: DSTU2's.
        as_needed, as_needed_for: R5's; the others say `as_needed_boolean`, `as_needed_codeable_concept`.
    """

    sequence: Decimal | None = None
    text: str = ""
    patient_instruction: str = ""
    additional_instruction: tuple[CodeableConcept, ...] | CodeableConcept = ()
    additional_instructions: tuple[CodeableConcept, ...] | CodeableConcept = ()
    timing: Timing | None = None
    as_needed: bool = False
    as_needed_for: tuple[CodeableConcept, ...] | CodeableConcept = ()
    as_needed_boolean: bool = False
    as_needed_codeable_concept: CodeableConcept | None = None
    route: CodeableConcept | None = None
    dose_and_rate: tuple[DoseAndRate, ...] | DoseAndRate = ()
    dose_quantity: Quantity | None = None
    dose_range: Range | None = None
    quantity_quantity: Quantity | None = None
    quantity_range: Range | None = None
    max_dose_per_period: tuple[Ratio, ...] | Ratio = ()
    max_dose_per_administration: Quantity | None = None


class InitialFill(Shape):
    """MedicationRequest.dispenseRequest.initialFill."""

    quantity: Quantity | None = None
    duration: Quantity | None = None


class DispenseRequest(Shape):
    """MedicationRequest.dispenseRequest."""

    initial_fill: InitialFill | None = None
    validity_period: Period | None = None
    number_of_repeats_allowed: Decimal | None = None
    quantity: Quantity | None = None
    expected_supply_duration: Quantity | None = None


class Item(Shape):
    """R5's Medication.ingredient.item, a CodeableReference, or DSTU2's, a Reference."""

    concept: CodeableConcept | None = None
    reference: Reference | str = ""
    display: str = ""


class Ingredient(Shape):
    """Medication.ingredient; `amount` is the strength before R4, `item` and `strength_ratio` are R5's."""

    item_codeable_concept: CodeableConcept | None = None
    item_reference: Reference | None = None
    item: Item | None = None
    strength: Ratio | None = None
    strength_ratio: Ratio | None = None
    amount: Ratio | None = None


class Product(Shape):
    """DSTU2's Medication.product."""

    form: CodeableConcept | None = None
    ingredient: tuple[Ingredient, ...] | Ingredient = ()


class Reaction(Shape):
    """AllergyIntolerance.reaction."""

    substance: CodeableConcept | None = None
    manifestation: tuple[CodeableReference, ...] | CodeableReference = ()


class Adherence(Shape):
    """R5's MedicationStatement.adherence."""

    code: CodeableConcept | None = None


class EncounterClass(CodeableConcept):
    """Encounter.class: a Coding, from R5 on a CodeableConcept."""

    system: str = ""
    code: str = ""


class Reason(CodeableReference):
    """R5's `reason` of an order or, with `value`, of an Encounter; STU3's Encounter.reason is a CodeableConcept."""

    value: tuple[CodeableReference, ...] | CodeableReference = ()


class Issue(Shape):
    """OperationOutcome.issue."""

    severity: str = ""


class Search(Shape):
    """Bundle.entry.search."""

    mode: str = ""


class Link(Shape):
    """Bundle.link."""

    relation: str = ""
    url: str = ""
