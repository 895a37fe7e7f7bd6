"""Mutants against tests: pytest collects once; then one mutant after another is planted, and what runs its line is run.

Which test runs which line is measured first, on sources planted unchanged. Children try a share each. A mutant is
killed when a test fails with it and passes again without it, when it breaks on import, or when it runs out of processor
time. A child whose test does not pass again was spoilt by what went before: another takes its place.
"""

import os
import resource
import signal
import sys
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum
from multiprocessing import get_context
from multiprocessing.connection import Connection, wait
from types import FrameType
from typing import Any

import pytest
from _pytest.runner import runtestprotocol
from libcst import CSTValidationError

from benchmarks.mutants.making import Mutant
from benchmarks.mutants.planting import plant

SECONDS_AT_LEAST = 5  # of processor time for a mutant, and
TIMES_AS_LONG = 10  # so many times what its tests need without it
MEMORY = 4 << 30
SPOILT = 3  # how a child ends that cannot go on
_FORK = get_context("fork")


class Fate(StrEnum):
    """What became of a mutant."""

    KILLED = "killed"
    TIMEOUT = "timeout"
    SURVIVED = "survived"
    UNREACHED = "not reached"  # no test runs its line
    INVALID = "invalid"  # no Python at all, so not counted


@dataclass(frozen=True, slots=True)
class Trace:
    """One test: how long it takes, in seconds, and which lines of the watched modules it runs."""

    item: pytest.Item
    seconds: float
    lines: dict[str, set[int]]


class Trial:
    """A pytest plugin that runs mutants instead of tests.

    Attributes:
        fates: place of a mutant -> what became of it. broken: tests that fail without any mutant.
    """

    def __init__(self, mutants: Sequence[Mutant], jobs: int) -> None:
        """Take the mutants to try, and how many children may run at once."""
        self.mutants = mutants
        self.jobs = jobs
        self.fates: dict[int, Fate] = {}
        self.broken: list[str] = []

    @pytest.hookimpl(tryfirst=True)
    def pytest_runtestloop(self, session: pytest.Session) -> bool:
        """Measure the tests, then try each mutant."""
        traces = self._measured(session.items)
        if self.broken:
            return True
        touching = {
            path: [(trace, trace.lines[path]) for trace in traces if path in trace.lines]
            for path in {str(mutant.path) for mutant in self.mutants}
        }
        attempts = [
            Attempt(number, mutant, tuple(_tests_of(mutant, touching[str(mutant.path)])))
            for number, mutant in enumerate(self.mutants)
        ]
        self.fates = {attempt.number: Fate.UNREACHED for attempt in attempts if not attempt.tests}
        left = [attempt for attempt in attempts if attempt.tests]
        children = [Child(left[job :: self.jobs]) for job in range(self.jobs)]
        while children:
            ready = wait([child.connection for child in children])
            for child in [child for child in children if child.connection in ready]:
                for number, fate in child.heard():
                    self.fates[number] = fate
                    self._tell(len(self.fates))
            children = [after for child in children if (after := child.goes_on()) is not None]
        return True

    def _measured(self, items: Sequence[pytest.Item]) -> list[Trace]:
        watched = {mutant.path for mutant in self.mutants}
        for path in watched:  # unchanged; were that to harm, all mutants would seem noticed
            plant(path, path.read_text(encoding="utf-8"))
        traces = []
        for item in items:
            lines: dict[str, set[int]] = {str(path): set() for path in watched}
            begun = time.process_time()
            sys.settrace(_tracer(lines))
            try:
                passed = _passes(item)
            finally:
                sys.settrace(None)
            if not passed:
                self.broken.append(item.nodeid)
            seconds = time.process_time() - begun
            traces.append(Trace(item, seconds, {path: found for path, found in lines.items() if found}))
        return traces

    def _tell(self, done: int) -> None:
        if done % 100 == 0 or done == len(self.mutants):
            print(f"{done} of {len(self.mutants)} mutants", file=sys.stderr, flush=True)


def _passes(item: pytest.Item) -> bool:
    return not any(report.failed for report in runtestprotocol(item, log=False, nextitem=None))


def _tests_of(mutant: Mutant, touching: Iterable[tuple[Trace, set[int]]]) -> Iterator[Trace]:
    """The tests that run the function of the mutant, those that run its line first, the quickest of them first."""
    hits = [
        (mutant.line not in lines, trace.seconds, place, trace)
        for place, (trace, lines) in enumerate(touching)
        if any(mutant.first <= line <= mutant.last for line in lines)
    ]
    for *_, trace in sorted(hits, key=lambda hit: hit[:3]):
        yield trace


def _tracer(lines: dict[str, set[int]]) -> Callable[[FrameType, str, Any], Any]:
    """What notes every line that is run of the files that `lines` has as keys."""

    def inside(frame: FrameType, event: str, arg: Any) -> Any:  # noqa: ANN401, ARG001 - as settrace has it
        lines[frame.f_code.co_filename].add(frame.f_lineno)
        return inside

    def outside(frame: FrameType, event: str, arg: Any) -> Any:  # noqa: ANN401 - as settrace has it
        return inside(frame, event, arg) if frame.f_code.co_filename in lines else None

    return outside


# Children -------------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Attempt:
    """A mutant by its place, and the tests that may notice it."""

    number: int
    mutant: Mutant
    tests: tuple[Trace, ...]


class Child:
    """A process that tries mutants one after another, as its parent sees it."""

    def __init__(self, attempts: Sequence[Attempt]) -> None:
        """Start it."""
        self.left = list(attempts)
        self.connection, its_own = _FORK.Pipe(duplex=False)
        self.process = _FORK.Process(target=_try_all, args=(attempts, its_own))
        self.process.start()
        its_own.close()
        self.ended = False

    def heard(self) -> Iterator[tuple[int, Fate]]:
        """What it tells of its next mutant; its death tells as much of the one it was at."""
        try:
            fate = self.connection.recv()
        except EOFError:
            self.process.join()
            self.ended = True
            if not self.left or self.process.exitcode == SPOILT:
                return
            fate = Fate.TIMEOUT if self.process.exitcode == -signal.SIGVTALRM else Fate.KILLED
        yield self.left.pop(0).number, fate

    def goes_on(self) -> "Child | None":
        """The child itself, the one that takes its place, or none when all is done."""
        if not self.ended:
            return self
        return Child(self.left) if self.left else None


def _try_all(attempts: Sequence[Attempt], connection: Connection) -> None:
    """Try each, and tell its fate; runs in the child."""
    silent = os.open(os.devnull, os.O_WRONLY)
    os.dup2(silent, 1)
    os.dup2(silent, 2)
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    for place, attempt in enumerate(attempts):
        fate, killer = _tried(attempt)
        plant(attempt.mutant.path, attempt.mutant.original())
        if place and killer is not None and not _passes(killer.item):
            os._exit(SPOILT)  # by an earlier one, so this one has to be tried again
        connection.send(fate)


def _tried(attempt: Attempt) -> tuple[Fate, Trace | None]:
    """What became of a mutant, and the test that noticed it."""
    needed = sum(trace.seconds for trace in attempt.tests)
    signal.setitimer(signal.ITIMER_VIRTUAL, SECONDS_AT_LEAST + TIMES_AS_LONG * needed)  # then the child ends
    try:
        plant(attempt.mutant.path, attempt.mutant.source())
    except (SyntaxError, CSTValidationError):
        return Fate.INVALID, None
    except Exception:  # noqa: BLE001 - whatever it raises, the module cannot be imported
        return Fate.KILLED, None
    killer = next((trace for trace in attempt.tests if not _passes(trace.item)), None)
    return (Fate.SURVIVED, None) if killer is None else (Fate.KILLED, killer)
