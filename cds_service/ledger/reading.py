"""What the ledger holds, as records, for the console and for replay."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, select

from cds_service.domain.decision import Decision, Feedback
from cds_service.ledger.record import decode
from cds_service.ledger.tables import cards, decisions, feedback, log, releases, suggestions

MOST = 1_000  # rows of one page


@dataclass(frozen=True, slots=True, kw_only=True)
class KeptDecision:
    """A decision read back. `record` is the text exactly as it was committed; `leaf_index` its place in the log."""

    leaf_index: int
    decision: Decision
    record: str


@dataclass(frozen=True, slots=True, kw_only=True)
class DecisionLine:
    """A decision in a list: its columns without its record.

    Attributes:
        duration_us: from receiving to answering, in microseconds.
        user, patient, encounter: pseudonyms.
        incomplete: a section of the record was not to be had. degraded: for that or another reason the answer was less
            than it should have been. not_assessed, failed: rulings of that kind.
    """

    leaf_index: int
    id: str
    received_at: datetime
    answered_at: datetime
    duration_us: int
    hook: str
    service_id: str
    hook_instance: str
    client: str
    tenant: str
    dialect: str
    user: str
    patient: str
    encounter: str
    fhir_version: str
    body_sha256: str
    content_version: str
    content_sha256: str
    software_version: str
    status: int
    mode: str
    incomplete: bool
    degraded: bool
    not_assessed: int
    failed: int
    order_count: int
    card_count: int


@dataclass(frozen=True, slots=True, kw_only=True)
class KeptCard:
    """A card by its uuid, and the decision it belongs to; `suggestions` is uuid -> alternative, as shown."""

    leaf_index: int
    uuid: str
    decision: str
    position: int
    rule: str
    indicator: str
    summary: str
    received_at: datetime
    client: str
    suggestions: Mapping[str, str]


@dataclass(frozen=True, slots=True, kw_only=True)
class KeptFeedback:
    """Feedback read back; `orphan` when this service had sent no such card to that client."""

    leaf_index: int
    feedback: Feedback
    orphan: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """Which decisions to list; empty means any.

    Attributes:
        since, until: received at or after, and before, this moment.
        below: only decisions before this place in the log: that of the last on the page shown before.
    """

    hook: str = ""
    client: str | None = None
    since: datetime | None = None
    until: datetime | None = None
    below: int | None = None
    at_most: int = 100


def read_decision(connection: Connection, id_: str) -> KeptDecision | None:
    """One decision; `None` for no such."""
    query = select(log.c.leaf_index, log.c.record).join_from(decisions, log, decisions.c.leaf_index == log.c.leaf_index)
    row = connection.execute(query.where(decisions.c.id == id_)).one_or_none()
    if row is None:
        return None
    decision = decode(row.record)
    assert isinstance(decision, Decision)
    return KeptDecision(leaf_index=row.leaf_index, decision=decision, record=row.record)


_LINE = [column.label(column.name.removesuffix("_pseudonym")) for column in decisions.columns]


def read_decisions(connection: Connection, wanted: Wanted) -> tuple[DecisionLine, ...]:
    """A page of decisions, latest first."""
    query = select(*_LINE).order_by(decisions.c.leaf_index.desc()).limit(min(wanted.at_most, MOST))
    if wanted.hook:
        query = query.where(decisions.c.hook == wanted.hook)
    if wanted.client is not None:
        query = query.where(decisions.c.client == wanted.client)
    if wanted.since is not None:
        query = query.where(decisions.c.received_at >= wanted.since)
    if wanted.until is not None:
        query = query.where(decisions.c.received_at < wanted.until)
    if wanted.below is not None:
        query = query.where(decisions.c.leaf_index < wanted.below)
    return tuple(DecisionLine(**row._mapping) for row in connection.execute(query))  # noqa: SLF001  public despite its name


def read_card(connection: Connection, uuid: str) -> KeptCard | None:
    """One card; `None` for no such."""
    query = select(cards, decisions.c.id.label("decision")).join_from(
        cards, decisions, cards.c.leaf_index == decisions.c.leaf_index
    )
    row = connection.execute(query.where(cards.c.uuid == uuid)).one_or_none()
    if row is None:
        return None
    offered = connection.execute(
        select(suggestions.c.uuid, suggestions.c.alternative)
        .where(suggestions.c.leaf_index == row.leaf_index, suggestions.c.card == uuid)
        .order_by(suggestions.c.position)
    )
    return KeptCard(**row._mapping, suggestions={one.uuid: one.alternative for one in offered})  # noqa: SLF001  as above


def read_feedback(connection: Connection, card: str) -> tuple[KeptFeedback, ...]:
    """What was said of one card, in the order of its coming."""
    query = select(log.c.leaf_index, log.c.record, feedback.c.orphan).join_from(
        feedback, log, feedback.c.leaf_index == log.c.leaf_index
    )
    kept = []
    for row in connection.execute(query.where(feedback.c.card == card).order_by(log.c.leaf_index)):
        item = decode(row.record)
        assert isinstance(item, Feedback)
        kept.append(KeptFeedback(leaf_index=row.leaf_index, feedback=item, orphan=row.orphan))
    return tuple(kept)


def orphans(connection: Connection, ids: Sequence[str]) -> frozenset[str]:
    """Those of the feedback whose card nobody knows."""
    query = select(feedback.c.id).where(feedback.c.id.in_(ids), feedback.c.orphan)
    return frozenset(connection.execute(query).scalars())


@dataclass(frozen=True, slots=True, kw_only=True)
class ReleaseLine:
    """A content release in the order of use."""

    leaf_index: int
    id: str
    at: datetime
    version: str
    sha256: str
    software_version: str


def newest_release(connection: Connection) -> ReleaseLine | None:
    """The content release that came into use last."""
    row = connection.execute(select(releases).order_by(releases.c.leaf_index.desc()).limit(1)).one_or_none()
    return None if row is None else ReleaseLine(**row._mapping)  # noqa: SLF001  as above
