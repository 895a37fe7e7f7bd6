"""The ledger in PostgreSQL: one connection of each process commits, a few more read."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC

from sqlalchemy import URL, Connection, Engine, NullPool, QueuePool, create_engine, event, text
from sqlalchemy.engine.interfaces import DBAPIConnection
from sqlalchemy.pool import ConnectionPoolEntry

from cds_service.ledger.database import Database
from cds_service.ledger.log import dialect

STATEMENT_MILLISECONDS = 4_000
SCHEMA_SECONDS = 60  # a change of schema, and the wait for a worker that is making it
SCHEMA_LOCK = 0x6364735F6C6564  # "cds_led": one number for all workers

# A database that answers before a commit is on disk would let advice be given that nobody can prove.
ON_CONNECT = f"""
SELECT set_config('timezone', 'UTC', false),
       set_config('statement_timeout', '{STATEMENT_MILLISECONDS}', false),
       set_config('lock_timeout', '{STATEMENT_MILLISECONDS}', false),
       set_config('synchronous_commit',
                  CASE current_setting('synchronous_commit') WHEN 'off' THEN 'on'
                  ELSE current_setting('synchronous_commit') END, false)
"""

PATIENCE = {"connect_timeout": "4", "tcp_user_timeout": "4000", "application_name": "cds-service"}


def open_postgresql(url: URL) -> Database:
    """The ledger in the database of a URL; nothing is connected yet.

    Args:
        url: as SQLAlchemy reads it, with libpq's parameters as its query; those given there win over ours.
    """
    url = url.set(drivername="postgresql+psycopg")
    patience = {name: value for name, value in PATIENCE.items() if name not in url.query}
    write = create_engine(url, poolclass=NullPool, connect_args=patience, hide_parameters=True)
    read = create_engine(
        url,
        poolclass=QueuePool,
        pool_size=2,
        max_overflow=2,
        pool_timeout=4,
        pool_pre_ping=True,
        connect_args=patience,
        hide_parameters=True,
    )
    for engine in (write, read):
        _set_up(engine)

    def close() -> None:
        write.dispose()
        read.dispose()

    return Database(
        dialect=dialect(
            mark="%s",
            lock=" FOR UPDATE",
            record_bytes="convert_to(record, 'UTF8')",
            moment=lambda moment: moment.astimezone(UTC),
        ),
        write=write,
        read=read,
        turn=_no_turn,
        current=lambda _: True,
        prepare=_prepare,
        snapshot=read.execution_options(isolation_level="REPEATABLE READ").connect,
        probe="SET TRANSACTION READ WRITE",  # refused by a standby
        close=close,
    )


def _set_up(engine: Engine) -> None:
    @event.listens_for(engine, "connect")
    def set_up(connection: DBAPIConnection, _: ConnectionPoolEntry) -> None:
        cursor = connection.cursor()
        cursor.execute(ON_CONNECT)
        cursor.close()
        connection.commit()


@contextmanager
def _no_turn(at_most_seconds: float | None = None) -> Iterator[None]:  # noqa: ARG001  PostgreSQL queues writers itself
    yield


def _prepare(connection: Connection) -> None:
    for setting in ("statement_timeout", "lock_timeout"):
        connection.execute(text(f"SET LOCAL {setting} = '{SCHEMA_SECONDS}s'"))
    connection.execute(text("SELECT pg_advisory_xact_lock(:lock)"), {"lock": SCHEMA_LOCK})
