"""The catalogue of a content release as records: what a reviewer reads, free of layout.

`content/catalogue.py` builds it, `content/catalogue_markdown.py` writes it for people; a page or a JSON answer takes
the same records.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field

from cds_service.domain.content import Evidence, Release, Variant
from cds_service.domain.provenance import Bound, Provenance

UNITS = {  # UCUM codes in words a clinician reads
    "1": "",
    "a": "years",
    "d": "days",
    "mg/d": "mg a day",
    "mm[Hg]": "mmHg",
    "mL/min/{1.73_m2}": "mL/min per 1.73 m²",
    "{drugs}": "drugs",
    "{score}": "points",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Example:
    """One worked example: a patient and an order in a line, and what is said of it; each is a test of the release."""

    of: str
    case: str
    says: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ContestedPoint:
    """Where popular summaries and primary sources disagree, and what is followed."""

    id: str
    topic: str
    popular: str
    primary: str
    followed: str
    touches: tuple[str, ...]
    evidence: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """A question that only a clinician can settle."""

    id: str
    asks: str
    touches: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Statement:
    """One statement that the service has to know, and the tests that show it does; `note` where it says otherwise."""

    id: str
    says: str
    realised_by: tuple[str, ...]
    tests: tuple[str, ...]
    note: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Supplements:
    """What a release holds for its readers alone: nothing of it is shown on a card.

    `meanings` tells of each threshold what it means: stem id -> path -> words.
    """

    contested: tuple[ContestedPoint, ...] = ()
    questions: tuple[Question, ...] = ()
    examples: tuple[Example, ...] = ()
    statements: tuple[Statement, ...] = ()
    meanings: Mapping[str, Mapping[str, str]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class SourceAttribute:
    """One of the thirteen source attributes of 45 CFR 170.315(b)(11)(iv)(A), by its number there.

    Attributes:
        used: for the attributes that ask about the use of data (5 to 13): whether it is used; else `None`.
    """

    number: int
    name: str
    value: str
    used: bool | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Threshold:
    """One number of a stem: its value, UCUM unit, and how far it may be moved (`None`: not at all).

    `name` is its path where it stands in a table (`kidney.severe_below`).
    """

    name: str
    value: str
    unit: str
    meaning: str = ""
    bound: Bound | None = None

    @property
    def counted_in(self) -> str:
        """The unit in words."""
        return UNITS.get(self.unit, self.unit)


@dataclass(frozen=True, slots=True, kw_only=True)
class ValueSetEntry:
    """One value set: what it is for, how many codes of which system, and what makes use of it."""

    name: str
    title: str
    purpose: str
    version: str
    codes: Mapping[str, int]
    used_by: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class ExemptionEffect:
    """What one exemption does to a rule: `S` silent, `W`/`I` at most warning/info, `-` unchanged.

    `variant` names the wording that has a row of its own; empty for the rule as a whole.
    """

    id: str
    name: str
    effect: str
    variant: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class RuleEntry:
    """One rule as its reviewers read it.

    Attributes:
        logic: part of the docstring of its Python half (`Says`, `Speaks when` …) -> text.
        yields_to: rule id -> how it gives way. silent_beside: rule id -> indicators.
    """

    id: str
    version: str
    title: str
    order: int
    logic: Mapping[str, str]
    variants: Mapping[str, Variant]
    points: Mapping[str, str]
    silent: Mapping[str, str]
    thresholds: tuple[Threshold, ...]
    exemptions: tuple[ExemptionEffect, ...]
    yields_to: Mapping[str, str]
    silent_beside: Mapping[str, tuple[str, ...]]
    evidence: tuple[Evidence, ...]
    no_evidence: str
    needs: tuple[str, ...]
    value_sets: tuple[str, ...]
    offers: tuple[str, ...]
    override_reasons: tuple[str, ...]
    examples: tuple[Example, ...]
    source_attributes: tuple[SourceAttribute, ...]
    provenance: Provenance
    shadow: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class OrderEntry:
    """One order an alternative becomes, in lines a prescriber would recognise."""

    name: str
    lines: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class AlternativeEntry:
    """One alternative as its reviewers read it; `blocked` says when it is named but not offered."""

    id: str
    version: str
    title: str
    kind: str
    logic: str
    labels: Mapping[str, str]
    points: Mapping[str, str]
    notes: Mapping[str, str]
    blocked: Mapping[str, str]
    orders: tuple[OrderEntry, ...]
    thresholds: tuple[Threshold, ...]
    evidence: tuple[Evidence, ...]
    no_evidence: str
    needs: tuple[str, ...]
    value_sets: tuple[str, ...]
    offered_by: tuple[str, ...]
    examples: tuple[Example, ...]
    source_attributes: tuple[SourceAttribute, ...]
    provenance: Provenance


@dataclass(frozen=True, slots=True, kw_only=True)
class Catalogue:
    """A whole release as its reviewers read it."""

    release: Release
    footer: str
    rules: tuple[RuleEntry, ...]
    alternatives: tuple[AlternativeEntry, ...]
    exemptions: Mapping[str, str]
    exemption_evidence: Mapping[str, tuple[str, ...]]
    evidence: tuple[Evidence, ...]
    value_sets: tuple[ValueSetEntry, ...]
    override_reasons: Mapping[str, str]
    supplements: Supplements
