"""Who is let in, and every known way of getting in without being asked."""

import base64
import hashlib
import hmac
import json
import logging
from datetime import UTC, datetime

import pytest

from cds_service.clients.keys import make_find_key, read_jwk_set
from cds_service.clients.tokens import make_authenticate
from cds_service.domain.client import ANONYMOUS, Registration
from cds_service.domain.errors import NotAuthenticated
from tests.unit.clients.signing import ISSUER, NOW, URL, claims, jwk, jwk_set, public_pem, token

OTHER = "https://other.example.org"
KEYS = read_jwk_set(jwk_set(jwk("k1"), jwk("rsa", "RSA"), jwk("k+/=", "P-256")))
OTHER_KEYS = read_jwk_set(jwk_set(jwk("k1", number=7)))


def registration(issuer=ISSUER, name="ehr-a", **more):
    return Registration(
        name=name, issuer=issuer, algorithms=("ES384", "ES256", "RS384"), **{"jwk_set_urls": (), **more}
    )


def authenticate(bearer, url=URL, *, open_mode=False, now=NOW, scheme="Bearer ", **more):
    registrations = (registration(**more), registration(OTHER, "ehr-b"))
    keys = {ISSUER: make_find_key(KEYS, ()), OTHER: make_find_key(OTHER_KEYS, ())}
    check = make_authenticate(registrations, keys, lambda: datetime.fromtimestamp(now, UTC), open_mode=open_mode)
    return check(scheme + bearer if bearer else "", url)


def refused(bearer, **more):
    with pytest.raises(NotAuthenticated) as found:
        authenticate(bearer, **more)
    return str(found.value)


# Right ----------------------------------------------------------------------------------------------------------------


@pytest.mark.requirement("AUTH-02", "AUTH-05", "AUTH-09")
@pytest.mark.parametrize(("kind", "kid"), [("P-384", "k1"), ("RSA", "rsa"), ("P-256", "k+/=")])
def test_a_right_token_names_its_client(kind, kid):
    client = authenticate(token(header={"kid": kid}, kind=kind, tenant="north", jti="j-1"))
    assert (client.issuer, client.name, client.tenant) == (ISSUER, "ehr-a", "north")
    assert (client.claims.key_id, client.claims.token_id, client.claims.subject) == (kid, "j-1", "ehr")
    assert client.claims.expires_at == NOW + 300


@pytest.mark.requirement("AUTH-01")
@pytest.mark.parametrize("scheme", ["bearer ", "BEARER  "])
def test_the_scheme_in_any_case(scheme):
    assert authenticate(token(), scheme=scheme).name == "ehr-a"


@pytest.mark.requirement("AUTH-04")
@pytest.mark.parametrize("audience", [URL, [URL], ["https://elsewhere.example.org", URL]])
def test_audience_as_text_or_list(audience):
    assert authenticate(token(aud=audience))


@pytest.mark.requirement("AUTH-11")
@pytest.mark.parametrize("audience", [URL, f"{URL}/feedback"])
def test_feedback_takes_either_audience(audience):
    assert authenticate(token(aud=audience), url=f"{URL}/feedback")


@pytest.mark.requirement("AUTH-04")
def test_an_agreed_audience():
    assert authenticate(token(aud="agreed"), audiences=frozenset({"agreed"}))


@pytest.mark.requirement("AUTH-06")
@pytest.mark.parametrize("more", [{"iat": NOW + 59}, {"exp": NOW - 59}, {"nbf": NOW + 59}, {"nbf": NOW - 300}])
def test_clocks_may_differ_by_a_minute(more):
    assert authenticate(token(**more))


@pytest.mark.requirement("AUTH-09")
def test_a_tenant_of_the_list():
    assert authenticate(token(tenant="north"), tenants=frozenset({"north"})).tenant == "north"


# Wrong ----------------------------------------------------------------------------------------------------------------


@pytest.mark.requirement("AUTH-01")
@pytest.mark.parametrize("bearer", ["", "x", "a.b.c", "é", "x" * 9_000, "e30.e30."])
def test_no_token_at_all(bearer):
    refused(bearer)


@pytest.mark.requirement("AUTH-01")
def test_another_scheme():
    refused(token(), scheme="Basic ")


@pytest.mark.requirement("AUTH-04", "AUTH-06", "AUTH-07", "AUTH-08")
@pytest.mark.parametrize(
    "more",
    [
        {"iss": "https://nobody.example.org"},
        {"iss": None},
        {"aud": None},
        {"aud": "https://cds.example.org"},
        {"aud": "https://cds.example.org/cds-services"},
        {"aud": "https://cds.example.org/cds-services/x-order-select"},  # a sibling's token
        {"aud": f"{URL}/feedback"},
        {"aud": f"{URL}/"},
        {"exp": None},
        {"exp": NOW - 61},
        {"exp": "soon"},
        {"exp": True},
        {"exp": NOW + 4_000},
        {"exp": 10**15},
        {"iat": None},
        {"iat": NOW + 61},
        {"nbf": NOW + 61},
        {"jti": None},
        {"jti": ""},
        {"jti": 7},
        {"jti": "x" * 300},
    ],
    ids=str,
)
def test_claims_that_are_wrong(more):
    refused(token(**more))


def test_an_issuer_that_is_no_text():
    refused(handmade({"alg": "ES384", "kid": "k1", "typ": "JWT"}, claims(iss=[ISSUER]), b"k"))


@pytest.mark.requirement("AUTH-09")
def test_a_tenant_outside_the_list():
    refused(token(tenant="south"), tenants=frozenset({"north"}))
    refused(token(), tenants=frozenset({"north"}))


@pytest.mark.requirement("AUTH-02", "AUTH-03")
@pytest.mark.parametrize("header", [{"kid": None}, {"kid": ""}, {"kid": "k2"}, {"kid": "../k1"}, {"typ": "at+jwt"}])
def test_headers_that_are_wrong(header):
    refused(token(header=header))


# Attacks --------------------------------------------------------------------------------------------------------------


@pytest.mark.requirement("AUTH-02", "AUTH-03")
@pytest.mark.parametrize(
    "kid",
    [
        "K1",
        "k1 ",
        "k1\0",
        "k1\n",
        "\N{FULLWIDTH LATIN SMALL LETTER K}1",
        "../../../../dev/null",
        "https://attacker.example.org/jwks.json#k1",
        "' OR '1'='1",
        "$(id)",
        "x" * 5_000,
        ["k1"],
        {"k1": 1},
        1,
        True,
    ],
    ids=lambda kid: repr(kid)[:30],
)
def test_a_kid_that_is_a_path_a_query_or_no_text(kid):
    head, *rest = token().split(".")
    header = json.loads(base64.urlsafe_b64decode(head + "=="))
    forged = base64.urlsafe_b64encode(json.dumps({**header, "kid": kid}).encode()).rstrip(b"=").decode()
    refused(".".join([forged, *rest]))
    if isinstance(kid, str):
        refused(token(header={"kid": kid}))  # signed with our key, under another name


@pytest.mark.requirement("AUTH-01", "AUTH-03")
def test_a_token_in_another_wrapping():
    good = token()
    head, body, signature = good.split(".")
    for wrapped in (
        f"{good}.{signature}",
        f"{head}..{signature}",
        f"{head}.{body}",
        f"{head}.{body}.{signature}\n.",
        f"{head}.{body}.{signature[:-1]}",
        f" {head}.{body} .{signature}",
        f"{head}.{body}.{signature},{good}",
    ):
        refused(wrapped)


def handmade(header, body, key):
    def part(value):
        return base64.urlsafe_b64encode(json.dumps(value).encode()).rstrip(b"=")

    signed = part(header) + b"." + part(body)
    signature = base64.urlsafe_b64encode(hmac.new(key, signed, hashlib.sha256).digest()).rstrip(b"=")
    return (signed + b"." + signature).decode()


@pytest.mark.requirement("AUTH-05")
@pytest.mark.parametrize("algorithm", ["none", "None", "NONE"])
def test_alg_none(algorithm):
    parts = handmade({"alg": algorithm, "kid": "k1", "typ": "JWT"}, claims(), b"").split(".")
    refused(".".join((*parts[:2], "")))


@pytest.mark.requirement("AUTH-05")
def test_hs256_with_the_public_key_as_secret():
    refused(handmade({"alg": "HS256", "kid": "k1", "typ": "JWT"}, claims(), public_pem()))
    refused(handmade({"alg": "HS256", "kid": "rsa", "typ": "JWT"}, claims(), public_pem("RSA")))


@pytest.mark.requirement("AUTH-05")
def test_key_confusion_between_an_rsa_and_an_ec_key():
    refused(token(header={"kid": "rsa"}, kind="P-384"))
    refused(token(header={"kid": "k1"}, kind="RSA"))


@pytest.mark.requirement("AUTH-05")
def test_an_algorithm_the_client_did_not_agree_to():
    refused(token(kind="RSA", algorithm="RS256", header={"kid": "rsa"}))


@pytest.mark.requirement("AUTH-07")
def test_a_foreign_issuer_with_a_valid_key():
    refused(token(iss=OTHER))  # signed with the key of ehr-a
    assert authenticate(token(number=7, iss=OTHER)).name == "ehr-b"


@pytest.mark.requirement("AUTH-10")
@pytest.mark.parametrize(
    "header",
    [
        {"jku": "https://attacker.example.org/jwks.json"},
        {"jku": "https://ehr.example.org/jwks.json#"},
        {"jku": ["https://ehr.example.org/jwks.json"]},
        {"jwk": jwk("k1", number=3)},
        {"x5u": "https://attacker.example.org/cert.pem"},
        {"x5c": ["MII"]},
        {"crit": ["exp"]},
    ],
    ids=lambda header: next(iter(header)),
)
def test_a_header_that_brings_a_key_of_its_own(header):
    refused(token(header=header, number=3), jwk_set_urls=("https://ehr.example.org/jwks.json",))
    refused(token(header=header), jwk_set_urls=("https://ehr.example.org/jwks.json",))


@pytest.mark.requirement("AUTH-03")
def test_a_tampered_token():
    head, body, signature = token().split(".")
    other = token(sub="admin").split(".")[1]
    refused(f"{head}.{other}.{signature}")
    refused(f"{head}.{body}.{signature[:-4]}AAAA")


@pytest.mark.requirement("AUTH-12", "SEC-02")
def test_the_answer_does_not_say_why_and_the_log_does_not_hold_the_token(caplog):
    bearer = token(exp=NOW - 500, sub="canary-subject")
    with caplog.at_level(logging.DEBUG):
        answers = {refused(bearer), refused(token(aud="x")), refused("nonsense")}
    assert len(answers) == 1
    assert "ehr-a: it expired 500 s ago" in caplog.text
    assert bearer not in caplog.text
    assert "canary" not in caplog.text


# Open mode ------------------------------------------------------------------------------------------------------------


def test_open_mode_answers_a_call_without_a_token_and_still_checks_one_that_is_there():
    assert authenticate("", open_mode=True) is ANONYMOUS
    assert authenticate(token(), open_mode=True).name == "ehr-a"
    refused(token(aud="x"), open_mode=True)


def test_open_mode_without_registrations_answers_anybody():
    check = make_authenticate((), {}, lambda: datetime.fromtimestamp(NOW, UTC), open_mode=True)
    assert check(f"Bearer {token()}", URL) is ANONYMOUS
