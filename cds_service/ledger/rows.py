"""Records -> rows of the index, made in the thread that asks for the commit.

The same functions make the rows that `verify` and the spool expect of a record's text: `views` reads from it just what
is asked for here. Each row is complete but for its first column, the leaf index, which the commit gives.
"""

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Table

from cds_service.domain.decision import Access, Decision, Feedback, Recorded, ReleaseUsed
from cds_service.ledger.record import storable
from cds_service.ledger.tables import (
    INDEX_TABLES,
    accepted_suggestions,
    access,
    cards,
    decisions,
    feedback,
    log,
    log_nodes,
    releases,
    suggestions,
)

Row = tuple[Any, ...]
Kept = Any  # a moment as the database keeps it
Rows = Mapping[Table, Sequence[Row]]
Moment = Callable[[datetime], Kept]

COLUMNS: Mapping[Table, tuple[str, ...]] = {
    log: ("leaf_index", "kind", "leaf_hash", "record"),
    log_nodes: ("level", "position", "hash"),
    **{
        table: ("leaf_index", *(column.name for column in table.columns if column.name != "leaf_index"))
        for table in INDEX_TABLES
    },
}
CARD_OF_FEEDBACK = COLUMNS[feedback].index("card") - 1
CLIENT_OF_FEEDBACK = COLUMNS[feedback].index("client") - 1
ORPHAN = COLUMNS[feedback].index("orphan") - 1


def decision_rows(decision: Decision, moment: Moment) -> Rows:
    """One row for the decision, one for each card, one for each suggestion."""
    received, client = moment(decision.received_at), storable(decision.client)
    rows: dict[Table, list[Row]] = {decisions: [_decision(decision, received, client, moment)]}
    if decision.cards:
        rows[cards] = [
            (card.uuid, position, card.source.topic.code, card.indicator.value, card.summary, received, client)
            for position, card in enumerate(decision.cards)
        ]
        rows[suggestions] = [
            (suggestion.uuid, card.uuid, position, suggestion.alternative)
            for card in decision.cards
            for position, suggestion in enumerate(card.suggestions)
        ]
    return rows


def _decision(decision: Decision, received: Kept, client: str, moment: Moment) -> Row:
    return (
        decision.id,
        received,
        moment(decision.answered_at),
        decision.duration_us,
        decision.hook,
        decision.service_id,
        storable(decision.hook_instance),
        client,
        storable(decision.tenant),
        decision.dialect,
        decision.user,
        decision.patient,
        decision.encounter,
        decision.fhir_version,
        decision.body_sha256,
        decision.content_version,
        decision.content_sha256,
        decision.software_version,
        decision.status,
        decision.mode,
        bool(decision.incomplete),
        bool(decision.degraded),
        decision.not_assessed,
        decision.failed,
        len(decision.assessments),
        len(decision.cards),
    )


def feedback_rows(item: Feedback, moment: Moment) -> Rows:
    """One row for the feedback, one for each accepted suggestion. Whether it is an orphan the commit finds out."""
    row = (
        item.id,
        moment(item.received_at),
        item.service_id,
        storable(item.client),
        storable(item.card),
        True,
        item.outcome,
        moment(item.outcome_at),
        storable(item.reason_code),
        storable(item.reason_system),
        item.reason_mapped,
        item.has_comment,
    )
    accepted = [(position, storable(suggestion)) for position, suggestion in enumerate(item.accepted)]
    return {feedback: [row], accepted_suggestions: accepted} if accepted else {feedback: [row]}


def access_rows(item: Access, moment: Moment) -> Rows:
    """One row."""
    return {access: [(item.id, moment(item.at), storable(item.who), item.through, item.what, item.records)]}


def release_rows(item: ReleaseUsed, moment: Moment) -> Rows:
    """One row."""
    return {releases: [(item.id, moment(item.at), item.version, item.sha256, item.software_version)]}


_MAKERS: Mapping[str, Callable[[Any, Moment], Rows]] = {
    "decision": decision_rows,
    "feedback": feedback_rows,
    "access": access_rows,
    "release": release_rows,
}


def index_rows(kind: str, recorded: Recorded, moment: Moment) -> Rows:
    """The rows of the index for a record, without their leaf index.

    Args:
        kind: see `record.KINDS`.
        recorded: as it was made, or its view.
        moment: what the database keeps of a moment.
    """
    return _MAKERS[kind](recorded, moment)
