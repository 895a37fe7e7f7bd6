"""How fast is a hook call? The ratio to a null Flask endpoint on the same server, measured in turns in one run.

    python -m benchmarks.hook_call [--seconds 3] [--rounds 3] [--connections 8]

Ours: the whole service as `cds-service serve` runs it, one worker, open mode, the decision committed to SQLite
(synchronous FULL) before each answer. Null: `get_json` and a fixed card (`null_flask`). Both: granian, one worker, the
same threads. A machine's other work moves both, so only ratios within one run mean anything.
"""

import argparse
import socket
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import requests
from rich.console import Console
from rich.table import Table

from benchmarks.bodies import large, small
from benchmarks.load import Load, load
from cds_service.settings import environment_with

PATH = "/cds-services/diazepam-order-sign"
THREADS = 16
START_SECONDS = 60.0
WARM_SECONDS = 1.0


def main() -> None:
    """Measure and print the table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--seconds", type=float, default=3.0, help="of each measurement")
    parser.add_argument("--rounds", type=int, default=3, help="turns of each server")
    parser.add_argument("--connections", type=int, default=8)
    asked = parser.parse_args()
    bodies = {"small": small(), "large": large()}
    table = Table("call", "server", "answers/s", "p50 ms", "p99 ms", "ratio to null")
    with (
        tempfile.TemporaryDirectory(prefix="cds-benchmark-") as folder,
        ours(Path(folder)) as a,
        null(Path(folder)) as b,
    ):
        for name, body in bodies.items():
            runs: dict[int, list[Load]] = {a: [], b: []}
            for port in runs:
                load(port, PATH, body, connections=asked.connections, seconds=WARM_SECONDS)
            for _ in range(asked.rounds):
                for port, measured in runs.items():
                    measured.append(load(port, PATH, body, connections=asked.connections, seconds=asked.seconds))
            ratio = statistics.median(x.per_second / y.per_second for x, y in zip(runs[a], runs[b], strict=True))
            call = f"{name}, {len(body) / 1_000:.0f} kB"
            table.add_row(call, "the service", *_cells(runs[a]), f"{ratio:.2f}")
            table.add_row(call, "null Flask", *_cells(runs[b]), "1")
    Console().print(table)


def _cells(runs: list[Load]) -> list[str]:
    """Medians over the rounds."""
    return [
        f"{statistics.median(run.per_second for run in runs):,.0f}",
        f"{statistics.median(run.p50_ms for run in runs):.1f}",
        f"{statistics.median(run.p99_ms for run in runs):.1f}",
    ]


@contextmanager
def ours(folder: Path) -> Iterator[int]:
    """The service on a free port."""
    port = _free_port()
    command = ["-m", "cds_service", "serve", "--port", str(port), "--threads", str(THREADS)]
    environment = environment_with(
        database_url=f"sqlite:///{folder / 'ledger.db'}", pseudonym_key_file=str(folder / "key"), log_level="ERROR"
    )
    with _running(command, port, environment):
        yield port


@contextmanager
def null(folder: Path) -> Iterator[int]:
    """The null endpoint on a free port."""
    port = _free_port()
    command = ["-m", "granian", "--interface", "wsgi", "--factory", "--port", str(port), "--log-level", "error"]
    command += ["--blocking-threads", str(THREADS), "--workers", "1", "--no-ws", "benchmarks.null_flask:make"]
    with _running(command, port, environment_with(database_url=f"sqlite:///{folder / 'unused.db'}")):
        yield port


@contextmanager
def _running(command: list[str], port: int, environment: dict[str, str]) -> Iterator[None]:
    process = subprocess.Popen([sys.executable, *command], env=environment)
    try:
        _wait_until_ready(process, port)
        yield
    finally:
        process.terminate()
        process.wait()


def _wait_until_ready(process: subprocess.Popen[bytes], port: int) -> None:
    until = time.monotonic() + START_SECONDS
    with requests.Session() as session:
        session.trust_env = False
        while process.poll() is None and time.monotonic() < until:
            try:
                if session.get(f"http://127.0.0.1:{port}/readyz", timeout=1).ok:
                    return
            except requests.RequestException:
                time.sleep(0.05)
    raise RuntimeError("A server did not start; what it said stands above.")


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


if __name__ == "__main__":
    main()
