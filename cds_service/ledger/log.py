"""The log in the database: records appended one after another, each a leaf of the hash tree; and hashes of any range.

Who appends locks the head's row until the commit, so that the processes of a service, on one machine or several, take
turns and no leaf index is given twice or left out. One lock and one commit serve a whole group of records.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Table, select
from sqlalchemy.engine.interfaces import DBAPICursor

from cds_service.ledger.database import Dialect, driver
from cds_service.ledger.proof.merkle import Frontier, complete_root, leaf_hash, node_hash, split
from cds_service.ledger.rows import CARD_OF_FEEDBACK, CLIENT_OF_FEEDBACK, COLUMNS, ORPHAN, Row, Rows
from cds_service.ledger.tables import (
    HEAD,
    IN_ORDER,
    access,
    cards,
    decisions,
    feedback,
    log,
    log_nodes,
    releases,
)
from cds_service.ledger.tokens import Used, claim

MOST_VALUES = 500  # in one question; every database takes more
STORED_LEVELS = 8  # the root of every complete subtree of 2**8, 2**16, … leaves is stored
TABLE_OF_KIND: Mapping[str, Table] = {
    "decision": decisions,
    "feedback": feedback,
    "access": access,
    "release": releases,
}


@dataclass(slots=True, kw_only=True)
class Entry:
    """One record on its way into the log.

    Attributes:
        kind: see `record.KINDS`. id: of the record. record: its canonical text. leaf: the hash of that.
        rows: its rows of the index, without their leaf index.
        once: it may be in the log already (it was on its way when somebody lost patience): then it is left out.
        token: what its call was signed with; claimed together with it.
        leaf_index: its place, as of the last attempt to append it.
    """

    kind: str
    id: str
    record: bytes
    leaf: bytes
    rows: Rows
    once: bool = False
    token: Used | None = None
    leaf_index: int = -1


def entry(kind: str, id_: str, record: bytes, rows: Rows, *, once: bool = False, token: Used | None = None) -> Entry:
    """An entry for a record."""
    return Entry(kind=kind, id=id_, record=record, leaf=leaf_hash(record), rows=rows, once=once, token=token)


# Appending ------------------------------------------------------------------------------------------------------------


def append(connection: Connection, words: Dialect, entries: Sequence[Entry]) -> None:
    """Append records in the connection's transaction; the caller commits.

    Args:
        connection: one that may write.
        words: the statements of its database.
        entries: in the order in which they are to stand; each is told its leaf index.

    Raises:
        TokenReplayed: the token of one was used before.
        ValueError: the head is damaged.
    """
    with driver(connection) as cursor:
        frontier = _locked_head(cursor, words)
        claim(connection, [one.token for one in entries if one.token is not None])
        rows = _placed(_not_there_yet(connection, entries), frontier)
        for table, those in rows.items():
            if those:  # feedback comes after the cards, so that it finds those of this very commit
                settled = with_orphans(connection, those) if table is feedback else those
                cursor.executemany(words.inserts[table.name], settled)
        cursor.execute(words.update_head, (frontier.size, frontier.packed(), HEAD))


def _placed(entries: Iterable[Entry], frontier: Frontier) -> dict[Table, list[Row]]:
    """The rows of entries that are given the next leaf indexes, in the order in which they are to be added."""
    rows: dict[Table, list[Row]] = {table: [] for table in IN_ORDER}
    for one in entries:
        one.leaf_index = index = frontier.size
        closed = frontier.append(one.leaf)
        rows[log].append((index, one.kind, one.leaf, one.record.decode()))
        for level in range(STORED_LEVELS, len(closed), STORED_LEVELS):
            rows[log_nodes].append((level, index >> level, closed[level]))
        for table, those in one.rows.items():
            rows[table] += [(index, *row) for row in those]
    return rows


def _locked_head(cursor: DBAPICursor, words: Dialect) -> Frontier:
    """The head, locked against all who would append until the transaction ends.

    Raises:
        ValueError: the head is damaged.
    """
    cursor.execute(words.lock_head, (HEAD,))
    row = cursor.fetchone()
    if row is None or not isinstance(row[1], bytes):
        raise ValueError("The head of the log is missing or damaged.")
    return Frontier(row[0], row[1])


def dialect(*, mark: str, lock: str, record_bytes: str, moment: Callable[[datetime], Any]) -> Dialect:
    """The statements of a commit in a database's own words.

    Args:
        mark: what stands for a value.
        lock: what locks a row that is read; empty where the transaction does.
        record_bytes: how a record is read as bytes.
        moment: what the database keeps of a moment in UTC.
    """
    return Dialect(
        inserts={
            table.name: f"INSERT INTO {table.name} ({', '.join(names)}) VALUES ({', '.join([mark] * len(names))})"  # noqa: S608  our own names
            for table, names in COLUMNS.items()
        },
        lock_head=f"SELECT size, frontier FROM log_head WHERE id = {mark}{lock}",  # noqa: S608  likewise
        update_head=f"UPDATE log_head SET size = {mark}, frontier = {mark} WHERE id = {mark}",  # noqa: S608  likewise
        moment=moment,
        mark=mark,
        record_bytes=record_bytes,
    )


def there(connection: Connection, entries: Sequence[Entry]) -> set[tuple[str, str]]:
    """Kind and id of those entries whose id the log has already."""
    ids: dict[str, list[str]] = {}
    for one in entries:
        ids.setdefault(one.kind, []).append(one.id)
    found: set[tuple[str, str]] = set()
    for kind, those in ids.items():
        column = TABLE_OF_KIND[kind].c.id
        for some in batched(those, MOST_VALUES):
            found |= {(kind, id_) for id_ in connection.execute(select(column).where(column.in_(some))).scalars()}
    return found


def _not_there_yet(connection: Connection, entries: Sequence[Entry]) -> Iterator[Entry]:
    doubtful = [one for one in entries if one.once]
    known = there(connection, doubtful) if doubtful else set()
    for one in entries:
        if (one.kind, one.id) in known:
            continue
        if one.once:
            known.add((one.kind, one.id))
        yield one


def with_orphans(connection: Connection, rows: Sequence[Row]) -> list[Row]:
    """Feedback rows that know whether their client was sent their card by anything earlier in the log."""
    sent = known_cards(connection, {row[CARD_OF_FEEDBACK + 1] for row in rows})
    settled = []
    for row in rows:
        client, index = sent.get(row[CARD_OF_FEEDBACK + 1], ("", -1))
        known = 0 <= index < row[0] and client == row[CLIENT_OF_FEEDBACK + 1]
        settled.append((*row[: ORPHAN + 1], not known, *row[ORPHAN + 2 :]))
    return settled


def known_cards(connection: Connection, uuids: set[str]) -> Mapping[str, tuple[str, int]]:
    """Uuid -> client and leaf index, of those cards that the ledger knows."""
    known: dict[str, tuple[str, int]] = {}
    for some in batched(sorted(uuids), MOST_VALUES):
        query = select(cards.c.uuid, cards.c.client, cards.c.leaf_index).where(cards.c.uuid.in_(some))
        known |= {row.uuid: (row.client, row.leaf_index) for row in connection.execute(query)}
    return known


def batched(values: Sequence[str], size: int) -> Iterator[Sequence[str]]:
    """The values in pieces of at most `size`."""
    return (values[start : start + size] for start in range(0, len(values), size))


# Hashes ---------------------------------------------------------------------------------------------------------------


def read_head(connection: Connection) -> tuple[str, Frontier]:
    """Origin and frontier of the log.

    Raises:
        ValueError: the head is damaged.
    """
    row = connection.exec_driver_sql("SELECT origin, size, frontier FROM log_head").one_or_none()
    if row is None or not isinstance(row[2], bytes):
        raise ValueError("The head of the log is missing or damaged.")
    return row[0], Frontier(row[1], row[2])


def subtrees(connection: Connection) -> Callable[[int, int], bytes]:
    """The root of any range of leaves that proofs ask for, from stored nodes and at most 256 hashes of each level."""

    def root(start: int, end: int) -> bytes:
        size = end - start
        if size & size - 1 or start % size:  # not one complete subtree
            middle = start + split(size)
            return node_hash(root(start, middle), root(middle, end))
        level = (size.bit_length() - 1) // STORED_LEVELS * STORED_LEVELS
        return complete_root(_hashes(connection, level, start >> level, end >> level))

    return root


def _hashes(connection: Connection, level: int, start: int, end: int) -> list[bytes]:
    if level == 0:
        query = select(log.c.leaf_hash).where(log.c.leaf_index >= start, log.c.leaf_index < end)
        found = connection.execute(query.order_by(log.c.leaf_index)).scalars().all()
    else:
        nodes = log_nodes.c
        query = select(nodes.hash).where(nodes.level == level, nodes.position >= start, nodes.position < end)
        found = connection.execute(query.order_by(nodes.position)).scalars().all()
    if len(found) != end - start:
        raise ValueError(f"Hashes of level {level} between {start} and {end} are missing from the log.")
    return [bytes(one) for one in found]
