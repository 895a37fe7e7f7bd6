"""Group commit: one thread takes everybody's rows and commits them together; each caller waits for its own group.

A commit to disk costs the same for one row as for a hundred, so while one group is being committed the next one
gathers. A caller's rows are committed wholly or not at all, and one caller's bad row never costs another its commit.
"""

import logging
import queue
import threading

from sqlalchemy import Connection, insert, text
from sqlalchemy.exc import (
    DBAPIError,
    InterfaceError,
    InternalError,
    OperationalError,
    ProgrammingError,
    SQLAlchemyError,
)

from cds_service.domain.errors import LedgerUnavailable
from cds_service.ledger.database import MENDING, Database, kind_of, unavailable
from cds_service.ledger.rows import Row, Rows
from cds_service.ledger.tables import IN_ORDER

logger = logging.getLogger(__name__)

WAIT_SECONDS = 5.0
QUEUE_SIZE = 1_024  # callers, not rows: more than any worker has threads
GROUP_SIZE = 256

_OF_THE_DATABASE = (OperationalError, InterfaceError, InternalError, ProgrammingError)  # no row's fault
_INSERTS = {table: insert(table) for table in IN_ORDER}


class _Entry:
    """One caller's rows on their way. `claim` goes to the writer or, when its patience ends, to the caller."""

    __slots__ = ("claim", "done", "error", "rows")

    def __init__(self, rows: Rows) -> None:
        self.rows = rows
        self.claim = threading.Lock()
        self.done = threading.Lock()
        self.done.acquire()
        self.error = ""


class Writer:
    """The one thread of this process that writes to the ledger.

    Args:
        database: where to.
        wait_seconds: how long a caller waits for its commit.
        queue_size: callers that may wait at a time.
    """

    def __init__(self, database: Database, *, wait_seconds: float = WAIT_SECONDS, queue_size: int = QUEUE_SIZE) -> None:
        """See the class."""
        self._database = database
        self._wait_seconds = wait_seconds
        self._queue_size = queue_size
        self._queue: queue.SimpleQueue[_Entry | None] = queue.SimpleQueue()
        self._gate = threading.Lock()
        self._closed = False
        self._connection: Connection | None = None
        self._thread = threading.Thread(target=self._run, name="ledger-writer", daemon=True)
        self._thread.start()

    def write(self, rows: Rows) -> None:
        """Return once the rows are durably committed; without rows, once it is proved that some could be.

        Raises:
            LedgerUnavailable: they were not committed, or not in time.
        """
        entry = _Entry(rows)
        with self._gate:
            self._refuse_when_not_running()
            if self._queue.qsize() >= self._queue_size:
                raise LedgerUnavailable(
                    f"{self._queue_size} decisions already wait to be committed. {MENDING} If it can be and has, "
                    "run more workers, or PostgreSQL instead of SQLite."
                )
            self._queue.put(entry)
        if not entry.done.acquire(timeout=self._wait_seconds):
            withdrawn = entry.claim.acquire(blocking=False)
            what = "did not begin this commit" if withdrawn else "did not say whether this commit was made"
            raise LedgerUnavailable(f"The ledger {what} within {self._wait_seconds:g} s. {MENDING}")
        if entry.error:
            raise LedgerUnavailable(entry.error)

    def close(self) -> None:
        """Commit what is waiting, then end.

        Raises:
            LedgerUnavailable: it did not end in time, so something may be uncommitted; its caller has been told.
        """
        with self._gate:
            if not self._closed:
                self._closed = True
                self._queue.put(None)
        self._thread.join(self._wait_seconds)
        if self._thread.is_alive():
            raise LedgerUnavailable(f"The ledger did not finish within {self._wait_seconds:g} s of closing. {MENDING}")

    def _refuse_when_not_running(self) -> None:
        if self._closed:
            raise LedgerUnavailable("The ledger is closed: the service is stopping. Repeat the call.")
        if not self._thread.is_alive():  # also in a process forked from the one that opened the ledger
            raise LedgerUnavailable(
                "The ledger was not opened in this process. Open it in each worker, after the fork."
            )

    # In the writer's thread -------------------------------------------------------------------------------------

    def _run(self) -> None:
        last = False
        while not last:
            first = self._queue.get()
            if first is None:
                break
            group = [first]
            try:
                with self._database.turn():
                    last = self._gather(group)
                    group = [entry for entry in group if entry.claim.acquire(blocking=False)]
                    self._commit(group)
            except Exception as error:  # noqa: BLE001  the turn itself: the callers must hear of it and the thread live
                self._fail(group, error)
            for entry in group:
                entry.done.release()
        self._disconnect()

    def _gather(self, group: list[_Entry]) -> bool:
        """Add what else is waiting; true when the end of all is."""
        while len(group) < GROUP_SIZE:
            try:
                entry = self._queue.get_nowait()
            except queue.Empty:
                return False
            if entry is None:
                return True
            group.append(entry)
        return False

    def _commit(self, group: list[_Entry]) -> None:
        try:
            self._attempt(group)
        except Exception as error:  # noqa: BLE001  whatever it is, the callers must hear of it and the thread live
            if len(group) == 1 or isinstance(error, _OF_THE_DATABASE):
                self._fail(group, error)
                return
            for entry in group:  # one caller's row is at fault: each for itself
                self._commit([entry])

    def _attempt(self, group: list[_Entry]) -> None:
        """One transaction; a second try when the connection proves to have been lost while idle."""
        fresh = self._connection is None
        committing = False
        try:
            connection = self._connected()
            self._insert(connection, group)
            committing = True
            connection.commit()
        except BaseException as error:
            self._disconnect()
            lost = isinstance(error, DBAPIError) and error.connection_invalidated
            if not lost or fresh or committing:  # whether a commit that was cut off was made, nobody knows
                raise
            self._attempt(group)

    def _insert(self, connection: Connection, group: list[_Entry]) -> None:
        for table, statement in _INSERTS.items():
            rows: list[Row] = [row for entry in group for row in entry.rows.get(table, ())]
            if rows:
                connection.execute(statement, rows)
        if not all(entry.rows for entry in group):
            connection.execute(text(self._database.probe))

    def _connected(self) -> Connection:
        if self._connection is not None and not self._database.current(self._connection):
            self._disconnect()
        if self._connection is None:
            self._connection = self._database.write.connect()
        return self._connection

    def _disconnect(self) -> None:
        """Let go of the connection; whatever was not committed is rolled back by the database."""
        connection, self._connection = self._connection, None
        if connection is None:
            return
        try:
            connection.invalidate()
            connection.close()
        except SQLAlchemyError as error:  # it was broken already; the next group gets a new one
            logger.info("The ledger's connection did not close cleanly: %s", kind_of(error))

    def _fail(self, group: list[_Entry], error: Exception) -> None:
        refusal = str(error if isinstance(error, LedgerUnavailable) else unavailable("commit", error))
        logger.error("The ledger did not commit %d entries: %s", len(group), kind_of(error))
        for entry in group:
            entry.error = refusal
