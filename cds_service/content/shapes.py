"""What each file of `hooks/` must look like; keys beyond these are faults, so that a typo is found.

The meaning of the keys is told by the records of `domain/content.py` they become, and by comments in the files.
"""

from dataclasses import fields
from datetime import date
from decimal import Decimal
from typing import Any, TypeVar

import msgspec

from cds_service.domain.orders import Form
from cds_service.domain.terminology import Vocabulary

Record = TypeVar("Record")
Words = dict[str, tuple[str, ...]]  # class -> words


class Shape(msgspec.Struct, forbid_unknown_fields=True):
    """A table whose keys are all known."""

    def become(self, record: type[Record], **given: object) -> Record:
        """The domain record with the fields of the same names; `given` are those that are not copied."""
        names = {field.name for field in fields(record)} & set(self.__struct_fields__)  # type: ignore[arg-type]  # records are dataclasses
        return record(**{name: getattr(self, name) for name in names - given.keys()}, **given)


class OriginsTable(Shape):
    """`[source_attributes]` of `release.toml`: what is the same for every rule."""

    developer: str
    funding_source: str
    unused: str


class ReleaseFile(Shape):
    """`release.toml`."""

    version: str
    date: date
    reviewers: tuple[str, ...]
    sign_off: str
    source_label: str
    source_url: str
    topic_system: str
    source_attributes: OriginsTable


class HookFile(Shape):
    """`<hook>.toml`; `context` is a JSON Schema."""

    hook: str
    hook_version: str
    service_id: str
    title: str
    description: str
    usage_requirements: str
    orders_at: str
    selections_at: str
    context: dict[str, Any]


class EvidenceEntry(Shape):
    """One table of `evidence.toml`."""

    claim: str
    citation: str
    label: str
    url: str
    strength: str
    verified: str


class Reason(Shape):
    """One override reason."""

    system: str
    display: str


class StandardTable(Shape):
    """`[standard]`: a code system and all its codes."""

    system: str
    codes: tuple[str, ...]


class OverrideReasonsFile(Shape):
    """`override_reasons.toml`: code -> reason."""

    standard: StandardTable
    reasons: dict[str, Reason]


class ProductEntry(Shape):
    """One `[[product]]`."""

    code: str
    label: str
    form: Form
    unit: str = ""
    strength_mg: Decimal | None = None
    mg_per_ml: Decimal | None = None
    tablet: bool = False


class ProductsFile(Shape):
    """`products.toml`."""

    system: str
    product: tuple[ProductEntry, ...]


class OwnNegations(Shape):
    """Negations of one class, in place of the common ones."""

    words: tuple[str, ...]
    reach: int


class WholeWords(Shape):
    """Words that count only as the whole text."""

    vocabularies: tuple[Vocabulary, ...]
    words: tuple[str, ...]


class WordsFile(Shape):
    """`words.toml`."""

    negations: tuple[str, ...]
    negation_reach: int
    word_lists: dict[str, str]
    drug: Words
    problem: Words
    reason: Words
    reaction: Words
    order: Words
    brands: Words = {}  # substance -> its brand names
    includes: dict[Vocabulary, tuple[Vocabulary, ...]] = {}
    own_negations: dict[str, OwnNegations] = {}
    whole: dict[str, WholeWords] = {}


class CourseTable(Shape):
    """`[course]` of `facts.toml`, in days and months."""

    pack_rounding_days: int
    calendar_months: int
    calendar_months_days: int
    run_gap_days: int
    continuing_after_days: int
    unknown_completed_days: int
    lapsed_after_days: int


class CodesTable(Shape):
    """`[codes]` of `facts.toml`: how codes of different systems are compared."""

    dotted: tuple[str, ...]
    display_endings: tuple[str, ...]
    prefixes: dict[str, int]
    fallbacks: dict[str, str]
    aliases: dict[str, str]


class FactsFile(Shape):
    """`facts.toml`."""

    subject_set: str
    subject_words: str
    history_days: int
    administered_within_hours: int
    weight_set: str
    weight_max_age_days: int
    weight_max_age_days_under_two: int
    observation_sets: tuple[str, ...]
    service_sets: tuple[str, ...]
    order_words: tuple[str, ...]
    own_note_marker: str
    ignored_when: tuple[str, ...]
    ignored_sets: tuple[str, ...]
    form_sets: dict[Form, str]
    form_words: dict[Form, str]
    form_routes: dict[str, Form]
    course: CourseTable
    units: dict[str, str]
    codes: CodesTable


class PhrasesFile(Shape):
    """`phrases.toml`."""

    footer: str
    headings: dict[str, str]
    sections: dict[str, str]
    missing: dict[str, str]
    unavailable: dict[str, str]
    doubts: dict[str, str]
    basis: dict[str, str]
    sentences: dict[str, str]
    silenced: dict[str, str] = {}
    unfit: dict[str, str] = {}
    footer_evidence: tuple[str, ...] = ()
