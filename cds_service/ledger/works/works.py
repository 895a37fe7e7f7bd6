"""Starts works and tells how far they are."""

import io
import logging
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import IO, TYPE_CHECKING, cast

from sqlalchemy.exc import SQLAlchemyError

from cds_service.domain.audit import Work, WorkAsked
from cds_service.domain.errors import LedgerUnavailable, ServiceError, SettingsBroken
from cds_service.ledger.database import Database, kind_of
from cds_service.ledger.works.doing import ENDINGS, Verifying, do, how_many, selection_of
from cds_service.ledger.works.shelf import Shelf

if TYPE_CHECKING:
    from _typeshed import ReadableBuffer

log = logging.getLogger(__name__)
AT_ONCE, MOST_WAITING = 2, 8
BEAT = timedelta(seconds=1)
GONE = timedelta(minutes=5)  # without a beat: the slowest single statement takes far less
UNFINISHED = ("waiting", "running")


class Stopped(ServiceError):
    """The service is going down."""


class Works:
    """Copies, reports and verifications, done by a few threads of this process.

    Args:
        database: of the ledger.
        folder: where they are put.
        verifying: what a verification needs.
        clock: now, UTC. new_id: random ids.
    """

    def __init__(
        self,
        database: Database,
        folder: Path,
        verifying: Verifying,
        clock: Callable[[], datetime],
        new_id: Callable[[], str],
    ) -> None:
        """Starts nothing yet."""
        self._database, self._shelf, self._verifying = database, Shelf(folder), verifying
        self._clock, self._new_id = clock, new_id
        self._threads: ThreadPoolExecutor | None = None
        self._lock = threading.Lock()
        self._stopping = threading.Event()

    def start(self, asked: WorkAsked) -> str:
        """Begin a work; its id.

        Raises:
            SettingsBroken: too many are under way already.
            LedgerUnavailable: the folder cannot be written.
        """
        now = self._clock()
        try:
            self._shelf.tidy(now)
            if sum(one.state in UNFINISHED for one in map(self._judged, self._shelf.all())) >= MOST_WAITING:
                raise SettingsBroken("Several exports are under way already; wait for one of them to end.")
            query = {"what": asked.what} | selection_of(asked).said()
            work = Work(
                id=self._new_id(),
                what=asked.what,
                who=asked.who,
                state="waiting",
                query=query,
                started_at=now,
                beat_at=now,
                name=f"{asked.what}-{now:%Y%m%dT%H%M%SZ}.{ENDINGS.get(asked.what, 'csv')}",
            )
            self._shelf.put(work)
        except OSError as error:
            raise LedgerUnavailable(
                f"The folder for exports cannot be used ({error.strerror}); see CDS_EXPORT_FOLDER."
            ) from None
        with self._lock:
            if self._threads is None:
                self._threads = ThreadPoolExecutor(AT_ONCE, thread_name_prefix="export")
            self._threads.submit(self._do, asked, work)
        return work.id

    def find(self, id_: str) -> Work | None:
        """How far a work is; `None` for no such."""
        found = self._shelf.find(id_)
        return None if found is None else self._judged(found)

    def of(self, who: str) -> tuple[Work, ...]:
        """The works of a person, the newest first."""
        mine = [self._judged(one) for one in self._shelf.all() if one.who == who]
        return tuple(sorted(mine, key=lambda one: one.started_at, reverse=True))

    def open(self, id_: str) -> IO[bytes]:
        """The file of a work that is done.

        Raises:
            FileNotFoundError: it was thrown away.
        """
        return self._shelf.open(id_)

    def close(self) -> None:
        """Stop what is under way; it then stands as failed."""
        self._stopping.set()
        if self._threads is not None:
            self._threads.shutdown(wait=True, cancel_futures=True)

    def _judged(self, work: Work) -> Work:
        gone = work.state in UNFINISHED and self._clock() - work.beat_at > GONE
        return replace(work, state="interrupted") if gone else work

    def _do(self, asked: WorkAsked, work: Work) -> None:
        told = _Told(self._shelf, replace(work, state="running"), self._clock, self._stopping)
        try:
            with self._database.snapshot() as connection, _Counting(self._shelf.create(work.id), told) as file:
                to = cast("IO[bytes]", file)
                told.total(how_many(connection, asked))
                lines, good = do(
                    connection, self._database.dialect, asked, to, self._clock(), self._verifying, told.records
                )
            told.end("done", told=lines, good=good)
        except ServiceError as error:
            told.end("failed", told=(str(error),))
        except (OSError, SQLAlchemyError) as error:
            log.error("An export failed: %s", kind_of(error))
            told.end("failed", told=(f"It could not be finished ({kind_of(error)}); the service's log says more.",))
        except Exception as error:  # noqa: BLE001  whatever it is, who waits for it must hear that it failed
            log.error("An export failed: %s", type(error).__name__)
            told.end("failed", told=(f"It could not be finished ({type(error).__name__}). The fault is ours.",))


class _Told:
    """How far a work is, said now and then."""

    def __init__(self, shelf: Shelf, work: Work, clock: Callable[[], datetime], stopping: threading.Event) -> None:
        self._shelf, self._work, self._clock, self._stopping = shelf, work, clock, stopping
        self._said_at = work.beat_at - BEAT

    def total(self, total: int) -> None:
        self._work = replace(self._work, total=total)
        self._say()

    def records(self, done: int) -> None:
        self._work = replace(self._work, done=done)
        self._say()

    def written(self, lines: int, size: int) -> None:
        self._work = replace(self._work, done=self._work.done + lines, size=self._work.size + size)
        self._say()

    def end(self, state: str, *, told: tuple[str, ...] = (), good: bool = True) -> None:
        self._shelf.put(replace(self._work, state=state, told=told, good=good, beat_at=self._clock()))

    def _say(self) -> None:
        if self._stopping.is_set():
            raise Stopped("The service went down before it was finished; start it again.")
        now = self._clock()
        if not timedelta() <= now - self._said_at < BEAT:
            self._said_at = now
            self._work = replace(self._work, beat_at=now)
            self._shelf.put(self._work)


class _Counting(io.RawIOBase):
    """A file that tells how much was written to it. Lines are records: in JSON and CSV of ours, nearly always."""

    def __init__(self, file: IO[bytes], told: _Told) -> None:
        self._file, self._told = file, told

    def writable(self) -> bool:
        return True

    def write(self, some: "ReadableBuffer") -> int:
        written = bytes(some)
        self._file.write(written)
        self._told.written(written.count(b"\n"), len(written))
        return len(written)

    def close(self) -> None:
        self._file.close()
        super().close()
