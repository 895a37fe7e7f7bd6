"""A call's Authorization header -> the Client that signed it (CDS Hooks, "Trusting CDS Clients").

What a refusal was for is logged with the issuer's name, never told to the caller, and the token is never logged.
"""

import logging
from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any

import jwt

from cds_service.clients.keys import JwkSet, JwkSetUnusableError, PublicKey, keys_of_file, make_find_key
from cds_service.domain.client import ANONYMOUS, Client, Registration
from cds_service.domain.errors import NotAuthenticated, SettingsBroken
from cds_service.domain.request import TokenClaims

log = logging.getLogger(__name__)

SKEW_SECONDS = 60
LONGEST_TOKEN = 8_192
LONGEST_LIFE_SECONDS = 3_600  # EHRs give 5 to 15 minutes; a token good for days would have to be remembered for days
LONGEST_CLAIM = 256
_FORBIDDEN_HEADERS = ("jwk", "x5u", "x5c", "crit", "b64")  # a token that brings its own key proves nothing
_OF_KEY = {  # key type (and curve) -> algorithms it may verify: the key decides, not the header
    "RSA": frozenset({"RS256", "RS384", "RS512", "PS256", "PS384", "PS512"}),
    "P-256": frozenset({"ES256"}),
    "P-384": frozenset({"ES384"}),
    "P-521": frozenset({"ES512"}),
    "Ed25519": frozenset({"EdDSA"}),
    "Ed448": frozenset({"EdDSA"}),
}

Authenticate = Callable[[str, str], Client]
FindKey = Callable[[str, str], PublicKey | None]


class _Refused(Exception):
    """Why a token is refused, in words for the log."""


def make_authenticate(
    registrations: tuple[Registration, ...],
    find_keys: Mapping[str, FindKey],
    clock: Callable[[], datetime],
    *,
    open_mode: bool = False,
) -> Authenticate:
    """(Authorization header, URL called) -> Client.

    Args:
        registrations: of the clients file.
        find_keys: issuer -> its keys.
        clock: now, UTC.
        open_mode: a call without any token is answered, too; one with a token must still be right.

    Returns:
        A function that raises NotAuthenticated for a call that is not to be trusted.
    """
    by_issuer = {one.issuer: one for one in registrations}

    def authenticate(authorization: str, url: str) -> Client:
        if open_mode and (not authorization.strip() or not by_issuer):
            return ANONYMOUS
        try:
            return _verified(_bearer(authorization), url, by_issuer, find_keys, clock())
        except (_Refused, jwt.PyJWTError) as error:
            reason = str(error) if isinstance(error, _Refused) else type(error).__name__
            log.warning("A call was refused: %s", reason)
            raise NotAuthenticated("A valid token of a registered CDS Client is needed.") from None

    return authenticate


def _bearer(authorization: str) -> str:
    scheme, _, token = authorization.strip().partition(" ")
    token = token.strip()
    if scheme.casefold() != "bearer" or not token:
        raise _Refused("no bearer token")
    if len(token) > LONGEST_TOKEN or not token.isascii():
        raise _Refused("the token is too long, or no JWT")
    return token


def _verified(
    token: str,
    url: str,
    by_issuer: Mapping[str, Registration],
    find_keys: Mapping[str, FindKey],
    now: datetime,
) -> Client:
    header = jwt.get_unverified_header(token)
    registration = _registration(token, by_issuer)
    key = _key(header, registration, find_keys[registration.issuer])
    claims = jwt.decode(
        token,
        key=key.key,
        algorithms=[header["alg"]],
        options={
            "require": ["iss", "aud", "exp", "iat", "jti"],
            "verify_aud": False,  # several spellings are right: see _check_audience
            "verify_exp": False,  # against this service's own clock, below
            "verify_iat": False,
            "verify_nbf": False,
        },
    )
    _check_times(claims, now.timestamp(), registration)
    _check_audience(claims["aud"], url, registration)
    tenant = _tenant(claims, registration)
    return Client(
        issuer=registration.issuer,
        name=registration.name,
        tenant=tenant,
        claims=TokenClaims(
            issuer=registration.issuer,
            subject=_text(claims, "sub"),
            key_id=header["kid"],
            token_id=_token_id(claims, registration),
            expires_at=int(claims["exp"]),
        ),
        registration=registration,
        fhir_version=registration.fhir_version,
    )


def _registration(token: str, by_issuer: Mapping[str, Registration]) -> Registration:
    claimed = jwt.decode(token, options={"verify_signature": False}).get("iss")  # only to find whose keys to ask
    registration = by_issuer.get(claimed) if isinstance(claimed, str) else None
    if registration is None:
        raise _Refused("its issuer is not registered")
    return registration


def _key(header: Mapping[str, Any], registration: Registration, find_key: FindKey) -> PublicKey:
    who = registration.name
    algorithm, kid, jku = header.get("alg"), header.get("kid"), header.get("jku", "")
    if str(header.get("typ", "JWT")).upper() != "JWT":
        raise _Refused(f"{who}: typ is not JWT")
    if algorithm not in registration.algorithms:
        raise _Refused(f"{who}: an algorithm that is not allowed")
    if any(name in header for name in _FORBIDDEN_HEADERS):
        raise _Refused(f"{who}: a header that brings its own key")
    if not isinstance(kid, str) or not kid or len(kid) > LONGEST_CLAIM:
        raise _Refused(f"{who}: no kid")
    if not isinstance(jku, str) or (jku and jku not in registration.jwk_set_urls):
        raise _Refused(f"{who}: a jku that is not registered")
    key = find_key(kid, jku)
    if key is None:
        raise _Refused(f"{who}: no key of this kid")
    if algorithm not in _OF_KEY.get(key.kind, frozenset()):
        raise _Refused(f"{who}: the algorithm is not one of this key")
    return key


def _check_times(claims: Mapping[str, Any], now: float, registration: Registration) -> None:
    who = registration.name
    times = {name: claims.get(name) for name in ("exp", "iat", "nbf") if name in claims}
    if any(isinstance(value, bool) or not isinstance(value, int | float) for value in times.values()):
        raise _Refused(f"{who}: exp, iat and nbf should be numbers")
    if not all(abs(value) < 1e11 for value in times.values() if isinstance(value, int | float)):
        raise _Refused(f"{who}: a time out of this world")
    if claims["exp"] + SKEW_SECONDS < now:
        raise _Refused(f"{who}: it expired {int(now - claims['exp'])} s ago")
    if claims["iat"] - SKEW_SECONDS > now or claims.get("nbf", now) - SKEW_SECONDS > now:
        raise _Refused(f"{who}: it is from the future; compare the clocks")
    if claims["exp"] - now > LONGEST_LIFE_SECONDS + SKEW_SECONDS:
        raise _Refused(f"{who}: it lives longer than {LONGEST_LIFE_SECONDS} s")


def _check_audience(audience: object, url: str, registration: Registration) -> None:
    """The URL called, to the letter; for feedback also that of the service (clients differ)."""
    named = audience if isinstance(audience, list) else [audience]
    right = {url, *registration.audiences}
    if url.endswith("/feedback"):
        right.add(url.removesuffix("/feedback"))
    if not any(isinstance(one, str) and one in right for one in named):
        raise _Refused(f"{registration.name}: aud is not the URL that was called; see CDS_PUBLIC_URL")


def _tenant(claims: Mapping[str, Any], registration: Registration) -> str:
    tenant = _text(claims, "tenant")
    if registration.tenants and tenant not in registration.tenants:
        raise _Refused(f"{registration.name}: a tenant that is not registered")
    return tenant


def _token_id(claims: Mapping[str, Any], registration: Registration) -> str:
    token_id = claims["jti"]
    if not isinstance(token_id, str) or not token_id or len(token_id) > LONGEST_CLAIM:
        raise _Refused(f"{registration.name}: jti should be a text of at most {LONGEST_CLAIM} characters")
    return token_id


def _text(claims: Mapping[str, Any], name: str) -> str:
    value = claims.get(name, "")
    return value[:LONGEST_CLAIM] if isinstance(value, str) else ""


def keys_of(registrations: tuple[Registration, ...], make_set: Callable[[str], JwkSet]) -> dict[str, FindKey]:
    """Issuer -> how its keys are found.

    Raises:
        SettingsBroken: a JWK Set file cannot be used.
    """
    found: dict[str, FindKey] = {}
    for one in registrations:
        try:
            handed_over = keys_of_file(one.jwk_set_file) if one.jwk_set_file else {}
        except JwkSetUnusableError as error:
            raise SettingsBroken(f"The jwk_set_file of the client {one.name} cannot be used: {error}.") from None
        found[one.issuer] = make_find_key(handed_over, tuple(make_set(url) for url in one.jwk_set_urls))
    return found
