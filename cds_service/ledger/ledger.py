"""The ledger as the rest of the service sees it."""

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime
from types import TracebackType
from typing import Self, TypeVar

from sqlalchemy import URL, Connection, make_url
from sqlalchemy.exc import ArgumentError, SQLAlchemyError

from cds_service.domain.content import Content
from cds_service.domain.decision import Access, Decision, Feedback, Recorded
from cds_service.domain.errors import LedgerUnavailable, SettingsBroken
from cds_service.domain.request import TokenClaims
from cds_service.ledger import pseudonyms, reading
from cds_service.ledger.database import Database, unavailable
from cds_service.ledger.log import Entry, entry
from cds_service.ledger.migrate import migrate
from cds_service.ledger.postgresql import open_postgresql
from cds_service.ledger.proof.checkpoints import Checkpoints, Policy
from cds_service.ledger.record import KINDS, encode, storable
from cds_service.ledger.releases import release_used
from cds_service.ledger.rows import index_rows
from cds_service.ledger.screening import Screen, nothing
from cds_service.ledger.sqlite import open_sqlite
from cds_service.ledger.tokens import Used, used
from cds_service.ledger.writer import WAIT_SECONDS, Chore, Writer

T = TypeVar("T")
MOST_FEEDBACK = 500  # items of one batch; also keeps its look-up within every database's number of parameters


def ignore(_: str) -> None:
    """Count nothing."""


def open_ledger(
    database_url: str,
    *,
    pseudonym_key: bytes,
    screen: Screen = nothing,
    checkpoints: Policy | None = None,
    wait_seconds: float = WAIT_SECONDS,
    count: Callable[[str], None] = ignore,
) -> "Ledger":
    """The ledger in a database, its schema brought up to date, its writer running; once in each worker, after any fork.

    Args:
        database_url: `sqlite:////path/ledger.db` or `postgresql://user:password@host/name`.
        pseudonym_key: 32 or more secret bytes, the same in every worker (`load_or_create_key`).
        screen: what of a comment on a card may be kept.
        checkpoints: when and where they are made; `None` for never.
        wait_seconds: how long a caller waits for its commit.
        count: told of each thing worth counting: `checkpoint`, `checkpoint-failed`.

    Raises:
        SettingsBroken: the URL or the key cannot be used.
        LedgerUnavailable: the database cannot be reached, changed, or is of a newer release.
    """
    key = pseudonyms.checked_key(pseudonym_key)
    database = open_database(database_url)
    try:
        migrate(database)
    except BaseException:
        database.close()
        raise
    chores = [] if checkpoints is None else [Chore(do=Checkpoints(database, checkpoints, count))]
    return Ledger(database, Writer(database, wait_seconds=wait_seconds, chores=chores), key, screen)


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


class Ledger:
    """The record of advice: what is handed to `commit` is on disk when it returns. Safe to share between threads."""

    def __init__(self, database: Database, writer: Writer, pseudonym_key: bytes, screen: Screen) -> None:
        """Use `open_ledger`."""
        self._database = database
        self._writer = writer
        self._key = pseudonym_key
        self._screen = screen

    def pseudonym(self, kind: str, identifier: str) -> str:
        """The keyed pseudonym of an id: 64 hex digits, another for each kind; empty for an empty id."""
        return pseudonyms.pseudonym(self._key, kind, identifier)

    # Writing ----------------------------------------------------------------------------------------------------

    def commit(self, decision: Decision) -> None:
        """Return once the decision is durably committed.

        Raises:
            TokenReplayed: the token of its call was used before; nothing was committed.
            LedgerUnavailable: it was not, or not in time; the message says what to do.
        """
        self._writer.write([self._entry(decision, token=used(decision.claims))])

    def commit_feedback(self, items: tuple[Feedback, ...], claims: TokenClaims | None = None) -> frozenset[str]:
        """Commit feedback, all of it or none.

        Returns:
            Ids of the items recorded as orphans: no such card was sent to their client.

        Raises:
            LedgerUnavailable: nothing was committed, or not in time.
            ValueError: more than `MOST_FEEDBACK` items.
        """
        if not items:
            return frozenset()
        if len(items) > MOST_FEEDBACK:
            raise ValueError(f"At most {MOST_FEEDBACK} items of feedback can be committed together.")
        first, *others = [replace(item, comment=self._screen(item.comment)) for item in items]
        entries = [self._entry(first, token=used(claims)), *(self._entry(item) for item in others)]
        self._writer.write(entries)
        return self._read(lambda connection: reading.orphans(connection, [item.id for item in items]))

    def commit_access(self, access: Access) -> None:
        """Return once it is durably committed that somebody read the record.

        Raises:
            LedgerUnavailable: it was not, or not in time.
        """
        self._writer.write([self._entry(access)])

    def use_release(self, content: Content, at: datetime, software_version: str) -> None:
        """Return once it is durably committed which content is in use, unless it was so before.

        Args:
            content: the release this service has loaded.
            at: since when, UTC.
            software_version: of this service.

        Raises:
            LedgerUnavailable: it was not, or not in time.
        """
        before = self._read(reading.newest_release)
        if before is None or (before.sha256, before.software_version) != (content.release.sha256, software_version):
            after = -1 if before is None else before.leaf_index
            self._writer.write([self._entry(release_used(content, at, software_version, after), once=True)])

    def _entry(self, recorded: Recorded, *, once: bool = False, token: Used | None = None) -> Entry:
        try:
            record = encode(recorded, self.pseudonym)
        except ValueError as error:  # a moment without a zone
            raise LedgerUnavailable(f"The ledger cannot keep this record. {error}") from error
        kind = KINDS[type(recorded)]
        return entry(
            kind, recorded.id, record, index_rows(kind, recorded, self._database.dialect.moment), once=once, token=token
        )

    def ping(self) -> None:
        """Return when a decision could be committed now: asks the writer itself.

        Raises:
            LedgerUnavailable: it could not, and why.
        """
        self._writer.write(())

    def close(self) -> None:
        """Commit what is waiting and let go of the database.

        Raises:
            LedgerUnavailable: what was waiting could not be committed in time.
        """
        self._writer.close()
        self._database.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    # Reading ----------------------------------------------------------------------------------------------------

    def decision(self, id_: str) -> reading.KeptDecision | None:
        """One decision by its id; `None` for no such.

        Raises:
            LedgerUnavailable: the database cannot be read. Likewise in all that follow.
        """
        return self._read(lambda connection: reading.read_decision(connection, id_))

    def decisions(self, wanted: reading.Wanted | None = None) -> tuple[reading.DecisionLine, ...]:
        """A page of decisions, latest first."""
        return self._read(lambda connection: reading.read_decisions(connection, wanted or reading.Wanted()))

    def card(self, uuid: str) -> reading.KeptCard | None:
        """One card by its uuid; `None` for no such."""
        return self._read(lambda connection: reading.read_card(connection, storable(uuid)))

    def feedback_of(self, card: str) -> tuple[reading.KeptFeedback, ...]:
        """What was said of one card, in the order of its coming."""
        return self._read(lambda connection: reading.read_feedback(connection, storable(card)))

    def _read(self, question: Callable[[Connection], T]) -> T:
        try:
            with self._database.read.connect() as connection:
                return question(connection)
        except SQLAlchemyError as error:
            raise unavailable("be read", error) from None  # the database's own text may quote what was asked
