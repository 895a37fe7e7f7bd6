"""A content release of `hooks/`, loaded: what the clinicians review, as records the engine can run.

Nothing here knows a drug; the values come from the TOML halves, the callables from the Python halves.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from cds_service.domain.facts import Facts
from cds_service.domain.orders import DrugOrder, OrderChange, ServiceOrder
from cds_service.domain.outcome import Finding, Indicator, Outcome, Verdict
from cds_service.domain.provenance import Bound, Layer, Origins, Provenance
from cds_service.domain.reading import Product, Reading
from cds_service.domain.reasons import StandardReasons
from cds_service.domain.terminology import Coding, Terminology, ValueSetNote


@dataclass(frozen=True, slots=True, kw_only=True)
class Release:
    """Identity of the content: its version, its date, who signed it off, and a hash over every file of it.

    `sign_off` says in a sentence what the sign-off covers, or that it is outstanding. `version` and `sha256` also cover
    the `layers` upon it, the lowest first: the same two never stand for two different contents.
    """

    version: str
    date: date
    reviewers: tuple[str, ...]
    sha256: str
    sign_off: str = ""
    layers: tuple[Layer, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Hook:
    """One CDS Service on one hook (a file `hooks/<hook>.toml`).

    Attributes:
        orders_at: context field with the Bundle of drafts. selections_at: context field with selections, or empty.
        context_schema: JSON Schema of the context.
    """

    hook: str
    hook_version: str
    service_id: str
    title: str
    description: str
    usage_requirements: str
    orders_at: str
    selections_at: str
    context_schema: Mapping[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class Evidence:
    """One source of the evidence catalogue.

    Attributes:
        url: where it can be read; empty when only the citation may be shown.
        verified: V1, V2 (may be linked), V3 (named only), U (never shown).
    """

    id: str
    claim: str
    citation: str
    label: str
    url: str
    strength: str
    verified: str

    @property
    def linkable(self) -> bool:
        """Whether a card may link to it."""
        return bool(self.url) and self.verified in {"V1", "V2"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Variant:
    """One wording of a rule: `{placeholders}` are filled with the finding's values.

    Attributes:
        summary: under 140 characters when filled. problem: what is wrong for this patient. why: the reason.
        instead: what to do instead. may_be: other indicators that a site or a client may choose.
        if_offered: an alternative that the words name; when it is not offered, the variant `otherwise` is shown.
    """

    indicator: Indicator
    summary: str
    problem: str
    why: str
    instead: str
    offers: tuple[str, ...] | None = None  # alternatives of this wording; None = the rule's own
    may_be: tuple[Indicator, ...] = ()
    if_offered: str = ""
    otherwise: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Rule:
    """One rule: both halves of its stem.

    Attributes:
        order: its place in the decision table; cards of equal urgency keep this order.
        needs: `SectionName` values it looks at; prefetch templates are derived from them.
        gives_way_to: rule id -> `replaced` or `folded`: when that rule speaks, this one is silent.
        unless: rule ids (`*` for any) -> indicators: silent while such a card is shown, and unsure while it cannot be
            told whether it should be.
        evaluate: the pure function of the Python half. params: its thresholds, read from the TOML half.
        units, bounds: of the thresholds, by name; one without a bound is fixed.
        shadow: evaluated and recorded, but never shown.
        logic: what the Python half says of itself, in words. no_evidence: why it cites none, where it does not.
    """

    id: str
    version: str
    title: str
    order: int
    needs: tuple[str, ...]
    evidence: tuple[str, ...]
    override_reasons: tuple[str, ...]
    offers: tuple[str, ...]
    variants: Mapping[str, Variant]
    points: Mapping[str, str]
    silent: Mapping[str, str]
    gives_way_to: Mapping[str, str]
    value_sets: tuple[str, ...]
    params: Any
    evaluate: Callable[[Facts, Any], Outcome]
    unless: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    units: Mapping[str, str] = field(default_factory=dict)
    bounds: Mapping[str, Bound] = field(default_factory=dict)
    shadow: bool = False
    logic: str = ""
    no_evidence: str = ""
    provenance: Provenance = field(default_factory=Provenance)


@dataclass(frozen=True, slots=True, kw_only=True)
class Alternative:
    """One alternative: both halves of its stem.

    Attributes:
        slots: what it occupies in an answer (one spasm drug, one anxiety drug, one change …); each slot is given once.
            `change/shorten` shares the slot `change` with others of the family `shorten`.
        kind: `drug`, `combination` (of the alternatives in `of`), `change`, `cancel`, `taper` or `service`.
        alone: it is not offered beside a draft of the reviewed drug that would stay, unless that is tapered.
        after: second choice: considered only where all of these were judged and are not offered.
        rank: within a slot the lowest goes first, equal ones by the urgency of their cards; `rank_beside` while a rule
            speaks.
        heeds: rules whose findings the check looks at, shown or not; where one broke, this is not offered.
        under_exemptions: rules whose finding allows this alternative although an exemption holds.
        never_under: exemptions under which it is not offered, `*` for any.
        label: on the button, for a new course. label_continuing: beside a taper. `{drug}`, `{regimen}`, `{drugs}` are
            those of its orders.
        labels: other labels by `Offer.label`; `{label}` is the plain one. points, notes, blocked: sentences by token.
        orders: the order(s) it becomes, by `Offer.choice` (`default` for the only one).
        check: the pure function; it sees the facts and the findings on this order, each with the indicator it is shown
            with as its `ceiling`.
    """

    id: str
    version: str
    title: str
    kind: str
    slots: tuple[str, ...]
    of: tuple[str, ...]
    needs: tuple[str, ...]
    evidence: tuple[str, ...]
    label: str
    label_continuing: str
    labels: Mapping[str, str]
    description: str
    points: Mapping[str, str]
    notes: Mapping[str, str]
    blocked: Mapping[str, str]
    orders: Mapping[str, DrugOrder | ServiceOrder | OrderChange]
    value_sets: tuple[str, ...]
    params: Any
    check: Callable[[Facts, Mapping[str, Finding], Any], Verdict]
    under_exemptions: tuple[str, ...] = ()
    never_under: tuple[str, ...] = ()
    alone: bool = False
    after: tuple[str, ...] = ()
    rank: int = 1
    rank_beside: Mapping[str, int] = field(default_factory=dict)
    heeds: tuple[str, ...] = ()
    unfit: Mapping[str, str] = field(default_factory=dict)
    units: Mapping[str, str] = field(default_factory=dict)
    logic: str = ""
    no_evidence: str = ""
    provenance: Provenance = field(default_factory=Provenance)


@dataclass(frozen=True, slots=True, kw_only=True)
class Exemption:
    """One exemption that holds for an order, with the token of why."""

    id: str
    because: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Exemptions:
    """When orders are right as they are, and how far that quiets each rule.

    Attributes:
        needs: `SectionName` values the exemptions look at.
        matrix: rule id -> exemption id -> `S` suppressed, `W`/`I` at most warning/info, `-` unchanged. A row of its own
            for one wording stands under `<rule id>/<variant>`.
        strictest: rules for which, of several exemptions, the strictest effect wins, and `S` never applies.
        holding: the pure function that says which exemptions hold.
        because: why-token -> words. evidence: exemption id -> evidence ids.
    """

    names: Mapping[str, str]
    matrix: Mapping[str, Mapping[str, str]]
    strictest: frozenset[str]
    params: Any
    holding: Callable[[Facts, Any], tuple[Exemption, ...]]
    needs: tuple[str, ...] = ()
    because: Mapping[str, str] = field(default_factory=dict)
    evidence: Mapping[str, tuple[str, ...]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Phrases:
    """Words shared by all cards (`hooks/phrases.toml`): headings, footer, section names, gaps.

    `silenced` and `unfit` explain the engine's own tokens, of rules and of alternatives, for traces.
    """

    headings: Mapping[str, str]
    sections: Mapping[str, str]
    missing: Mapping[str, str]
    unavailable: Mapping[str, str]
    doubts: Mapping[str, str]
    basis: Mapping[str, str]
    sentences: Mapping[str, str]
    footer: str
    footer_evidence: tuple[str, ...] = ()
    silenced: Mapping[str, str] = field(default_factory=dict)
    unfit: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Content:
    """A whole content release, ready to run.

    Attributes:
        rule_of: rule id -> rule. conditional: those of them with words that hold only when something is offered.
    """

    release: Release
    hooks: tuple[Hook, ...]
    rules: tuple[Rule, ...]
    alternatives: Mapping[str, Alternative]
    exemptions: Exemptions
    reading: Reading
    terminology: Terminology
    value_set_codes: Mapping[str, tuple[Coding, ...]]  # value-set name -> its codes, for queries and checks
    products: Mapping[tuple[str, str], Product]
    evidence: Mapping[str, Evidence]
    override_reasons: Mapping[str, Coding]
    phrases: Phrases
    source_label: str
    source_url: str
    topic_system: str
    value_sets: Mapping[str, str] = field(default_factory=dict)  # name -> version
    value_set_notes: Mapping[str, ValueSetNote] = field(default_factory=dict)
    origins: Origins = field(default_factory=Origins)
    standard_reasons: StandardReasons = field(default_factory=StandardReasons)
    rule_of: Mapping[str, Rule] = field(init=False, repr=False, compare=False)
    conditional: Mapping[str, Rule] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        """Look up once what every call would."""
        rules = {rule.id: rule for rule in self.rules}
        spoken = {name for name, rule in rules.items() if any(one.if_offered for one in rule.variants.values())}
        object.__setattr__(self, "rule_of", rules)
        object.__setattr__(self, "conditional", {name: rule for name, rule in rules.items() if name in spoken})

    @property
    def needs(self) -> frozenset[str]:
        """The sections that any rule, alternative or exemption looks at, as `SectionName` values."""
        asked = [rule.needs for rule in self.rules]
        asked += [alternative.needs for alternative in self.alternatives.values()]
        return frozenset(need for needs in (*asked, self.exemptions.needs) for need in needs)
