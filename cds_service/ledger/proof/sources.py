"""Where `verify` reads a log from: a database, in one snapshot, while the service goes on writing to it."""

from collections.abc import Collection, Iterator, Sequence
from typing import cast

from sqlalchemy import Connection

from cds_service.ledger.database import Dialect
from cds_service.ledger.log import STORED_LEVELS
from cds_service.ledger.proof.index import check_index, check_outside, fetch
from cds_service.ledger.proof.merkle import Frontier
from cds_service.ledger.proof.report import Fault, Report
from cds_service.ledger.proof.verify import Closed, Leaf, Note
from cds_service.ledger.tables import HEAD

AT_ONCE = 2_048  # records: what is held in memory, whatever the size of the log
BELOW_ALL = -(2**63)


class DatabaseSource:
    """A log in a database; see `verify.Source`. Nothing is taken for what its column should hold.

    Args:
        connection: one snapshot of it, for reading.
        words: of the database.
    """

    def __init__(self, connection: Connection, words: Dialect) -> None:
        """Reads the head."""
        self._connection = connection
        self._words = words
        self._last = -1  # leaf index of the last record that was read
        head = fetch(connection, f"SELECT origin, size, frontier FROM log_head WHERE id = {words.mark}", (HEAD,))  # noqa: S608  our own words
        self._sound = len(head) == 1 and [*map(type, head[0])] == [str, int, bytes]
        self.origin, self.size, self._frontier = head[0] if self._sound else ("", 0, b"")

    def leaves(self) -> Iterator[Sequence[Leaf]]:
        """The log in order, some at a time."""
        query = (
            f"SELECT leaf_index, kind, leaf_hash, {self._words.record_bytes} FROM log "  # noqa: S608  our own words
            f"WHERE leaf_index > {self._words.mark} ORDER BY leaf_index LIMIT {AT_ONCE}"
        )
        last = BELOW_ALL
        while rows := fetch(self._connection, query, (last,)):
            last = self._last = rows[-1][0]
            if not all(type(row[2]) is bytes for row in rows):  # SQLite lets anything stand anywhere
                rows = [(index, kind, leaf if type(leaf) is bytes else b"", text) for index, kind, leaf, text in rows]
            yield cast("list[Leaf]", rows)

    def notes(self) -> Iterator[Note]:
        """The stored checkpoints, the shortest log first."""
        query = f"SELECT size, note FROM checkpoints WHERE size > {self._words.mark} ORDER BY size LIMIT {AT_ONCE}"  # noqa: S608  our own words
        last = BELOW_ALL
        while rows := fetch(self._connection, query, (last,)):
            for size, note in rows:
                yield Note(size, str(note), "stored")
            last = rows[-1][0]

    def check(self, leaves: Sequence[Leaf], unsound: Collection[int], nodes: Sequence[Closed], report: Report) -> None:
        """Hold stored nodes and the index against these leaves."""
        self._check_nodes(nodes, report)
        check_index(self._connection, self._words, leaves, unsound, report)

    def _check_nodes(self, nodes: Sequence[Closed], report: Report) -> None:
        mark = self._words.mark
        query = f"SELECT position, hash FROM log_nodes WHERE level = {mark} AND position BETWEEN {mark} AND {mark}"  # noqa: S608  our own words
        for level in sorted({level for level, _, _ in nodes}):
            wanted = {position: node for at, position, node in nodes if at == level}
            found: dict[int, bytes] = dict(fetch(self._connection, query, (level, min(wanted), max(wanted))))
            if found != wanted:
                wrong = min(place for place in {*wanted, *found} if found.get(place) != wanted.get(place))
                first, last = wrong << level, (wrong + 1 << level) - 1
                report.add(Fault(what=f"the stored hash of records {first} to {last} is not that of their leaves"))

    def check_end(self, frontier: Frontier | None, report: Report) -> None:
        """Hold the head, and what there is too much of, against the whole."""
        check_outside(self._connection, self._words, self._last + 1, report)
        if not self._sound:
            report.add(Fault(what="the head of the log is missing or damaged"))
        elif self.size != report.records:
            report.add(Fault(what=f"the head of the log says {self.size} records and there are {report.records}"))
        elif frontier is not None and self._frontier != frontier.packed():
            report.add(Fault(what="the head of the log holds other hashes than its records give"))
        ((stored,),) = fetch(self._connection, "SELECT count(*) FROM log_nodes", ())
        level, wanted = STORED_LEVELS, 0
        while report.records >> level:
            wanted, level = wanted + (report.records >> level), level + STORED_LEVELS
        if frontier is not None and stored != wanted:
            report.add(Fault(what=f"{wanted} hashes of complete subtrees belong to the log, {stored} are stored"))
