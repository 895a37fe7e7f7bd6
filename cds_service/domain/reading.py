"""How facts are read: what the reviewed drug is, what its products hold, and the clinical limits of reading."""

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal

from cds_service.domain.course import CourseLimits
from cds_service.domain.orders import Form
from cds_service.domain.terminology import Coding


@dataclass(frozen=True, slots=True, kw_only=True)
class Product:
    """One product of the reviewed drug.

    Attributes:
        strength_mg: mg in one countable unit (tablet, film, spray), or in one mL when `per_ml`.
        unit: what is counted: `tablet`, `capsule`, `film`, `spray`, `mL` …
        mg_per_ml: concentration of a liquid, also where applicators or syringes of it are counted.
    """

    coding: Coding
    label: str
    form: Form
    strength_mg: Decimal | None
    per_ml: bool = False
    unit: str = ""
    tablet: bool = False
    mg_per_ml: Decimal | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading:
    """How facts are read from a record: what the reviewed drug is, and the clinical limits of reading.

    From `hooks/facts.toml`; the sets named here are value sets of the release.
    """

    subject_set: str
    subject_words: str
    form_sets: Mapping[str, str]  # Form value -> value-set name
    form_words: Mapping[str, str]
    form_routes: Mapping[str, str]  # SNOMED CT route code -> Form value
    course: CourseLimits
    history_days: int
    administered_within_hours: int
    weight_set: str
    weight_max_age_days: int
    weight_max_age_days_under_two: int
    ignored_when: tuple[str, ...]  # word lists naming topical, eye, ear, nasal products
    ignored_sets: tuple[str, ...]  # value sets whose products are ignored on those routes
    units: Mapping[str, str]  # observation value set -> canonical UCUM unit
    observation_sets: tuple[str, ...]
    service_sets: tuple[str, ...]
    order_words: tuple[str, ...]  # word lists looked for in an order's own text and notes
    own_note_marker: str  # text that marks a note as written by one of our own suggestions
