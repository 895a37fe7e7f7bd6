"""Facts: what is known of one patient and one reviewed order, as of the order date. Never guessed.

Each section is `Known` (perhaps with gaps) or `Unavailable`: an empty list is never "we could not look".
Facts hold no name, identifier, birth date or free text, so they can be stored as they are and replayed.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from enum import StrEnum
from typing import Any, Generic, Protocol, TypeVar

from cds_service.domain.course import PriorUse, RunningOrder
from cds_service.domain.dates import Age, DateInterval
from cds_service.domain.orders import ReviewedOrder
from cds_service.domain.terminology import Classes, How, Match

T = TypeVar("T")


class Classified(Protocol):
    """What belongs to value sets."""

    @property
    def classes(self) -> Classes:
        """They, by name."""


C = TypeVar("C", bound=Classified)
NEVER_SENT = "never-sent"


class SectionName(StrEnum):
    """The parts of the record that rules may need; `hooks/` rules name them under `needs`."""

    PATIENT = "patient"
    PROBLEMS = "problems"
    MEDICATIONS = "medications"
    STATEMENTS = "statements"
    ALLERGIES = "allergies"
    OBSERVATIONS = "observations"
    SERVICES = "services"
    ENCOUNTER = "encounter"


class Place(StrEnum):
    """Where a fact came from."""

    CONTEXT = "context"
    PREFETCH = "prefetch"
    FHIR_READ = "fhir-read"


@dataclass(frozen=True, slots=True, kw_only=True)
class Origin:
    """The resource a fact rests on: where it was found and its `Type/id` (empty when it had no id)."""

    place: Place
    reference: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Gap:
    """Something of a section that could not be read, in words fit for a log (no content)."""

    why: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Known(Generic[T]):
    """A section that was obtained; `gaps` tell what of it could not be read."""

    items: tuple[T, ...] = ()
    gaps: tuple[Gap, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Unavailable:
    """A section that could not be obtained, and why (a token of `hooks/phrases.toml`, `[unavailable]`)."""

    why: str

    @property
    def agreed(self) -> bool:
        """Whether the client is registered as never sending it: rules still cannot tell, but it is no news."""
        return self.why == NEVER_SENT


class ProblemStatus(StrEnum):
    """Whether a Condition counts as present or as over (knowledge 2.4)."""

    ACTIVE = "active"
    PAST = "past"


@dataclass(frozen=True, slots=True, kw_only=True)
class Problem:
    """A Condition that belongs to at least one value set.

    Attributes:
        onset: when it began (stated onset, or birth date plus onset age).
        recorded: when it was recorded; stands in for onset only where a rule allows it.
        ended: when it ended, if it did.
    """

    classes: Classes
    status: ProblemStatus
    origin: Origin
    unconfirmed: bool = False
    onset: DateInterval | None = None
    recorded: DateInterval | None = None
    ended: DateInterval | None = None

    @property
    def dated(self) -> DateInterval | None:
        """The date of the problem: its onset, else the day it was recorded."""
        return self.onset or self.recorded


class Standing(StrEnum):
    """Whether a drug on record counts as current on the order date (knowledge 2.5)."""

    CURRENT = "current"
    PAST = "past"  # history: once taken
    NEITHER = "neither"  # planned, not taken, in the future


@dataclass(frozen=True, slots=True, kw_only=True)
class Drug:
    """A drug of the draft Bundle or of the record, other than the reviewed order itself.

    Attributes:
        since: first day on record. ended: last day, where one can be computed or is stated.
        in_draft: ordered in the same draft Bundle.
        not_tolerated: stopped for allergy, adverse effect or intolerance.
        ineffective: stopped because it did not work.
        coded: has a code of a known drug system (a drug in no value set and without one is *not known*, ruling 13).
    """

    classes: Classes
    standing: Standing
    origin: Origin
    since: date | None = None
    ended: date | None = None
    in_draft: bool = False
    not_tolerated: bool = False
    ineffective: bool = False
    coded: bool = True

    @property
    def listed(self) -> bool:
        """Whether the drug belongs to any value set of the content release."""
        return bool(self.classes)


@dataclass(frozen=True, slots=True, kw_only=True)
class Allergy:
    """An AllergyIntolerance that is not refuted, entered in error, inactive or resolved."""

    classes: Classes
    origin: Origin
    intolerance: bool = False
    criticality: str = ""  # low | high | unable-to-assess | ""
    reactions: tuple[str, ...] = ()  # recognised reactions, in our labels
    recorded: DateInterval | None = None
    unconfirmed: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Measurement:
    """A numeric Observation of a value set, final, amended or corrected.

    Attributes:
        value: the number, in the canonical unit of its value set (`unit`, UCUM).
        comparator: `<`, `<=`, `>`, `>=` or empty.
    """

    classes: Classes
    value: Decimal
    unit: str
    origin: Origin
    comparator: str = ""
    taken: DateInterval | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Service:
    """An active request for a service (physical therapy, say)."""

    classes: Classes
    origin: Origin


@dataclass(frozen=True, slots=True, kw_only=True)
class Encounter:
    """The encounter of the call: its class code, lower case (`emer`, `imp`, `amb` …), and what it is about."""

    encounter_class: str
    classes: Classes
    origin: Origin


@dataclass(frozen=True, slots=True, kw_only=True)
class Found(Generic[T]):
    """The answer to a question put to the record.

    Attributes:
        items: what was found.
        missing: sections that could not be looked at fully; an empty `items` then proves nothing.
    """

    items: tuple[T, ...]
    missing: tuple[str, ...] = ()

    def __bool__(self) -> bool:
        """Whether anything was found."""
        return bool(self.items)


NOTHING: Found[Any] = Found(items=())  # the usual answer


@dataclass(frozen=True, slots=True, kw_only=True)
class Facts:
    """All that the rules may know about one reviewed order.

    Attributes:
        as_of: T, the order date (knowledge 2.3).
        date_assumed: the order carried no usable date, T is today's date in the configured zone.
        age: `None` without a believable birth date.
        sex: `male`, `female`, `other`, `unknown` or empty (administrative gender).
        weight_kg: the latest body weight that is recent enough to dose by.
        order: the order under review. siblings: other orders of the reviewed drug in the same draft Bundle.
        drafts: other drugs in the same draft Bundle.
        medications: drugs on MedicationRequests. statements: drugs on MedicationStatements and administrations.
        prior_use: earlier use of the reviewed drug. running: its other orders on record, still active.
    """

    as_of: date
    order: ReviewedOrder
    age: Age | None
    sex: str = ""
    date_assumed: bool = False
    weight_kg: Decimal | None = None
    siblings: tuple[ReviewedOrder, ...] = ()
    drafts: tuple[Drug, ...] = ()
    problems: Known[Problem] | Unavailable
    medications: Known[Drug] | Unavailable
    statements: Known[Drug] | Unavailable
    allergies: Known[Allergy] | Unavailable
    observations: Known[Measurement] | Unavailable
    services: Known[Service] | Unavailable
    encounter: Known[Encounter] | Unavailable
    prior_use: PriorUse
    running: tuple[RunningOrder, ...] = ()

    # Questions a rule may ask -----------------------------------------------------------------------------------

    def problems_in(self, *value_sets: str, status: ProblemStatus | None = None) -> Found[Problem]:
        """Problems of any of the value sets, of one status or of any."""
        found = _of_classes(SectionName.PROBLEMS, self.problems, value_sets)
        if status is None or not found.items:
            return found
        return Found(items=tuple([one for one in found.items if one.status is status]), missing=found.missing)

    def active_problems(self, *value_sets: str) -> Found[Problem]:
        """Problems of any of the value sets that count as present."""
        return self.problems_in(*value_sets, status=ProblemStatus.ACTIVE)

    def current_drugs(self, *value_sets: str) -> Found[Drug]:
        """Current drugs of any of the value sets: drafts first, then prescriptions, then statements.

        One entry for each drug name: a prescription and the statement about it are one drug.
        """
        return self._drugs(value_sets, Standing.CURRENT)

    def past_drugs(self, *value_sets: str, since: date) -> Found[Drug]:
        """Drugs of any of the value sets that were taken on or after a day, current ones included."""
        current, past = self._drugs(value_sets, Standing.CURRENT), self._drugs(value_sets, Standing.PAST, since)
        return Found(items=current.items + past.items, missing=current.missing)

    def allergies_to(self, *value_sets: str) -> Found[Allergy]:
        """Allergies and intolerances to anything of the value sets."""
        return _of_classes(SectionName.ALLERGIES, self.allergies, value_sets)

    def stated_reasons(self, *value_sets: str) -> bool:
        """Whether the order itself states a reason of any of the value sets."""
        reasons = self.order.reasons
        return bool(reasons) and any(in_any(reason.classes, value_sets) for reason in reasons)

    def unavailable(self) -> Mapping[str, str]:
        """Sections that could not be obtained at all, with the reason token."""
        sections = {
            SectionName.PROBLEMS: self.problems,
            SectionName.MEDICATIONS: self.medications,
            SectionName.STATEMENTS: self.statements,
            SectionName.ALLERGIES: self.allergies,
            SectionName.OBSERVATIONS: self.observations,
            SectionName.SERVICES: self.services,
            SectionName.ENCOUNTER: self.encounter,
        }
        return {name: section.why for name, section in sections.items() if isinstance(section, Unavailable)}

    def _drugs(self, value_sets: tuple[str, ...], standing: Standing, since: date = date.min) -> Found[Drug]:
        missing: list[str] = []
        found: dict[str, Drug] = {}
        for name, section in (
            ("", Known(items=self.drafts)),
            (SectionName.MEDICATIONS, self.medications),
            (SectionName.STATEMENTS, self.statements),
        ):
            part = _of_classes(name, section, value_sets)
            missing += part.missing
            for drug in part.items:
                if drug.standing is standing and (drug.ended or drug.since or since) >= since:
                    found.setdefault(label_of(drug.classes, *value_sets).casefold(), drug)
        return Found(items=tuple(found.values()), missing=tuple(missing))


def in_any(classes: Classes, value_sets: Iterable[str]) -> bool:
    """Whether the classes name any of the value sets."""
    return not classes.keys().isdisjoint(value_sets)


def match_of(classes: Classes, *value_sets: str) -> Match:
    """The best match among the value sets (by code before by text).

    Raises:
        KeyError: the classes belong to none of them.
    """
    matches = [classes[name] for name in value_sets if name in classes]
    if not matches:
        raise KeyError(value_sets)
    return next((match for match in matches if match.how is How.CODE), matches[0])


def label_of(classes: Classes, *value_sets: str) -> str:
    """What to call a record that belongs to one of the value sets, in the content release's words."""
    return match_of(classes, *value_sets).label


def _of_classes(name: str, section: Known[C] | Unavailable, value_sets: Iterable[str]) -> Found[C]:
    """What a section holds of any of the value sets: dozens of questions a call, nearly all answered by "nothing"."""
    if isinstance(section, Unavailable):
        return Found(items=(), missing=(name,))
    items = tuple([item for item in section.items if not item.classes.keys().isdisjoint(value_sets)])
    if not items and not section.gaps:
        return NOTHING
    return Found(items=items, missing=(name,) if section.gaps else ())
