"""The ledger in one SQLite file: WAL, every commit synced to disk, writers of all processes in one queue.

Two processes that meet in SQLite's own busy handler stall each other for up to a second; so each holds a lock on the
file `<ledger>.lock` while it writes. Needs a local disk (no network share) and a POSIX system.

Nobody but SQLite may open the ledger's file. Closing any descriptor of it ends all locks that this process has on it;
another process then takes SQLite's log away from under this one, and what is committed from there on is lost.
"""

import errno
import fcntl
import os
import sqlite3
import stat
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from datetime import UTC, datetime
from pathlib import Path
from urllib.parse import quote

from sqlalchemy import URL, Connection, Engine, NullPool, QueuePool, create_engine, event
from sqlalchemy.engine.interfaces import DBAPIConnection
from sqlalchemy.pool import ConnectionPoolEntry

from cds_service.domain.errors import LedgerUnavailable, SettingsBroken
from cds_service.ledger.database import Database, Turn
from cds_service.ledger.log import dialect

BUSY_SECONDS = 1.0  # for programs that write without our lock: a shell, a backup
CHECKPOINT_PAGES = 4_000  # 16 MB of log before a commit has to carry it into the file
POLL_SECONDS = 0.02
MOMENT_CHARACTERS = len("2026-06-15 09:00:00.000000")

# The file keeps its journal mode: readers find it, and only who holds the turn may change it.
DURABLE = (
    "journal_mode=WAL",
    "synchronous=FULL",
    f"wal_autocheckpoint={CHECKPOINT_PAGES}",
)


def open_sqlite(url: URL, *, writable: bool = True) -> Database:
    """The ledger in a file, which is made (for its owner only) when there is none.

    Args:
        url: names the file.
        writable: false to leave it and its folder as they are; then nothing can be committed.

    Raises:
        SettingsBroken: the URL names no file: a ledger in memory would be gone with the process.
        LedgerUnavailable: the file cannot be made or opened.
    """
    if not url.database or url.database == ":memory:" or url.database.startswith("file:"):
        raise SettingsBroken("CDS_DATABASE_URL must name a file of the ledger: sqlite:////var/lib/cds/ledger.db, say.")
    path = Path(url.database).absolute()
    try:
        _insist_on(path, writable=writable)
        lock = os.open(f"{path}.lock", os.O_RDWR | os.O_CREAT, 0o600) if writable else None
    except OSError as error:
        raise LedgerUnavailable(
            f"The ledger's file cannot be opened ({error.strerror}). CDS_DATABASE_URL must name a file "
            "in a folder that exists and that this service may write."
        ) from error
    write = _engine(path, begin="BEGIN IMMEDIATE", pragmas=DURABLE, pool=NullPool)
    read = _engine(path, begin="BEGIN", pragmas=("query_only=ON",), pool=QueuePool, mode="rw" if writable else "ro")

    def close() -> None:
        write.dispose()
        read.dispose()
        if lock is not None:
            os.close(lock)

    return Database(
        dialect=dialect(mark="?", lock="", record_bytes="CAST(record AS BLOB)", moment=_moment),
        write=write,
        read=read,
        turn=_no_turn if lock is None else _turn(lock),
        current=lambda connection: connection.connection.info.get("file") == _file(path),
        prepare=lambda _: None,  # the turn is enough
        snapshot=read.connect,  # a transaction of WAL
        probe="SELECT 1",  # BEGIN IMMEDIATE has failed before this where the file cannot be written
        close=close,
    )


def _insist_on(path: Path, *, writable: bool) -> None:
    """A file that may be read (and written) stands there; one that stood there before is not opened for that.

    Raises:
        OSError: none does.
    """
    if writable:
        with suppress(FileExistsError):
            os.close(os.open(path, os.O_RDWR | os.O_CREAT | os.O_EXCL, 0o600))
    if not stat.S_ISREG(path.stat().st_mode):
        raise OSError(errno.EINVAL, "It is no file")
    if not os.access(path, os.R_OK | (os.W_OK if writable else 0)):
        raise PermissionError(errno.EACCES, os.strerror(errno.EACCES))


def _moment(moment: datetime) -> str:
    """As SQLAlchemy writes and reads a moment: always of the same length, so that texts sort as moments do."""
    in_utc = moment if moment.tzinfo is UTC else moment.astimezone(UTC)
    return in_utc.isoformat(" ", "microseconds")[:MOMENT_CHARACTERS]


def _engine(
    path: Path, *, begin: str, pragmas: tuple[str, ...], pool: type[NullPool] | type[QueuePool], mode: str = "rw"
) -> Engine:
    def connect() -> sqlite3.Connection:
        address = (
            f"file:{quote(str(path))}?mode={mode}"  # never makes a file: an empty ledger would look like no advice
        )
        connection = sqlite3.connect(
            address, uri=True, timeout=BUSY_SECONDS, isolation_level=None, check_same_thread=False
        )
        for pragma in pragmas:
            connection.execute(f"PRAGMA {pragma}")
        return connection

    engine = create_engine(
        URL.create("sqlite", database=str(path)), creator=connect, poolclass=pool, hide_parameters=True
    )

    @event.listens_for(engine, "connect")
    def remember(_: DBAPIConnection, entry: ConnectionPoolEntry) -> None:
        entry.info["file"] = _file(path)

    @event.listens_for(engine, "begin")
    def start(connection: Connection) -> None:
        connection.exec_driver_sql(begin)

    return engine


def _file(path: Path) -> tuple[int, int] | None:
    """Which file stands under the path; `None` for none."""
    try:
        found = path.stat()
    except FileNotFoundError:
        return None
    return found.st_dev, found.st_ino


@contextmanager
def _no_turn(at_most_seconds: float | None = None) -> Iterator[None]:  # noqa: ARG001 - a `Turn`
    """Of who only looks: nothing can be committed anyway."""
    yield


def _turn(lock: int) -> Turn:
    @contextmanager
    def turn(at_most_seconds: float | None = None) -> Iterator[None]:
        if at_most_seconds is None:
            fcntl.flock(lock, fcntl.LOCK_EX)
        elif not _within(at_most_seconds, lambda: fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)):
            raise LedgerUnavailable(
                f"Another process has held the ledger's lock for {at_most_seconds:.0f} s. End it, or start again later."
            )
        try:
            yield
        finally:
            fcntl.flock(lock, fcntl.LOCK_UN)

    return turn


def _within(seconds: float, attempt: Callable[[], None]) -> bool:
    end = time.monotonic() + seconds
    while True:
        try:
            attempt()
        except BlockingIOError:
            if time.monotonic() >= end:
                return False
            time.sleep(POLL_SECONDS)
        else:
            return True
