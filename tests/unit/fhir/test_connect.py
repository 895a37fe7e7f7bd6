"""Which addresses may be reached, and that the address judged is the address used."""

import ipaddress
import socket
import threading
from http.server import BaseHTTPRequestHandler, HTTPServer

import pytest

from cds_service.domain.facts import Unavailable
from cds_service.domain.request import FhirAccess
from cds_service.fhir.client import Limits, make_fetch
from cds_service.fhir.connect import may_be_reached

PUBLIC = ["93.184.216.34", "2606:2800:220:1:248:1893:25c8:1946"]
PRIVATE = ["127.0.0.1", "10.1.2.3", "172.16.0.1", "192.168.1.1", "::1", "fd00::1", "::ffff:127.0.0.1", "2002:7f00:1::"]
NEVER = ["169.254.169.254", "fe80::1", "0.0.0.0", "::", "224.0.0.1", "ff02::1", "::ffff:169.254.169.254"]


@pytest.mark.parametrize("address", PUBLIC)
def test_public_addresses(address):
    assert may_be_reached(ipaddress.ip_address(address), private=False)


@pytest.mark.parametrize("address", PRIVATE)
def test_private_addresses_only_where_that_was_said(address):
    assert not may_be_reached(ipaddress.ip_address(address), private=False)
    assert may_be_reached(ipaddress.ip_address(address), private=True)


@pytest.mark.parametrize("address", NEVER)
def test_addresses_that_never_are(address):
    assert not may_be_reached(ipaddress.ip_address(address), private=True)


class Server(BaseHTTPRequestHandler):
    """A FHIR server that counts its calls."""

    calls = 0
    status = 200

    def do_GET(self):
        type(self).calls += 1
        self.send_response(self.status)
        self.end_headers()
        self.wfile.write(b'{"resourceType": "Patient", "id": "1"}')

    def log_message(self, *_):
        """Quiet."""


@pytest.fixture
def server():
    kind = type("Server", (Server,), {"calls": 0, "status": 200})
    listening = HTTPServer(("127.0.0.1", 0), kind)
    thread = threading.Thread(target=listening.serve_forever, daemon=True)
    thread.start()
    kind.port = listening.server_address[1]
    yield kind
    listening.shutdown()
    listening.server_close()


def resolving(monkeypatch, *answers):
    """Names resolve to each address in turn: what DNS rebinding does."""
    turns = iter(answers)

    def getaddrinfo(host, port, *_, **__):
        return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (next(turns), port))]

    monkeypatch.setattr("cds_service.fhir.connect.socket.getaddrinfo", getaddrinfo)


def fetch(server, *, private, name="fhir.example.org"):
    base = f"http://{name}:{server.port}/r4"
    got = make_fetch((base,), Limits(seconds=2.0), private=private)(FhirAccess(server=base), {"patient": "Patient/1"})
    return got["patient"]


def test_a_listed_name_that_leads_to_this_machine_is_not_reached(monkeypatch, server):
    resolving(monkeypatch, "127.0.0.1")
    assert fetch(server, private=False) == Unavailable(why="address-not-allowed")
    assert server.calls == 0


def test_it_is_reached_where_private_addresses_are_agreed(monkeypatch, server):
    resolving(monkeypatch, "127.0.0.1")
    assert isinstance(fetch(server, private=True), tuple)
    assert server.calls == 1


def test_the_name_is_resolved_once_so_that_what_was_judged_is_what_is_used(monkeypatch, server):
    resolving(monkeypatch, "127.0.0.1")  # a second look-up would find nothing and fail
    assert isinstance(fetch(server, private=True), tuple)


@pytest.mark.parametrize("host", ["127.0.0.1", "2130706433", "0x7f000001", "0177.0.0.1", "localhost"])
def test_this_machine_in_every_spelling(server, host):
    assert isinstance(fetch(server, private=False, name=host), Unavailable)
    assert server.calls == 0
