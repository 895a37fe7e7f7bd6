"""JWK Sets: what is read of them, when they are fetched, and what happens when they are not to be had."""

import json

import pytest
import requests
import responses

from cds_service.clients.keys import (
    MOST_BYTES,
    RETRY_SECONDS,
    STALE_SECONDS,
    JwkSet,
    JwkSetUnusableError,
    keys_of_file,
    make_find_key,
    read_jwk_set,
)
from tests.unit.clients.signing import jwk, jwk_set

URL = "https://ehr.example.org/jwks.json"


class Seconds:
    """A clock that is moved by hand."""

    def __init__(self):
        self.now = 0.0

    def __call__(self):
        return self.now


@pytest.fixture
def seconds():
    return Seconds()


@pytest.fixture
def kept(seconds):
    return JwkSet(URL, seconds, requests.Session())


@pytest.fixture
def server():
    with responses.RequestsMock(assert_all_requests_are_fired=False) as mock:
        yield mock


def test_only_public_signing_keys_with_a_kid_are_read():
    keys = read_jwk_set(
        jwk_set(
            jwk("a"),
            jwk("b", "RSA"),
            jwk("enc", use="enc"),
            jwk("sign-only", key_ops=["sign"]),
            {"kty": "oct", "kid": "secret", "k": "AAAA"},
            {"kty": "EC", "kid": "odd", "crv": "P-000", "x": "AA", "y": "AA"},
            {name: value for name, value in jwk("none").items() if name != "kid"},
            "nonsense",
        )
    )
    assert {kid: key.kind for kid, key in keys.items()} == {"a": "P-384", "b": "RSA"}


@pytest.mark.parametrize("content", [b"", b"[]", b"{}", b'{"keys": 3}', b"[" * 100_000, b"\xff"])
def test_what_is_no_jwk_set_is_named(content):
    with pytest.raises(JwkSetUnusableError):
        read_jwk_set(content)


def test_two_keys_of_one_kid_are_refused():
    with pytest.raises(JwkSetUnusableError, match="same kid"):
        read_jwk_set(jwk_set(jwk("a"), jwk("a", number=2)))


def test_too_many_keys():
    with pytest.raises(JwkSetUnusableError, match="more than"):
        read_jwk_set(json.dumps({"keys": [{}] * 101}).encode())


def test_a_set_is_fetched_once_and_kept(server, kept):
    server.get(URL, body=jwk_set(jwk("a")))
    assert kept.key("a")
    assert kept.key("a")
    assert len(server.calls) == 1


@pytest.mark.requirement("AUTH-03")
def test_an_unknown_kid_fetches_again_but_not_more_than_once_a_minute(server, kept, seconds):
    server.get(URL, body=jwk_set(jwk("a")))
    assert kept.key("a")
    for _ in range(50):
        assert kept.key("made-up") is None
    assert len(server.calls) == 1
    seconds.now = RETRY_SECONDS
    server.replace(responses.GET, URL, body=jwk_set(jwk("b")))
    assert kept.key("b")
    assert kept.key("a") is None  # withdrawn
    assert len(server.calls) == 2


@pytest.mark.parametrize(
    "answer",
    [
        {"status": 500},
        {"body": "nonsense"},
        {"status": 302, "headers": {"Location": "https://x.example.org"}},
        {"body": requests.ConnectionError()},
        {"body": b" " * (MOST_BYTES + 1)},
    ],
)
def test_while_it_cannot_be_had_the_last_keys_serve_for_a_day(server, kept, seconds, answer):
    server.get(URL, body=jwk_set(jwk("a")))
    assert kept.key("a")
    server.reset()
    server.get(URL, **answer)
    seconds.now = STALE_SECONDS - 1
    assert kept.key("a")
    seconds.now = STALE_SECONDS + RETRY_SECONDS
    assert kept.key("a") is None


def test_never_had_means_no_key(server, kept):
    server.get(URL, status=503)
    assert kept.key("a") is None


@pytest.mark.requirement("AUTH-10")
def test_a_jku_asks_only_the_set_of_exactly_that_url(server, kept):
    server.get(URL, body=jwk_set(jwk("a")))
    find = make_find_key(read_jwk_set(jwk_set(jwk("handed-over"))), (kept,))
    assert find("a", URL)
    assert find("a", "")
    assert find("handed-over", "")
    assert find("handed-over", URL) is None
    assert find("a", "https://ehr.example.org/other.json") is None


@pytest.mark.requirement("AUTH-10")
def test_a_file(tmp_path):
    (tmp_path / "keys.json").write_bytes(jwk_set(jwk("a")))
    assert set(keys_of_file(tmp_path / "keys.json")) == {"a"}
    with pytest.raises(JwkSetUnusableError, match="FileNotFoundError"):
        keys_of_file(tmp_path / "absent.json")
