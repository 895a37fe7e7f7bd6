"""Who may read the record of advice, and what they ask of it: what the console and the ledger say to each other.

Everything here is free of patients and prescribers, as the ledger is: people who were advised are keyed pseudonyms,
people who read are accounts.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from enum import StrEnum

from cds_service.domain.decision import Decision, Feedback


class Role(StrEnum):
    """What a person may do in the console; who has both may do both."""

    AUDITOR = "auditor"  # read decisions, make exports and reports
    ADMINISTRATOR = "administrator"  # say who may come in; reads no decision


@dataclass(frozen=True, slots=True, kw_only=True)
class Account:
    """An account of this service itself.

    Attributes:
        name: how it signs in, lower case. active: whether it may.
        created_at, password_at: when it was made, and its password last changed, UTC.
    """

    name: str
    roles: frozenset[Role]
    active: bool
    created_at: datetime
    password_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Person:
    """Somebody who is signed in.

    Attributes:
        name: of the account, or what the identity provider calls the person.
        issuer: of the identity provider; empty for an account of this service.
        session: names the session without being its secret. opened_at: since when, UTC.
    """

    name: str
    roles: frozenset[Role]
    issuer: str
    session: str
    opened_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """Where a page of decisions ended: the next begins behind it. Latest first, so what follows is older."""

    received_at: datetime
    leaf_index: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Filters:
    """Which decisions to list; empty means any.

    Attributes:
        since, until: received at or after, and before, this moment.
        rule, indicator: with such a card; both: on one card. outcome: with such a card on which that was done:
            `accepted`, `overridden`, or `none` for no feedback.
        state: `degraded`, `not-assessed`, `shadow`, or `silent` for no card.
        client: its issuer; `-` for open mode. release: version of the content.
        after: the place behind which to go on.
    """

    since: datetime | None = None
    until: datetime | None = None
    rule: str = ""
    indicator: str = ""
    outcome: str = ""
    state: str = ""
    client: str = ""
    hook: str = ""
    release: str = ""
    after: Place | None = None

    @property
    def of_card(self) -> bool:
        """Whether it asks for cards."""
        return bool(self.rule or self.indicator or self.outcome)


@dataclass(frozen=True, slots=True, kw_only=True)
class CardLine:
    """A card in a list. `outcome`: `accepted`, `overridden`, or empty as long as nobody said anything."""

    uuid: str
    rule: str
    indicator: str
    summary: str
    outcome: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """A decision in a list, with its cards."""

    leaf_index: int
    id: str
    received_at: datetime
    duration_us: int
    hook: str
    client: str
    tenant: str
    content_version: str
    status: int
    mode: str
    degraded: bool
    not_assessed: int
    failed: int
    order_count: int
    cards: tuple[CardLine, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Listed:
    """A page of decisions.

    Attributes:
        after: where to go on; `None` where there is nothing more.
        searched_to: the search stopped here to stay quick, and more may lie behind; `None` where it did not.
    """

    lines: tuple[Line, ...]
    after: Place | None
    searched_to: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Said:
    """Feedback on a card, at its place in the log; `orphan`: not from the client that was sent the card."""

    leaf_index: int
    feedback: Feedback
    orphan: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Whole:
    """A decision as it is kept.

    Attributes:
        record: its text, byte for byte; empty when it was erased. feedback: by card.
        release_at: since when its content release was in use; `None` where the log does not say.
    """

    leaf_index: int
    decision: Decision
    record: str
    feedback: Mapping[str, tuple[Said, ...]] = field(default_factory=dict)
    release_at: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Proven:
    """Whether a decision is proven to be in the log.

    Attributes:
        holds: it is. told: what was found, in a sentence. pending: no checkpoint covers it yet, so nothing is wrong.
        proof: for others to check, as JSON; empty where there is none.
    """

    holds: bool
    told: str
    pending: bool = False
    proof: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class AccessLine:
    """An entry of the access log."""

    leaf_index: int
    id: str
    at: datetime
    who: str
    through: str
    what: str
    query: Mapping[str, str]
    records: int


@dataclass(frozen=True, slots=True, kw_only=True)
class RuleFigures:
    """Cards of a rule that were shown, and what became of them.

    `ignored` had no feedback within a day; `waiting` still may get some.
    """

    shown: int = 0
    accepted: int = 0
    overridden: int = 0
    ignored: int = 0
    waiting: int = 0

    def __add__(self, other: "RuleFigures") -> "RuleFigures":
        """Of both."""
        return RuleFigures(
            shown=self.shown + other.shown,
            accepted=self.accepted + other.accepted,
            overridden=self.overridden + other.overridden,
            ignored=self.ignored + other.ignored,
            waiting=self.waiting + other.waiting,
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class DayFigures:
    """One day, UTC, or several added up.

    Attributes:
        day: the day; of several, the first.
        decisions: calls that were recorded. orders: orders that were reviewed in calls answered live.
        degraded: decisions that were less than they should have been. refused: without an answer.
        rules: rule id -> its cards. latencies: microseconds, upper bound of a class -> calls in it.
    """

    day: date
    decisions: int = 0
    orders: int = 0
    degraded: int = 0
    refused: int = 0
    rules: Mapping[str, RuleFigures] = field(default_factory=dict)
    latencies: Mapping[int, int] = field(default_factory=dict)

    @property
    def cards(self) -> RuleFigures:
        """All rules together."""
        return sum(self.rules.values(), RuleFigures())

    @property
    def cards_per_100(self) -> float:
        """Cards for 100 reviewed orders."""
        return 100 * self.cards.shown / self.orders if self.orders else 0.0

    @property
    def degraded_percent(self) -> float:
        """Degraded decisions among all."""
        return 100 * self.degraded / self.decisions if self.decisions else 0.0

    def quantile_ms(self, share: float) -> float | None:
        """So large a share of calls took so many milliseconds or less; `None` without calls."""
        total = sum(self.latencies.values())
        seen = 0
        for bound in sorted(self.latencies):
            seen += self.latencies[bound]
            if seen >= share * total:
                return bound / 1_000
        return None


@dataclass(frozen=True, slots=True, kw_only=True)
class WorkAsked:
    """A copy, a report or a verification that takes a while.

    Attributes:
        what: `csv`, `ndjson`, `audit-event`, `feedback` or `recall` for a copy; `whole` for a copy of the log that can
            be verified elsewhere; `seen`, `overrides`, `burden` or `degraded` for a report; `certificate`.
        since, until, rule, release, card: which decisions, as of `ledger export`.
        who: for whom, as the access log names them.
    """

    what: str
    who: str
    since: datetime | None = None
    until: datetime | None = None
    rule: str = ""
    release: str = ""
    card: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Work:
    """How far such a thing is.

    Attributes:
        state: `waiting`, `running`, `done`, `failed`, or `interrupted` when the process that did it is gone.
        done, total: records (of reports: rows) so far, and of how many; 0 where that is not known.
        size: bytes written. name: of the file to be taken. told: of a verification: what was found, by lines; else why
            it failed. good: of a verification: all is in order.
        query: what was asked for, by name.
    """

    id: str
    what: str
    who: str
    state: str
    query: Mapping[str, str]
    started_at: datetime
    beat_at: datetime
    done: int = 0
    total: int = 0
    size: int = 0
    name: str = ""
    told: tuple[str, ...] = ()
    good: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class CheckpointLine:
    """A signed checkpoint."""

    size: int
    root: str
    made_at: datetime
    note: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Integrity:
    """The log as it stands: its name, its size, and the newest checkpoints."""

    origin: str
    size: int
    checkpoints: tuple[CheckpointLine, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class ReleaseLine:
    """A content release in use since a moment; `newest` and `earliest`: decisions made with it, `None` without any."""

    version: str
    sha256: str
    at: datetime
    software_version: str
    earliest: datetime | None
    newest: datetime | None
