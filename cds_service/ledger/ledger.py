"""The ledger as the rest of the service sees it."""

import logging
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime
from types import TracebackType
from typing import Self, TypeVar

from sqlalchemy import Connection
from sqlalchemy.exc import SQLAlchemyError

from cds_service.domain.content import Content
from cds_service.domain.decision import Access, Decision, Degraded, Feedback, Recorded
from cds_service.domain.errors import LedgerUnavailable, TokenReplayed
from cds_service.domain.request import TokenClaims
from cds_service.ledger import pseudonyms, reading
from cds_service.ledger.database import Database, Reach, unavailable
from cds_service.ledger.deliver import Delivery
from cds_service.ledger.health import Health
from cds_service.ledger.log import Entry, entry
from cds_service.ledger.proof.checkpoints import Checkpoints
from cds_service.ledger.record import KINDS, encode, storable
from cds_service.ledger.releases import release_used
from cds_service.ledger.rows import index_rows
from cds_service.ledger.screening import Screen
from cds_service.ledger.spool import Spool
from cds_service.ledger.tokens import Used, used
from cds_service.ledger.writer import EntryRefused, Writer

logger = logging.getLogger(__name__)
T = TypeVar("T")
MOST_FEEDBACK = 500  # items of one batch; also keeps its look-up within every database's number of parameters

MOST_TOKENS = 100_000  # of calls that wait in the spool; beyond that, the oldest are forgotten with all others


@dataclass(frozen=True, slots=True, kw_only=True)
class Parts:
    """What a ledger is made of, see `opening`."""

    database: Database
    writer: Writer
    reach: Reach
    spool: Spool | None
    delivery: Delivery | None
    checkpoints: Checkpoints | None
    count: Callable[[str], None]


class Ledger:
    """The record of advice: what is handed to `commit` is on disk when it returns. Safe to share between threads.

    On disk means in the database; while that cannot be written, or is too slow, in the spool, and in the database
    later. Where even the spool cannot be written nothing is kept: the call is refused, counted and logged, for advice
    that nobody can prove is not given.
    """

    def __init__(self, parts: Parts, pseudonym_key: bytes, screen: Screen) -> None:
        """Use `open_ledger`."""
        self._parts = parts
        self._unrecorded = 0
        self._tokens_of_waiting: set[Used] = set()
        self._database = parts.database
        self._writer = parts.writer
        self._key = pseudonym_key
        self._screen = screen
        self._others: list[Callable[[], None]] = []

    def pseudonym(self, kind: str, identifier: str) -> str:
        """The keyed pseudonym of an id: 64 hex digits, another for each kind; empty for an empty id."""
        return pseudonyms.pseudonym(self._key, kind, identifier)

    # Writing ----------------------------------------------------------------------------------------------------

    def commit(self, decision: Decision) -> None:
        """Return once the decision is durably kept.

        Raises:
            TokenReplayed: the token of its call was used before; nothing was committed.
            LedgerUnavailable: it was not, or not in time; the message says what to do.
        """
        late = replace(decision, degraded=(*decision.degraded, Degraded.LEDGER_DELAYED))
        token = used(decision.claims)
        self._keep([self._entry(decision, token=token)], lambda: [self._entry(late, token=token)])

    def commit_feedback(self, items: tuple[Feedback, ...], claims: TokenClaims | None = None) -> frozenset[str]:
        """Commit feedback, all of it or none.

        Returns:
            Ids of the items recorded as orphans: no such card was sent to their client. None while they wait in the
            spool: then it is not known yet.

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
        if not self._keep(entries, lambda: entries):
            return frozenset()
        return self._read(lambda connection: reading.orphans(connection, [item.id for item in items]))

    def commit_access(self, access: Access) -> None:
        """Return once it is durably kept that somebody read the record.

        Raises:
            LedgerUnavailable: it was not, or not in time.
        """
        entries = [self._entry(access)]
        self._keep(entries, lambda: entries)

    def use_release(self, content: Content, at: datetime, software_version: str) -> None:
        """Return once it is durably kept which content is in use, unless that was so before.

        Args:
            content: the release this service has loaded.
            at: since when, UTC.
            software_version: of this service.

        Raises:
            LedgerUnavailable: it was not, or not in time.
        """
        after = f"unknown-{at.isoformat()}"
        if not self._parts.reach.down:
            before = self._read(reading.newest_release)
            if before and (before.sha256, before.software_version) == (content.release.sha256, software_version):
                return
            after = str(-1 if before is None else before.leaf_index)
        entries = [self._entry(release_used(content, at, software_version, after), once=True)]
        self._keep(entries, lambda: entries)

    def _keep(self, entries: list[Entry], late: Callable[[], list[Entry]]) -> bool:
        """Commit records, or spool them where that cannot be done in time; whether they were committed.

        Args:
            entries: all of them are committed, or none.
            late: the same as they are to stand in the log when they come late.
        """
        spool, reach = self._parts.spool, self._parts.reach
        self._refuse_tokens_of_waiting(entries)
        if spool is None or not reach.down:
            try:
                self._writer.write(entries)
            except EntryRefused:
                raise
            except LedgerUnavailable as error:
                if spool is None:
                    raise
                logger.warning("Records wait in the spool until the database can be written: %s", error)
            else:
                return True
        self._tokens_of_waiting |= {one.token for one in entries if one.token is not None}
        self._spool(spool, late())
        return False

    def _spool(self, spool: Spool, entries: list[Entry]) -> None:
        try:
            for one in entries:
                spool.keep(one.record)
                self._parts.count("spooled")
                logger.info("Record %s %s waits in the spool", one.kind, one.id)
        except LedgerUnavailable:
            self._unrecorded += len(entries)
            for one in entries:
                self._parts.count("unrecorded")
                logger.error("Record %s %s could be kept nowhere; its call is refused", one.kind, one.id)
            raise

    def _refuse_tokens_of_waiting(self, entries: list[Entry]) -> None:
        """While the database cannot say which tokens were used, this process still knows its own."""
        waiting, delivery = self._tokens_of_waiting, self._parts.delivery
        if not waiting:
            return
        if any(one.token in waiting for one in entries):
            raise TokenReplayed("This token was used before; every call needs one of its own.")
        if len(waiting) > MOST_TOKENS or (delivery is not None and not delivery.waiting):
            self._tokens_of_waiting = set()

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
        """Return when a decision could be kept now: asks the writer itself, and then the spool.

        Raises:
            LedgerUnavailable: it could not, and why.
        """
        try:
            self._writer.write(())
        except LedgerUnavailable:
            if self._parts.spool is None:
                raise
            self._parts.spool.probe()

    def health(self) -> Health:
        """How it is, as far as is known; nothing is tried."""
        spool, delivery, signing = self._parts.spool, self._parts.delivery, self._parts.checkpoints
        return Health(
            database=self._parts.reach.down,
            spool="" if spool is None else spool.trouble,
            has_spool=spool is not None,
            waiting=0 if delivery is None else delivery.waiting,
            rejected=0 if delivery is None else delivery.rejected,
            unrecorded=self._unrecorded,
            checkpoint=None if signing is None else signing.last,
            published=None if signing is None else signing.published,
            checkpoints="" if signing is None else signing.trouble,
        )

    def close(self) -> None:
        """Commit what is waiting and let go of the database; what is in the spool waits there for the next start.

        Raises:
            LedgerUnavailable: what was waiting could not be committed in time.
        """
        self._writer.close()
        if self._parts.delivery is not None:
            self._parts.delivery.close()
        if self._parts.spool is not None:
            self._parts.spool.close()
        for close in self._others:
            close()
        self._database.close()

    def closing(self, close: Callable[[], None]) -> None:
        """Let go of something else, too, when the ledger is closed."""
        self._others.append(close)

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
