"""Keyed pseudonyms of ids, and the file that holds their key. Who lacks the key cannot go back to an id, nor guess it.

Keep the key apart from the ledger and its backups; whoever holds both can test an id they already know against it.
A lost key cannot be made again: later pseudonyms of the same person will then differ from earlier ones.
"""

import hashlib
import hmac
import secrets
from pathlib import Path

from cds_service.domain.errors import SettingsBroken
from cds_service.ledger.key_files import read_or_create

KEY_BYTES = 32


def pseudonym(key: bytes, kind: str, identifier: str) -> str:
    """HMAC-SHA-256 of kind, a zero byte and the identifier, as 64 lower-case hex digits; empty for an empty one.

    Args:
        key: the secret, `KEY_BYTES` or more.
        kind: `user`, `patient` or `encounter`: the same id is a different pseudonym in each.
        identifier: as the client sent it.
    """
    if not identifier:
        return ""
    message = kind.encode() + b"\0" + identifier.encode("utf-8", "surrogatepass")
    return hmac.digest(key, message, hashlib.sha256).hex()


def checked_key(key: bytes) -> bytes:
    """The key itself.

    Raises:
        SettingsBroken: it is too short to keep pseudonyms from being guessed.
    """
    if len(key) < KEY_BYTES:
        raise SettingsBroken(f"The pseudonym key has {len(key)} bytes; it needs at least {KEY_BYTES} random ones.")
    return key


def load_or_create_key(path: Path) -> bytes:
    """The key in a file of 64 or more hex digits; made at random, readable by its owner only, when there is none.

    Several workers may start at once: all of them get the same key.

    Raises:
        SettingsBroken: the file cannot be read or made, is open to everybody, or does not hold a key.
    """
    text = read_or_create(path, lambda: secrets.token_hex(KEY_BYTES) + "\n", "pseudonym key")
    try:
        key = bytes.fromhex(text)
    except ValueError:
        raise SettingsBroken(f"The pseudonym key file {path} does not hold hex digits; restore it.") from None
    return checked_key(key)
