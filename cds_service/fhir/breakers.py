"""One circuit breaker for each FHIR server: one that keeps failing is let alone for a while, so that calls stay fast.

`FAILURES` reads in a row that timed out or failed open it; for `REST_SECONDS` no read is tried (`resting`), then the
next read tries again. Errors that are an answer (401, 404) do not count.
"""

import logging
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import pybreaker

FAILURES = 16  # a hook call reads up to eight things: two calls in which everything fails
REST_SECONDS = 30.0
log = logging.getLogger(__name__)


class RestingError(Exception):
    """The server failed repeatedly and is not asked for now."""


class _Said(pybreaker.CircuitBreakerListener):
    """Says in the log, and to `told`, when a server is let alone, and when it is asked again."""

    def __init__(self, told: Callable[[int, bool], None]) -> None:
        self._told = told

    def state_change(
        self,
        cb: pybreaker.CircuitBreaker,
        old_state: pybreaker.CircuitBreakerState | None,  # noqa: ARG002 - as pybreaker calls it
        new_state: pybreaker.CircuitBreakerState,
    ) -> None:
        """Log the change; the server is named by its place in the list of settings."""
        log.warning("FHIR server %s: breaker is %s", cb.name, new_state.name)
        self._told(int(cb.name or 0), new_state.name == pybreaker.STATE_OPEN)


class Breakers:
    """The breakers of the servers that may be read.

    Args:
        servers: how many there are; a breaker is named for its place in the list.
        counts: which errors are the server's failing.
        failures, rest_seconds: see the module.
        told: the number of a server, and whether it is let alone from now on.
    """

    def __init__(
        self,
        servers: int,
        counts: Callable[[BaseException], bool],
        failures: int = FAILURES,
        rest_seconds: float = REST_SECONDS,
        *,
        told: Callable[[int, bool], None] = lambda _number, _is_open: None,
    ) -> None:
        """See the class."""
        self._breakers = tuple(
            pybreaker.CircuitBreaker(
                fail_max=failures,
                reset_timeout=rest_seconds,
                exclude=[lambda error: not counts(error)],
                listeners=[_Said(told)],
                throw_new_error_on_trip=False,
                name=str(number),
            )
            for number in range(servers)
        )

    @contextmanager
    def reading(self, number: int) -> Iterator[None]:
        """Around one read of a server.

        Raises:
            RestingError: it is let alone for now.
        """
        try:
            with self._breakers[number].calling():
                yield
        except pybreaker.CircuitBreakerError:
            raise RestingError from None

    def open(self) -> tuple[bool, ...]:
        """For each server, whether it is let alone now."""
        return tuple(breaker.current_state == pybreaker.STATE_OPEN for breaker in self._breakers)
