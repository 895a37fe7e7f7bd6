"""What it costs to record a decision, and how fast a ledger is verified; medians of one run on one machine.

python -m benchmarks.ledger [--postgresql URL] [--folder FOLDER]

*quiet*: a call about another drug, as most are; *advising*: one order, three cards, two suggestions. CPU is of the
whole process, the kernel's share of each sync included. Verification runs in one process, on one core.
"""

import argparse
import hashlib
import statistics
import tempfile
import threading
import time
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

from rich.console import Console
from rich.table import Table

from benchmarks.decisions import advising, quiet
from cds_service.domain.decision import Decision
from cds_service.ledger.database import Database
from cds_service.ledger.log import Entry, append, entry
from cds_service.ledger.migrate import migrate
from cds_service.ledger.opening import open_database, open_ledger
from cds_service.ledger.proof.checkpoints import Policy, make_checkpoint, public_key_file
from cds_service.ledger.proof.export import ExportSource, write_export
from cds_service.ledger.proof.merkle import leaf_hash
from cds_service.ledger.proof.signing import load_public_keys
from cds_service.ledger.proof.sources import DatabaseSource
from cds_service.ledger.proof.verify import Source, verify
from cds_service.ledger.record import encode
from cds_service.ledger.rows import decision_rows, index_rows
from cds_service.ledger.spool import Spool

Make = Callable[[], Decision]
MAKERS: tuple[Make, ...] = (quiet, advising)
THREADS = (1, 8, 32)
COMMITS = 2_000
VERIFIED = {quiet: 40_000, advising: 4_000}
ROUNDS = 5


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--postgresql", help="URL of an empty database, to measure that as well")
    parser.add_argument("--folder", type=Path, help="where the SQLite files are made, on the disk to be measured")
    asked = parser.parse_args()
    console = Console()
    console.print(_hand_off())
    with tempfile.TemporaryDirectory(dir=asked.folder) as folder:
        urls = [f"sqlite:///{folder}/commits.db", *([asked.postgresql] if asked.postgresql else [])]
        console.print(_commits(urls))
        console.print(_spool(Path(folder) / "spool"))
        console.print(_verification(Path(folder)))


def _same(_: str, identifier: str) -> str:
    return identifier


def _median(act: Callable[[], object], times: int = 200) -> float:
    """Microseconds, median of `ROUNDS` means."""
    rounds = []
    for _ in range(ROUNDS):
        start = time.perf_counter()
        for _ in range(times):
            act()
        rounds.append((time.perf_counter() - start) / times * 1e6)
    return statistics.median(rounds)


def _hand_off() -> Table:
    table = Table("hand-off", "bytes", "text µs", "leaf µs", "rows µs", title="In the thread of the call")
    for make in MAKERS:
        made = make()
        record = encode(made, _same)
        table.add_row(
            make.__name__,
            f"{len(record):,}",
            f"{_median(lambda made=made: encode(made, _same)):.1f}",  # type: ignore[misc] # the loop's own
            f"{_median(lambda record=record: leaf_hash(record)):.1f}",  # type: ignore[misc] # likewise
            f"{_median(lambda made=made: decision_rows(made, str)):.1f}",  # type: ignore[misc] # likewise
        )
    return table


def _commits(urls: list[str]) -> Table:
    table = Table("database", "decision", "threads", "commits/s", "CPU µs each", title="Committed, durably, in groups")
    for url in urls:
        for make in MAKERS:
            for threads in THREADS:
                rate, cpu = _commit(url, make, threads)
                table.add_row(url.partition(":")[0], make.__name__, str(threads), f"{rate:,.0f}", f"{cpu:,.0f}")
    return table


def _commit(url: str, make: Make, threads: int) -> tuple[float, float]:
    with open_ledger(url, pseudonym_key=bytes(32), wait_seconds=60) as ledger:
        portions = [[make() for _ in range(COMMITS // threads)] for _ in range(threads)]

        def commit(mine: list[Decision]) -> None:
            for one in mine:
                ledger.commit(one)

        workers = [threading.Thread(target=commit, args=(mine,)) for mine in portions]
        start, cpu = time.perf_counter(), time.process_time()
        for worker in workers:
            worker.start()
        for worker in workers:
            worker.join()
        count = sum(map(len, portions))
        return count / (time.perf_counter() - start), (time.process_time() - cpu) / count * 1e6


def _spool(folder: Path) -> Table:
    table = Table("spool", "µs each", title="Kept in the spool, synced, one thread")
    spool = Spool(folder)
    for make in MAKERS:
        record = encode(make(), _same)
        table.add_row(make.__name__, f"{_median(lambda record=record: spool.keep(record), 50):,.0f}")  # type: ignore[misc] # the loop's own
    spool.close()
    return table


# Verification ---------------------------------------------------------------------------------------------------------


def _verification(folder: Path) -> Table:
    table = Table("decision", "of", "records/s", "MB/s", "share of SHA-256", title="Verified, one core")
    for make in MAKERS:
        key = folder / f"{make.__name__}.key"
        policy = Policy(key_file=key, clock=lambda: datetime(2026, 6, 15, tzinfo=UTC))
        database = _filled(f"sqlite:///{folder / make.__name__}.db", make, policy)
        with database.snapshot() as connection, (folder / make.__name__).open("wb") as file:
            write_export(DatabaseSource(connection, database.dialect), file)
        with database.snapshot() as connection:
            ways: dict[str, Callable[[], Source]] = {
                "database: log and index": lambda: DatabaseSource(connection, database.dialect),  # noqa: B023  run here
                "database: log alone": lambda: _LogAlone(connection, database.dialect),  # noqa: B023  likewise
                "export file": lambda: ExportSource(folder / make.__name__),  # noqa: B023  likewise
            }
            for name, source in ways.items():
                _row(table, make, name, source, public_key_file(key))
        database.close()
    return table


class _LogAlone(DatabaseSource):
    """The log without the index beside it."""

    def check(self, *_: object) -> None:
        """Hold nothing against it."""

    def check_end(self, *_: object) -> None:
        """Likewise."""


def _row(table: Table, make: Make, name: str, source: Callable[[], Source], key: Path) -> None:
    size, bytes_each = VERIFIED[make], len(encode(make(), _same))
    text = bytes(bytes_each)
    rounds = []
    for _ in range(ROUNDS):
        start = time.process_time()
        report = verify(source(), load_public_keys(key))
        rounds.append(time.process_time() - start)
        assert report.in_order, report.faults[:3]
    each = statistics.median(rounds) / size
    hashing = _median(lambda: hashlib.sha256(text).digest()) / 1e6
    rate, share = f"{1 / each:,.0f}", f"{hashing / each:.0%}"
    table.add_row(make.__name__, name, rate, f"{bytes_each / each / 1e6:,.0f}", share)


def _filled(url: str, make: Make, policy: Policy) -> Database:
    database = open_database(url)
    migrate(database)
    for _ in range(VERIFIED[make] // 1_000):
        some = [_entry(make(), database) for _ in range(1_000)]
        with database.turn(), database.write.begin() as connection:
            append(connection, database.dialect, some)
        make_checkpoint(database, policy)
    return database


def _entry(decision: Decision, database: Database) -> Entry:
    rows = index_rows("decision", decision, database.dialect.moment)
    return entry("decision", decision.id, encode(decision, _same), rows)


if __name__ == "__main__":
    main()
