"""What the ledger keeps: hook calls, what people did with their cards, who read the record, which content was in use.

::

    Decision            one hook call, card or not
      ├─ Assessment         one reviewed order: its facts, and what was said of it
      │    └─ Ruling            one rule's outcome
      └─ TokenClaims        who called, as the token said
    Feedback            what a person did with one card
    Access              somebody read the record, or took a copy
    ReleaseUsed         a content release came into use

No patient can be told from any of it, nor the prescriber: their ids are keyed pseudonyms.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from enum import StrEnum

from cds_service.domain.card import Card
from cds_service.domain.content import Exemption
from cds_service.domain.facts import Facts
from cds_service.domain.outcome import Finding, NotAssessed, Outcome, RuleFailed, Verdict
from cds_service.domain.request import TokenClaims


@dataclass(frozen=True, slots=True, kw_only=True)
class Ruling:
    """The outcome of one rule on one order.

    Attributes:
        spoken: what the rule itself said, where exemptions or other rules changed it; else the outcome.
    """

    rule: str
    version: str
    outcome: Outcome
    spoken: Outcome | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Assessment:
    """Everything said about one reviewed order: the facts, each rule's ruling, each alternative's verdict."""

    facts: Facts
    exemptions: tuple[Exemption, ...]
    rulings: tuple[Ruling, ...]
    verdicts: Mapping[str, Verdict] = field(default_factory=dict)

    @property
    def findings(self) -> Mapping[str, Finding]:
        """The findings that are to be shown, by rule id."""
        return {ruling.rule: ruling.outcome for ruling in self.rulings if isinstance(ruling.outcome, Finding)}

    def finding(self, rule_id: str) -> Finding | None:
        """What a rule says that is to be shown."""
        for ruling in self.rulings:
            if ruling.rule == rule_id and isinstance(ruling.outcome, Finding):
                return ruling.outcome
        return None

    @property
    def every_rule_failed(self) -> bool:
        """Whether not one rule could be run on this order."""
        return bool(self.rulings) and all(isinstance(ruling.outcome, RuleFailed) for ruling in self.rulings)


class Degraded(StrEnum):
    """Why an answer was less than it should have been."""

    SECTION_MISSING = "section-missing"  # a part of the record was not to be had
    RULE_FAILED = "rule-failed"  # a rule broke; the others spoke
    FAULT = "fault"  # a fault of ours, there was no answer
    LEDGER_DELAYED = "ledger-delayed"  # it was kept in the spool first, the database being out of reach


@dataclass(frozen=True, slots=True, kw_only=True)
class Decision:
    """One evaluated hook call, card or not.

    Attributes:
        received_at, answered_at: UTC, by a clock that may be set. duration_us: microseconds between, by one that only
            goes forward.
        client: issuer of the client's token; empty in open mode. tenant: which of its organisations, where it says.
        claims: of the client's token; `None` in open mode. dialect: the client family its cards were fitted to.
        user, patient, encounter: keyed pseudonyms. assessments: one for each reviewed order, none for no such order.
        incomplete: sections that were not to be had, with the reason token.
        origins: section -> where it was looked for (`Place`), also where nothing was found.
        content_version, content_sha256: the content release, whose `ReleaseUsed` holds the versions of its rules,
            evidence and value sets. software_version: this service.
        status: HTTP status. mode: `live`, `shadow` or `replay`. degraded: why it was less than it should have been.
    """

    id: str
    received_at: datetime
    answered_at: datetime
    duration_us: int = 0
    hook: str
    service_id: str
    hook_instance: str
    client: str
    tenant: str = ""
    claims: TokenClaims | None = None
    dialect: str = ""
    user: str
    patient: str
    encounter: str
    fhir_version: str
    body_sha256: str
    assessments: tuple[Assessment, ...]
    incomplete: Mapping[str, str]
    origins: Mapping[str, str] = field(default_factory=dict)
    cards: tuple[Card, ...]
    content_version: str
    content_sha256: str
    software_version: str
    status: int = 200
    mode: str = "live"
    degraded: tuple[Degraded, ...] = ()

    @property
    def shown(self) -> tuple[Card, ...]:
        """The cards that leave: none in shadow, where they are only recorded."""
        return () if self.mode == "shadow" else self.cards

    @property
    def not_assessed(self) -> int:
        """How many rulings could not tell."""
        return sum(isinstance(ruling.outcome, NotAssessed) for one in self.assessments for ruling in one.rulings)

    @property
    def failed(self) -> int:
        """How many rulings are of rules that broke."""
        return sum(isinstance(ruling.outcome, RuleFailed) for one in self.assessments for ruling in one.rulings)


@dataclass(frozen=True, slots=True, kw_only=True)
class Feedback:
    """What a person did with one card, as the client reports it.

    Attributes:
        outcome: `accepted` or `overridden`. accepted: uuids of accepted suggestions.
        reason_code, reason_system: the override reason as sent. reason_mapped: HL7's non-adherence reason code for it;
            empty where HL7 has none.
        has_comment: words came with it. comment: those words; the ledger keeps of them what its screen lets through.
        outcome_at: the client's time, UTC.
    """

    id: str
    received_at: datetime
    service_id: str
    client: str
    card: str
    outcome: str
    outcome_at: datetime
    accepted: tuple[str, ...] = ()
    reason_code: str = ""
    reason_system: str = ""
    reason_mapped: str = ""
    has_comment: bool = False
    comment: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Access:
    """Somebody read the record itself, or took a copy.

    Attributes:
        who: the account, as the console knows it; of a command, the account of the machine it ran under.
        through: `console` or `command`. what: `list`, `decision`, `feedback`, `export`, `verify`, `proof` …
        query: what was asked for, by name: filters, ids of decisions. People stand in it as pseudonyms only.
        records: how many records were shown or copied.
    """

    id: str
    at: datetime
    who: str
    through: str
    what: str
    query: Mapping[str, str] = field(default_factory=dict)
    records: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class ReleaseUsed:
    """A content release came into use: what every decision that names its hash was made with.

    Attributes:
        at: since when, UTC. version, date, sha256, reviewers, sign_off: as `content.Release`.
        rules, alternatives, value_sets: id -> version. evidence: id -> how strongly it was verified.
    """

    id: str
    at: datetime
    version: str
    date: date
    sha256: str
    reviewers: tuple[str, ...]
    sign_off: str
    software_version: str
    rules: Mapping[str, str]
    alternatives: Mapping[str, str]
    evidence: Mapping[str, str]
    value_sets: Mapping[str, str]


Recorded = Decision | Feedback | Access | ReleaseUsed
