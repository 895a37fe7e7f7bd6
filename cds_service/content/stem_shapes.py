"""What the TOML halves of rules, alternatives and exemptions must look like; see `shapes` for the other files."""

from datetime import date
from decimal import Decimal
from typing import Any

from msgspec import field

from cds_service.content.shapes import Shape
from cds_service.domain.outcome import Indicator
from cds_service.domain.provenance import Change, Provenance, Uses


class UsesTable(Shape):
    """`[source_attributes]` of a rule or an alternative: what it uses, and how; see `domain.provenance.Uses`."""

    race: str = ""
    ethnicity: str = ""
    language: str = ""
    sexual_orientation: str = ""
    gender_identity: str = ""
    sex: str = ""
    date_of_birth: str = ""
    social_determinants_of_health: str = ""
    health_status_assessments: str = ""


class ChangeTable(Shape):
    """One `[[history]]`, newest first."""

    version: str
    date: date
    what: str
    why: str


class BoundTable(Shape):
    """One entry of `[bounds]`: how far a site or a client may move a threshold."""

    least: int | Decimal
    most: int | Decimal


class Kept(Shape, kw_only=True):
    """What stands in every rule and alternative about who answers for it."""

    owner: str
    reviewed: date | bool  # false: not yet
    next_review: date
    history: tuple[ChangeTable, ...]
    no_evidence: str = ""
    units: dict[str, str] = field(default_factory=dict)
    source_attributes: UsesTable = field(default_factory=UsesTable)

    def provenance(self) -> Provenance:
        """The domain record."""
        return self.become(
            Provenance,
            reviewed=self.reviewed if isinstance(self.reviewed, date) else None,
            history=tuple(change.become(Change) for change in self.history),
            uses=self.source_attributes.become(Uses),
        )


class VariantTable(Shape):
    """One `[variants.*]` of a rule."""

    indicator: Indicator
    summary: str
    problem: str
    why: str
    instead: str
    offers: tuple[str, ...] | None = None
    may_be: tuple[Indicator, ...] = ()
    if_offered: str = ""
    otherwise: str = ""


class RuleFile(Kept, kw_only=True):
    """The TOML half of a rule."""

    id: str
    version: str
    title: str
    order: int
    needs: tuple[str, ...]
    evidence: tuple[str, ...]
    override_reasons: tuple[str, ...]
    offers: tuple[str, ...]
    value_sets: tuple[str, ...]
    variants: dict[str, VariantTable]
    params: dict[str, Any] = field(default_factory=dict)
    points: dict[str, str] = field(default_factory=dict)
    silent: dict[str, str] = field(default_factory=dict)
    gives_way_to: dict[str, str] = field(default_factory=dict)
    unless: dict[str, tuple[Indicator, ...]] = field(default_factory=dict)
    bounds: dict[str, BoundTable] = field(default_factory=dict)


class AlternativeFile(Kept, kw_only=True):
    """The TOML half of an alternative; the shape of its orders follows from `kind` (see `orders`)."""

    id: str
    version: str
    title: str
    kind: str
    slots: tuple[str, ...]
    needs: tuple[str, ...]
    evidence: tuple[str, ...]
    value_sets: tuple[str, ...]
    label: str
    of: tuple[str, ...] = ()
    alone: bool = False
    after: tuple[str, ...] = ()
    rank: int = 1
    rank_beside: dict[str, int] = field(default_factory=dict)
    heeds: tuple[str, ...] = ()
    under_exemptions: tuple[str, ...] = ()
    never_under: tuple[str, ...] = ()
    limits: tuple[str, ...] = ()
    label_continuing: str = ""
    description: str = ""
    params: dict[str, Any] = field(default_factory=dict)
    labels: dict[str, str] = field(default_factory=dict)
    points: dict[str, str] = field(default_factory=dict)
    notes: dict[str, str] = field(default_factory=dict)
    blocked: dict[str, str] = field(default_factory=dict)
    unfit: dict[str, str] = field(default_factory=dict)
    orders: dict[str, dict[str, Any]] = field(default_factory=dict)


class ExemptionsFile(Shape):
    """`exemptions.toml`: rule id -> exemption id -> effect."""

    names: dict[str, str]
    needs: tuple[str, ...]
    strictest: tuple[str, ...]
    matrix: dict[str, dict[str, str]]
    because: dict[str, str] = field(default_factory=dict)
    evidence: dict[str, tuple[str, ...]] = field(default_factory=dict)
    params: dict[str, Any] = field(default_factory=dict)
