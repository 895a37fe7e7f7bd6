"""Holds the index of a database against the log's records: rows that say otherwise, are missing, or are too many."""

from collections.abc import Collection, Mapping, Sequence
from typing import cast

from sqlalchemy import Connection, Table

from cds_service.ledger.database import Dialect
from cds_service.ledger.log import with_orphans
from cds_service.ledger.proof.report import Fault, Report
from cds_service.ledger.proof.verify import Leaf
from cds_service.ledger.rows import COLUMNS, Moment, Row, index_rows
from cds_service.ledger.tables import INDEX_TABLES, accepted_suggestions, cards, feedback, suggestions
from cds_service.ledger.views import view

_SEVERAL = (cards, suggestions, accepted_suggestions)  # tables with more than one row of a record
_KEY_COLUMNS: Mapping[Table, int] = {table: 2 if table in _SEVERAL else 1 for table in INDEX_TABLES}
_SELECTS = {
    table: f"SELECT {', '.join(names)} FROM {table.name} WHERE leaf_index >= {{mark}} AND leaf_index < {{mark}}"  # noqa: S608  our own names
    f" ORDER BY {', '.join(names[: _KEY_COLUMNS[table]])}"
    for table in INDEX_TABLES
    for names in [COLUMNS[table]]
}


def check_index(
    connection: Connection, words: Dialect, leaves: Sequence[Leaf], unsound: Collection[int], report: Report
) -> None:
    """Hold the rows of some neighbouring records against them.

    Args:
        connection: reads the database.
        words: of the database.
        leaves: the records, in order.
        unsound: leaf indexes of those that were changed themselves: their rows are not looked at.
        report: where faults go.
    """
    if not leaves:
        return
    expected = _expected(leaves, unsound, words.moment, report)
    if expected[feedback]:
        expected[feedback] = with_orphans(connection, expected[feedback])
    between = (leaves[0][0], leaves[-1][0] + 1)
    for table in INDEX_TABLES:
        actual = fetch(connection, _SELECTS[table].format(mark=words.mark), between)
        if actual != expected[table]:
            _compare(table, expected[table], actual, unsound, report)


def check_outside(connection: Connection, words: Dialect, size: int, report: Report) -> None:
    """Find rows of records that the log does not have."""
    for table in INDEX_TABLES:
        query = f"SELECT leaf_index FROM {table.name} WHERE leaf_index < 0 OR leaf_index >= {words.mark} LIMIT 1"  # noqa: S608  our own names
        for (index,) in fetch(connection, query, (size,)):
            report.add(Fault(what=f"{table.name} has a row of a record that the log does not have", leaf_index=index))


def fetch(connection: Connection, query: str, values: tuple[int, ...]) -> list[Row]:
    """The rows as the driver gives them: plain tuples, nothing converted."""
    cursor = connection.exec_driver_sql(query, values).cursor
    assert cursor is not None
    return cast("list[Row]", cursor.fetchall())  # tuples, of either driver


def _expected(
    leaves: Sequence[Leaf], unsound: Collection[int], moment: Moment, report: Report
) -> dict[Table, list[Row]]:
    rows: dict[Table, list[Row]] = {table: [] for table in INDEX_TABLES}
    for index, kind, _, record in leaves:
        if record is None or index in unsound:
            continue
        try:
            said, recorded = view(record)
        except (ValueError, RecursionError):
            report.add(Fault(what="the record cannot be read by this release", leaf_index=index, kind=kind))
            continue
        if said != kind:
            report.add(Fault(what=f"the log calls it {kind}, its text a {said}", leaf_index=index, kind=said))
        for table, those in index_rows(said, recorded, moment).items():
            some = [(index, *row) for row in those]
            rows[table] += sorted(some, key=lambda row: row[1]) if len(some) > 1 else some
    return rows


def _compare(
    table: Table, expected: Sequence[Row], actual: Sequence[Row], unsound: Collection[int], report: Report
) -> None:
    keys = _KEY_COLUMNS[table]
    wanted = {row[:keys]: row for row in expected}
    for row in actual:
        if row[0] in unsound:
            continue
        right = wanted.pop(row[:keys], None)
        if right is None:
            report.add(Fault(what=f"{table.name} has a row that its record does not account for", leaf_index=row[0]))
        elif right != row:
            names = [name for name, one, other in zip(COLUMNS[table], right, row, strict=True) if one != other]
            what = f"its row in {table.name} says otherwise than the record: {', '.join(names)}"
            report.add(Fault(what=what, leaf_index=row[0], id=_id(table, right)))
    for row in wanted.values():
        report.add(Fault(what=f"its row in {table.name} is missing", leaf_index=row[0], id=_id(table, row)))


def _id(table: Table, row: Row) -> str:
    """The record's id, where the table has it."""
    names = COLUMNS[table]
    return str(row[names.index("id")]) if "id" in names else ""
