"""Commits what waits in the spool, a portion at a time, while nobody waits: a chore of the writer.

It is also how the ledger notices that its database can be written again.
"""

import logging
from collections.abc import Callable, Iterator
from hashlib import sha256
from itertools import islice

from sqlalchemy import text
from sqlalchemy.exc import DataError, IntegrityError, SQLAlchemyError

from cds_service.domain.errors import LedgerUnavailable, TokenReplayed
from cds_service.ledger.database import Database, Reach, kind_of
from cds_service.ledger.key_files import write_durably
from cds_service.ledger.log import Entry, append, entry
from cds_service.ledger.migrate import migrate
from cds_service.ledger.rows import index_rows
from cds_service.ledger.spool import Spool, SpoolFile, left_behind
from cds_service.ledger.tokens import used
from cds_service.ledger.views import view

logger = logging.getLogger(__name__)

PORTION = 128  # records of one transaction
TURN_SECONDS = 1.0
IDLE_SECONDS = 1.0
FOLDER_SECONDS = 5.0  # between two looks for what dead processes have left
FIRST_PAUSE, LONGEST_PAUSE = 0.25, 5.0  # seconds until the database is tried again
REJECTED = ".rejected"


class Delivery:
    """The chore.

    Args:
        database: where to.
        spool: of this process, in the folder that is looked through.
        reach: shared with the writer.
        count: told `delivered` for each record, `rejected` for each that the database will never take.

    Attributes:
        rejected: how many stand aside in the folder, for somebody to look at.
    """

    def __init__(self, database: Database, spool: Spool, reach: Reach, count: Callable[[str], None]) -> None:
        """See the class."""
        self.rejected = 0
        self._database = database
        self._spool = spool
        self._reach = reach
        self._count = count
        self._pause = FIRST_PAUSE
        self._until_look = 0.0
        self._files: list[SpoolFile] = []
        self._records: Iterator[bytes] | None = None  # of the first of the files
        self._portion: list[bytes] = []

    @property
    def waiting(self) -> int:
        """Records that are known to wait, of this process and of those it takes the place of."""
        return self._spool.waiting + sum(file.waiting for file in list(self._files))

    def __call__(self) -> float:
        """Deliver a portion; seconds until there may be more."""
        try:
            if self._reach.down:
                self._try_again()
            self._find()
            more = self._deliver()
        except (SQLAlchemyError, LedgerUnavailable) as error:
            self._reach.down = self._reach.down or kind_of(error)
            pause, self._pause = self._pause, min(self._pause * 2, LONGEST_PAUSE)
            return pause
        except OSError as error:  # the spool cannot be read, which is no fault of the database
            logger.error("What waits in the spool cannot be delivered: %s %s", kind_of(error), error.strerror)
            return LONGEST_PAUSE
        self._pause = FIRST_PAUSE
        self._until_look = max(0.0, self._until_look - (0.0 if more else IDLE_SECONDS))
        return 0.0 if more else IDLE_SECONDS

    def close(self) -> None:
        """Let go of the files that were taken; the next process finds them."""
        for file in self._files:
            file.close()
        self._files.clear()

    def _try_again(self) -> None:
        """Commit nothing, to see whether something could be committed."""
        if not self._reach.migrated:
            migrate(self._database, TURN_SECONDS)
            self._reach.migrated = True
        with self._database.turn(TURN_SECONDS), self._database.write.begin() as connection:
            connection.execute(text(self._database.probe))
        self._reach.down = ""
        logger.warning("The ledger's database can be written again; %d records wait for it", self.waiting)

    def _find(self) -> None:
        """Take over what is to be delivered."""
        own = self._spool.take()
        if own is not None:
            self._files.append(own)
        if self._until_look <= 0.0:
            self._until_look = FOLDER_SECONDS
            self.rejected = sum(1 for _ in self._spool.folder.glob(f"*{REJECTED}"))
            for file in left_behind(self._spool.folder):
                if file.waiting:
                    logger.warning("%d records of a process that has ended wait in the spool", file.waiting)
                self._files.append(file)

    def _deliver(self) -> bool:
        """Commit the next portion; whether there was anything to do."""
        if not self._files:
            return False
        file = self._files[0]
        if not self._portion:
            self._records = self._records or file.records()
            self._portion = list(islice(self._records, PORTION))
        if self._portion:
            self._commit(self._portion)
            file.waiting = max(0, file.waiting - len(self._portion))
            self._portion = []
        else:
            file.remove()
            self._files.pop(0)
            self._records = None
        return True

    def _commit(self, records: list[bytes]) -> None:
        entries = [one for record in records if (one := self._entry(record)) is not None]
        try:
            self._append(entries)
        except (IntegrityError, DataError, ValueError, TokenReplayed):  # one of them is at fault: each for itself
            for one in entries:
                self._commit_one(one)

    def _commit_one(self, one: Entry) -> None:
        try:
            self._append([one])
        except TokenReplayed:  # in another worker, meanwhile; this call was answered all the same
            one.token = None
            self._commit_one(one)
        except (IntegrityError, DataError, ValueError) as error:
            self._reject(one.record, kind_of(error))

    def _append(self, entries: list[Entry]) -> None:
        with self._database.turn(TURN_SECONDS), self._database.write.begin() as connection:
            append(connection, self._database.dialect, entries)
        for _ in entries:
            self._count("delivered")

    def _entry(self, record: bytes) -> Entry | None:
        try:
            kind, recorded = view(record)
            rows = index_rows(kind, recorded, self._database.dialect.moment)
        except (ValueError, RecursionError) as error:
            self._reject(record, kind_of(error))
            return None
        return entry(kind, recorded.id, record, rows, once=True, token=used(getattr(recorded, "claims", None)))

    def _reject(self, record: bytes, why: str) -> None:
        """Put aside what the database will never take: it is kept, told, and stops nothing behind it."""
        path = self._spool.folder / f"{sha256(record).hexdigest()}{REJECTED}"
        if not path.exists():
            write_durably(path, record.decode(errors="replace"), mode=0o600)
            self.rejected += 1
        self._count("rejected")
        logger.error("A record in the spool cannot be committed (%s); it was put aside as %s", why, path.name)
