"""Opens a ledger: the only place in this room that picks concrete parts."""

import logging
from collections.abc import Callable
from pathlib import Path

from sqlalchemy import URL, make_url
from sqlalchemy.exc import ArgumentError

from cds_service.domain.errors import LedgerUnavailable, SettingsBroken
from cds_service.ledger import pseudonyms
from cds_service.ledger.database import Database, Reach
from cds_service.ledger.deliver import Delivery
from cds_service.ledger.ledger import Ledger, Parts
from cds_service.ledger.migrate import migrate
from cds_service.ledger.postgresql import open_postgresql
from cds_service.ledger.proof.checkpoints import Checkpoints, Policy
from cds_service.ledger.screening import Screen, nothing
from cds_service.ledger.spool import Spool
from cds_service.ledger.sqlite import open_sqlite
from cds_service.ledger.writer import WAIT_SECONDS, Chore, Writer

logger = logging.getLogger(__name__)


def ignore(_: str) -> None:
    """Count nothing."""


def open_ledger(
    database_url: str,
    *,
    pseudonym_key: bytes,
    screen: Screen = nothing,
    checkpoints: Policy | None = None,
    spool: Path | None = None,
    wait_seconds: float = WAIT_SECONDS,
    count: Callable[[str], None] = ignore,
) -> Ledger:
    """The ledger in a database, its schema brought up to date, its writer running; once in each worker, after any fork.

    Args:
        database_url: `sqlite:////path/ledger.db` or `postgresql://user:password@host/name`.
        pseudonym_key: 32 or more secret bytes, the same in every worker (`load_or_create_key`).
        screen: what of a comment on a card may be kept.
        checkpoints: when and where they are made; `None` for never.
        spool: folder where records wait while the database cannot be written; `None`: then they are refused.
        wait_seconds: how long a caller waits for its commit.
        count: told of each thing worth counting: `spooled`, `delivered`, `rejected`, `unrecorded`, `checkpoint`,
            `checkpoint-failed`.

    Raises:
        SettingsBroken: the URL or the key cannot be used, or the database is of a newer release.
        LedgerUnavailable: the database cannot be reached or changed, and there is no spool.
    """
    key = pseudonyms.checked_key(pseudonym_key)
    database = open_database(database_url)
    reach = Reach()
    try:
        migrate(database)
    except LedgerUnavailable as error:
        if spool is None:
            database.close()
            raise
        reach.down, reach.migrated = str(error), False
        logger.error("The service starts without its database; records wait in the spool: %s", error)
    except BaseException:
        database.close()
        raise
    signing = None if checkpoints is None else Checkpoints(database, checkpoints, count)
    kept = None if spool is None else Spool(spool)
    delivery = None if kept is None else Delivery(database, kept, reach, count)
    chores = [Chore(do=chore) for chore in (delivery, signing) if chore is not None]
    writer = Writer(database, reach=reach, wait_seconds=wait_seconds, chores=chores)
    parts = Parts(
        database=database,
        writer=writer,
        reach=reach,
        spool=kept,
        delivery=delivery,
        checkpoints=signing,
        count=count,
    )
    return Ledger(parts, key, screen)


def open_database(database_url: str, *, writable: bool = True) -> Database:
    """The database of a URL; its schema is left as it is.

    Args:
        database_url: as for `open_ledger`.
        writable: false to look only: a file of SQLite must be there, and it and its folder are left as they are.

    Raises:
        SettingsBroken: the URL cannot be used.
        LedgerUnavailable: the database cannot be opened.
    """
    try:
        url: URL = make_url(database_url.replace("postgres://", "postgresql://", 1))
    except ArgumentError:
        raise SettingsBroken(
            "CDS_DATABASE_URL is not a URL of a database; write sqlite:////path/ledger.db or postgresql://user@host/name."
        ) from None  # the text may hold a password
    match url.get_backend_name():
        case "sqlite":
            return open_sqlite(url, writable=writable)
        case "postgresql":
            return open_postgresql(url)
        case other:
            raise SettingsBroken(f"CDS_DATABASE_URL names a {other} database; the ledger needs sqlite or postgresql.")
