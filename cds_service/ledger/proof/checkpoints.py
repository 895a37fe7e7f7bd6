"""Signs what the log is, now and then, while nobody waits: a chore of the writer, and a command.

Before anything is signed, the root is reckoned from the hashes in the log and held against its head, the newest
checkpoint that was stored and the newest that was published: two histories of one log are never signed. A database
that was put back from an old backup, or exchanged, stops the checkpoints and is reported; decisions go on being kept.
"""

import logging
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from sqlalchemy import Connection, func, insert, select
from sqlalchemy.exc import IntegrityError, SQLAlchemyError

from cds_service.domain.errors import LedgerUnavailable, ServiceError, SettingsBroken
from cds_service.ledger.database import Database, kind_of
from cds_service.ledger.log import read_head, subtrees
from cds_service.ledger.proof.merkle import EMPTY_ROOT
from cds_service.ledger.proof.note import Checkpoint, PublicKey, read, sign
from cds_service.ledger.proof.published import newest, publish
from cds_service.ledger.proof.signing import load_or_create_signing_key, publish_key
from cds_service.ledger.tables import checkpoints
from cds_service.settings import Settings

logger = logging.getLogger(__name__)

LOOK_SECONDS = 1.0  # between two looks at how far the log has grown
TURN_SECONDS = 60.0


class HistoryChanged(ServiceError):
    """The log is not what a checkpoint says it was."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Policy:
    """When checkpoints are made, with which key, and where they go.

    Attributes:
        key_file: of the signing key; made on first use, its public half beside it.
        clock: now, UTC.
        folder: where they are published; `None` for nowhere.
        every_records, every_seconds: one is due when the log has grown by so many, or has grown at all for so long.
    """

    key_file: Path
    clock: Callable[[], datetime]
    folder: Path | None = None
    every_records: int = 1_000
    every_seconds: float = 300.0


def policy_of(settings: Settings, clock: Callable[[], datetime]) -> Policy:
    """When and where checkpoints are made, as the settings say."""
    return Policy(
        key_file=settings.signing_key,
        clock=clock,
        folder=settings.checkpoint_folder,
        every_records=settings.checkpoint_records,
        every_seconds=settings.checkpoint_seconds,
    )


def make_checkpoint(database: Database, policy: Policy) -> str:
    """Sign the log as it is now, store and publish that; the note. One of this size that is stored already is kept.

    Raises:
        HistoryChanged: the log contradicts itself, or an earlier checkpoint.
        NoteBroken: an earlier checkpoint is damaged.
        OSError: the folder cannot be read or written.
        SettingsBroken: the key cannot be used.
    """
    before = newest(policy.folder) if policy.folder is not None else None
    with database.read.connect() as connection:
        stored = newest_stored(connection)
        known = [one[1] for one in (before, stored) if one is not None]
        now = state_of(connection, known, policy.clock())
    if stored is not None and stored[1].size == now.size:
        note = stored[0]
    else:
        key = load_or_create_signing_key(policy.key_file)
        publish_key(PublicKey(name=now.origin, key=key.public_key()), public_key_file(policy.key_file))
        note = _store(database, now.size, sign(now, now.origin, key))
    if policy.folder is not None and (before is None or before[1].size < now.size):
        publish(note, policy.folder)
    return note


def public_key_file(key_file: Path) -> Path:
    """Where the public half of a signing key stands."""
    return key_file.with_name(key_file.name + ".pub")


def newest_stored(connection: Connection) -> tuple[str, Checkpoint] | None:
    """The note of the longest log, and what it says; `None` for none.

    Raises:
        NoteBroken: it is damaged.
    """
    longest = select(func.max(checkpoints.c.size)).scalar_subquery()
    note = connection.execute(select(checkpoints.c.note).where(checkpoints.c.size == longest)).scalar()
    return None if note is None else (note, read(note))


def state_of(connection: Connection, earlier: list[Checkpoint], now: datetime) -> Checkpoint:
    """What the log is now, reckoned from its rows.

    Args:
        connection: reads the database.
        earlier: checkpoints it must agree with.
        now: the moment to name.

    Raises:
        HistoryChanged: it contradicts itself or one of them.
    """
    try:
        origin, frontier = read_head(connection)
        root_of = subtrees(connection)
        root = root_of(0, frontier.size) if frontier.size else EMPTY_ROOT
        if root != frontier.root():
            raise HistoryChanged("The log's rows and its head do not agree: one was changed. Verify the ledger.")
        for one in earlier:
            if one.origin != origin:
                raise HistoryChanged(
                    f"A checkpoint of another log ({one.origin}) stands where those of this one ({origin}) belong: the "
                    "database was exchanged, or two services share a folder of checkpoints."
                )
            if one.size > frontier.size:
                raise HistoryChanged(
                    f"A checkpoint says the log had {one.size} records; it has {frontier.size}. The newest were "
                    "deleted, or the database was put back from a backup older than the checkpoint."
                )
            if one.size and root_of(0, one.size) != one.root:
                raise HistoryChanged(
                    f"The first {one.size} records are not those of the checkpoint of "
                    f"{one.made_at:%Y-%m-%d %H:%M:%S}Z: the log was changed. Verify the ledger to find out where."
                )
    except (ValueError, TypeError) as error:
        raise HistoryChanged(f"The log contradicts itself: {error} Verify the ledger.") from error
    return Checkpoint(origin=origin, size=frontier.size, root=root, made_at=now)


def _store(database: Database, size: int, note: str) -> str:
    """Store a note; the one that is stored: another worker's of the same log, where that was first."""
    try:
        with database.turn(TURN_SECONDS), database.write.begin() as connection:
            connection.execute(insert(checkpoints), {"size": size, "note": note})
    except IntegrityError:
        with database.read.connect() as connection:
            return str(connection.execute(select(checkpoints.c.note).where(checkpoints.c.size == size)).scalar_one())
    return note


class Checkpoints:
    """The chore: looks whether a checkpoint is due and makes it.

    Args:
        database: of the log.
        policy: when, and where to.
        count: told `checkpoint` for each that is made, `checkpoint-failed` for each that could not be.

    Attributes:
        last: the newest that this process knows to be stored. published: likewise, and published.
        trouble: why none can be made or published; empty when all is well.
    """

    def __init__(self, database: Database, policy: Policy, count: Callable[[str], None]) -> None:
        """See the class; nothing is read or made yet."""
        self.last: Checkpoint | None = None
        self.published: Checkpoint | None = None
        self.trouble = ""
        self._database = database
        self._policy = policy
        self._count = count
        self._current_since = time.monotonic()  # when the log was last seen to be no longer than its newest checkpoint

    def __call__(self) -> float:
        """Do what is due; seconds until it wants to look again."""
        try:
            if self._is_due():
                checkpoint = read(make_checkpoint(self._database, self._policy))
                self.last, self._current_since, self.trouble = checkpoint, time.monotonic(), ""
                self.published = checkpoint if self._policy.folder is not None else None
                self._count("checkpoint")
        except (HistoryChanged, SettingsBroken, OSError, ValueError) as error:  # NoteBroken and a damaged head are such
            self._report(str(error))
        except (SQLAlchemyError, LedgerUnavailable) as error:
            self._report(f"The database does not answer ({kind_of(error)}).")
        return LOOK_SECONDS if not self.trouble else min(60.0, self._policy.every_seconds)

    def _is_due(self) -> bool:
        with self._database.read.connect() as connection:
            size = read_head(connection)[1].size
            stored = newest_stored(connection)
        self.last = None if stored is None else stored[1]
        grown = size - (0 if self.last is None else self.last.size)
        if grown == 0:
            self._current_since = time.monotonic()
        waited = time.monotonic() - self._current_since
        long_enough = grown >= self._policy.every_records or waited >= self._policy.every_seconds
        return bool(self.trouble) or grown < 0 or (grown > 0 and long_enough)

    def _report(self, trouble: str) -> None:
        if trouble != self.trouble:
            logger.error("No checkpoint can be made: %s", trouble)
        self.trouble = trouble
        self._count("checkpoint-failed")
