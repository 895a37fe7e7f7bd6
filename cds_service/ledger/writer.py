"""Group commit: one thread takes everybody's records and commits them together; each caller waits for its own group.

A commit to disk costs the same for one record as for a hundred, so while one group is being committed the next one
gathers. A caller's records are committed wholly or not at all, and one caller's bad record never costs another its
commit. Between groups the thread does the ledger's chores (checkpoints, the spool) while nobody waits.
"""

import logging
import queue
import threading
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from sqlalchemy import Connection, text
from sqlalchemy.exc import DataError, DBAPIError, IntegrityError, SQLAlchemyError

from cds_service.domain.errors import LedgerUnavailable, TokenReplayed
from cds_service.ledger.database import MENDING, Database, Reach, kind_of, unavailable
from cds_service.ledger.log import Entry, append, there

logger = logging.getLogger(__name__)

WAIT_SECONDS = 5.0
CLOSE_SECONDS = 2.0
QUEUE_SIZE = 1_024  # callers, not records: more than any worker has threads
GROUP_SIZE = 256

_OF_A_RECORD = (IntegrityError, DataError)  # all other errors of a database are no record's fault


class EntryRefused(LedgerUnavailable):
    """The database is well, but will not take this record: its id is another's, say."""


@dataclass(slots=True, kw_only=True)
class Chore:
    """Something to do while nobody waits.

    Attributes:
        do: does it, in the writer's thread; gives the seconds until it wants to be called again.
        at: when that is, on the monotonic clock.
        patience: seconds after which it is done even though somebody waits.
    """

    do: Callable[[], float]
    at: float = 0.0
    patience: float = 60.0


class _Caller:
    """One caller's records on their way. `claim` goes to the writer or, when its patience ends, to the caller."""

    __slots__ = ("claim", "done", "entries", "error")

    def __init__(self, entries: Sequence[Entry]) -> None:
        self.entries = entries
        self.claim = threading.Lock()
        self.done = threading.Lock()
        self.done.acquire()
        self.error: LedgerUnavailable | TokenReplayed | None = None


class Writer:
    """The one thread of this process that writes to the ledger.

    Args:
        database: where to.
        reach: whether that can be written; shared with whoever else needs to know.
        wait_seconds: how long a caller waits for its commit.
        queue_size: callers that may wait at a time.
        chores: what to do in between.

    """

    def __init__(
        self,
        database: Database,
        *,
        reach: Reach | None = None,
        wait_seconds: float = WAIT_SECONDS,
        queue_size: int = QUEUE_SIZE,
        chores: Sequence[Chore] = (),
    ) -> None:
        """See the class."""
        self._database = database
        self._reach = reach or Reach()
        self._wait_seconds = wait_seconds
        self._queue_size = queue_size
        self._chores = chores
        self._queue: queue.SimpleQueue[_Caller | None] = queue.SimpleQueue()
        self._gate = threading.Lock()
        self._closed = False
        self._connection: Connection | None = None
        self._thread = threading.Thread(target=self._run, name="ledger-writer", daemon=True)
        self._thread.start()

    def write(self, entries: Sequence[Entry]) -> None:
        """Return once the records are durably committed; without any, once it is proved that some could be.

        Raises:
            EntryRefused: the database will not take them.
            LedgerUnavailable: they were not committed, or not in time.
        """
        caller = _Caller(entries)
        with self._gate:
            self._refuse_when_not_running()
            if self._queue.qsize() >= self._queue_size:
                raise LedgerUnavailable(
                    f"{self._queue_size} decisions already wait to be committed. {MENDING} If it can be and has, "
                    "run more workers, or PostgreSQL instead of SQLite."
                )
            self._queue.put(caller)
        if not caller.done.acquire(timeout=self._wait_seconds):
            withdrawn = caller.claim.acquire(blocking=False)
            self._reach.down = self._reach.down or "slow"
            what = "did not begin this commit" if withdrawn else "did not say whether this commit was made"
            raise LedgerUnavailable(f"The ledger {what} within {self._wait_seconds:g} s. {MENDING}")
        if caller.error is not None:
            raise caller.error

    def close(self) -> None:
        """Commit what is waiting, then end.

        Raises:
            LedgerUnavailable: it did not end in time, so something may be uncommitted; its caller has been told.
        """
        with self._gate:
            if not self._closed:
                self._closed = True
                self._queue.put(None)
        seconds = max(self._wait_seconds, CLOSE_SECONDS)
        self._thread.join(seconds)
        if self._thread.is_alive():
            raise LedgerUnavailable(f"The ledger did not finish within {seconds:g} s of closing. {MENDING}")

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
            try:
                first = self._queue.get(timeout=self._until_next_chore())
            except queue.Empty:
                self._do_chores(time.monotonic())
                continue
            if first is None:
                break
            last = self._serve(first)
            if self._chores:
                self._do_chores(time.monotonic(), patiently=not self._queue.empty())
        if not self._reach.down:
            self._do_chores(float("inf"))
        self._disconnect()

    def _serve(self, first: _Caller) -> bool:
        """Commit for one caller and whoever else waits; true when the end of all is reached."""
        group, last = [first], False
        try:
            with self._database.turn():
                last = self._gather(group)
                group = [caller for caller in group if caller.claim.acquire(blocking=False)]
                self._commit(group)
        except Exception as error:  # noqa: BLE001  the turn itself: the callers must hear of it and the thread live
            self._fail(group, error)
        for caller in group:
            caller.done.release()
        return last

    def _gather(self, group: list[_Caller]) -> bool:
        """Add what else is waiting; true when the end of all is."""
        records = len(group[0].entries)
        while records < GROUP_SIZE:
            try:
                caller = self._queue.get_nowait()
            except queue.Empty:
                return False
            if caller is None:
                return True
            group.append(caller)
            records += len(caller.entries) or 1
        return False

    def _commit(self, group: list[_Caller]) -> None:
        try:
            self._attempt(group)
        except Exception as error:  # noqa: BLE001  whatever it is, the callers must hear of it and the thread live
            of_the_database = isinstance(error, DBAPIError) and not isinstance(error, _OF_A_RECORD)
            if len(group) == 1 or of_the_database:
                self._fail(group, error)
                return
            for caller in group:  # one caller's record is at fault: each for itself
                self._commit([caller])

    def _attempt(self, group: list[_Caller]) -> None:
        entries = [entry for caller in group for entry in caller.entries]

        def work(connection: Connection) -> None:
            self._insert(connection, entries)
            if not all(caller.entries for caller in group):
                connection.execute(text(self._database.probe))

        self._transact(work)

    def _insert(self, connection: Connection, entries: Sequence[Entry]) -> None:
        if entries:
            append(connection, self._database.dialect, entries)

    def _transact(self, work: Callable[[Connection], None]) -> None:
        """One transaction; a second try when the connection proves to have been lost while idle."""
        fresh = self._connection is None
        committing = False
        try:
            connection = self._connected()
            work(connection)
            committing = True
            connection.commit()
        except BaseException as error:
            self._disconnect()
            lost = isinstance(error, DBAPIError) and error.connection_invalidated
            if not lost or fresh or committing:  # whether a commit that was cut off was made, nobody knows
                raise
            self._transact(work)
        else:
            self._reach.down = ""

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

    def _fail(self, group: list[_Caller], error: Exception) -> None:
        if isinstance(error, TokenReplayed):
            for caller in group:
                caller.error = error
            return
        refusal = error if isinstance(error, LedgerUnavailable) else unavailable("commit", error)
        if isinstance(error, DataError) or (isinstance(error, IntegrityError) and self._has(group)):
            refusal = EntryRefused(str(refusal))
        else:
            self._reach.down = kind_of(error)
        logger.error("The ledger did not commit for %d callers: %s", len(group), kind_of(error))
        for caller in group:
            caller.error = refusal

    def _has(self, group: list[_Caller]) -> bool:
        """Whether an id of theirs is in the log already; if not, it is the log itself that contradicts itself."""
        try:
            with self._database.read.connect() as connection:
                return bool(there(connection, [entry for caller in group for entry in caller.entries]))
        except SQLAlchemyError:
            return False

    # Chores -----------------------------------------------------------------------------------------------------

    def _until_next_chore(self) -> float | None:
        if not self._chores:
            return None
        return max(0.0, min(chore.at for chore in self._chores) - time.monotonic())

    def _do_chores(self, now: float, *, patiently: bool = False) -> None:
        for chore in self._chores:
            if now < chore.at + (chore.patience if patiently else 0.0):
                continue
            pause = 1.0
            try:
                pause = chore.do()
            except Exception as error:  # noqa: BLE001  a chore must cost no decision its commit
                logger.error("A chore of the ledger failed: %s", kind_of(error))
            chore.at = time.monotonic() + pause
