"""Sessions: the browser holds a random secret, the database its hash, the roles are looked up at each request.

A session ends when nobody uses it for a while, after some hours in any case, when its owner signs out or changes the
password, and when an administrator changes what the account may do.
"""

import hashlib
import secrets
from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import Connection, delete, insert, or_, select, update

from cds_service.domain.audit import Person, Role
from cds_service.ledger.tables import accounts, sessions

SECRET_BYTES = 32
TOUCHED = timedelta(minutes=1)  # `seen_at` is not written more often
NAMED_BY = 16  # digits of the hash that name a session


@dataclass(frozen=True, slots=True, kw_only=True)
class Lifetimes:
    """How long a session lives: without being used, and in any case."""

    idle: timedelta
    whole: timedelta


def begin(connection: Connection, name: str, issuer: str, roles: Collection[Role], now: datetime) -> str:
    """Begin a session; its secret, which is kept nowhere."""
    secret = secrets.token_urlsafe(SECRET_BYTES)
    row = {"secret_sha256": _hash(secret), "name": name, "issuer": issuer, "roles": packed(roles)}
    connection.execute(insert(sessions), row | {"opened_at": now, "seen_at": now})
    return secret


def find(connection: Connection, secret: str, lives: Lifetimes, now: datetime) -> tuple[Person, bool] | None:
    """Who a secret belongs to, and whether the session should be touched; `None` where it opens nothing (any more)."""
    query = select(sessions, accounts.c.roles.label("own"), accounts.c.active).join_from(
        sessions, accounts, accounts.c.name == sessions.c.name, isouter=True
    )
    row = connection.execute(query.where(sessions.c.secret_sha256 == _hash(secret))).one_or_none()
    if row is None or row.seen_at < now - lives.idle or row.opened_at < now - lives.whole:
        return None
    if not row.issuer and not row.active:
        return None
    roles = unpacked(row.roles if row.issuer else row.own)
    person = Person(
        name=row.name,
        roles=roles,
        issuer=row.issuer,
        session=row.secret_sha256[:NAMED_BY],
        opened_at=row.opened_at,
    )
    return person, row.seen_at < now - TOUCHED


def touch(connection: Connection, secret: str, lives: Lifetimes, now: datetime) -> None:
    """Note that a session is in use, and forget those that are over."""
    connection.execute(update(sessions).where(sessions.c.secret_sha256 == _hash(secret)).values(seen_at=now))
    over = or_(sessions.c.seen_at < now - lives.idle, sessions.c.opened_at < now - lives.whole)
    connection.execute(delete(sessions).where(over))


def end(connection: Connection, secret: str) -> None:
    """End one session."""
    connection.execute(delete(sessions).where(sessions.c.secret_sha256 == _hash(secret)))


def end_all(connection: Connection, name: str, issuer: str = "") -> None:
    """End all sessions of a person."""
    connection.execute(delete(sessions).where(sessions.c.name == name, sessions.c.issuer == issuer))


def packed(roles: Collection[Role]) -> str:
    """Roles as they are kept."""
    return " ".join(sorted(roles))


def unpacked(roles: str) -> frozenset[Role]:
    """Roles as they were kept; a name that is no role any more gives nothing."""
    return frozenset(role for role in Role if role in roles.split())


def _hash(secret: str) -> str:
    return hashlib.sha256(secret.encode(errors="replace")).hexdigest()
