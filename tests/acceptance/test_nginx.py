"""The service as it is deployed: TLS and client certificates at a real nginx, the configuration that of `deploy/`."""

import contextlib
import os
import socket
import ssl
import sys
import time

import pytest
import requests

from tests.acceptance.nginx import answers, authority, configured, find, free_port, issue, running
from tests.acceptance.test_clients import BASE, URL, story
from tests.unit.clients.signing import jwk, jwk_set, token

PATH = "/cds-services/diazepam-order-sign"
CLIENTS = '[[client]]\nname = "ehr"\nissuer = "https://a.example.org"\njwk_set_file = "keys.json"\n'


class Deployed:
    """Where it listens, and the certificates there are."""

    def __init__(self, folder, port):
        self.port, self.trusted = port, str(folder / "server-ca.crt")
        self.known, self.stranger = ((str(folder / f"{n}.crt"), str(folder / f"{n}.key")) for n in ("ehr", "stranger"))

    def call(self, method="POST", path=PATH, *, cert="known", aud=URL, **more):
        now = int(time.time())
        headers = {"Authorization": f"Bearer {token(iss='https://a.example.org', iat=now, exp=now + 300, aud=aud)}"}
        headers |= more.pop("headers", {})
        with requests.Session() as session:
            session.trust_env = False
            return session.request(
                method,
                f"https://127.0.0.1:{self.port}{path}",
                headers=headers,
                verify=self.trusted,
                cert=getattr(self, cert) if cert else None,
                allow_redirects=False,
                timeout=30,
                **more,
            )


@pytest.fixture(scope="module")
def deployed(tmp_path_factory):
    nginx, folder = find(), tmp_path_factory.mktemp("deployed")
    clients_authority = authority(folder, "clients-ca")
    issue(folder, "server", authority(folder, "server-ca"))
    issue(folder, "ehr", clients_authority)
    issue(folder, "stranger", authority(folder, "another-ca"))
    (folder / "keys.json").write_bytes(jwk_set(jwk("k1")))
    (folder / "clients.toml").write_text(CLIENTS)
    port, service_port = free_port(), free_port()
    environment = {name: value for name, value in os.environ.items() if not name.startswith("CDS_")} | {
        "CDS_DATABASE_URL": f"sqlite:///{folder / 'ledger.db'}",
        "CDS_CLIENTS_FILE": str(folder / "clients.toml"),
        "CDS_PUBLIC_URL": BASE,
    }
    serve = [sys.executable, "-m", "cds_service", "serve", "--host", "127.0.0.1", "--port", str(service_port)]
    (folder / "service").mkdir()
    with (
        running(serve, folder / "service", lambda: answers(service_port), env=environment),
        running(
            [nginx, "-p", str(folder), "-c", str(configured(folder, port, service_port))], folder, lambda: answers(port)
        ),
    ):
        yield Deployed(folder, port)


@pytest.mark.requirement("TLS-01", "GEN-06", "AUTH-04")
def test_with_certificate_and_token_it_is_answered(deployed):
    answer = deployed.call(json=story())
    assert answer.status_code == 200, answer.text
    assert answer.json()["cards"]
    assert deployed.call("GET", "/cds-services").json()["services"]


@pytest.mark.requirement("TLS-01")
@pytest.mark.parametrize("cert", [None, "stranger"])
@pytest.mark.parametrize(("method", "path"), [("POST", PATH), ("GET", "/cds-services"), ("GET", "/readyz")])
def test_without_a_certificate_of_ours_nothing_is(deployed, cert, method, path):
    answer = deployed.call(method, path, cert=cert)
    assert answer.status_code == 400
    assert "certificate" in answer.text
    assert "services" not in answer.text


@pytest.mark.requirement("TLS-01", "AUTH-01", "HTTP-11")
def test_a_certificate_alone_is_no_token(deployed):
    answer = deployed.call(json=story(), headers={"Authorization": ""})
    assert answer.status_code == 401
    assert answer.headers["WWW-Authenticate"] == "Bearer"


@pytest.mark.requirement("GEN-06")
def test_plain_http_is_refused(deployed):
    answer = requests.get(f"http://127.0.0.1:{deployed.port}/cds-services", timeout=30)
    assert answer.status_code == 400
    assert "services" not in answer.text


@pytest.mark.requirement("AUTH-04", "GEN-06")
@pytest.mark.parametrize("elsewhere", [f"https://127.0.0.1{PATH}", f"http://cds_service{PATH}", BASE])
def test_the_audience_is_the_public_address_and_no_forwarded_header_changes_it(deployed, elsewhere):
    forged = {"X-Forwarded-Host": "127.0.0.1", "X-Forwarded-Proto": "http", "Forwarded": "host=cds_service;proto=http"}
    assert deployed.call(json=story(), headers=forged).status_code == 200
    assert deployed.call(json=story(), headers=forged, aud=elsewhere).status_code == 401


@pytest.mark.requirement("HTTP-03")
@pytest.mark.parametrize("path", [f"/{PATH}", PATH.replace("/diazepam", "//diazepam")])
def test_slashes_are_not_redirected(deployed, path):
    assert deployed.call(path=path, json=story()).status_code == 200


@pytest.mark.requirement("REQ-11", "HTTP-06/07")
@pytest.mark.parametrize("length", [4 * 1024 * 1024 + 1, 5_000_000, 5 * 1024 * 1024 + 1, 20_000_000])
def test_a_body_that_is_too_long_is_refused_and_told_so(deployed, length):
    """A little above the service's own limit it is the service that answers, beyond that the proxy: both alike."""
    refused = deployed.call(data=b" " * length, headers={"Content-Type": "application/json"})
    assert problem(refused, 413)["code"] == "too-long"


@pytest.mark.requirement("HTTP-06/07", "HTTP-11", "REQ-10")
@pytest.mark.parametrize("length", [1_000_000, 4_000_000])
def test_a_refusal_without_a_look_at_the_body_comes_through(deployed, length):
    """Not as 502: a service that closes while the proxy is sending looks like a broken one."""
    for _ in range(3):
        body = {"data": b" " * length, "headers": {"Content-Type": "application/json"}}
        assert deployed.call(aud="https://elsewhere.example.org", **body).status_code == 401
        assert deployed.call(path="/cds-services/unknown", **body).status_code in (401, 404)
        body["headers"]["Content-Type"] = "application/xml"
        assert deployed.call(**body).status_code == 415


def problem(answer, status):
    """The issue of an OperationOutcome, whoever wrote it."""
    assert answer.status_code == status, answer.text
    assert answer.headers["Content-Type"] == "application/json"
    assert answer.headers["Cache-Control"] == "no-store"
    assert answer.headers["X-Request-ID"]
    (issue,) = answer.json()["issue"]
    assert issue["details"]["text"].strip()
    return issue


@pytest.mark.requirement("HTTP-09", "SEC-02")
def test_what_the_proxy_refuses_is_an_operation_outcome_that_quotes_nothing(deployed):
    long = "canary" * 1_500
    assert problem(deployed.call("GET", f"/cds-services?x={long}"), 414)["code"] == "invalid"
    refused = deployed.call("GET", "/cds-services", headers={"X-Long": long})
    assert problem(refused, 400)["code"] == "invalid"
    assert "canary" not in refused.text
    assert problem(deployed.call("GET", "/cds-services", cert=None), 400)["code"] == "login"


@pytest.mark.requirement("REQ-10", "SEC-01")
@pytest.mark.parametrize(
    "lengths",
    [
        "Content-Length: 5\r\nTransfer-Encoding: chunked\r\n",
        "Transfer-Encoding: chunked\r\nTransfer-Encoding: identity\r\n",
        "Content-Length: 5\r\nContent-Length: 60\r\n",
        "Transfer-Encoding : chunked\r\nContent-Length: 5\r\n",
        "Transfer-Encoding: xchunked\r\n",
    ],
)
def test_a_request_hidden_in_another_is_not_answered(deployed, lengths):
    hidden = "GET /openapi.yaml HTTP/1.1\r\nHost: x\r\n\r\n"
    sent = f"POST {PATH} HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\n{lengths}\r\n0\r\n\r\n{hidden}"
    context = ssl.create_default_context(cafile=deployed.trusted)
    context.load_cert_chain(*deployed.known)
    with (
        socket.create_connection(("127.0.0.1", deployed.port), 10) as plain,
        context.wrap_socket(plain, server_hostname="127.0.0.1") as secure,
    ):
        secure.sendall(sent.encode())
        secure.settimeout(3)
        got = b""
        try:
            while piece := secure.recv(65_536):
                got += piece
        except TimeoutError:
            got += b" (kept open)"
    assert got.startswith((b"HTTP/1.1 400", b"HTTP/1.1 401", b"HTTP/1.1 501")), got[:200]
    assert b"openapi:" not in got


@pytest.mark.requirement("HTTP-12", "REQ-11")
def test_slow_clients_end_at_the_proxy(deployed):
    """Known ones, who could hold every thread of the service by themselves: the proxy waits for whole bodies."""
    context = ssl.create_default_context(cafile=deployed.trusted)
    context.load_cert_chain(*deployed.known)
    bearer = token(iss="https://a.example.org", iat=int(time.time()), exp=int(time.time()) + 300, aud=URL)
    begun = f"POST {PATH} HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nAuthorization: Bearer {bearer}\r\n"
    with contextlib.ExitStack() as stack:
        for number in range(30):  # 16 threads answer; this nginx has 64 connections
            plain = stack.enter_context(socket.create_connection(("127.0.0.1", deployed.port), 30))
            slow = stack.enter_context(context.wrap_socket(plain, server_hostname="127.0.0.1"))
            lengths = "Content-Length: 100000" if number % 2 else "Transfer-Encoding: chunked"
            slow.sendall(f"{begun}{lengths}\r\n\r\n{'{' if number % 2 else ''}".encode())
        assert deployed.call(json=story()).status_code == 200


def test_it_goes_on_answering(deployed):
    assert deployed.call(json=story()).status_code == 200
