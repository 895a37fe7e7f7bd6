"""One record, committed without a writer: for a command that reads the ledger and must leave word of it."""

from sqlalchemy.exc import SQLAlchemyError

from cds_service.domain.decision import Access
from cds_service.ledger.database import Database, unavailable
from cds_service.ledger.log import append, entry
from cds_service.ledger.record import KINDS, encode
from cds_service.ledger.rows import index_rows

WAIT_SECONDS = 60.0


def commit_alone(database: Database, access: Access) -> None:
    """Return once it is durably committed.

    Raises:
        LedgerUnavailable: it was not.
    """
    kind = KINDS[Access]
    record = encode(access, lambda _, identifier: identifier)
    one = entry(kind, access.id, record, index_rows(kind, access, database.dialect.moment))
    try:
        with database.turn(WAIT_SECONDS), database.write.begin() as connection:
            append(connection, database.dialect, [one])
    except SQLAlchemyError as error:
        raise unavailable("record that it is read", error) from None  # the database's own text may quote rows
