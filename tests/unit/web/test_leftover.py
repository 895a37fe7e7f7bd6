"""What is left of a body that nobody wanted is read, and never waited for."""

import io
import threading
import time

import pytest
from flask import Request

from cds_service.web import leftover
from cds_service.web.leftover import MOST_AT_A_TIME, MOST_BYTES, PIECE, discard

LONG = PIECE + 1


def request(stream, length=LONG):
    terminated = {} if length is None else {"CONTENT_LENGTH": str(length)}
    return Request({"wsgi.input": stream, "wsgi.input_terminated": True, "REQUEST_METHOD": "POST", **terminated})


def settled(stream):
    """How much of it was read, once nothing more is."""
    until = time.monotonic() + 30
    while leftover._free._value < MOST_AT_A_TIME and time.monotonic() < until:
        time.sleep(0.01)
    return stream.tell()


@pytest.mark.parametrize(
    ("there", "length", "read"),
    [
        (LONG, LONG, LONG),
        (LONG, None, LONG),
        (PIECE, PIECE, 0),  # the server takes such a one in by itself
        (0, 0, 0),
        (MOST_BYTES + LONG, MOST_BYTES + LONG, MOST_BYTES),
        (MOST_BYTES + LONG, None, MOST_BYTES),
        (LONG, 2 * LONG, LONG),  # the client went away
    ],
)
def test_it_is_read_to_its_end_or_bound(there, length, read):
    stream = io.BytesIO(b" " * there)
    discard(request(stream, length))
    assert settled(stream) == read


def test_without_a_length_and_without_an_end_nothing_is_read():
    stream = io.BytesIO(b" " * LONG)
    discard(Request({"wsgi.input": stream, "REQUEST_METHOD": "POST"}))
    assert settled(stream) == 0


class Slow:
    """A body that does not come before it is let."""

    def __init__(self):
        self.let, self.asked = threading.Event(), 0

    def read(self, _most):
        self.asked += 1
        self.let.wait(60)
        return b""

    def tell(self):
        return self.asked


def test_slow_clients_are_not_waited_for_and_hold_few_threads(monkeypatch):
    monkeypatch.setattr(leftover, "SECONDS", 0.01)
    slow = Slow()
    try:
        for _ in range(3 * MOST_AT_A_TIME):
            discard(request(slow))
        assert slow.asked == MOST_AT_A_TIME
    finally:
        slow.let.set()
    assert settled(slow) == MOST_AT_A_TIME


def test_a_stream_that_breaks_is_no_fault():
    class Broken(io.BytesIO):
        def read(self, _most):
            raise OSError

    stream = Broken()
    discard(request(stream))
    assert settled(stream) == 0
