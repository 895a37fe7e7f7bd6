"""When the database is locked, read-only, gone or slow: told within a bounded time, and over once it is over."""

import contextlib
import fcntl
import logging
import os
import shutil
import sqlite3
import threading
import time
from pathlib import Path
from types import SimpleNamespace

import psycopg
import pytest
from sqlalchemy import event

from cds_service.domain.errors import LedgerUnavailable
from cds_service.ledger import open_ledger
from tests.databases import database_url, postgres_url, sqlite_url, start_postgres  # noqa: F401  fixtures
from tests.ledgers import HURRIED, hurried
from tests.unit.ledger.samples import KEY, again, decision, feedback

# ruff: noqa: F811  the fixtures are imported and then named as arguments

SLACK = 15  # seconds more than what is told takes by itself: other things run on the machine, too


@pytest.fixture
def ledger(database_url):
    with open_ledger(database_url, pseudonym_key=KEY) as opened:
        yield opened


@pytest.fixture
def sqlite_ledger(sqlite_url):
    with open_ledger(sqlite_url, pseudonym_key=KEY) as opened:
        yield opened


def path_of(url):
    return Path(url.removeprefix("sqlite:///"))


@contextlib.contextmanager
def told_within(seconds, match=None):
    start = time.monotonic()
    with pytest.raises(LedgerUnavailable, match=match) as told:
        yield told
    assert time.monotonic() - start < seconds + SLACK


# Both databases -------------------------------------------------------------------------------------------------------


def test_a_sound_ledger_answers_ping_and_ping_stores_nothing(ledger):
    ledger.ping()
    assert ledger.decisions() == ()


def test_a_closed_ledger_says_so(database_url):
    ledger = open_ledger(database_url, pseudonym_key=KEY)
    ledger.close()
    with told_within(1, "closed"):
        ledger.commit(decision())


def test_closing_commits_what_waits(database_url):
    ledger = open_ledger(database_url, pseudonym_key=KEY)
    made = [decision() for _ in range(20)]
    threads = [threading.Thread(target=ledger.commit, args=(one,)) for one in made]
    with held_inserts(ledger) as held:
        first = threading.Thread(target=ledger.ping)
        first.start()
        assert held.reached.wait(60)
        for thread in threads:
            thread.start()
        wait_until(lambda: ledger._writer._queue.qsize() == 20)
        threading.Timer(0.2, held.go_on.set).start()
        ledger.close()
    for thread in (first, *threads):
        thread.join(60)
    with open_ledger(database_url, pseudonym_key=KEY) as again:
        assert {line.id for line in again.decisions()} == {one.id for one in made}


@contextlib.contextmanager
def held_inserts(ledger):
    """The writer stands still before it inserts, until the event `go_on` that this gives is set; `reached`: it does."""
    insert, events = ledger._writer._insert, SimpleNamespace(reached=threading.Event(), go_on=threading.Event())

    def held(*group):
        events.reached.set()
        events.go_on.wait(120)
        insert(*group)

    ledger._writer._insert = held
    yield events
    events.go_on.set()
    del ledger._writer._insert


def wait_until(holds):
    end = time.monotonic() + 60
    while not holds():
        assert time.monotonic() < end
        time.sleep(0.005)


def test_who_waits_too_long_is_told_and_not_recorded_behind_their_back(database_url):
    first, second = decision(cards=()), decision(cards=())
    with open_ledger(database_url, pseudonym_key=KEY, wait_seconds=3) as ledger:
        told = []

        def commit_first():
            with told_within(3, "did not say") as error:
                ledger.commit(first)
            told.append(error)

        with held_inserts(ledger) as held:
            blocked = threading.Thread(target=commit_first)
            blocked.start()
            assert held.reached.wait(60)  # the writer has it
            with hurried(ledger), told_within(HURRIED, "did not begin"):
                ledger.commit(second)
            blocked.join(60)
        ledger._writer._wait_seconds = 60
        ledger.ping()
        assert len(told) == 1
        assert [line.id for line in ledger.decisions()] == [first.id]  # it was on its way already


def test_a_full_queue_refuses_at_once(ledger):
    ledger._writer._queue_size = 0
    with told_within(0, "already wait"):
        ledger.commit(decision())


def test_a_writer_that_does_not_run_here_is_told(ledger):
    running, ledger._writer._thread = ledger._writer._thread, threading.Thread()
    with told_within(0, "in each worker"):
        ledger.commit(decision())
    with told_within(0, "in each worker"):
        ledger.ping()
    ledger._writer._thread = running  # this ledger's own: other tests of the process have writers, too


def test_the_writer_lives_through_any_error(ledger, monkeypatch):
    def broken(*_):
        raise MemoryError

    monkeypatch.setattr(ledger._writer, "_insert", broken)
    with told_within(2, "MemoryError"):
        ledger.commit(decision())
    monkeypatch.undo()
    ledger.commit(decision())
    assert len(ledger.decisions()) == 1


def test_one_connection_serves_all_groups(ledger):
    opened = []
    event.listen(ledger._database.write, "connect", lambda *_: opened.append(1))
    for _ in range(5):
        ledger.commit(decision())
    assert len(opened) == 1


def test_neither_error_nor_log_quotes_a_row(ledger, caplog):
    caplog.set_level(logging.DEBUG)
    made = decision(id="canary-id", client="canary-client", patient="canary-patient")
    ledger.commit(made)
    with pytest.raises(LedgerUnavailable) as refused:
        ledger.commit(again(made))
    item = feedback("canary-card")
    ledger.commit_feedback((item,))
    with pytest.raises(LedgerUnavailable):
        ledger.commit_feedback((item,))
    assert refused.value.__cause__ is None
    assert "canary" not in str(refused.value)
    assert "did not commit" in caplog.text
    assert "canary" not in caplog.text


# SQLite ---------------------------------------------------------------------------------------------------------------


def test_a_file_locked_by_another_program_is_told_and_recovers(sqlite_url, sqlite_ledger):
    other = sqlite3.connect(path_of(sqlite_url), isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    with told_within(3, "SQLITE_BUSY"):
        sqlite_ledger.commit(decision())
    with told_within(3):
        sqlite_ledger.ping()
    other.execute("COMMIT")
    other.close()
    sqlite_ledger.ping()
    sqlite_ledger.commit(decision())
    assert len(sqlite_ledger.decisions()) == 1


def test_a_process_that_holds_the_lock_for_ever_hangs_nobody(sqlite_url):
    ledger = open_ledger(sqlite_url, pseudonym_key=KEY, wait_seconds=0.5)
    held = os.open(f"{path_of(sqlite_url)}.lock", os.O_RDWR)
    fcntl.flock(held, fcntl.LOCK_EX)
    late = decision()
    with told_within(0.5, "did not begin"):
        ledger.commit(late)
    with told_within(2, "did not finish"):
        ledger.close()
    os.close(held)
    ledger.close()
    with open_ledger(sqlite_url, pseudonym_key=KEY) as again:
        assert again.decision(late.id) is None


def test_a_ledger_that_was_moved_away_is_not_written_into_the_void(sqlite_url, sqlite_ledger, tmp_path):
    made = decision()
    sqlite_ledger.commit(made)
    away = tmp_path / "away"
    away.mkdir()
    for file in tmp_path.glob("ledger.db*"):
        if not file.name.endswith(".lock"):
            shutil.move(file, away)
    with told_within(3, "SQLITE_CANTOPEN"):
        sqlite_ledger.commit(decision())
    assert not path_of(sqlite_url).exists()
    for file in away.iterdir():
        shutil.move(file, tmp_path)
    sqlite_ledger.commit(decision())
    assert len(sqlite_ledger.decisions()) == 2


def test_a_read_only_file_is_told(sqlite_url, sqlite_ledger, monkeypatch):
    event.listen(sqlite_ledger._database.write, "connect", lambda raw, _: raw.execute("PRAGMA query_only=ON"))
    with told_within(3, "SQLITE_READONLY"):
        sqlite_ledger.commit(decision())


def test_a_full_disk_is_told_and_recovers(sqlite_url, sqlite_ledger):
    sqlite_ledger.commit(decision())

    def small(raw, _):
        raw.execute(f"PRAGMA max_page_count={raw.execute('PRAGMA page_count').fetchone()[0]}")

    event.listen(sqlite_ledger._database.write, "connect", small)
    sqlite_ledger._writer._disconnect()
    with told_within(3, "SQLITE_FULL"):
        for _ in range(20):
            sqlite_ledger.commit(decision())
    event.remove(sqlite_ledger._database.write, "connect", small)
    sqlite_ledger.commit(decision())


def test_a_file_that_is_no_database_is_told(sqlite_url):
    path_of(sqlite_url).write_bytes(b"canary" * 1000)
    with told_within(3, "SQLITE_NOTADB"):
        open_ledger(sqlite_url, pseudonym_key=KEY)


def test_a_folder_that_does_not_exist_is_told(tmp_path):
    with told_within(1, "folder that exists"):
        open_ledger(f"sqlite:///{tmp_path}/nowhere/ledger.db", pseudonym_key=KEY)


def test_the_file_is_its_owners_and_synced_at_each_commit(sqlite_url, sqlite_ledger):
    sqlite_ledger.commit(decision())
    assert path_of(sqlite_url).stat().st_mode & 0o777 == 0o600
    with sqlite_ledger._database.write.connect() as connection:
        assert connection.exec_driver_sql("PRAGMA journal_mode").scalar() == "wal"
        assert connection.exec_driver_sql("PRAGMA synchronous").scalar() == 2  # FULL
    with sqlite_ledger._database.read.connect() as connection:
        assert connection.exec_driver_sql("PRAGMA query_only").scalar() == 1


# PostgreSQL -----------------------------------------------------------------------------------------------------------


def test_a_connection_that_was_cut_is_made_anew_and_nobody_notices(postgres_url):
    with open_ledger(postgres_url, pseudonym_key=KEY) as ledger:
        ledger.commit(decision())
        with psycopg.connect(postgres_url, autocommit=True) as other:
            other.execute(
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity "
                "WHERE datname = current_database() AND pid <> pg_backend_pid()"
            )
        ledger.commit(decision())
        assert len(ledger.decisions()) == 2


def test_locked_tables_are_told_and_recover(postgres_url):
    with open_ledger(postgres_url, pseudonym_key=KEY, wait_seconds=60) as ledger:
        with psycopg.connect(postgres_url) as other, hurried(ledger):
            other.execute("LOCK TABLE decisions IN ACCESS EXCLUSIVE MODE")
            with told_within(HURRIED, "did not"):
                ledger.commit(decision())
        ledger.commit(decision())


def test_commits_reach_the_disk_even_where_the_server_would_not_wait(postgres_url):
    name = postgres_url.rpartition("/")[2].partition("?")[0]
    with psycopg.connect(postgres_url, autocommit=True) as other:
        other.execute(f"ALTER DATABASE {name} SET synchronous_commit = off")
        other.execute(f"ALTER DATABASE {name} SET timezone = 'Asia/Tokyo'")
    with (
        open_ledger(postgres_url, pseudonym_key=KEY) as ledger,
        ledger._database.write.connect() as connection,
    ):
        assert connection.exec_driver_sql("SHOW synchronous_commit").scalar() == "on"
        assert connection.exec_driver_sql("SHOW timezone").scalar() == "UTC"


def test_a_server_that_is_gone_is_told_and_recovers(tmp_path):
    with tmp_path_for_postgres() as folder:
        server = start_postgres(folder)
        with open_ledger(server.get_uri(), pseudonym_key=KEY) as ledger:
            ledger.commit(decision())
            server._stop()
            for ask in (lambda: ledger.commit(decision()), ledger.ping, ledger.decisions):
                with told_within(6):
                    ask()
            server.ensure_postgres_running()
            ledger.ping()
            ledger.commit(decision())
            assert len(ledger.decisions()) == 2


@contextlib.contextmanager
def tmp_path_for_postgres():
    import tempfile

    with tempfile.TemporaryDirectory(prefix="ledger-pg-", ignore_cleanup_errors=True) as folder:
        yield Path(folder)


def test_a_server_that_never_was_is_told():
    with told_within(6, "could not be opened"):
        open_ledger("postgresql://nobody:canary@127.0.0.1:1/none", pseudonym_key=KEY)
