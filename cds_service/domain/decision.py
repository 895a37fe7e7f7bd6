"""What the ledger keeps of a hook call, and of what people did with its cards. Nothing here identifies anybody."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from cds_service.domain.card import Card
from cds_service.domain.content import Exemption
from cds_service.domain.facts import Facts
from cds_service.domain.outcome import Finding, Outcome, RuleFailed, Verdict


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

    @property
    def every_rule_failed(self) -> bool:
        """Whether not one rule could be run on this order."""
        return bool(self.rulings) and all(isinstance(ruling.outcome, RuleFailed) for ruling in self.rulings)


@dataclass(frozen=True, slots=True, kw_only=True)
class Decision:
    """One evaluated hook call, card or not.

    Attributes:
        user, patient, encounter: keyed pseudonyms. assessments: one for each reviewed order, none for no such order.
        incomplete: sections that were not to be had, with the reason token.
        content_version, content_sha256: the content release. software_version: this service.
    """

    id: str
    received_at: datetime
    answered_at: datetime
    hook: str
    service_id: str
    hook_instance: str
    client: str
    user: str
    patient: str
    encounter: str
    fhir_version: str
    body_sha256: str
    assessments: tuple[Assessment, ...]
    incomplete: Mapping[str, str]
    cards: tuple[Card, ...]
    content_version: str
    content_sha256: str
    software_version: str
    status: int = 200
    mode: str = "live"


@dataclass(frozen=True, slots=True, kw_only=True)
class Feedback:
    """What a person did with one card, as the client reports it.

    Attributes:
        outcome: `accepted` or `overridden`. accepted: uuids of accepted suggestions.
        reason_code, reason_system: the override reason as sent.
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
    has_comment: bool = False
