"""What is left of a body that nobody wanted is read, by few threads at a time."""

import io
import threading

import pytest
from flask import Request

from cds_service.web.leftover import MOST_BYTES, PIECE, WAS_READ, make_discard

LONG = PIECE + 1


def request(stream, length=LONG, **more):
    announced = {} if length is None else {"CONTENT_LENGTH": str(length)}
    return Request({"wsgi.input": stream, "REQUEST_METHOD": "POST", **announced, **more})


@pytest.mark.parametrize(
    ("there", "length", "read"),
    [
        (LONG, LONG, LONG),
        (PIECE, PIECE, 0),  # the server takes such a one in by itself
        (LONG, None, 0),
        (0, 0, 0),
        (MOST_BYTES + LONG, MOST_BYTES + LONG, MOST_BYTES),
        (LONG, 2 * LONG, LONG),  # the client went away
    ],
)
def test_it_is_read_to_its_end_or_bound(there, length, read):
    stream = io.BytesIO(b" " * there)
    make_discard(1)(request(stream, length))
    assert stream.tell() == read


def test_what_was_read_already_is_left_alone():
    stream = io.BytesIO(b" " * LONG)
    make_discard(1)(request(stream, **{WAS_READ: True}))
    assert stream.tell() == 0


def test_a_client_that_is_gone_is_no_fault_and_holds_nothing():
    class Gone(io.BytesIO):
        def read(self, _most):
            raise ConnectionError

    discard = make_discard(1)
    discard(request(Gone()))
    stream = io.BytesIO(b" " * LONG)
    discard(request(stream))
    assert stream.tell() == LONG


@pytest.mark.parametrize("most", [0, 1, 3])
def test_slow_clients_hold_few_threads(most):
    let, reading = threading.Event(), threading.Semaphore(0)

    class Slow:
        def read(self, _most):
            reading.release()
            let.wait(60)
            return b""

    discard = make_discard(most)
    held = [threading.Thread(target=discard, args=[request(Slow())]) for _ in range(most)]
    try:
        for thread in held:
            thread.start()
            assert reading.acquire(timeout=60)
        discard(request(Slow()))  # returns at once: it reads nothing
        assert not reading.acquire(blocking=False)
    finally:
        let.set()
    for thread in held:
        thread.join(60)
