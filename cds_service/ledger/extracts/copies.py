"""The formats of `ledger export`: each writes what is selected, a few records at a time, and says how many it wrote."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import IO, Any

import msgspec
from sqlalchemy import Connection, select

from cds_service.domain.decision import Access, Decision
from cds_service.ledger.extracts.audit_event import of_access, of_decision
from cds_service.ledger.extracts.figures import FedBack, every_page, fed_back
from cds_service.ledger.extracts.rows_out import write_rows
from cds_service.ledger.extracts.selection import AT_ONCE, Selection, selected
from cds_service.ledger.proof.merkle import leaf_hash
from cds_service.ledger.record import decode
from cds_service.ledger.tables import access, log

Write = Callable[[Connection, Selection, IO[bytes]], int]
_encoder = msgspec.json.Encoder(order="deterministic")
DECISION = (
    "decision", "leaf_index", "received_at", "answered_at", "duration_us", "client", "tenant", "dialect", "hook",
    "hook_instance", "user", "patient", "encounter", "orders", "status", "mode", "degraded", "missing",
    "content_version", "content_sha256", "software_version",
)  # fmt: skip
CARD = ("card", "rule", "indicator", "summary", "suggestions")


def write_csv(connection: Connection, selection: Selection, to: IO[bytes]) -> int:
    """A row for each card, and one for each decision without."""
    return write_rows(to, (*DECISION, *CARD), _card_rows(connection, selection))


def write_recall(connection: Connection, selection: Selection, to: IO[bytes]) -> int:
    """A row for each decision of a release: whom it may have reached, and which rules spoke."""
    rows = (
        (*_decision(one.leaf_index, one.decision), " ".join(card.source.topic.code for card in one.decision.shown))
        for one in selected(connection, selection)
    )
    return write_rows(to, (*DECISION, "cards_shown"), rows)


def _card_rows(connection: Connection, selection: Selection) -> Iterator[Sequence[Any]]:
    for one in selected(connection, selection):
        row = _decision(one.leaf_index, one.decision)
        for card in one.decision.cards:
            offered = " ".join(suggestion.alternative for suggestion in card.suggestions)
            yield *row, card.uuid, card.source.topic.code, card.indicator.value, card.summary, offered
        if not one.decision.cards:
            yield *row, *("" for _ in CARD)


def _decision(leaf_index: int, one: Decision) -> tuple[Any, ...]:
    return (
        one.id, leaf_index, one.received_at, one.answered_at, one.duration_us, one.client, one.tenant, one.dialect,
        one.hook, one.hook_instance, one.user, one.patient, one.encounter, len(one.assessments), one.status, one.mode,
        " ".join(one.degraded), " ".join(one.incomplete), one.content_version, one.content_sha256,
        one.software_version,
    )  # fmt: skip


def write_feedback(connection: Connection, selection: Selection, to: IO[bytes]) -> int:
    """A row for each feedback, as 45 CFR 170.315(b)(11)(ii)(C) asks."""
    rows = every_page(lambda below: fed_back(connection, selection, below))
    return write_rows(to, FedBack._fields[1:], (row[1:] for row in rows))


def write_ndjson(connection: Connection, selection: Selection, to: IO[bytes]) -> int:
    """The selected records as they are in the log, each with its leaf hash; the first line tells what was asked for."""
    to.write(_encoder.encode({"selection": selection.said()}) + b"\n")
    written = 0
    for written, one in enumerate(selected(connection, selection), 1):  # noqa: B007  counted
        record = one.record.encode()
        line: Mapping[str, Any] = {
            "leaf_index": one.leaf_index,
            "kind": "decision",
            "leaf_hash": leaf_hash(record).hex(),
            "record": msgspec.Raw(record),
        }
        to.write(_encoder.encode(line) + b"\n")
    return written


def write_audit_events(connection: Connection, selection: Selection, to: IO[bytes]) -> int:
    """FHIR R4 AuditEvents as lines of JSON: of the decisions; of accesses too, where only a period is asked for."""
    written = 0
    for one in selected(connection, selection):
        to.write(_encoder.encode(of_decision(one.decision)) + b"\n")
        written += 1
    if selection == Selection(since=selection.since, until=selection.until):
        for seen in _accesses(connection, selection):
            to.write(_encoder.encode(of_access(seen)) + b"\n")
            written += 1
    return written


def _accesses(connection: Connection, selection: Selection) -> Iterator[Access]:
    query = select(log.c.leaf_index, log.c.record).join_from(access, log, access.c.leaf_index == log.c.leaf_index)
    if selection.since is not None:
        query = query.where(access.c.at >= selection.since)
    if selection.until is not None:
        query = query.where(access.c.at < selection.until)
    last = -1
    while rows := connection.execute(
        query.where(access.c.leaf_index > last).order_by(access.c.leaf_index).limit(AT_ONCE)
    ).all():
        for row in rows:
            seen = decode(row.record)
            assert isinstance(seen, Access)
            yield seen
        last = rows[-1].leaf_index


FORMATS: Mapping[str, Write] = {
    "csv": write_csv,
    "ndjson": write_ndjson,
    "audit-event": write_audit_events,
    "feedback": write_feedback,
    "recall": write_recall,
}
