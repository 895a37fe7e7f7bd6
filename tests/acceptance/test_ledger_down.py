"""Prescribing goes on while the database cannot be written: over HTTP, answered in time, recorded later."""

import os
import sqlite3
import time

import pytest

from tests.acceptance.conftest import make_service
from tests.acceptance.test_stories import fire, request_of

STORY = "older-adult-spasm-30-days"
LEDGER = "cds-ledger"


@pytest.fixture
def service(tmp_path):
    made = make_service(tmp_path, commit_budget_ms=100)
    yield made
    made.extensions[LEDGER].close()


@pytest.fixture
def client(service):
    return service.test_client()


@pytest.fixture
def locked(tmp_path, service):
    """Another program writes to the database and does not stop."""
    other = sqlite3.connect(tmp_path / "ledger.db", isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    yield other
    other.close()


def recorded(tmp_path):
    with sqlite3.connect(tmp_path / "ledger.db") as connection:
        found = connection.execute("SELECT count(*), sum(degraded) FROM decisions").fetchone()
    connection.close()
    return found


def test_calls_are_answered_and_recorded_when_it_is_over(client, locked, tmp_path, service):
    answers = [fire(client, "order-sign", request_of(STORY, "order-sign")) for _ in range(3)]
    assert [one.status_code for one in answers] == [200] * 3
    assert all(one.json["cards"] for one in answers)
    assert client.get("/readyz").status_code == 200
    assert service.extensions[LEDGER].health().degraded
    locked.execute("ROLLBACK")
    end = time.monotonic() + 60
    while service.extensions[LEDGER].health().waiting:
        assert time.monotonic() < end
        time.sleep(0.05)
    count, degraded = recorded(tmp_path)
    assert count == 3
    assert degraded >= 1


def test_without_a_spool_either_a_call_is_refused_and_the_service_not_ready(client, locked, monkeypatch):
    def full(*_):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "pwrite", full)
    answer = fire(client, "order-sign", request_of(STORY, "order-sign"))
    assert answer.status_code >= 500
    assert answer.json["resourceType"] == "OperationOutcome"
    assert client.get("/readyz").status_code == 503
    monkeypatch.undo()
    assert client.get("/readyz").status_code == 200
    assert fire(client, "order-sign", request_of(STORY, "order-sign")).status_code == 200
