"""The ports of a hook call: what `app` fills in with FHIR, a dialect, the ledger, a clock."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from time import monotonic_ns
from typing import Any, Protocol
from uuid import UUID

from cds_service.domain.card import Card
from cds_service.domain.content import Content
from cds_service.domain.decision import Decision
from cds_service.domain.facts import Facts
from cds_service.domain.request import HookRequest


@dataclass(frozen=True, slots=True, kw_only=True)
class Gathered:
    """What `fhir/gather` brings back: Facts for each reviewed order, and the drafts for writing answers.

    Attributes:
        facts: one for each order of the reviewed drug, in the order of the Bundle; empty when there is none.
        incomplete: section -> token of why it was not to be had.
        origins: section -> where it was looked for (`Place`), of those that were to be had.
        fhir_version: `R4` …; empty when the drafts do not tell.
        drafts: the drafts as `fhir/` read them; nobody else looks inside.
    """

    facts: tuple[Facts, ...]
    incomplete: Mapping[str, str] = field(default_factory=dict)
    origins: Mapping[str, str] = field(default_factory=dict)
    fhir_version: str = ""
    drafts: Any = None


class Write(Protocol):
    """Give every action of the cards its FHIR resource, in the client's version (`fhir/write`)."""

    def __call__(self, cards: tuple[Card, ...], gathered: Gathered) -> tuple[Card, ...]:
        """Return the cards with resources; an action that cannot be made valid takes its suggestion with it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Steps:
    """Everything a hook call needs from outside the pure engine.

    Attributes:
        gather: request -> Facts. fit: cards -> what this client can use. write: resources of their actions.
        gaps: what is answered when the patient is not to be had: `412`, a `card` that says so, or `empty`.
        dialect: the client family `fit` fits to. mode: `live`, or `shadow` where nobody is shown the cards.
        commit: returns once the decision is durably kept.
        pseudonym: (kind, identifier) -> keyed pseudonym.
        clock: now, UTC. clock_ns: nanoseconds of a clock that only goes forward, as in `HookRequest.received_ns`.
        new_uuid: random ids of cards, suggestions and decisions.
    """

    content: Content
    gather: Callable[[HookRequest], Gathered]
    write: Write
    fit: Callable[[tuple[Card, ...]], tuple[Card, ...]]
    commit: Callable[[Decision], None]
    pseudonym: Callable[[str, str], str]
    clock: Callable[[], datetime]
    new_uuid: Callable[[], UUID]
    clock_ns: Callable[[], int] = monotonic_ns
    dialect: str = ""
    gaps: str = "412"
    mode: str = "live"
