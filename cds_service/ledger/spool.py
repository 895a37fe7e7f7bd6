"""Where records wait while the database cannot be written: files of this machine, each record synced before its answer.

Each process has a file of its own, `<random>.spool`, which it locks as long as it lives. A line is the leaf's hash, a
space and the record's text, so that it shows whether it is whole. `deliver` commits what waits, and what processes that
died have left behind; it takes a file away only when all of it is in the log. That asks for a record's id first, so
nothing is committed twice.

Some room is reserved when the service starts: a disk that has run full still holds the next records.
"""

import contextlib
import fcntl
import logging
import os
import secrets
import threading
from collections.abc import Callable, Iterator
from pathlib import Path

from cds_service.domain.errors import LedgerUnavailable
from cds_service.ledger.key_files import sync_folder
from cds_service.ledger.proof.merkle import leaf_hash

logger = logging.getLogger(__name__)

SUFFIX = ".spool"
RESERVED_BYTES = 4 * 1024 * 1024
HASH_CHARACTERS = 64


class SpoolFile:
    """A file of waiting records, locked by this process while it is open.

    Attributes:
        end: where the next line goes; all before it is on disk.
        waiting: records in it that are not known to be committed.
    """

    def __init__(self, path: Path, handle: int) -> None:
        """See `new_file` and `left_behind`."""
        self.path = path
        self.end = 0
        self.waiting = 0
        self._handle = handle

    def append(self, record: bytes) -> None:
        """Return once the record is on disk; what a failed attempt has left is written over by the next.

        Raises:
            OSError: it is not.
        """
        line = leaf_hash(record).hex().encode() + b" " + record + b"\n"
        written = 0
        while written < len(line):
            written += os.pwrite(self._handle, line[written:], self.end + written)
        os.fdatasync(self._handle)
        self.end += len(line)
        self.waiting += 1

    def probe(self) -> None:
        """Write and sync a zero byte where the next line will go.

        Raises:
            OSError: that cannot be done.
        """
        os.pwrite(self._handle, b"\0", self.end)
        os.fdatasync(self._handle)

    def records(self) -> Iterator[bytes]:
        """The records that are whole; one that is not was never answered.

        Raises:
            OSError: the file cannot be read.
        """
        with self.path.open("rb") as file:
            for line in file:
                record = line[HASH_CHARACTERS + 1 : -1]
                if line[:HASH_CHARACTERS] == leaf_hash(record).hex().encode():
                    yield record
                elif line.strip(b"\0"):
                    logger.warning("A record in the spool is not whole; its answer had not left")

    def remove(self) -> None:
        """Take it away: all of it is committed."""
        self.path.unlink(missing_ok=True)
        sync_folder(self.path.parent)
        self.close()

    def close(self) -> None:
        """Let go of it; what is in it stays."""
        os.close(self._handle)


def new_file(folder: Path) -> SpoolFile:
    """An empty file, locked before others can see it, with room reserved.

    Raises:
        OSError: it cannot be made.
    """
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    name = secrets.token_hex(16)
    draft = folder / f".{name}"
    handle = os.open(draft, os.O_RDWR | os.O_CREAT | os.O_EXCL, 0o600)
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        with contextlib.suppress(OSError):  # a disk that is full already: each line then has to find its own room
            os.posix_fallocate(handle, 0, RESERVED_BYTES)
        os.fsync(handle)
        path = draft.rename(folder / f"{name}{SUFFIX}")
        sync_folder(folder)
    except OSError:
        os.close(handle)
        draft.unlink(missing_ok=True)
        raise
    return SpoolFile(path, handle)


def left_behind(folder: Path) -> Iterator[SpoolFile]:
    """The files of processes that died, each taken over by this one.

    Raises:
        OSError: the folder cannot be read.
    """
    for path in sorted(folder.glob(f"*{SUFFIX}")):
        try:
            handle = os.open(path, os.O_RDWR)
        except FileNotFoundError:
            continue
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
            taken = path.exists() and os.fstat(handle).st_ino == path.stat().st_ino  # not delivered meanwhile
        except OSError:  # its process lives
            taken = False
        if not taken:
            os.close(handle)
            continue
        file = SpoolFile(path, handle)
        file.waiting = sum(1 for _ in file.records())
        yield file


class Spool:
    """The spool of one process. Safe to share between threads.

    Args:
        folder: on a local disk; made when there is none.

    Attributes:
        trouble: why the last record could not be kept; empty when it could.
    """

    def __init__(self, folder: Path) -> None:
        """Makes the first file, where that can be done; `keep` tells where it cannot."""
        self.trouble = ""
        self.folder = folder
        self._lock = threading.Lock()
        self._file: SpoolFile | None = None
        try:
            self._file = new_file(folder)
        except OSError as error:
            self._note(error)

    def keep(self, record: bytes) -> None:
        """Return once the record is on disk.

        Raises:
            LedgerUnavailable: it is not.
        """
        self._do(lambda file: file.append(record))

    def _do(self, step: Callable[[SpoolFile], None]) -> None:
        with self._lock:
            try:
                if self._file is None:
                    self._file = new_file(self.folder)
                step(self._file)
            except OSError as error:
                self._note(error)
                raise LedgerUnavailable(
                    f"The spool of the ledger cannot be written ({error.strerror}). See that the folder named by "
                    "CDS_SPOOL_FOLDER can be written and has room."
                ) from error
            self.trouble = ""

    def probe(self) -> None:
        """Return when a record could be kept now.

        Raises:
            LedgerUnavailable: it could not.
        """
        self._do(SpoolFile.probe)

    @property
    def waiting(self) -> int:
        """Records that were kept since the last `take`."""
        file = self._file
        return 0 if file is None else file.waiting

    def take(self) -> SpoolFile | None:
        """The file with all that waits, so that it can be delivered; the next record begins another."""
        with self._lock:
            file = self._file
            if file is None or file.end == 0:
                return None
            self._file = None
            return file

    def close(self) -> None:
        """Let go of the files; what waits stays in them, for the next process."""
        with self._lock:
            file, self._file = self._file, None
            if file is not None and file.end == 0:
                file.remove()
            elif file is not None:
                file.close()

    def _note(self, error: OSError) -> None:
        trouble = f"{type(error).__name__}: {error.strerror}"
        if trouble != self.trouble:
            logger.error("The spool of the ledger cannot be written (%s)", trouble)
        self.trouble = trouble
