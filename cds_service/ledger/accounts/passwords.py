"""Passwords: which are accepted, and argon2id hashes of them (argon2-cffi, with the parameters of RFC 9106).

Which are accepted follows NIST SP 800-63B-4, 3.1.1.2: 15 characters where nothing else is asked for, no rules on kinds
of characters, no changing by the calendar, and none that is easily guessed.
"""

import threading
import unicodedata
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from typing import TYPE_CHECKING

from cds_service.domain.errors import LedgerUnavailable, SettingsBroken

if TYPE_CHECKING:
    from argon2 import PasswordHasher

SHORTEST, LONGEST = 15, 256
FEWEST_DIFFERENT = 6
AT_ONCE, WAIT_SECONDS = 2, 5.0  # each verification takes 64 MB and a core for some 50 ms
_turns = threading.BoundedSemaphore(AT_ONCE)


def insist_on_good(password: str, name: str) -> None:
    """See that a password may be used for an account.

    Raises:
        SettingsBroken: it may not; the message says why, and does not repeat it.
    """
    plain = _normal(password)
    if not SHORTEST <= len(plain) <= LONGEST:
        raise SettingsBroken(f"The password should have {SHORTEST} to {LONGEST} characters: a few words will do.")
    if len(set(plain.casefold())) < FEWEST_DIFFERENT:
        raise SettingsBroken(f"The password should have at least {FEWEST_DIFFERENT} different characters.")
    if name.casefold() in plain.casefold() and len(plain) - len(name) < SHORTEST:
        raise SettingsBroken("The password should not be the name of the account with a little added.")


def hash_of(password: str) -> str:
    """The hash to keep: another each time, for each has its own salt."""
    with _turn():
        return _hasher().hash(_normal(password))


def is_right(password: str, kept: str | None) -> bool:
    """Whether it is the password of the hash that is kept; takes as long where there is none.

    Raises:
        LedgerUnavailable: so many sign in at once that it would take too long.
    """
    from argon2.exceptions import InvalidHashError, VerificationError  # noqa: PLC0415 - loaded where somebody signs in

    with _turn():
        try:
            _hasher().verify(kept or _nobodys(), _normal(password[: 4 * LONGEST]))
        except (VerificationError, InvalidHashError):
            return False
    return kept is not None


def is_outdated(kept: str) -> bool:
    """Whether it was made with weaker parameters than those of today."""
    return _hasher().check_needs_rehash(kept)


@cache
def _hasher() -> "PasswordHasher":
    from argon2 import PasswordHasher  # noqa: PLC0415 - see above
    from argon2.profiles import RFC_9106_LOW_MEMORY  # noqa: PLC0415 - see above

    return PasswordHasher.from_parameters(RFC_9106_LOW_MEMORY)


@cache
def _nobodys() -> str:
    return _hasher().hash("nobody's")


def _normal(password: str) -> str:
    """The same characters however the keyboard composed them."""
    return unicodedata.normalize("NFKC", password)


@contextmanager
def _turn() -> Iterator[None]:
    if not _turns.acquire(timeout=WAIT_SECONDS):
        raise LedgerUnavailable("Too many people sign in at once; try again in a moment.")
    try:
        yield
    finally:
        _turns.release()
