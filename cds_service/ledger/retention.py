"""Erasing what has been kept for long enough: the text and its rows of the index go, its leaf of the hash tree stays.

A decision goes together with the feedback on its cards, once all of it is past its time and nothing of it is on hold;
feedback on nobody's card goes by its own time. Accesses and releases stay: they hold nothing of a patient's chart.
Each batch is one transaction with the access record that names its leaves, so that `verify` can account for them.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from sqlalchemy import ColumnElement, Connection, and_, delete, exists, or_, select, update

from cds_service.domain.decision import Access
from cds_service.domain.errors import SettingsBroken
from cds_service.ledger.database import Database
from cds_service.ledger.log import append, entry
from cds_service.ledger.proof.erasures import LEAVES, RETAIN, text_of
from cds_service.ledger.record import KINDS, encode
from cds_service.ledger.rows import index_rows
from cds_service.ledger.tables import INDEX_TABLES, cards, decisions, feedback, log

AT_ONCE = 200
WAIT_SECONDS = 60.0
HELD = ("decision", "patient", "client")
MakeAccess = Callable[[dict[str, str], int], Access]


@dataclass(frozen=True, slots=True, kw_only=True)
class Hold:
    """What must be kept whatever its age: decisions by id, by patient (pseudonym), by client (issuer)."""

    decision: frozenset[str] = frozenset()
    patient: frozenset[str] = frozenset()
    client: frozenset[str] = frozenset()


def read_hold(path: Path | None) -> Hold:
    """The legal hold list: lines of `decision <id>`, `patient <pseudonym>` or `client <issuer>`; `#` begins a comment.

    Raises:
        SettingsBroken: it cannot be read, or a line is none of these: nothing may be erased on a misreading.
    """
    if path is None:
        return Hold()
    try:
        lines = path.read_text(encoding="utf-8").splitlines()
    except (OSError, UnicodeDecodeError) as error:
        raise SettingsBroken(f"The legal hold list {path} cannot be read ({type(error).__name__}).") from error
    held: dict[str, set[str]] = {kind: set() for kind in HELD}
    for number, line in enumerate(lines, 1):
        words = line.partition("#")[0].split()
        if not words:
            continue
        if len(words) != 2 or words[0] not in HELD:
            raise SettingsBroken(f"Line {number} of {path} should be `decision`, `patient` or `client`, and its id.")
        held[words[0]].add(words[1])
    return Hold(**{kind: frozenset(those) for kind, those in held.items()})


def years_before(moment: datetime, years: int) -> datetime:
    """The same day so many years ago; of 29 February the 28th."""
    try:
        return moment.replace(year=moment.year - years)
    except ValueError:
        return moment.replace(year=moment.year - years, day=28)


def retain(database: Database, before: datetime, hold: Hold, make_access: MakeAccess, *, dry_run: bool = False) -> int:
    """Erase what was received before a moment and is not on hold; how many records that was, or would be.

    Args:
        database: opened for writing.
        before: UTC.
        hold: what stays.
        make_access: (what to note, how many records) -> the access record of a batch.
        dry_run: only count.

    Raises:
        LedgerUnavailable: others did not let go of the database in time.
        SQLAlchemyError: a batch failed, and was undone; those before it are done.
    """
    erased = 0
    for batch in (_decisions, _orphans):
        last = -1
        while True:
            with database.turn(WAIT_SECONDS), (database.read if dry_run else database.write).begin() as connection:
                some = batch(connection, before, hold, last)
                if not some:
                    break
                leaves = sorted({*some, *(_feedback_on(connection, some) if batch is _decisions else ())})
                erased += len(leaves)
                last = max(some)
                if not dry_run:
                    _erase(connection, database, leaves, make_access({LEAVES: text_of(leaves)}, len(leaves)))
    return erased


def _erase(connection: Connection, database: Database, leaves: Sequence[int], access: Access) -> None:
    if connection.dialect.name == "sqlite":
        connection.exec_driver_sql("PRAGMA secure_delete=ON")  # free pages would still hold the texts
    connection.execute(update(log).where(log.c.leaf_index.in_(leaves)).values(record=None))
    for table in INDEX_TABLES:
        connection.execute(delete(table).where(table.c.leaf_index.in_(leaves)))
    kind = KINDS[Access]
    record = encode(access, lambda _, identifier: identifier)
    rows = index_rows(kind, access, database.dialect.moment)
    append(connection, database.dialect, [entry(kind, access.id, record, rows)])


def access_of_batch(new_id: Callable[[], str], at: datetime, who: str, before: datetime) -> MakeAccess:
    """Makes the access record of each batch."""

    def make(noted: dict[str, str], records: int) -> Access:
        query = {"before": before.isoformat(), **noted}
        return Access(id=new_id(), at=at, who=who, through="command", what=RETAIN, query=query, records=records)

    return make


def _decisions(connection: Connection, before: datetime, hold: Hold, last: int) -> Sequence[int]:
    """Leaf indexes of some decisions past their time, with all feedback on their cards past its own."""
    young = exists().where(
        cards.c.leaf_index == decisions.c.leaf_index, feedback.c.card == cards.c.uuid, feedback.c.received_at >= before
    )
    query = select(decisions.c.leaf_index).where(
        decisions.c.received_at < before, decisions.c.leaf_index > last, ~_held(hold), ~young
    )
    return connection.execute(query.order_by(decisions.c.leaf_index).limit(AT_ONCE)).scalars().all()


def _held(hold: Hold) -> ColumnElement[bool]:
    return or_(
        decisions.c.id.in_(hold.decision),
        and_(decisions.c.patient_pseudonym != "", decisions.c.patient_pseudonym.in_(hold.patient)),
        decisions.c.client.in_(hold.client),
    )


def _orphans(connection: Connection, before: datetime, hold: Hold, last: int) -> Sequence[int]:
    """Leaf indexes of some feedback past its time on cards that the ledger does not know."""
    known = exists().where(cards.c.uuid == feedback.c.card)
    query = select(feedback.c.leaf_index).where(
        feedback.c.received_at < before, feedback.c.leaf_index > last, ~feedback.c.client.in_(hold.client), ~known
    )
    return connection.execute(query.order_by(feedback.c.leaf_index).limit(AT_ONCE)).scalars().all()


def _feedback_on(connection: Connection, leaves: Sequence[int]) -> Sequence[int]:
    query = select(feedback.c.leaf_index).join_from(feedback, cards, feedback.c.card == cards.c.uuid)
    return connection.execute(query.where(cards.c.leaf_index.in_(leaves))).scalars().all()
