"""What the door needs from the rest of the service: `app` fills it in."""

from collections.abc import Callable, Mapping
from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from cds_service.domain.client import Client
from cds_service.domain.content import Hook
from cds_service.domain.decision import Decision, Feedback
from cds_service.domain.reasons import ReasonTable
from cds_service.domain.request import HookRequest, TokenClaims

Authenticate = Callable[[str, str], Client]
"""(value of the Authorization header, URL that was called) -> the client, or a refusal."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Ports:
    """The service behind the door.

    Attributes:
        hooks: the CDS Services on offer. prefetch: service id -> prefetch key -> template.
        discovery_versions: discovery tells the versions of CDS Hooks and of the hooks.
        authenticate: who calls; asked before anything else of a call is looked at.
        answer: evaluates a hook call and returns the committed decision.
        reasons_of: how a client tells why a card was overridden.
        keep_feedback: commits feedback, all of it or none.
        ping: returns when a decision could be committed now, else raises LedgerUnavailable.
        place: a place among the calls that are answered at a time, for a client.
        metrics: the metrics as text; `None` where they are not answered here.
        clock: now, UTC. new_uuid: random ids.
        public_url: where clients reach the service; empty: as their request says.
        max_body_bytes, max_depth, most_feedback: bounds of what is read.
    """

    hooks: tuple[Hook, ...]
    prefetch: Mapping[str, Mapping[str, str]]
    discovery_versions: bool
    authenticate: Authenticate
    answer: Callable[[HookRequest, Client], Decision]
    reasons_of: Callable[[Client], ReasonTable]
    keep_feedback: Callable[[tuple[Feedback, ...], TokenClaims | None], object]
    ping: Callable[[], None]
    place: Callable[[str], AbstractContextManager[None]]
    metrics: Callable[[], bytes] | None
    clock: Callable[[], datetime]
    new_uuid: Callable[[], UUID]
    public_url: str
    max_body_bytes: int
    max_depth: int
    most_feedback: int
