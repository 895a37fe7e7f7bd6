"""A FHIR server that keeps failing is let alone for a while."""

import pytest

from cds_service.fhir.breakers import Breakers, RestingError


class FailingError(Exception):
    """The server's failing."""


def breakers(**more):
    return Breakers(2, lambda error: isinstance(error, FailingError), **{"failures": 3, "rest_seconds": 60.0, **more})


def read(among, number=0, error=None):
    with among.reading(number):
        if error is not None:
            raise error


def fail(among, times, number=0):
    for _ in range(times):
        with pytest.raises(FailingError):
            read(among, number, FailingError())


def test_it_opens_after_so_many_failures_in_a_row_and_the_error_stays_what_it_was():
    among = breakers()
    fail(among, 3)
    assert among.open() == (True, False)
    with pytest.raises(RestingError):
        read(among)


def test_a_success_begins_the_count_anew():
    among = breakers()
    fail(among, 2)
    read(among)
    fail(among, 2)
    assert among.open() == (False, False)


def test_an_answer_that_is_an_error_does_not_count():
    among = breakers()
    for _ in range(9):
        with pytest.raises(LookupError):
            read(among, error=LookupError())
    assert among.open() == (False, False)


def test_one_server_does_not_close_another():
    among = breakers()
    fail(among, 3)
    read(among, number=1)


def test_after_the_rest_one_read_decides():
    among = breakers(rest_seconds=0.0)
    fail(among, 3)
    fail(among, 1)
    assert among.open() == (True, False)
    read(among)
    assert among.open() == (False, False)
