"""How often somebody has tried to sign in lately. An attempt counts before it is judged: many at once all count.

Three are counted: a name from an address, a name from anywhere, an address with any name. The first is strict; the
others are wide, so that who guesses from elsewhere cannot easily lock a person out.
"""

from collections.abc import Mapping
from datetime import datetime, timedelta

from sqlalchemy import Connection, delete, func, insert, select

from cds_service.ledger.tables import attempts

WINDOW = timedelta(minutes=15)
MOST_OF_PAIR, MOST_OF_NAME, MOST_OF_ADDRESS = 5, 50, 30


def limits(name: str, address: str) -> Mapping[str, int]:
    """What an attempt counts for, and how many of it are let through within the window."""
    return {
        f"pair {name} {address}": MOST_OF_PAIR,
        f"name {name}": MOST_OF_NAME,
        f"address {address}": MOST_OF_ADDRESS,
    }


def count(connection: Connection, about: Mapping[str, int], ids: list[str], now: datetime) -> bool:
    """Count an attempt; whether it may be made.

    Args:
        connection: in a transaction that may write.
        about: keyed hashes of what it counts for -> how many are let through.
        ids: a random one for each.
        now: UTC.
    """
    since = now - WINDOW
    connection.execute(delete(attempts).where(attempts.c.at < since))
    query = select(attempts.c.about, func.count()).where(attempts.c.about.in_(about), attempts.c.at >= since)
    made = {row[0]: row[1] for row in connection.execute(query.group_by(attempts.c.about))}
    if any(made.get(one, 0) >= most for one, most in about.items()):
        return False
    rows = [{"id": id_, "about": one, "at": now} for id_, one in zip(ids, about, strict=True)]
    connection.execute(insert(attempts), rows)
    return True


def forget(connection: Connection, ids: list[str]) -> None:
    """Take back an attempt that succeeded."""
    connection.execute(delete(attempts).where(attempts.c.id.in_(ids)))
