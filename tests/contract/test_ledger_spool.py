"""While the database cannot be written, prescribing goes on: nothing answered is lost, nothing is recorded twice."""

import contextlib
import errno
import json
import os
import shutil
import sqlite3
import subprocess
import sys
import tempfile
import threading
import time
from dataclasses import replace
from pathlib import Path

import psycopg
import pytest
from sqlalchemy import event, text

from cds_service.domain.errors import LedgerUnavailable, SettingsBroken, TokenReplayed
from cds_service.domain.request import TokenClaims
from cds_service.ledger import open_ledger
from cds_service.ledger.record import encode
from cds_service.ledger.spool import Spool, left_behind
from tests.databases import database_url, postgres_url, sqlite_url, start_postgres  # noqa: F401  fixtures
from tests.ledgers import PATIENT, hurried, opened, policy_in, verified
from tests.unit.ledger.samples import KEY, access, decision, feedback

# ruff: noqa: F811  the fixtures are imported and then named as arguments

LONG = 15  # seconds that nothing here takes, however busy the machine; less than a commit's usual patience


@pytest.fixture
def folder(tmp_path):
    return tmp_path / "spool"


@pytest.fixture
def counted():
    return []


@pytest.fixture
def spooling(folder, counted):
    """Open a ledger with a spool."""

    def open_it(url, **more):
        return open_ledger(
            url, pseudonym_key=KEY, spool=folder, count=counted.append, **({"wait_seconds": PATIENT} | more)
        )

    return open_it


def wait_until(holds, seconds=60):
    end = time.monotonic() + seconds
    while not holds():
        assert time.monotonic() < end
        time.sleep(0.02)


def in_time(act, seconds=LONG):
    """The point is that nobody waits for a database that does not answer."""
    start = time.monotonic()
    act()
    assert time.monotonic() - start < seconds


def ids_of(url):
    with opened(url) as database, database.read.connect() as connection:
        return connection.execute(text("SELECT id FROM decisions ORDER BY leaf_index")).scalars().all()


def path_of(url):
    return Path(url.removeprefix("sqlite:///"))


@contextlib.contextmanager
def locked(url, *ledgers):
    """The database, held by another program that writes; these ledgers wait for it only shortly meanwhile."""
    with contextlib.ExitStack() as stack:
        for ledger in ledgers:
            stack.enter_context(hurried(ledger))
        stack.enter_context(write_lock(url))
        yield


@contextlib.contextmanager
def write_lock(url):
    if url.startswith("sqlite"):
        other = sqlite3.connect(path_of(url), isolation_level=None)
        other.execute("BEGIN IMMEDIATE")
        yield
        other.execute("ROLLBACK")
        other.close()
    else:
        with psycopg.connect(url) as other:
            other.execute("LOCK TABLE log_head IN ACCESS EXCLUSIVE MODE")
            yield


def test_a_locked_database_costs_no_answer_and_gets_everything_later(database_url, spooling, counted, tmp_path):
    made = [decision(degraded=()) for _ in range(5)]
    with spooling(database_url) as ledger:
        ledger.commit(made[0])
        with locked(database_url, ledger):
            for one in made[1:4]:
                in_time(lambda one=one: ledger.commit(one))
            assert ledger.health().waiting == 3
            assert ledger.health().degraded
            assert ledger.health().ready
            ledger.ping()
        wait_until(lambda: not ledger.health().waiting)
        ledger.commit(made[4])
        kept = [ledger.decision(one.id).decision for one in made]
        assert ledger.health().database == ""
        assert not ledger.health().degraded
    assert sorted(ids_of(database_url)) == sorted(one.id for one in made)
    assert (kept[0].degraded, kept[3].degraded, kept[4].degraded) == ((), ("ledger-delayed",), ())
    assert counted.count("spooled") == 3
    assert counted.count("delivered") >= 3
    policy = policy_in(tmp_path)
    with spooling(database_url, checkpoints=replace(policy, every_seconds=0)):
        pass
    assert verified(database_url, policy).faults == []


def test_what_other_records_say_waits_too(database_url, spooling):
    made = decision()
    said = feedback(made.cards[0].uuid)
    with spooling(database_url) as ledger:
        with locked(database_url, ledger):
            ledger.commit(made)
            assert ledger.commit_feedback((said, feedback("nobody's"))) == frozenset()
            ledger.commit_access(access())
        wait_until(lambda: not ledger.health().waiting)
        wait_until(lambda: ledger.feedback_of("nobody's"))
        assert [one.orphan for one in ledger.feedback_of(made.cards[0].uuid)] == [False]
        assert ledger.feedback_of("nobody's")[0].orphan


def test_a_commit_that_outlives_its_budget_is_recorded_once(database_url, spooling):
    """It was on its way, so nobody knows: it is spooled as well, and found in the log when it is delivered."""
    slow, next_one = decision(), decision()
    with spooling(database_url) as ledger:
        insert, go_on = ledger._writer._insert, threading.Event()

        def held(*group):
            insert(*group)
            go_on.wait(120)

        ledger._writer._insert = held
        with hurried(ledger):
            in_time(lambda: ledger.commit(slow))
        in_time(lambda: ledger.commit(next_one))  # nobody waits any more while one is stuck
        del ledger._writer._insert
        go_on.set()
        wait_until(lambda: not ledger.health().waiting)
        assert ledger.decision(slow.id) is not None
    assert sorted(ids_of(database_url)) == sorted([slow.id, next_one.id])


def test_a_full_disk_of_the_database(sqlite_url, spooling):
    made = [decision() for _ in range(20)]
    with spooling(sqlite_url) as ledger:
        ledger.commit(decision())

        def small(raw, _):
            raw.execute(f"PRAGMA max_page_count={raw.execute('PRAGMA page_count').fetchone()[0]}")

        event.listen(ledger._database.write, "connect", small)
        ledger._writer._disconnect()
        for one in made:
            ledger.commit(one)
        assert ledger.health().waiting
        event.remove(ledger._database.write, "connect", small)
        wait_until(lambda: not ledger.health().waiting)
    assert len(ids_of(sqlite_url)) == 21


def test_a_read_only_database(sqlite_url, spooling):
    with spooling(sqlite_url) as ledger:

        def read_only(raw, _):
            raw.execute("PRAGMA query_only=ON")

        event.listen(ledger._database.write, "connect", read_only)
        in_time(lambda: ledger.commit(decision()))
        assert "READONLY" in ledger.health().database
        event.remove(ledger._database.write, "connect", read_only)
        wait_until(lambda: not ledger.health().waiting)
    assert len(ids_of(sqlite_url)) == 1


def test_a_database_that_is_gone_comes_back(sqlite_url, spooling, tmp_path):
    with spooling(sqlite_url) as ledger:
        ledger.commit(decision())
        (away := tmp_path / "away").mkdir()
        for file in tmp_path.glob("ledger.db*"):
            if not file.name.endswith(".lock"):
                shutil.move(file, away)
        in_time(lambda: ledger.commit(decision()))
        assert not path_of(sqlite_url).exists()
        for file in away.iterdir():
            shutil.move(file, tmp_path)
        wait_until(lambda: not ledger.health().waiting)
    assert len(ids_of(sqlite_url)) == 2


def test_a_server_that_is_gone_comes_back_also_for_a_service_that_starts_meanwhile(spooling):
    with tempfile.TemporaryDirectory(prefix="ledger-pg-", ignore_cleanup_errors=True) as place:
        server = start_postgres(Path(place))
        url = server.get_uri()
        server._stop()
        with pytest.raises(LedgerUnavailable):
            open_ledger(url, pseudonym_key=KEY)
        with spooling(url) as ledger:  # an empty database: its schema is made when it can be
            with hurried(ledger):
                in_time(lambda: ledger.commit(decision()))
                ledger.ping()
            server.ensure_postgres_running()
            wait_until(lambda: not ledger.health().waiting)
            ledger.commit(decision())
            server._stop()
            with hurried(ledger):
                in_time(lambda: ledger.commit(decision()))
            server.ensure_postgres_running()
            wait_until(lambda: not ledger.health().waiting)
        assert len(ids_of(url)) == 3


def test_a_newer_ledger_is_refused_with_a_spool_too(sqlite_url, spooling):
    with spooling(sqlite_url) as ledger, ledger._database.write.begin() as connection:
        connection.execute(text("UPDATE alembic_version SET version_num = '9999'"))
    with pytest.raises(SettingsBroken, match="newer"):
        spooling(sqlite_url)


def test_a_record_the_database_refuses_is_not_spooled(sqlite_url, spooling, counted):
    made = decision(claims=None)
    with spooling(sqlite_url) as ledger:
        ledger.commit(made)
        with pytest.raises(LedgerUnavailable):
            ledger.commit(made)
        assert ledger.health().waiting == 0
        assert ledger.health().database == ""
    assert "spooled" not in counted


def test_a_log_that_contradicts_itself_loses_no_decision(sqlite_url, spooling):
    with spooling(sqlite_url) as ledger:
        ledger.commit(decision())
        ledger.commit(decision())
        with ledger._database.write.begin() as connection:
            head = connection.execute(text("SELECT size, frontier FROM log_head")).one()
            connection.execute(text("UPDATE log_head SET size = 1, frontier = substr(frontier, 1, 32)"))
        ledger.commit(decision())
        assert ledger.health().waiting == 1
        with ledger._database.write.begin() as connection:
            connection.execute(
                text("UPDATE log_head SET size = :size, frontier = :frontier"),
                {"size": head.size, "frontier": head.frontier},
            )
        wait_until(lambda: not ledger.health().waiting)
    assert len(ids_of(sqlite_url)) == 3


def test_a_token_is_good_for_one_call_also_while_the_database_cannot_say_so(database_url, spooling):
    claims = TokenClaims(issuer="https://ehr.example", token_id="t-1", expires_at=4_000_000_000)
    with spooling(database_url) as ledger:
        with locked(database_url, ledger):
            ledger.commit(decision(claims=claims))
            with pytest.raises(TokenReplayed):
                ledger.commit(decision(claims=claims))
            ledger.commit(decision(claims=replace(claims, token_id="t-2")))
        wait_until(lambda: not ledger.health().waiting)
        for token in ("t-1", "t-2"):
            with pytest.raises(TokenReplayed):
                ledger.commit(decision(claims=replace(claims, token_id=token)))
    assert len(ids_of(database_url)) == 2


def test_a_token_that_another_worker_saw_meanwhile_costs_no_record(sqlite_url, folder, spooling):
    claims = TokenClaims(issuer="https://ehr.example", token_id="t-1", expires_at=4_000_000_000)
    made, other = decision(claims=claims), decision(claims=claims)
    with spooling(sqlite_url) as ledger:
        ledger.commit(other)
    spool = Spool(folder)
    spool.keep(encode(made, lambda kind, identifier: identifier))
    spool.close()
    with spooling(sqlite_url):
        wait_until(lambda: not left_over(folder))
    assert ids_of(sqlite_url) == [other.id, made.id]


# When the spool cannot be written either ------------------------------------------------------------------------------


def full(*_):
    raise OSError(errno.ENOSPC, "No space left on device")


def test_what_can_be_kept_nowhere_is_refused_counted_and_told(
    sqlite_url, folder, spooling, counted, monkeypatch, caplog
):
    made, other = decision(), decision()
    with spooling(sqlite_url) as ledger, locked(sqlite_url, ledger):
        monkeypatch.setattr(os, "pwrite", full)
        with pytest.raises(LedgerUnavailable, match="CDS_SPOOL_FOLDER"):
            ledger.commit(made)
        assert counted == ["unrecorded"]
        assert (ledger.health().ready, ledger.health().unrecorded) == (False, 1)
        assert "No space left" in ledger.health().spool
        with pytest.raises(LedgerUnavailable):
            ledger.ping()
        monkeypatch.undo()
        ledger.ping()
        assert ledger.health().ready
        ledger.commit(other)
        assert ledger.health().spool == ""
    assert made.id in caplog.text
    assert made.patient not in caplog.text
    with spooling(sqlite_url):
        wait_until(lambda: not left_over(folder))
    assert other.id in ids_of(sqlite_url)  # the refused one may be there too: its commit was on its way


@pytest.mark.parametrize("name", ["fdatasync", "pwrite"])
def test_a_write_that_fails_spoils_no_other(sqlite_url, spooling, monkeypatch, name):
    with spooling(sqlite_url) as ledger, locked(sqlite_url, ledger):
        ledger.commit(decision(id="before"))
        monkeypatch.setattr(os, name, full)
        with pytest.raises(LedgerUnavailable):
            ledger.commit(decision(id="refused-because-it-could-not-be-kept", hook_instance="x" * 5_000))
        monkeypatch.undo()
        ledger.commit(decision(id="after"))
    with spooling(sqlite_url) as ledger:
        wait_until(lambda: not ledger.health().waiting)
    assert ids_of(sqlite_url) == ["before", "after"]


def test_a_disk_that_has_run_full_still_holds_the_next_records(folder, monkeypatch):
    """Room was reserved: the lines go where the file already has its blocks."""
    spool = Spool(folder)
    (path,) = folder.glob("*.spool")
    before = path.stat().st_blocks
    for _ in range(20):
        spool.keep(b'{"a":1}' * 1_000)
    assert path.stat().st_blocks == before
    spool.close()


def test_a_spool_folder_that_cannot_be_made_is_told_and_tried_again(sqlite_url, spooling, folder):
    folder.write_text("in the way", encoding="utf-8")
    with spooling(sqlite_url) as ledger:
        ledger.commit(decision())  # the database is well
        assert ledger.health().spool
        with locked(sqlite_url, ledger):
            with pytest.raises(LedgerUnavailable):
                ledger.commit(decision())
            folder.unlink()
            ledger.commit(decision())


# What is in the files -------------------------------------------------------------------------------------------------


def spooled_by_a_process_that_ended(url, folder, made):
    with open_ledger(url, pseudonym_key=KEY, spool=folder) as ledger, locked(url, ledger):
        for one in made:
            ledger.commit(one)


def test_files_are_their_owners_and_say_nothing_that_the_ledger_would_not(sqlite_url, folder):
    made = decision()
    spooled_by_a_process_that_ended(sqlite_url, folder, [made])
    (path,) = folder.glob("*.spool")
    assert (path.stat().st_mode & 0o777, folder.stat().st_mode & 0o777) == (0o600, 0o700)
    content = path.read_bytes()
    assert b"Patient/7" not in content
    assert b"Call her son" not in content


def test_what_is_not_whole_is_left_out_and_the_rest_delivered(sqlite_url, folder, spooling, caplog):
    made = [decision(), decision()]
    spooled_by_a_process_that_ended(sqlite_url, folder, made)
    (path,) = folder.glob("*.spool")
    lines = path.read_bytes().rstrip(b"\0").splitlines(keepends=True)
    path.write_bytes(b"nonsense\n" + lines[0] + b"\n" + lines[1] + lines[0][:500] + b"\0" * 100)
    with spooling(sqlite_url) as ledger:
        wait_until(lambda: not left_over(folder))
        assert ledger.health().rejected == 0
    assert ids_of(sqlite_url) == [one.id for one in made]
    assert "not whole" in caplog.text


def left_over(folder):
    found = []
    for path in folder.glob("*.spool"):
        with contextlib.suppress(FileNotFoundError):  # it was delivered just now
            found += [path] if path.read_bytes().strip(b"\0") else []
    return found


def test_a_record_that_can_never_be_committed_is_put_aside_and_stops_nothing(sqlite_url, folder, spooling, counted):
    made = decision()
    spooled_by_a_process_that_ended(sqlite_url, folder, [made])
    spool = Spool(folder)
    spool.keep(b'{"format":99,"decision":{}}')
    spool.close()
    with spooling(sqlite_url) as ledger:
        wait_until(lambda: ids_of(sqlite_url) == [made.id])
        wait_until(lambda: ledger.health().rejected == 1)
        assert ledger.health().degraded
    (aside,) = folder.glob("*.rejected")
    assert aside.read_text(encoding="utf-8") == '{"format":99,"decision":{}}'
    assert counted.count("rejected") == 1


def test_the_file_of_a_living_process_is_left_alone(folder):
    spool = Spool(folder)
    spool.keep(b"{}")
    assert list(left_behind(folder)) == []
    spool.close()
    (file,) = left_behind(folder)
    assert list(file.records()) == [b"{}"]
    assert list(left_behind(folder)) == []  # it is taken
    file.remove()
    assert list(folder.iterdir()) == []


def test_delivered_again_it_is_not_recorded_again(sqlite_url, folder, spooling, tmp_path):
    made = [decision() for _ in range(3)]
    spooled_by_a_process_that_ended(sqlite_url, folder, made)
    (path,) = folder.glob("*.spool")
    content = path.read_bytes()
    for _ in range(2):  # as when a process dies after its commit and before it takes the file away
        with spooling(sqlite_url):
            wait_until(lambda: not left_over(folder))
        path.write_bytes(content)
    with spooling(sqlite_url):
        wait_until(lambda: not left_over(folder))
    assert ids_of(sqlite_url) == [one.id for one in made]


def test_more_than_a_portion_is_delivered_while_calls_are_served(sqlite_url, folder, spooling):
    made = [decision(cards=(), assessments=()) for _ in range(300)]
    spooled_by_a_process_that_ended(sqlite_url, folder, made)
    with spooling(sqlite_url) as ledger:
        for number in range(10):
            ledger.commit(decision(id=f"live-{number}", cards=()))
        wait_until(lambda: not left_over(folder))
    assert len(ids_of(sqlite_url)) == len(set(ids_of(sqlite_url))) == 310


def test_threads_lose_nothing_while_the_database_comes_and_goes(sqlite_url, spooling):
    made = [[decision(cards=(), assessments=()) for _ in range(40)] for _ in range(6)]
    with spooling(sqlite_url, wait_seconds=0.03) as ledger:
        threads = [threading.Thread(target=lambda mine=mine: [ledger.commit(one) for one in mine]) for mine in made]
        for thread in threads:
            thread.start()
        for _ in range(4):
            with locked(sqlite_url):
                time.sleep(0.1)
            time.sleep(0.1)
        for thread in threads:
            thread.join(60)
        wait_until(lambda: not ledger.health().waiting)
    assert sorted(ids_of(sqlite_url)) == sorted(one.id for mine in made for one in mine)


# Killed at every write ------------------------------------------------------------------------------------------------


def killed(url, folder, how):
    command = [sys.executable, "-m", "tests.killing", url, str(folder), how]
    done = subprocess.run(command, capture_output=True, text=True, timeout=500, check=True)
    return json.loads(done.stdout)


@pytest.fixture
def in_memory():
    """A folder in memory where there is one: who is killed loses nothing there, and hundreds of syncs cost nothing."""
    place = "/dev/shm" if os.access("/dev/shm", os.W_OK) else None
    with tempfile.TemporaryDirectory(prefix="ledger-", dir=place) as folder:
        yield Path(folder)


@pytest.mark.parametrize("how", ["up", "down", "deliver"])
def test_killed_at_any_write_nothing_answered_is_missing_and_nothing_twice(in_memory, how):
    url = f"sqlite:///{in_memory / 'ledger.db'}"
    open_ledger(url, pseudonym_key=KEY).close()
    with locked(url) if how == "down" else contextlib.nullcontext():
        told = killed(url, in_memory / "spool", how)
    assert told["deaths"] > 5
    assert_all_there(url, in_memory, told)


def test_killed_at_any_write_to_postgresql(postgres_url, in_memory):
    open_ledger(postgres_url, pseudonym_key=KEY).close()
    told = killed(postgres_url, in_memory / "spool", "up")
    assert told["deaths"] > 5
    assert_all_there(postgres_url, in_memory, told)


def assert_all_there(url, place, told):
    policy = replace(policy_in(place), folder=None, every_seconds=0)
    folder = place / "spool"
    with open_ledger(url, pseudonym_key=KEY, spool=folder, checkpoints=policy):
        wait_until(lambda: not left_over(folder))
    there = ids_of(url)
    assert len(there) == len(set(there))
    assert told["answered"]
    assert set(told["answered"]) <= set(there)
    assert verified(url, policy, with_published=False).faults == []
    assert not list(folder.glob("*.rejected"))


# Two processes --------------------------------------------------------------------------------------------------------

WORKER = """
import sys, threading
from cds_service.ledger import open_ledger
from tests.unit.ledger.samples import KEY, decision
url, spool, number = sys.argv[1:]
sys.stdin.readline()
with open_ledger(url, pseudonym_key=KEY, spool=__import__("pathlib").Path(spool)) as ledger:
    def commit(thread):
        for turn in range(15):
            ledger.commit(decision(id=f"{number}-{thread}-{turn}", cards=()))
    threads = [threading.Thread(target=commit, args=(thread,)) for thread in range(4)]
    [thread.start() for thread in threads]
    [thread.join() for thread in threads]
"""


def test_processes_that_race_for_the_head_make_one_log(database_url, folder, spooling, tmp_path):
    workers = [
        subprocess.Popen(
            [sys.executable, "-c", WORKER, database_url, str(folder), str(number)], stdin=subprocess.PIPE, text=True
        )
        for number in range(3)
    ]
    for worker in workers:
        worker.stdin.write("go\n")
        worker.stdin.close()
    assert [worker.wait(120) for worker in workers] == [0, 0, 0]
    policy = policy_in(tmp_path)
    with spooling(database_url, checkpoints=replace(policy, every_seconds=0)):
        wait_until(lambda: not left_over(folder))
    assert sorted(ids_of(database_url)) == sorted(f"{n}-{t}-{i}" for n in range(3) for t in range(4) for i in range(15))
    assert verified(database_url, policy).faults == []
