"""Metrics: what a call counts, that nothing of a patient is in them, and that several workers are added up."""

import re
import subprocess
import sys
import time
from pathlib import Path

import pytest
import requests

from cds_service.settings import environment_with
from tests.acceptance.conftest import make_service
from tests.acceptance.nginx import free_port, running
from tests.contract.calls import story

PATH = "/cds-services/diazepam-order-sign"
ROOT = Path(__file__).parents[3]


@pytest.fixture
def own_client(tmp_path):
    """A service of its own: what it counts is what this test did."""
    return make_service(tmp_path).test_client()


def values(text):
    """Sample with its labels -> value."""
    pairs = (line.rsplit(" ", 1) for line in text.splitlines() if not line.startswith("#"))
    return {name: float(value) for name, value in pairs}


def test_a_call_is_counted(own_client):
    assert own_client.post(PATH, json=story()).status_code == 200
    assert own_client.post(PATH, json={}).status_code == 422
    answer = own_client.get("/metrics")
    assert answer.content_type.startswith("text/plain; version=0.0.4")
    found = values(answer.text)
    assert found['cds_responses_total{endpoint="api.call",status="200"}'] == 1
    assert found['cds_responses_total{endpoint="api.call",status="422"}'] == 1
    assert found['cds_hook_call_seconds_count{service="diazepam-order-sign"}'] == 1
    assert found["cds_orders_reviewed_total"] == 1
    assert found['cds_rulings_total{outcome="finding",rule="older-adult"}'] == 1
    assert found["cds_ledger_database_down"] == 0
    assert found["cds_ledger_spool_records"] == 0


def test_what_is_missing_is_counted_by_section(own_client):
    call = story()
    for key in [key for key in call["prefetch"] if key != "patient"]:
        del call["prefetch"][key]
    assert own_client.post(PATH, json=call).status_code == 200
    found = values(own_client.get("/metrics").text)
    assert found['cds_gaps_total{section="problems",why="not-sent"}'] == 1
    assert found['cds_degraded_total{reason="section-missing"}'] == 1
    assert any('outcome="not-assessed"' in name and value for name, value in found.items())


def test_no_word_of_a_request_is_in_them(own_client):
    call = story()
    own_client.post(PATH, json=call)
    own_client.post("/cds-services/a-name-of-their-own", json=call)
    own_client.post(f"{PATH}/a-name-of-their-own", json=call)
    text = own_client.get("/metrics").text
    for word in (call["context"]["patientId"], call["context"]["userId"], call["hookInstance"], "a-name-of-their-own"):
        assert word not in text


def test_with_registered_clients_they_are_not_shown_at_the_service_itself(tmp_path):
    assert make_service(tmp_path, metrics=False).test_client().get("/metrics").status_code == 404


def test_several_workers_are_added_up_and_a_dead_one_stays_counted(tmp_path):
    port, metrics_port = free_port(), free_port()
    url, measured = f"http://127.0.0.1:{port}", f"http://127.0.0.1:{metrics_port}"
    environment = environment_with(
        database_url=f"sqlite:///{tmp_path / 'ledger.db'}",
        pseudonym_key_file=str(tmp_path / "key"),
        metrics_port=str(metrics_port),
    )
    command = [sys.executable, "-m", "cds_service", "serve", "--port", str(port), "--workers", "2", "--threads", "4"]
    with running(command, tmp_path, lambda: is_ready(url), env=environment, cwd=ROOT) as process:
        for _ in range(30):  # each on a connection of its own: both workers get some
            assert requests.post(f"{url}{PATH}", json=story(), timeout=60).status_code == 200
        for where in (url, measured, url, measured):
            assert calls(where) == 30
        workers = subprocess.run(
            ["pgrep", "-P", str(process.pid)], capture_output=True, text=True, check=True
        ).stdout.split()
        subprocess.run(["kill", "-9", workers[-1]], check=True)
        until = time.monotonic() + 60
        while time.monotonic() < until and not is_ready(url):
            time.sleep(0.1)
        assert calls(measured) == 30


def calls(where):
    text = requests.get(f"{where}/metrics", timeout=60).text
    return sum(value for name, value in values(text).items() if re.match(r"cds_hook_call_seconds_count\{", name))


def is_ready(url):
    try:
        return requests.get(f"{url}/readyz", timeout=5).ok
    except requests.RequestException:
        return False


def test_what_cannot_be_counted_costs_no_call_its_answer(own_client, monkeypatch, caplog):
    from prometheus_client import Counter, Histogram

    def full(*_):
        raise OSError("No space left on device")

    monkeypatch.setattr(Counter, "inc", full)
    monkeypatch.setattr(Histogram, "observe", full)
    answer = own_client.post(PATH, json=story())
    assert answer.status_code == 200
    assert answer.json["cards"]
    assert "could not be counted (OSError)" in caplog.text
