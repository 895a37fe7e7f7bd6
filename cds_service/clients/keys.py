"""The keys of one client: JWK Sets of a file and of configured URLs -> the key that a `kid` names.

A set is fetched when it is first needed, kept, and fetched again when a `kid` is unknown (keys rotate) or when it has
grown old, at most once in `RETRY_SECONDS`, so that made-up `kid`s cannot turn this service against the client's server.
While a fetch fails, the keys last seen stay in use for `STALE_SECONDS`.
"""

import json
import logging
import threading
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, NamedTuple

import jwt
import requests

log = logging.getLogger(__name__)

FRESH_SECONDS = 3_600.0
STALE_SECONDS = 86_400.0
RETRY_SECONDS = 60.0
TIMEOUT_SECONDS = 2.0
MOST_BYTES = 256 * 1024
MOST_KEYS = 100
LEAST_RSA_BITS = 2048


class JwkSetUnusableError(Exception):
    """A JWK Set could not be had or read; the message says why, and holds nothing that was received."""


class PublicKey(NamedTuple):
    """A key that verifies. kind: `RSA`, or the name of its curve; `key` as `cryptography` holds it."""

    kind: str
    key: Any


Keys = Mapping[str, PublicKey]


def read_jwk_set(content: bytes) -> dict[str, PublicKey]:
    """Kid -> public key, of the signing keys of a JWK Set.

    Keys without `kid`, for encryption, symmetric ones and too short ones are left out: no token may rest on them.

    Raises:
        JwkSetUnusableError: it is no JWK Set, or has two keys of one `kid`.
    """
    try:
        listed = json.loads(content)["keys"]
        members = [key for key in listed if isinstance(key, dict)]
    except (ValueError, TypeError, KeyError, RecursionError):
        raise JwkSetUnusableError("it is no JWK Set: a JSON object with an array `keys` is needed") from None
    if len(members) > MOST_KEYS:
        raise JwkSetUnusableError(f"it has more than {MOST_KEYS} keys")
    keys: dict[str, PublicKey] = {}
    for member in members:
        kid = member.get("kid")
        if not isinstance(kid, str) or not kid or not _for_signing(member):
            continue
        if kid in keys:
            raise JwkSetUnusableError("two keys of it have the same kid")
        try:
            key = jwt.PyJWK(_public(member)).key
        except (jwt.PyJWTError, ValueError, TypeError, KeyError):
            continue  # a kind of key this service does not know: its tokens will be refused
        kind = "RSA" if member["kty"] == "RSA" else str(member.get("crv"))
        if kind != "RSA" or key.key_size >= LEAST_RSA_BITS:
            keys[kid] = PublicKey(kind, key)
    return keys


def _for_signing(member: Mapping[str, Any]) -> bool:
    if member.get("kty") not in ("EC", "RSA", "OKP") or member.get("use", "sig") != "sig":
        return False
    return "verify" in member.get("key_ops", ["verify"])


def _public(member: Mapping[str, Any]) -> dict[str, Any]:
    """The key without its private half, should someone have published that."""
    return {name: value for name, value in member.items() if name not in {"d", "p", "q", "dp", "dq", "qi", "oth"}}


class JwkSet:
    """One JWK Set at a configured URL, kept and refreshed.

    Args:
        url: where it is published.
        seconds: a clock that only goes forward.
        session: who fetches; default: a new one without environment proxies for loopback.
    """

    def __init__(self, url: str, seconds: Callable[[], float], session: requests.Session) -> None:
        """See the class."""
        self.url = url
        self._seconds = seconds
        self._session = session
        self._lock = threading.Lock()
        self._keys: Keys = {}
        self._fetched = float("-inf")
        self._tried = float("-inf")

    def key(self, kid: str) -> PublicKey | None:
        """The key of this `kid`; `None` when the set, fetched afresh where that is due, has none."""
        now = self._seconds()
        found = self._keys.get(kid)
        if found is not None and now - self._fetched < FRESH_SECONDS:
            return found
        if now - self._tried >= RETRY_SECONDS:
            with self._lock:  # one fetch, however many calls wait for it
                if now - self._tried >= RETRY_SECONDS:
                    self._refresh(now)
        found = self._keys.get(kid)
        return found if now - self._fetched < STALE_SECONDS else None

    def _refresh(self, now: float) -> None:
        self._tried = now
        try:
            self._keys = read_jwk_set(fetch(self._session, self.url))
            self._fetched = now
        except JwkSetUnusableError as error:
            log.warning("A JWK Set could not be refreshed (%s); the keys last seen stay in use for a day", error)


def fetch(session: requests.Session, url: str) -> bytes:
    """The body at a configured URL: bounded in time and size, without redirects.

    Raises:
        JwkSetUnusableError: it was not to be had.
    """
    try:
        with session.get(url, timeout=TIMEOUT_SECONDS, allow_redirects=False, stream=True) as answer:
            if answer.status_code != requests.codes.ok:
                raise JwkSetUnusableError(f"its server answered with status {answer.status_code}")
            content = b""
            for chunk in answer.iter_content(65_536):
                content += chunk
                if len(content) > MOST_BYTES:
                    raise JwkSetUnusableError(f"it is larger than {MOST_BYTES} bytes")
            return content
    except requests.RequestException as error:
        raise JwkSetUnusableError(f"its server could not be reached: {type(error).__name__}") from None


def keys_of_file(path: Path) -> dict[str, PublicKey]:
    """Kid -> key of a JWK Set that was handed over as a file.

    Raises:
        JwkSetUnusableError: the file cannot be read, or is no JWK Set.
    """
    try:
        content = path.read_bytes()
    except OSError as error:
        raise JwkSetUnusableError(f"its file cannot be read ({type(error).__name__})") from None
    if len(content) > MOST_BYTES:
        raise JwkSetUnusableError(f"it is larger than {MOST_BYTES} bytes")
    return read_jwk_set(content)


def make_find_key(file_keys: Keys, sets: tuple[JwkSet, ...]) -> Callable[[str, str], PublicKey | None]:
    """(kid, jku) -> key. With a `jku`, only the configured set of exactly that URL is asked; any other is refused."""

    def find_key(kid: str, jku: str) -> PublicKey | None:
        if jku:
            named = next((one for one in sets if one.url == jku), None)
            return named.key(kid) if named is not None else None
        if kid in file_keys:
            return file_keys[kid]
        return next((key for one in sets if (key := one.key(kid)) is not None), None)

    return find_key
