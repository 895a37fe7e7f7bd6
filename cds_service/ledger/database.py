"""What the ledger needs of a database, whichever it is; `sqlite` and `postgresql` each fill it in."""

from collections.abc import Callable, Iterator, Mapping
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Protocol

from sqlalchemy import Connection, Engine
from sqlalchemy.engine.interfaces import DBAPICursor
from sqlalchemy.exc import DBAPIError

from cds_service.domain.errors import LedgerUnavailable

MENDING = (
    "See that the database named by CDS_DATABASE_URL can be reached and written and has room; "
    "the service goes on by itself once it has."
)


class Turn(Protocol):
    """The right to write, held by one process at a time where the database itself cannot queue writers well."""

    def __call__(self, at_most_seconds: float | None = None) -> AbstractContextManager[None]:
        """Hold it; wait for it without end, or for so long at most.

        Raises:
            LedgerUnavailable: others did not let go of it in time.
        """


@dataclass(frozen=True, slots=True, kw_only=True)
class Dialect:
    """How this database is spoken to where each microsecond counts, past SQLAlchemy's own statements.

    Attributes:
        inserts: statements that add rows, by table. lock_head, update_head: of the log's head, see `log`.
        moment: what it keeps of a moment in UTC. mark: what stands for a value.
        record_bytes: the column `log.record`, as bytes.
    """

    inserts: Mapping[str, str]
    lock_head: str
    update_head: str
    moment: Callable[[datetime], Any]
    mark: str
    record_bytes: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Database:
    """One database of the ledger, opened.

    Attributes:
        dialect: how it is spoken to.
        write: connections that commit, each durable when its commit returns. read: connections for everything else.
        turn: held around each transaction that writes.
        current: whether a connection still reaches the database others would find under this URL.
        prepare: run first in a transaction that changes the schema: one process at a time, with time enough.
        snapshot: a connection that reads one unchanging state, for as long as it takes.
        probe: a statement that fails where rows could not be written.
        close: let go of everything.
    """

    dialect: Dialect
    write: Engine
    read: Engine
    turn: Turn
    current: Callable[[Connection], bool]
    prepare: Callable[[Connection], None]
    snapshot: Callable[[], AbstractContextManager[Connection]]
    probe: str
    close: Callable[[], None]


@dataclass(slots=True, kw_only=True)
class Reach:
    """Whether the database can be written, as far as this process knows.

    Attributes:
        down: why the last attempt failed; empty when it did not.
        migrated: its schema is known to be the newest.
    """

    down: str = ""
    migrated: bool = True


@contextmanager
def driver(connection: Connection) -> Iterator[DBAPICursor]:
    """A cursor of the database's own driver in the connection's transaction: a commit runs half a dozen statements.

    Raises:
        DBAPIError: as SQLAlchemy raises it for statements of its own.
    """
    if not connection.in_transaction():
        connection.begin()
    cursor = connection.connection.cursor()
    try:
        yield cursor
    except connection.dialect.loaded_dbapi.Error as error:
        raw, dialect = connection.connection.dbapi_connection, connection.dialect
        raise DBAPIError.instance(
            None,
            None,
            error,
            dialect.loaded_dbapi.Error,
            hide_parameters=True,
            connection_invalidated=dialect.is_disconnect(error, raw, cursor),
            dialect=dialect,
        ) from error
    finally:
        cursor.close()


def unavailable(doing: str, error: Exception) -> LedgerUnavailable:
    """What to raise for a database error: its type and code, never its text, which may quote a row."""
    return LedgerUnavailable(f"The ledger could not {doing} ({kind_of(error)}). {MENDING}")


def kind_of(error: Exception) -> str:
    """The error's type, and the database's own code for it where there is one: `OperationalError SQLITE_BUSY`."""
    source = error.orig if isinstance(error, DBAPIError) else error
    code = getattr(source, "sqlite_errorname", None) or getattr(source, "sqlstate", None) or ""
    return f"{type(error).__name__} {code}".strip()
