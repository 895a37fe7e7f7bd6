"""What the ledger holds, as records, for the console and for replay."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, select

from cds_service.domain.decision import Decision, Feedback
from cds_service.ledger.record import decode_decision
from cds_service.ledger.tables import accepted_suggestions, cards, decisions, feedback, suggestions

MOST = 1_000  # rows of one page


@dataclass(frozen=True, slots=True, kw_only=True)
class KeptDecision:
    """A decision read back. `record` is the text exactly as it was committed; `sequence` its place in the ledger."""

    sequence: int
    decision: Decision
    record: str


@dataclass(frozen=True, slots=True, kw_only=True)
class DecisionLine:
    """A decision in a list: its columns without its record.

    Attributes:
        duration_us: from receiving to answering, in microseconds.
        user, patient, encounter: pseudonyms.
        incomplete: a section of the record was not to be had. not_assessed, failed: rulings of that kind.
    """

    sequence: int
    id: str
    received_at: datetime
    answered_at: datetime
    duration_us: int
    hook: str
    service_id: str
    hook_instance: str
    client: str
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
    not_assessed: int
    failed: int
    order_count: int
    card_count: int


@dataclass(frozen=True, slots=True, kw_only=True)
class KeptCard:
    """A card by its uuid, and the decision it belongs to; `suggestions` is uuid -> alternative, as shown."""

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
    """Feedback read back; `orphan` when this service sent no such card to that client."""

    feedback: Feedback
    orphan: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """Which decisions to list; empty means any.

    Attributes:
        since, until: received at or after, and before, this moment.
        below: only decisions committed before the one of this sequence: the last of the page shown before.
    """

    hook: str = ""
    client: str | None = None
    since: datetime | None = None
    until: datetime | None = None
    below: int | None = None
    at_most: int = 100


def read_decision(connection: Connection, id_: str) -> KeptDecision | None:
    """One decision; `None` for no such."""
    columns = (decisions.c.sequence, decisions.c.record)
    row = connection.execute(select(*columns).where(decisions.c.id == id_)).one_or_none()
    if row is None:
        return None
    return KeptDecision(sequence=row.sequence, decision=decode_decision(row.record), record=row.record)


_LINE = [
    column.label(column.name.removesuffix("_pseudonym")) for column in decisions.columns if column.name != "record"
]


def read_decisions(connection: Connection, wanted: Wanted) -> tuple[DecisionLine, ...]:
    """A page of decisions, latest first."""
    query = select(*_LINE).order_by(decisions.c.sequence.desc()).limit(min(wanted.at_most, MOST))
    if wanted.hook:
        query = query.where(decisions.c.hook == wanted.hook)
    if wanted.client is not None:
        query = query.where(decisions.c.client == wanted.client)
    if wanted.since is not None:
        query = query.where(decisions.c.received_at >= wanted.since)
    if wanted.until is not None:
        query = query.where(decisions.c.received_at < wanted.until)
    if wanted.below is not None:
        query = query.where(decisions.c.sequence < wanted.below)
    return tuple(DecisionLine(**row._mapping) for row in connection.execute(query))  # noqa: SLF001  public despite its name


def read_card(connection: Connection, uuid: str) -> KeptCard | None:
    """One card; `None` for no such."""
    row = connection.execute(select(cards).where(cards.c.uuid == uuid)).one_or_none()
    if row is None:
        return None
    offered = connection.execute(
        select(suggestions.c.uuid, suggestions.c.alternative)
        .where(suggestions.c.card == uuid)
        .order_by(suggestions.c.position)
    )
    return KeptCard(**row._mapping, suggestions={one.uuid: one.alternative for one in offered})  # noqa: SLF001  as above


def read_feedback(connection: Connection, card: str) -> tuple[KeptFeedback, ...]:
    """What was said of one card, in the order of its coming."""
    rows = connection.execute(select(feedback).where(feedback.c.card == card).order_by(feedback.c.sequence)).all()
    accepted: dict[str, list[str]] = {}
    chosen = (
        select(accepted_suggestions.c.feedback, accepted_suggestions.c.suggestion)
        .where(accepted_suggestions.c.feedback.in_([row.id for row in rows]))
        .order_by(accepted_suggestions.c.feedback, accepted_suggestions.c.position)
    )
    for one in connection.execute(chosen):
        accepted.setdefault(one.feedback, []).append(one.suggestion)
    return tuple(_feedback(row, tuple(accepted.get(row.id, ()))) for row in rows)


def _feedback(row: Row[Any], accepted: tuple[str, ...]) -> KeptFeedback:
    values = dict(row._mapping)  # noqa: SLF001  as above
    orphan = values.pop("orphan")
    del values["sequence"]
    return KeptFeedback(feedback=Feedback(**values, accepted=accepted), orphan=orphan)


def own_cards(connection: Connection, uuids: set[str]) -> Mapping[str, str]:
    """Uuid -> client, of those cards that the ledger knows."""
    rows = connection.execute(select(cards.c.uuid, cards.c.client).where(cards.c.uuid.in_(sorted(uuids))))
    return {row.uuid: row.client for row in rows}
