"""Who read the record: a page of the access log, latest first."""

from sqlalchemy import Connection, select

from cds_service.domain.audit import AccessLine
from cds_service.domain.decision import Access
from cds_service.ledger.record import decode, storable
from cds_service.ledger.tables import access, log


def accesses(connection: Connection, *, who: str, below: int | None, at_most: int) -> tuple[AccessLine, ...]:
    """A page of the access log.

    Args:
        connection: reads the database.
        who: only this person's; empty for everybody's.
        below: the place in the log behind which to go on.
        at_most: of a page.
    """
    query = select(access.c.leaf_index, log.c.record).join_from(access, log, access.c.leaf_index == log.c.leaf_index)
    if who:
        query = query.where(access.c.who == storable(who))
    if below is not None:
        query = query.where(access.c.leaf_index < below)
    found = []
    for row in connection.execute(query.order_by(access.c.leaf_index.desc()).limit(at_most)):
        seen = decode(row.record)
        assert isinstance(seen, Access)
        found.append(
            AccessLine(
                leaf_index=row.leaf_index,
                id=seen.id,
                at=seen.at,
                who=seen.who,
                through=seen.through,
                what=seen.what,
                query=seen.query,
                records=seen.records,
            )
        )
    return tuple(found)
