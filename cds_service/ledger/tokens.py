"""Tokens that were used: each `jti` of a client is accepted once, by whichever worker, also after a restart.

A token is claimed in the transaction that commits what its call led to, so that a call is either answered, recorded and
its token used up, or none of these. Whoever comes second hears `TokenReplayed`, and its answer never leaves. Rows are
kept until the token has expired by an hour, whatever clock is meant; they are no part of the log.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import Connection, and_, delete, insert, or_, select

from cds_service.domain.errors import TokenReplayed
from cds_service.domain.request import TokenClaims
from cds_service.ledger.tables import tokens

KEPT_SECONDS = 3_600  # beyond its end: longer than any difference between clocks that is accepted
MOST_AT_ONCE = 200  # pairs in one question


@dataclass(frozen=True, slots=True, kw_only=True)
class Used:
    """One token: of whom, its `jti`, and until when it could be used again (seconds since 1970)."""

    issuer: str
    token_id: str
    expires_at: int


def used(claims: TokenClaims | None) -> Used | None:
    """The token of a call; `None` for a call without one."""
    if claims is None or not claims.token_id:
        return None
    return Used(issuer=claims.issuer, token_id=claims.token_id, expires_at=claims.expires_at)


def claim(connection: Connection, wanted: Sequence[Used]) -> None:
    """Claim tokens in the connection's transaction; the head of the log is locked, so nobody else can meanwhile.

    Raises:
        TokenReplayed: one of them was used before, or stands there twice.
    """
    if not wanted:
        return
    pairs = {(one.issuer, one.token_id) for one in wanted}
    if len(pairs) < len(wanted) or any(_known(connection, some) for some in _pieces(sorted(pairs))):
        raise TokenReplayed("This token was used before; every call needs one of its own.")
    oldest = min(one.expires_at for one in wanted) - KEPT_SECONDS
    connection.execute(delete(tokens).where(tokens.c.expires_at < oldest))
    connection.execute(
        insert(tokens),
        [{"issuer": one.issuer, "token_id": one.token_id, "expires_at": one.expires_at} for one in wanted],
    )


def _known(connection: Connection, pairs: Sequence[tuple[str, str]]) -> bool:
    any_of = or_(*(and_(tokens.c.issuer == issuer, tokens.c.token_id == id_) for issuer, id_ in pairs))
    return connection.execute(select(tokens.c.token_id).where(any_of).limit(1)).first() is not None


def _pieces(pairs: Sequence[tuple[str, str]]) -> list[Sequence[tuple[str, str]]]:
    return [pairs[start : start + MOST_AT_ONCE] for start in range(0, len(pairs), MOST_AT_ONCE)]
