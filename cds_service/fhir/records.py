"""What a FHIR version's file (`r4` …) makes of resources: the same records for every version, nothing decided yet.

Statuses are in R4's words, dates are intervals, concepts carry canonical codings. The medicine (what is current, what
counts) is decided from these records by `medicines`, `orders` and `clinical`, which know no FHIR path.
"""

from collections.abc import Callable, Mapping, Sequence
from datetime import date, datetime, tzinfo
from decimal import Decimal
from typing import Protocol

import msgspec

from cds_service.domain.dates import DateInterval
from cds_service.domain.facts import Origin, Place
from cds_service.domain.instructions import Amount, Instruction
from cds_service.domain.supply import Supply
from cds_service.domain.terminology import Concept, Terminology
from cds_service.fhir.datatypes import CodeableConcept, Reference
from cds_service.fhir.shapes import Resource, reference_of

EARLIEST_YEAR, LATEST_YEAR = 1850, 2200  # a year beyond these is a slip, and calendar arithmetic must not fail on it


class Sourced(msgspec.Struct, frozen=True, gc=False):
    """A resource with where it came from, who reads it, and the places of it that could not be read."""

    resource: Resource
    place: Place
    version: "Version"
    unread: tuple[str, ...] = ()

    @property
    def origin(self) -> Origin:
        """For the facts that rest on it."""
        return Origin(place=self.place, reference=reference_of(self.resource))


class Medicine(msgspec.Struct, frozen=True, gc=False):
    """The drug of an order.

    Attributes:
        concept: its codes and texts. ingredients: those of a Medication resource.
        strengths: (amount, per amount) of each ingredient that states one, by ingredient.
        resolved: false for a reference that leads nowhere; `concept` then holds its display only.
        form: text of the dose form.
    """

    concept: Concept
    ingredients: tuple[Concept, ...] = ()
    strengths: tuple[tuple[Amount, Amount] | None, ...] = ()
    resolved: bool = True
    form: str = ""


class OrderRecord(msgspec.Struct, frozen=True, gc=False):
    """A MedicationRequest (in DSTU2 MedicationOrder), MedicationStatement or MedicationAdministration.

    Attributes:
        kind: `request`, `statement` or `administration`.
        refused: it says *not* to take the drug. written: when it was ordered or stated.
        began, ended: period of taking, where stated.
        stopped_because: why it was stopped.
    """

    kind: str
    reference: str
    status: str
    intent: str = ""
    refused: bool = False
    written: DateInterval | None = None
    began: DateInterval | None = None
    ended: DateInterval | None = None
    replaces: str = ""
    stopped_because: Concept | None = None


class ReasonRecord(msgspec.Struct, frozen=True, gc=False):
    """One stated reason: a concept, or a reference to a Condition with its display.

    Attributes:
        element: `reasonCode` or `reasonReference`, as R4 names them. index: its place among those of its element.
    """

    element: str
    index: int
    concept: Concept
    reference: str = ""


class OrderTexts(msgspec.Struct, frozen=True, gc=False):
    """Words on an order, hostile until matched.

    Attributes:
        routes: the routes of administration. instructions: dosage texts. notes: annotations.
    """

    routes: tuple[Concept, ...] = ()
    instructions: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()


class ConditionRecord(msgspec.Struct, frozen=True, gc=False):
    """A Condition."""

    concept: Concept
    verification: str
    clinical: str
    onset: DateInterval | None = None
    recorded: DateInterval | None = None
    ended: DateInterval | None = None


class AllergyRecord(msgspec.Struct, frozen=True, gc=False):
    """An AllergyIntolerance."""

    substances: tuple[Concept, ...]
    manifestations: tuple[Concept, ...]
    verification: str
    clinical: str
    type: str
    criticality: str
    recorded: DateInterval | None = None


class ValueRecord(msgspec.Struct, frozen=True, gc=False):
    """A number as sent; `value` is `None` when there is none, `readable` false when it is a strange one."""

    value: Decimal | None
    unit_code: str
    unit: str
    comparator: str
    readable: bool = True


class ObservationRecord(msgspec.Struct, frozen=True, gc=False):
    """An Observation with a number of its own, or with several, each under a concept of its own (`components`)."""

    status: str
    number: ValueRecord
    taken: DateInterval | None
    components: tuple[tuple[Concept, ValueRecord], ...] = ()


class EncounterRecord(msgspec.Struct, frozen=True, gc=False):
    """An Encounter: class code in lower case, and what it is about."""

    encounter_class: str
    concepts: tuple[Concept, ...]


Resolve = Callable[[str, Sequence[Resource]], Resource | None]
"""A reference and the `contained` resources beside it -> the resource it names, if it is at hand."""


class Version(Protocol):
    """What a FHIR version's file offers.

    Attributes:
        NAME: `R4` …
        SECTION_OF: resource type -> section of Facts, of the types that the version has.
        SEARCHED: section -> (resource type, further search parameters), where it is not as in R4.
        OWN: resource type -> whether a resource has an element that other versions would not read as it is meant.
    """

    NAME: str
    SECTION_OF: Mapping[str, str]
    SEARCHED: Mapping[str, tuple[str, str]]
    OWN: Mapping[str, Callable[[Resource], bool]]

    def drug_reference(self, resource: Resource) -> Reference | None:
        """The reference to a Medication, of an order whose drug is named by one."""

    def order(self, resource: Resource) -> OrderRecord:
        """The order, without its drug, dosage and supply."""

    def medicine(self, resource: Resource, resolve: Resolve, terminology: Terminology) -> Medicine | None:
        """The drug; `None` when the order names none."""

    def instructions(self, sourced: Sourced) -> tuple[Instruction, ...]:
        """The dosage instructions."""

    def supply(self, sourced: Sourced) -> Supply:
        """What may be dispensed."""

    def reasons(self, resource: Resource, terminology: Terminology) -> tuple[ReasonRecord, ...]:
        """The stated reasons."""

    def texts(self, resource: Resource, terminology: Terminology) -> OrderTexts:
        """Routes, instructions and notes."""

    def name(self, resource: Resource) -> CodeableConcept | None:
        """What a Condition or an Observation is of."""

    def condition(self, resource: Resource, birth: DateInterval | None, terminology: Terminology) -> ConditionRecord:
        """A Condition."""

    def allergy(self, resource: Resource, terminology: Terminology) -> AllergyRecord:
        """An AllergyIntolerance."""

    def observation(self, resource: Resource, terminology: Terminology, zone: tzinfo) -> ObservationRecord:
        """An Observation; its instants are days of the zone's calendar."""

    def encounter(self, resource: Resource, terminology: Terminology) -> EncounterRecord:
        """An Encounter."""

    def service(self, resource: Resource, terminology: Terminology) -> tuple[str, Concept]:
        """(status, what is asked for) of a request for a service."""


def interval(text: str) -> DateInterval | None:
    """The days a date may mean; `None` when it is no date, or of a year beyond belief."""
    if not text:
        return None
    days = _full(text) or DateInterval.of(text)
    if days is None or not EARLIEST_YEAR <= days.earliest.year <= LATEST_YEAR:
        return None
    return days


def _full(text: str) -> DateInterval | None:
    """The day of a full date or dateTime, by the short way; `None` leaves it to the long one."""
    if text[4:5] != "-" or text[7:8] != "-" or text[10:11] not in ("", "T"):
        return None
    try:
        day = date.fromisoformat(text[:10])
    except ValueError:  # not a day of the calendar
        return None
    return DateInterval(earliest=day, latest=day)


def local_day(text: str, zone: tzinfo) -> DateInterval | None:
    """The day of an instant, which always names its offset, in the calendar of a zone."""
    days = interval(text)
    if days is None:
        return None
    try:
        moment = datetime.fromisoformat(text)
        day = moment.astimezone(zone).date() if moment.tzinfo else moment.date()
    except (ValueError, OverflowError):  # not quite an instant: its date part is the best there is
        return days
    return DateInterval(earliest=day, latest=day)
