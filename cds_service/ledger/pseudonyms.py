"""Keyed pseudonyms of ids, and the file that holds their key. Who lacks the key cannot go back to an id, nor guess it.

Keep the key apart from the ledger and its backups; whoever holds both can test an id they already know against it.
A lost key cannot be made again: later pseudonyms of the same person will then differ from earlier ones.
"""

import hashlib
import hmac
import os
import secrets
import stat
from pathlib import Path

from cds_service.domain.errors import SettingsBroken

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

    Several workers may start at once: the file appears complete or not at all, and all of them get the same key.

    Raises:
        SettingsBroken: the file cannot be read or made, is open to everybody, or does not hold a key.
    """
    try:
        if not path.exists():
            _create(path)
        return _load(path)
    except OSError as error:
        raise SettingsBroken(
            f"The pseudonym key file {path} cannot be used ({error.strerror}). Name a file in a folder that exists and "
            "that this service may write, or put a key there."
        ) from error


def _create(path: Path) -> None:
    draft = path.with_name(f".{path.name}.{secrets.token_hex(8)}")
    handle = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    try:
        with os.fdopen(handle, "w", encoding="ascii") as file:
            file.write(secrets.token_hex(KEY_BYTES) + "\n")
            file.flush()
            os.fsync(file.fileno())
        try:
            path.hardlink_to(draft)  # unlike a rename, a link never overwrites the key of a worker that came first
        except FileExistsError:
            return
        folder = os.open(path.parent, os.O_RDONLY)
        try:
            os.fsync(folder)  # the name, too, must outlive a power failure
        finally:
            os.close(folder)
    finally:
        draft.unlink()


def _load(path: Path) -> bytes:
    if path.stat().st_mode & stat.S_IRWXO:
        raise SettingsBroken(f"The pseudonym key file {path} is open to every user of this machine: chmod 600 it.")
    try:
        key = bytes.fromhex(path.read_text(encoding="ascii").strip())
    except ValueError:
        raise SettingsBroken(f"The pseudonym key file {path} does not hold hex digits; restore it.") from None
    return checked_key(key)
