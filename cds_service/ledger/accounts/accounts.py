"""Accounts and their sessions, as the console and `cds-service user` use them."""

import hmac
import re
import secrets
import threading
from collections.abc import Callable, Collection, Iterator
from contextlib import contextmanager
from datetime import datetime
from typing import Any, TypeVar

from sqlalchemy import Connection, insert, select, update
from sqlalchemy.exc import IntegrityError, SQLAlchemyError

from cds_service.domain.audit import Account, Person, Role
from cds_service.domain.errors import SettingsBroken
from cds_service.ledger.accounts import attempts, sessions
from cds_service.ledger.accounts.passwords import hash_of, insist_on_good, is_outdated, is_right
from cds_service.ledger.accounts.sessions import Lifetimes, packed, unpacked
from cds_service.ledger.database import Database, unavailable
from cds_service.ledger.tables import accounts

T = TypeVar("T")
NAME = re.compile(r"[a-z0-9][a-z0-9._@-]{0,63}")
TURN_SECONDS = 5.0


class Accounts:
    """Who may read the record. Safe to share between threads; every method may raise `LedgerUnavailable`.

    Args:
        database: of the ledger, with a turn of its own.
        key: secret bytes, for hashes of names and addresses.
        lives: of sessions.
        clock: now, UTC.
    """

    def __init__(self, database: Database, key: bytes, lives: Lifetimes, clock: Callable[[], datetime]) -> None:
        """Reads nothing yet."""
        self._database, self._key, self._lives, self._clock = database, key, lives, clock
        self._lock = threading.Lock()
        self._known = False

    def there_are(self) -> bool:
        """Whether there is any account."""
        if not self._known:  # the last one is never taken away, only made inactive
            self._known = self._read(lambda one: one.execute(select(accounts.c.name).limit(1)).first()) is not None
        return self._known

    # Signing in ---------------------------------------------------------------------------------------------------

    def sign_in(self, name: str, password: str, address: str) -> str | None:
        """The secret of a new session; `None` where name and password do not belong together, or too often did not."""
        name, now = name.strip().casefold(), self._clock()
        ids = [secrets.token_hex(16) for _ in range(3)]
        about = {self._hashed(one): most for one, most in attempts.limits(name, address).items()}
        with self._writing() as connection:
            let = attempts.count(connection, about, ids, now)
        row = self._row(name)
        right = is_right(password, row.password_hash if row is not None and row.active and let else None)
        if not right:
            return None
        with self._writing() as connection:
            attempts.forget(connection, ids)
            if is_outdated(row.password_hash):
                self._update(connection, name, password_hash=hash_of(password))
            return sessions.begin(connection, name, "", (), now)

    def sign_in_from(self, issuer: str, name: str, roles: Collection[Role]) -> str:
        """The secret of a new session of somebody an identity provider vouches for."""
        with self._writing() as connection:
            return sessions.begin(connection, name, issuer, roles, self._clock())

    def person(self, secret: str) -> Person | None:
        """Who is signed in with a secret."""
        now = self._clock()
        found = self._read(lambda connection: sessions.find(connection, secret, self._lives, now))
        if found is None:
            return None
        person, due = found
        if due:
            with self._writing() as connection:
                sessions.touch(connection, secret, self._lives, now)
        return person

    def sign_out(self, secret: str) -> None:
        """End a session."""
        with self._writing() as connection:
            sessions.end(connection, secret)

    # Accounts -----------------------------------------------------------------------------------------------------

    def listed(self) -> tuple[Account, ...]:
        """All accounts by name."""
        rows = self._read(lambda connection: connection.execute(select(accounts).order_by(accounts.c.name)).all())
        return tuple(
            Account(
                name=row.name,
                roles=unpacked(row.roles),
                active=row.active,
                created_at=row.created_at,
                password_at=row.password_at,
            )
            for row in rows
        )

    def add(self, name: str, password: str, roles: Collection[Role]) -> None:
        """Make an account.

        Raises:
            SettingsBroken: the name, the password or the roles cannot be used.
        """
        if not NAME.fullmatch(name):
            raise SettingsBroken("A name has 1 to 64 of: small letters, digits, and . _ @ - (not at its beginning).")
        if not roles:
            raise SettingsBroken("An account needs a role: auditor, administrator, or both.")
        insist_on_good(password, name)
        now, hashed = self._clock(), hash_of(password)
        row = {"name": name, "password_hash": hashed, "roles": packed(roles), "active": True}
        try:
            with self._writing() as connection:
                connection.execute(insert(accounts), row | {"created_at": now, "password_at": now})
        except IntegrityError:
            raise SettingsBroken(f"There is an account {name} already.") from None

    def change_password(self, name: str, password: str, old: str | None = None) -> bool:
        """Give an account a new password, and end its sessions; whether the old one was right, where it is asked for.

        Raises:
            SettingsBroken: there is no such account, or the password cannot be used.
        """
        row = self._row(name)
        if old is not None and not is_right(old, None if row is None else row.password_hash):
            return False
        insist_on_good(password, name)
        hashed = hash_of(password)
        with self._writing() as connection:
            self._update(connection, name, password_hash=hashed, password_at=self._clock())
            sessions.end_all(connection, name)
        return True

    def set_roles(self, name: str, roles: Collection[Role]) -> None:
        """Say what an account may do, and end its sessions.

        Raises:
            SettingsBroken: there is no such account, or no role.
        """
        if not roles:
            raise SettingsBroken("An account needs a role; to shut it, disable it.")
        with self._writing() as connection:
            self._update(connection, name, roles=packed(roles))
            sessions.end_all(connection, name)

    def set_active(self, name: str, *, active: bool) -> None:
        """Shut an account or open it again, and end its sessions.

        Raises:
            SettingsBroken: there is no such account.
        """
        with self._writing() as connection:
            self._update(connection, name, active=active)
            sessions.end_all(connection, name)

    def _update(self, connection: Connection, name: str, **values: object) -> None:
        if not connection.execute(update(accounts).where(accounts.c.name == name).values(values)).rowcount:
            raise SettingsBroken("There is no account of this name; `cds-service user list` lists them.")

    # The database -------------------------------------------------------------------------------------------------

    def _row(self, name: str) -> Any:  # noqa: ANN401  a row of `accounts`, or None
        query = select(accounts).where(accounts.c.name == name.encode(errors="replace").decode().replace("\0", "?"))
        return self._read(lambda connection: connection.execute(query).one_or_none())

    def _hashed(self, about: str) -> str:
        return hmac.digest(self._key, f"attempt {about}".encode(errors="replace"), "sha256").hex()

    def _read(self, question: Callable[[Connection], T]) -> T:
        try:
            with self._database.read.connect() as connection:
                return question(connection)
        except SQLAlchemyError as error:
            raise unavailable("be read", error) from None

    @contextmanager
    def _writing(self) -> Iterator[Connection]:
        """A transaction; in this process one at a time, so that its turn is its own."""
        try:
            with self._lock, self._database.turn(TURN_SECONDS), self._database.write.begin() as connection:
                yield connection
        except IntegrityError:
            raise
        except SQLAlchemyError as error:
            raise unavailable("write who is signed in", error) from None
