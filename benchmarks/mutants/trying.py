"""Mutants against tests: pytest collects once; each mutant has a fork of its own, in which what runs its line is run.

No test ever runs in the parent, so every run is a test's first: neither another mutant nor an earlier run can have
spoilt it. Which test runs which line is measured in a fork too, on sources planted unchanged. Then all of them are
planted unchanged once more and have to survive the tests in the order of the mutants, the quickest first; otherwise the
figures would count what is no mutant's doing. A mutant is killed when a test fails with it, when it breaks on import,
or when it runs out of processor time.
"""

import os
import resource
import signal
import sys
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from enum import StrEnum
from multiprocessing import get_context
from multiprocessing.connection import Connection
from pathlib import Path
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
_FORK = get_context("fork")


class Fate(StrEnum):
    """What became of a mutant."""

    KILLED = "killed"
    TIMEOUT = "timeout"
    SURVIVED = "survived"
    UNREACHED = "not reached"  # no test runs its line
    INVALID = "invalid"  # no Python at all, so not counted


_ENDS = {0: Fate.SURVIVED, 1: Fate.KILLED, 2: Fate.INVALID, -signal.SIGVTALRM: Fate.TIMEOUT}  # how a child ends


@dataclass(frozen=True, slots=True)
class Trace:
    """One test by its place: how long it takes, in seconds, and which lines of the watched modules it runs."""

    place: int
    passed: bool
    seconds: float
    lines: dict[str, set[int]]


class Trial:
    """A pytest plugin that runs mutants instead of tests.

    Attributes:
        fates: place of a mutant -> what became of it. broken: what fails without any mutant.
    """

    def __init__(self, mutants: Sequence[Mutant], jobs: int) -> None:
        """Take the mutants to try, and how many children may run at once."""
        self.mutants = mutants
        self.jobs = jobs
        self.fates: dict[int, Fate] = {}
        self.broken: list[str] = []

    def pytest_configure(self) -> None:
        """Every mutant meets the same generated examples, and a busy machine never looks like one noticed."""
        from hypothesis import HealthCheck, settings  # noqa: PLC0415 - pytest has to load it first

        settings.register_profile(
            "mutants", deadline=None, derandomize=True, database=None, suppress_health_check=list(HealthCheck)
        )
        settings.load_profile("mutants")

    @pytest.hookimpl(tryfirst=True)
    def pytest_runtestloop(self, session: pytest.Session) -> bool:
        """Measure the tests, see that the unchanged modules survive, then try each mutant."""
        paths = sorted({mutant.path for mutant in self.mutants})
        traces = _measured(session.items, paths)
        self.broken = [session.items[trace.place].nodeid for trace in traces if not trace.passed]
        if self.broken or not traces:
            return True
        touching = {path: [trace for trace in traces if str(path) in trace.lines] for path in paths}
        control = Attempt(-1, None, tuple(sorted(traces, key=lambda trace: (trace.seconds, trace.place))))
        ((_, unchanged),) = _tried([control], session.items, self.jobs, paths)
        if unchanged is not Fate.SURVIVED:
            self.broken = [f"the test named above, once the unchanged modules are planted: {unchanged}"]
            return True
        attempts = [
            Attempt(place, mutant, tuple(_tests_of(mutant, touching[mutant.path])))
            for place, mutant in enumerate(self.mutants)
        ]
        self.fates = {attempt.place: Fate.UNREACHED for attempt in attempts if not attempt.tests}
        for place, fate in _tried([one for one in attempts if one.tests], session.items, self.jobs):
            self.fates[place] = fate
            if len(self.fates) % 100 == 0 or len(self.fates) == len(self.mutants):
                print(f"{len(self.fates)} of {len(self.mutants)} mutants", file=sys.stderr, flush=True)
        return True


# Which test runs which line -------------------------------------------------------------------------------------------


def _measured(items: Sequence[pytest.Item], paths: Sequence[Path]) -> list[Trace]:
    heard, told = _FORK.Pipe(duplex=False)
    child = _FORK.Process(target=_measure, args=(items, paths, told))
    child.start()
    told.close()
    traces = []
    with suppress(EOFError):
        while True:
            traces.append(heard.recv())
    child.join()
    return traces if len(traces) == len(items) else []


def _measure(items: Sequence[pytest.Item], paths: Sequence[Path], told: Connection) -> None:
    """Run every test with the sources planted unchanged, and tell what each runs; in the child."""
    _silenced()
    for path in paths:
        plant(path, path.read_text(encoding="utf-8"))
    for place, item in enumerate(items):
        lines: dict[str, set[int]] = {str(path): set() for path in paths}
        begun = time.process_time()
        sys.settrace(_tracer(lines))
        try:
            passed = _passes(item)
        finally:
            sys.settrace(None)
        ran = {path: found for path, found in lines.items() if found}
        told.send(Trace(place, passed, time.process_time() - begun, ran))
    told.close()
    os._exit(0)


def _tracer(lines: dict[str, set[int]]) -> Callable[[FrameType, str, Any], Any]:
    """What notes every line that is run of the files that `lines` has as keys."""

    def inside(frame: FrameType, event: str, arg: Any) -> Any:  # noqa: ANN401, ARG001 - as settrace has it
        lines[frame.f_code.co_filename].add(frame.f_lineno)
        return inside

    def outside(frame: FrameType, event: str, arg: Any) -> Any:  # noqa: ANN401 - as settrace has it
        return inside(frame, event, arg) if frame.f_code.co_filename in lines else None

    return outside


def _tests_of(mutant: Mutant, touching: Iterable[Trace]) -> Iterator[Trace]:
    """The tests that run the function of the mutant, those that run its line first, the quickest of them first."""
    path = str(mutant.path)
    hits = [
        (mutant.line not in trace.lines[path], trace.seconds, trace.place, trace)
        for trace in touching
        if any(mutant.first <= line <= mutant.last for line in trace.lines[path])
    ]
    for *_, trace in sorted(hits, key=lambda hit: hit[:3]):
        yield trace


# Children -------------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Attempt:
    """A mutant by its place, or every module unchanged (`None`), and the tests that may notice it."""

    place: int
    mutant: Mutant | None
    tests: tuple[Trace, ...]


def _tried(
    attempts: Sequence[Attempt], items: Sequence[pytest.Item], jobs: int, unchanged: Sequence[Path] = ()
) -> Iterator[tuple[int, Fate]]:
    """Each attempt in a fork of its own; (place, fate) as they end. A child that dies of something else was killed."""
    running: dict[int, int] = {}  # process -> place
    left = iter(attempts)
    while True:
        while len(running) < jobs and (attempt := next(left, None)) is not None:
            child = os.fork()
            if not child:
                _try(attempt, items, unchanged)
            running[child] = attempt.place
        if not running:
            return
        child, status = os.wait()
        yield running.pop(child), _ENDS.get(os.waitstatus_to_exitcode(status), Fate.KILLED)


def _try(attempt: Attempt, items: Sequence[pytest.Item], unchanged: Sequence[Path]) -> None:
    """Plant the mutant, or the modules unchanged, and run its tests until one fails; ends the child."""
    end = 1
    try:
        heard = os.dup(2)
        _silenced()
        resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
        needed = sum(trace.seconds for trace in attempt.tests)
        signal.setitimer(signal.ITIMER_VIRTUAL, SECONDS_AT_LEAST + TIMES_AS_LONG * needed)  # then the child ends
        for path in unchanged:
            plant(path, path.read_text(encoding="utf-8"))
        if attempt.mutant:
            plant(attempt.mutant.path, attempt.mutant.source())
        killer = next((items[trace.place] for trace in attempt.tests if not _passes(items[trace.place])), None)
        end = 0 if killer is None else 1
        if killer is not None and attempt.mutant is None:
            os.write(heard, f"{killer.nodeid}\n".encode())
    except (SyntaxError, CSTValidationError):
        end = 2
    finally:  # whatever else a mutant raises, it cannot be imported or stops pytest itself: noticed
        os._exit(end)


def _passes(item: pytest.Item) -> bool:
    return not any(report.failed for report in runtestprotocol(item, log=False, nextitem=None))


def _silenced() -> None:
    silent = os.open(os.devnull, os.O_WRONLY)
    os.dup2(silent, 1)
    os.dup2(silent, 2)
