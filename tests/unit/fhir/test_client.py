"""Reads of FHIR servers that are slow, huge, endless, broken or somebody else's."""

import gzip
import json
import logging
import sys
import threading
import time

import pytest

from cds_service.domain.facts import Unavailable
from cds_service.domain.request import FhirAccess
from cds_service.fhir.client import Limits, make_fetch
from tests.unit.fhir.hostile_server import listening, say

TOKEN = "canary-token"
QUICK = Limits(seconds=0.4, pages=5, bytes=200_000)
LISTED = "https://fhir.example.org/r4"


def fetch(server, query="Patient/1", *, listed=None, limits=QUICK, scope="", base=None):
    access = FhirAccess(server=base or server.base, access_token=TOKEN, scope=scope)
    return make_fetch((listed or server.base,), limits, private=True)(access, {"it": query})["it"]


def why(got):
    assert isinstance(got, Unavailable), got
    return got.why


def page(following):
    return json.dumps({"resourceType": "Bundle", "link": [{"relation": "next", "url": following}]}).encode()


@pytest.mark.requirement("FHIR-01", "FHIR-02", "FHIR-05")
def test_it_reads_with_the_token_and_nothing_but_reads():
    with listening() as server:
        assert isinstance(fetch(server, "Condition?patient=1"), tuple)
        assert server.calls == [("GET", "/r4/Condition?patient=1", f"Bearer {TOKEN}")]


@pytest.mark.requirement("FHIR-02", "SEC-02")
def test_neither_token_nor_address_is_logged(caplog):
    with caplog.at_level(logging.DEBUG), listening(lambda asked: say(asked, status=500)) as server:
        fetch(server, "Condition?patient=canary-patient")
    assert "FHIR Condition: server-error" in caplog.text
    assert "canary" not in caplog.text


@pytest.mark.requirement("FHIR-02", "SEC-07")
def test_a_token_and_a_cookie_of_one_call_reach_no_other():
    with listening(lambda asked: say(asked, Set_Cookie="session=canary; Path=/")) as server:
        read = make_fetch((server.base,), QUICK, private=True)
        headers = []
        server.RequestHandlerClass.parse_request, whole = (
            lambda self: whole(self) and (headers.append(dict(self.headers)) or True),
            server.RequestHandlerClass.parse_request,
        )
        read(FhirAccess(server=server.base, access_token=TOKEN), {"it": "Patient/1"})
        read(FhirAccess(server=server.base), {"it": "Patient/2"})
    assert headers[0]["Authorization"] == f"Bearer {TOKEN}"
    assert "Authorization" not in headers[1]
    assert not any("Cookie" in one for one in headers)


@pytest.mark.requirement("FHIR-03")
@pytest.mark.parametrize(
    ("status", "token"),
    [
        (400, "refused"),
        (401, "refused"),
        (403, "refused"),
        (404, "not-found"),
        (410, "not-found"),
        (204, "server-error"),
        (500, "server-error"),
        (503, "server-error"),
    ],
)
def test_an_error_is_not_an_empty_record(status, token):
    with listening(lambda asked: say(asked, b"" if status == 204 else b"{}", status)) as server:
        assert why(fetch(server)) == token


@pytest.mark.requirement("FHIR-03")
@pytest.mark.parametrize("body", [b"", b"<html>", b"\xff\xfe", b'{"a":' * 30_000, b'{"link": "'], ids=len)
def test_garbage(body):
    with listening(lambda asked: say(asked, body)) as server:
        assert why(fetch(server)) == "unreadable"


@pytest.mark.requirement("FHIR-03")
def test_a_body_shorter_than_announced():
    with listening(lambda asked: say(asked, b'{"resource', Content_Length=100)) as server:
        assert why(fetch(server)) in ("server-error", "unreadable", "timeout")


@pytest.mark.requirement("FHIR-03")
def test_a_server_that_never_answers_costs_the_deadline_and_no_more():
    with listening(lambda asked: asked.server.stopping.wait(5)) as server:
        began = time.monotonic()
        assert why(fetch(server)) == "timeout"
        assert time.monotonic() - began < 2


def drip_body(asked):
    asked.send_response(200)
    asked.end_headers()
    while not asked.server.stopping.wait(0.03):
        asked.wfile.write(b" ")
        asked.wfile.flush()


def drip_headers(asked):
    asked.wfile.write(b"HTTP/1.1 200 OK\r\nX-Slow: ")
    while not asked.server.stopping.wait(0.03):
        asked.wfile.write(b"a")
        asked.wfile.flush()


@pytest.mark.requirement("FHIR-03")
@pytest.mark.parametrize("drip", [drip_body, drip_headers])
def test_a_server_that_drips_costs_the_deadline_and_no_more(drip):
    with listening(drip) as server:
        began = time.monotonic()
        assert why(fetch(server)) == "timeout"
        assert time.monotonic() - began < 2


@pytest.mark.requirement("FHIR-03")
@pytest.mark.parametrize("drip", [drip_body, drip_headers])
def test_a_server_that_drips_holds_no_thread_beyond_the_deadline(drip):
    """Else 32 such reads would leave none for the reads of anybody."""
    with listening(drip) as server:
        read = make_fetch((server.base,), Limits(seconds=0.3), private=True)
        for _ in range(2):
            read(FhirAccess(server=server.base), {f"q{number}": f"Condition?patient={number}" for number in range(20)})
        until = time.monotonic() + 5
        busy = 1
        while busy and time.monotonic() < until:
            frames = sys._current_frames()
            ours = [one for one in threading.enumerate() if one.name.startswith("fhir-read")]
            busy = sum(is_reading(frames.get(one.ident)) for one in ours)
            time.sleep(0.05)
        assert busy == 0


def is_reading(frame):
    while frame is not None:
        if frame.f_code.co_name in ("readinto", "getresponse"):
            return True
        frame = frame.f_back
    return False


def flood(asked):
    asked.send_response(200)
    asked.end_headers()
    while not asked.server.stopping.is_set():
        asked.wfile.write(b" " * 65_536)


@pytest.mark.requirement("FHIR-03", "SEC-03")
def test_an_endless_answer_is_cut():
    with listening(flood) as server:
        assert why(fetch(server, limits=Limits(seconds=5, bytes=200_000))) == "too-large"


@pytest.mark.requirement("FHIR-03", "SEC-03")
def test_an_answer_announced_as_huge_is_not_begun():
    with listening(lambda asked: say(asked, Content_Length=10**12)) as server:
        assert why(fetch(server)) == "too-large"


@pytest.mark.requirement("FHIR-03", "SEC-03")
@pytest.mark.parametrize("encoding", ["gzip", "x-gzip", "deflate", "br", "identity, gzip"])
def test_a_compressed_bomb_is_not_unpacked(encoding):
    bomb = gzip.compress(b" " * 50_000_000, 1)
    with listening(lambda asked: say(asked, bomb[:150_000], Content_Encoding=encoding)) as server:
        assert why(fetch(server)) == "unreadable"


@pytest.mark.requirement("PRE-12", "SEC-03")
def test_endless_paging_ends_and_the_last_page_says_that_there_is_more():
    def answer(asked):
        say(asked, page(f"?page={len(asked.server.calls)}"))

    with listening(answer) as server:
        pages = fetch(server, "Condition?patient=1", limits=Limits(seconds=5, pages=5))
        assert len(pages) == len(server.calls) == 5
        assert b"?page=5" in pages[-1]


@pytest.mark.requirement("PRE-12", "SEC-03")
def test_a_page_that_follows_itself_is_read_once():
    with listening(lambda asked: say(asked, page("?patient=1"))) as server:
        assert len(fetch(server, "Condition?patient=1")) == len(server.calls) == 1


@pytest.mark.requirement("FHIR-04", "SEC-03", "SEC-05")
@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
def test_a_redirect_is_not_followed(status):
    with listening() as other, listening(lambda asked: say(asked, b"", status, Location=f"{other.base}/P")) as server:
        assert why(fetch(server)) == "server-error"
        assert other.calls == []


@pytest.mark.requirement("FHIR-04", "PRE-12", "SEC-05")
@pytest.mark.parametrize(
    "where", ["{other}/Condition", "//{host}/r4/Condition", "/admin", "../admin", "file:///etc/hosts", "http://["]
)
def test_a_next_page_elsewhere_is_not_asked(where):
    with listening() as other:
        following = where.format(other=other.base, host=other.base.split("/")[2])
        with listening(lambda asked: say(asked, page(following))) as server:
            assert len(fetch(server, "Condition?patient=1")) == 1
            assert len(server.calls) == 1
        assert other.calls == []


@pytest.mark.requirement("FHIR-06", "SEC-03", "SEC-05")
@pytest.mark.parametrize(
    "server",
    [
        "http://fhir.example.org/r4",  # not https
        "https://fhir.example.org:444/r4",
        "https://fhir.example.org",
        "https://fhir.example.org/r4x",
        "https://fhir.example.org/r4/../admin",
        "https://fhir.example.org/r4%2f..%2fadmin",
        "https://fhir.example.org@evil.example.org/r4",
        "https://user:secret@fhir.example.org/r4",
        "https://fhir.example.org.evil.example.org/r4",
        "https://fhir.example.org\\@evil.example.org/r4",
        "https://fhir.example.org/r4?x=",
        "https://fhir.example.org/r4#",
        "https://fhir.example.org/r4\r\nX-Smuggled: 1",
        "https://fhir.ex\u0430mple.org/r4",  # a Cyrillic letter
        "//fhir.example.org/r4",
        "file:///etc/passwd",
        "gopher://fhir.example.org/r4",
        "https://127.0.0.1/r4",
        "https://2130706433/r4",
        "https://0x7f.1/r4",
        "https://[::1]/r4",
        "https://[::ffff:127.0.0.1]/r4",
        "https://[fe80::1%25eth0]/r4",
        "https://169.254.169.254/latest/meta-data",
        "https://localhost/r4",
        "https://fhir.example.org:99999/r4",
        "https://[/r4",
    ],
)
def test_a_server_that_is_not_listed_is_not_asked(monkeypatch, server):
    monkeypatch.setattr("socket.getaddrinfo", lambda *_, **__: pytest.fail("an address was looked up"))
    assert why(fetch(None, base=server, listed=LISTED)) == "server-not-allowed"


@pytest.mark.requirement("SEC-03", "SEC-04")
@pytest.mark.parametrize("query", ["Patient/..", "Patient/../../admin", "../admin", "Patient/%2e%2e/x", "Patient/1#x"])
def test_an_id_that_would_lead_out_of_the_server_is_not_asked(query):
    with listening() as server:
        assert why(fetch(server, query)) == "not-found"
        assert server.calls == []


@pytest.mark.requirement("FHIR-05")
@pytest.mark.parametrize(
    ("scope", "query", "asked"),
    [
        ("patient/Condition.read", "Condition?patient=1", 1),
        ("patient/Condition.rs", "Condition?patient=1", 1),
        ("patient/Condition.s", "Condition?patient=1", 1),
        ("patient/Condition.r", "Condition?patient=1", 0),
        ("patient/*.*", "Condition?patient=1", 1),
        ("patient/Condition.write", "Condition?patient=1", 0),
        ("patient/Patient.read launch", "Condition?patient=1", 0),
        ("openid", "Patient/1", 0),
    ],
)
def test_only_what_the_scope_covers_is_asked(scope, query, asked):
    with listening() as server:
        got = fetch(server, query, scope=scope)
        assert len(server.calls) == asked
        assert asked or why(got) == "scope"
