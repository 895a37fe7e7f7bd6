"""All questions of the console over one database, which it opens for itself: hook calls never wait behind a search."""

import logging
from collections.abc import Callable
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import TypeVar

from sqlalchemy import Connection, select
from sqlalchemy.exc import SQLAlchemyError

from cds_service.domain.audit import AccessLine, DayFigures, Filters, Integrity, Listed, Proven, ReleaseLine, Whole
from cds_service.domain.errors import LedgerUnavailable, SettingsBroken
from cds_service.ledger.database import Database, unavailable
from cds_service.ledger.proof.note import PublicKey
from cds_service.ledger.proof.signing import load_public_keys
from cds_service.ledger.questions import accesses, figures, releases, search, whole
from cds_service.ledger.tables import decisions

logger = logging.getLogger(__name__)
T = TypeVar("T")
SETTLED = timedelta(days=2)  # feedback of a day that is so long over is rare
REMEMBERED = timedelta(hours=1)  # until its figures are counted again
MOST_DAYS = 800


class Questions:
    """What the record holds. Safe to share between threads; every method may raise `LedgerUnavailable`.

    Args:
        database: of the ledger.
        key_file: public keys whose signatures count.
    """

    def __init__(self, database: Database, key_file: Path) -> None:
        """Reads nothing yet."""
        self._database, self._key_file = database, key_file
        self._days: dict[date, tuple[datetime, DayFigures]] = {}

    def listed(self, wanted: Filters, at_most: int) -> Listed:
        """A page of decisions, latest first."""
        return self._read(lambda connection: search.listed(connection, wanted, at_most))

    def whole(self, id_: str) -> Whole | None:
        """A decision with its feedback; `None` for no such."""
        return self._read(lambda connection: whole.whole(connection, id_))

    def decision_of(self, id_: str) -> str | None:
        """The decision meant by its id or by that of a card of it."""
        return self._read(lambda connection: whole.decision_of(connection, id_))

    def proven(self, id_: str) -> Proven:
        """The proof of a decision, checked; without public keys it is not, and that is never "not covered yet"."""
        keys: list[PublicKey] = []
        try:
            keys = load_public_keys(self._key_file)
        except SettingsBroken as error:
            logger.warning("No proof can be checked: %s", error)
        return self._read(lambda connection: whole.proven(connection, id_, keys))

    def accesses(self, *, who: str, below: int | None, at_most: int) -> tuple[AccessLine, ...]:
        """A page of the access log, latest first."""
        return self._read(lambda connection: accesses.accesses(connection, who=who, below=below, at_most=at_most))

    def days(self, last: date, many: int, as_of: datetime) -> tuple[DayFigures, ...]:
        """The figures of so many days, the last one last."""
        return tuple(self._day(last - timedelta(days=many - 1 - place), as_of) for place in range(many))

    def _day(self, day: date, as_of: datetime) -> DayFigures:
        known = self._days.get(day)
        if known is not None and timedelta() <= as_of - known[0] < REMEMBERED:
            return known[1]
        counted = self._read(lambda connection: figures.of_day(connection, day, as_of))
        if as_of.date() - day > SETTLED:
            while len(self._days) >= MOST_DAYS:
                self._days.pop(next(iter(self._days)), None)
            self._days[day] = as_of, counted
        return counted

    def integrity(self) -> Integrity:
        """The log as it stands, and its newest checkpoints."""
        try:
            return self._read(releases.integrity)
        except ValueError as error:
            raise LedgerUnavailable(f"The log contradicts itself. {error} Run `cds-service ledger verify`.") from error

    def releases(self) -> tuple[ReleaseLine, ...]:
        """Content releases, the newest first."""
        return self._read(releases.used)

    def clients(self) -> tuple[str, ...]:
        """Clients of which there are decisions, each found by one step in an index."""
        return self._read(_clients)

    def _read(self, question: Callable[[Connection], T]) -> T:
        try:
            with self._database.read.connect() as connection:
                return question(connection)
        except SQLAlchemyError as error:
            raise unavailable("be read", error) from None  # the database's own text may quote what was asked


MOST_CLIENTS = 200


def _clients(connection: Connection) -> tuple[str, ...]:
    """Skip from each client to the next: reading all decisions for their clients would take minutes."""
    found: list[str] = []
    query = select(decisions.c.client).order_by(decisions.c.client).limit(1)
    last = connection.execute(query).scalar()
    while last is not None and len(found) < MOST_CLIENTS:
        found.append(last)
        last = connection.execute(query.where(decisions.c.client > last)).scalar()
    return tuple(found)
