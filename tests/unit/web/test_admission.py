"""Admission: nobody waits long, nobody takes all, and whoever is refused is told when to come back."""

import threading
from concurrent.futures import ThreadPoolExecutor

import pytest

from cds_service.domain.errors import Overloaded
from cds_service.web.admission import Admission
from cds_service.web.problems import problem
from tests.acceptance.conftest import make_service

LONG = 60.0


def until(holds):
    """Wait for a condition, generously."""
    pause = threading.Event()
    for _ in range(6_000):
        if holds():
            return
        pause.wait(0.01)
    raise AssertionError("it never came to that")


def test_whoever_waits_too_long_is_refused_and_counted():
    refused = []
    admission = Admission(1, 4, 0.01, lambda: refused.append(1))
    with admission.place("a"), pytest.raises(Overloaded), admission.place("b"):
        pass
    assert refused == [1]
    with admission.place("b"):  # the place is free again, and nobody is left waiting
        assert not admission._waiting


def test_one_that_floods_leaves_room_for_the_others():
    admission = Admission(1, 8, LONG, lambda: None)
    order = []

    def call(client):
        with admission.place(client):
            order.append(client)

    with ThreadPoolExecutor(16) as threads, admission.place("flood"):
        waiting = [threads.submit(call, "flood") for _ in range(6)]
        until(lambda: len(admission._waiting) == 6)
        with pytest.raises(Overloaded):  # three quarters of the room are taken
            call("flood")
        other = threads.submit(call, "other")
        until(lambda: len(admission._waiting) == 7)
        assert admission._is_full("flood")
    for one in (*waiting, other):
        one.result(LONG)
    assert order[0] == "other", "the place goes to whoever has the fewest"
    assert order.count("flood") == 6


def test_every_place_comes_back():
    admission = Admission(3, 100, LONG, lambda: None)
    running, most = [], []

    def call(number):
        with admission.place(str(number % 5)):
            running.append(number)
            most.append(len(running))
            running.remove(number)

    with ThreadPoolExecutor(12) as threads:
        list(threads.map(call, range(400)))
    assert max(most) <= 3
    assert admission._free == 3
    assert not admission._running


def test_the_answer_says_when_to_come_back(tmp_path):
    with make_service(tmp_path).test_request_context("/cds-services/x", method="POST"):
        answer = problem(Overloaded("Later."))
    assert answer.status_code == 503
    assert answer.headers["Retry-After"] == "1"
    assert answer.json["issue"][0]["code"] == "throttled"
