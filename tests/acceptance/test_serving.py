"""The service as a process, as people start it: on loopback, with real workers."""

import contextlib
import re
import select
import signal
import socket
import sqlite3
import subprocess
import sys
import threading
import time
from concurrent.futures import ThreadPoolExecutor

import pytest
import requests
from click.testing import CliRunner

from cds_service.__main__ import main
from cds_service.domain.errors import SettingsBroken
from cds_service.ledger import open_ledger
from cds_service.serving import run_demo, run_server
from cds_service.settings import SPOOL_FOLDER, environment_with
from tests.contract.calls import story

LOOPBACK = "127.0.0.1"
SECONDS = 90  # a machine that is busy with other things takes its time


@pytest.fixture
def taken_port():
    with socket.create_server((LOOPBACK, 0)) as listening:
        yield listening.getsockname()[1]


@pytest.fixture
def serve(tmp_path):
    """Starts `cds-service serve` on a port; gives the process and its base URL once it is ready."""
    started = []

    def start(*options):
        with socket.create_server((LOOPBACK, 0)) as probe:
            port = probe.getsockname()[1]
        environment = environment_with(
            database_url=f"sqlite:///{tmp_path / 'ledger.db'}", pseudonym_key_file=str(tmp_path / "key")
        )
        command = [sys.executable, "-m", "cds_service", "serve", "--port", str(port), *options]
        with (tmp_path / "log").open("wb") as log:
            process = subprocess.Popen(command, env=environment, cwd=tmp_path, stdout=log, stderr=log)
        started.append(process)
        url = f"http://{LOOPBACK}:{port}"
        until = time.monotonic() + SECONDS
        while not is_ready(url):
            assert process.poll() is None, (tmp_path / "log").read_text()
            assert time.monotonic() < until
            time.sleep(0.1)
        return process, url

    yield start
    for process in started:
        if process.poll() is None:
            process.kill()
            process.wait()


def is_ready(url):
    try:
        return requests.get(f"{url}/readyz", timeout=5).ok
    except requests.ConnectionError:
        return False


def test_a_port_that_is_taken_is_never_shared(taken_port):
    with pytest.raises(SettingsBroken, match=f"port {taken_port} .*--port"):
        run_server(host=LOOPBACK, port=taken_port, workers=1, threads=1)


def test_an_address_that_is_none_of_ours():
    answered = CliRunner().invoke(main, ["serve", "--host", "192.0.2.1"])
    assert answered.exit_code == 2
    assert "Nothing can listen on 192.0.2.1" in answered.output


@pytest.mark.requirement("REQ-10", "HTTP-12")
def test_two_workers_answer_record_and_stop_in_good_order(serve, tmp_path):
    """What was being answered when the service was told to stop is answered, and nothing but that is recorded."""
    process, url = serve("--workers", "2", "--threads", "4")
    stopping = threading.Event()

    def call(_):
        answered = 0
        while not stopping.is_set():
            try:
                response = requests.post(f"{url}/cds-services/diazepam-order-sign", json=story(), timeout=SECONDS)
            except requests.ConnectionError:
                return answered  # it listens no longer
            assert response.status_code == 200, response.text
            answered += 1
        return answered

    with ThreadPoolExecutor(4) as threads:
        counts = threads.map(call, range(4))
        time.sleep(1)
        process.send_signal(signal.SIGTERM)
        assert process.wait(SECONDS) == 0
        stopping.set()
        answered = sum(counts)
    assert answered > 0
    assert recorded(tmp_path, answered) == answered
    log = (tmp_path / "log").read_text()
    assert "OPEN MODE" in log
    assert not re.search(r"Traceback|ERROR", log), log


def recorded(folder, expected):
    """Decisions in the database, once it has got those that still waited in the spool when the service stopped."""
    url = f"sqlite:///{folder / 'ledger.db'}"
    until = time.monotonic() + SECONDS
    with open_ledger(url, pseudonym_key=b"k" * 32, spool=folder / SPOOL_FOLDER):
        while (number := count(folder / "ledger.db")) < expected and time.monotonic() < until:
            time.sleep(0.1)
    return number


def count(database):
    with contextlib.closing(sqlite3.connect(database)) as connection:
        return connection.execute("select count(*) from decisions").fetchone()[0]


@pytest.mark.requirement("REQ-10", "REQ-11")
def test_bodies_in_chunks(serve):
    _, url = serve()
    where = f"{url}/cds-services/diazepam-order-sign"
    headers = {"Content-Type": "application/json"}
    body = requests.Request("POST", where, json=story()).prepare().body
    pieces = (body[at : at + 500] for at in range(0, len(body), 500))
    assert requests.post(where, data=pieces, headers=headers, timeout=SECONDS).json()["cards"]
    too_many = (b" " * 65_536 for _ in range(80))
    assert requests.post(where, data=too_many, headers=headers, timeout=SECONDS).status_code == 413
    assert requests.post(where, json=story(), timeout=SECONDS).status_code == 200


SLOW = b"POST /cds-services/x HTTP/1.1\r\nHost: x\r\nContent-Type: application/xml\r\nContent-Length: 100000\r\n\r\n{"


@pytest.mark.requirement("HTTP-12", "REQ-11")
def test_clients_that_send_slowly_and_are_refused_keep_nobody_waiting(serve):
    """A quarter of the threads may wait for what they send, see `web/leftover`; the others go on answering."""
    _, url = serve("--threads", "16")
    address = (LOOPBACK, int(url.rpartition(":")[2]))
    with contextlib.ExitStack() as stack:
        slow = {stack.enter_context(socket.create_connection(address, SECONDS)) for _ in range(40)}
        for one in slow:
            one.sendall(SLOW)
        until = time.monotonic() + SECONDS
        while len(slow) > 4:
            assert time.monotonic() < until, f"{len(slow)} of 40 are still waited for"
            answered, _, _ = select.select(list(slow), [], [], 1)
            for one in answered:
                assert one.recv(12) in (b"HTTP/1.1 404", b"HTTP/1.1 415")
            slow -= set(answered)
        assert requests.get(f"{url}/cds-services", timeout=SECONDS).status_code == 200
        assert requests.post(f"{url}/cds-services/diazepam-order-sign", json=story(), timeout=SECONDS).json()["cards"]


HEAD = "POST /cds-services/diazepam-order-sign HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\n"
HIDDEN = "0\r\n\r\nGET /openapi.yaml HTTP/1.1\r\nHost: x\r\n\r\n"


@pytest.mark.requirement("REQ-10", "SEC-01", "HTTP-08")
def test_what_is_no_plain_http_1_1_is_refused_and_hides_no_second_request(serve):
    """Without a proxy before it; behind one: test_nginx."""
    _, url = serve()
    refused = [
        f"{HEAD}Content-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n{HIDDEN}",
        f"{HEAD}Transfer-Encoding: chunked\r\nTransfer-Encoding: identity\r\n\r\n{HIDDEN}",
        f"{HEAD}Content-Length: 5\r\nContent-Length: 60\r\n\r\n{HIDDEN}",
        f"{HEAD}Transfer-Encoding : chunked\r\nContent-Length: 5\r\n\r\n{HIDDEN}",
        f"{HEAD}Content-Length: -1\r\n\r\n{{}}",
        f"{HEAD}Content-Length: 99999999999999999999\r\n\r\n{{}}",
        "GET /cds-services HTTP/1.1\r\nHost: x\r\nX: a\r\n b\r\n\r\n",
        "GET /cds-services HTTP/1.1\r\nHost: x\r\nX: a\0b\r\n\r\n",
        "GET /cds-services HTTP/1.1\r\nHost: x\r\n" + "X: y\r\n" * 1_000 + "\r\n",
        "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n",
        "\x16\x03\x01\x02\0\x01\0\x01",
    ]
    for sent in refused:
        got = raw(url, sent)
        assert re.match(rb"HTTP/1\.[01] 4\d\d ", got) or not got, (sent, got[:100])
        assert b"openapi:" not in got
    assert requests.get(f"{url}/cds-services", timeout=SECONDS).status_code == 200


def raw(url, sent):
    """Everything that is answered until nothing more comes."""
    with socket.create_connection((LOOPBACK, int(url.rpartition(":")[2])), SECONDS) as connection:
        connection.sendall(sent.encode("latin-1"))
        connection.shutdown(socket.SHUT_WR)
        got = b""
        try:
            while piece := connection.recv(65_536):
                got += piece
        except ConnectionResetError:
            pass
    return got


def test_the_demonstration_shows_cards(capsys):
    assert run_demo() == 0
    shown = capsys.readouterr().out
    assert "Beers" in shown
    assert "No cards: the service has nothing to say about this order." in shown
