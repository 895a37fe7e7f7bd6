"""Checkpoints are made by themselves, once for all workers, and never of two histories."""

import contextlib
import logging
import shutil
import time
from dataclasses import replace

import pytest
from sqlalchemy import text

from cds_service.ledger import open_ledger
from cds_service.ledger.proof.checkpoints import Checkpoints, HistoryChanged, make_checkpoint
from cds_service.ledger.proof.note import read
from cds_service.ledger.proof.published import published
from tests.databases import database_url, postgres_url, sqlite_url  # noqa: F401  fixtures
from tests.ledgers import fill, filled, opened, policy_in, verified
from tests.unit.ledger.samples import KEY, RECEIVED, decision

# ruff: noqa: F811  the fixtures are imported and then named as arguments


@pytest.fixture
def policy(tmp_path):
    return policy_in(tmp_path)


def wait_until(holds):
    end = time.monotonic() + 20
    while not holds():
        assert time.monotonic() < end
        time.sleep(0.05)


def stored(url):
    with opened(url) as database, database.read.connect() as connection:
        notes = connection.execute(text("SELECT note FROM checkpoints ORDER BY size")).scalars()
        return [read(note) for note in notes]


def test_a_growing_ledger_is_signed_by_itself(database_url, policy):
    often = replace(policy, every_records=3, every_seconds=3_600)
    with open_ledger(database_url, pseudonym_key=KEY, checkpoints=often) as ledger:
        fill(ledger, 1)
        wait_until(lambda: stored(database_url))
    (checkpoint,) = stored(database_url)
    assert checkpoint.size == 3
    assert [note.size for note in published(policy.folder)] == [3]
    assert verified(database_url, policy).faults == []


def test_a_ledger_that_grows_slowly_is_signed_after_a_time(sqlite_url, policy):
    soon = replace(policy, every_seconds=0.2)
    with open_ledger(sqlite_url, pseudonym_key=KEY, checkpoints=soon) as ledger:
        ledger.commit(decision())
        wait_until(lambda: stored(sqlite_url))
        ledger.commit(decision())
        wait_until(lambda: len(stored(sqlite_url)) == 2)
    assert [one.size for one in stored(sqlite_url)] == [1, 2]


def test_closing_signs_what_is_due_and_an_idle_ledger_is_not_signed_again(sqlite_url, policy):
    for _ in range(2):
        with open_ledger(sqlite_url, pseudonym_key=KEY, checkpoints=replace(policy, every_seconds=0)) as ledger:
            if not ledger.decisions():
                ledger.commit(decision())
    assert [one.size for one in stored(sqlite_url)] == [1]


def test_two_workers_sign_one_log_once(database_url, policy):
    often = replace(policy, every_records=1)
    with (
        open_ledger(database_url, pseudonym_key=KEY, checkpoints=often) as one,
        open_ledger(database_url, pseudonym_key=KEY, checkpoints=often) as other,
    ):
        for _ in range(10):
            one.commit(decision())
            other.commit(decision())
        wait_until(lambda: any(checkpoint.size == 20 for checkpoint in stored(database_url)))
    assert verified(database_url, policy).faults == []


def test_one_that_was_stored_and_not_published_is_published_later(sqlite_url, policy):
    with open_ledger(sqlite_url, pseudonym_key=KEY) as ledger:
        ledger.commit(decision())
        note = make_checkpoint(ledger._database, replace(policy, folder=None))
        assert list(published(policy.folder)) == []
        assert make_checkpoint(ledger._database, policy) == note
    assert [one.text for one in published(policy.folder)] == [note]


def test_a_log_put_back_from_an_old_backup_is_not_signed_and_found(sqlite_url, policy, tmp_path):
    filled(sqlite_url, policy)
    shutil.copy(tmp_path / "ledger.db", tmp_path / "backup.db")
    with open_ledger(sqlite_url, pseudonym_key=KEY) as ledger:
        fill(ledger, 5)
        make_checkpoint(ledger._database, policy)
    for file in tmp_path.glob("ledger.db*"):
        file.unlink()
    shutil.copy(tmp_path / "backup.db", tmp_path / "ledger.db")
    report = verified(sqlite_url, policy)
    assert "older backup" in report.first().what
    with open_ledger(sqlite_url, pseudonym_key=KEY) as ledger:
        with pytest.raises(HistoryChanged, match="older than the checkpoint"):
            make_checkpoint(ledger._database, policy)
        fill(ledger, 20)  # it grows beyond what was published, and is another log all the same
        with pytest.raises(HistoryChanged, match="not those of the checkpoint"):
            make_checkpoint(ledger._database, policy)
    assert verified(sqlite_url, policy).fault_count


def test_an_exchanged_database_is_not_signed_and_found(sqlite_url, policy, tmp_path):
    filled(sqlite_url, policy)
    other = f"sqlite:///{tmp_path / 'other.db'}"
    with open_ledger(other, pseudonym_key=KEY) as ledger:
        fill(ledger, 20)
        with pytest.raises(HistoryChanged, match="another log"):
            make_checkpoint(ledger._database, policy)
    assert "another log" in verified(other, policy).first().what


@pytest.mark.parametrize(
    "change",
    [
        "UPDATE log_head SET frontier = zeroblob(length(frontier))",
        "UPDATE log_head SET frontier = 'x'",
        "UPDATE log_head SET size = size - 1",
        "DELETE FROM log_head",
        "UPDATE log SET leaf_hash = zeroblob(32) WHERE leaf_index = 3",
        "DELETE FROM log WHERE leaf_index = 3",
        "UPDATE checkpoints SET note = 'x'",
    ],
)
def test_a_log_that_contradicts_itself_is_not_signed_and_reported_once(sqlite_url, policy, change, caplog):
    with open_ledger(sqlite_url, pseudonym_key=KEY) as ledger:
        fill(ledger, 10)
        make_checkpoint(ledger._database, policy)
        ledger.commit(decision())
        with ledger._database.write.begin() as connection:
            connection.execute(text(change))
        counted = []
        chore = Checkpoints(ledger._database, replace(policy, every_records=1), counted.append)
        chore()
        chore()
    assert chore.trouble
    assert counted == ["checkpoint-failed"] * 2
    assert len([one for one in caplog.records if "No checkpoint" in one.message]) == 1


def test_a_folder_that_cannot_be_written_costs_no_decision_and_is_tried_again(sqlite_url, policy, tmp_path, caplog):
    policy.folder.write_text("in the way", encoding="utf-8")
    chore_policy = replace(policy, every_records=1, every_seconds=0.1)
    with open_ledger(sqlite_url, pseudonym_key=KEY, checkpoints=chore_policy) as ledger:
        ledger.commit(decision())
        wait_until(lambda: "No checkpoint can be made" in caplog.text)
        ledger.commit(decision())
        policy.folder.unlink()
        wait_until(lambda: policy.folder.exists() and list(published(policy.folder)))
    assert verified(sqlite_url, policy).published.size == 2


def test_a_signing_key_that_cannot_be_used_costs_no_decision(sqlite_url, policy, caplog):
    policy.key_file.write_text("damaged", encoding="ascii")
    policy.key_file.chmod(0o600)
    with open_ledger(sqlite_url, pseudonym_key=KEY, checkpoints=replace(policy, every_records=1)) as ledger:
        ledger.commit(decision())
        wait_until(lambda: "No checkpoint can be made" in caplog.text)
        ledger.commit(decision())
        assert len(ledger.decisions()) == 2
    assert "damaged" not in caplog.text


def test_a_clock_that_jumps_back_disturbs_nothing(sqlite_url, policy):
    moments = iter([RECEIVED, RECEIVED.replace(year=2020), RECEIVED.replace(year=2031)])
    jumping = replace(policy, clock=lambda: next(moments))
    with open_ledger(sqlite_url, pseudonym_key=KEY) as ledger:
        for _ in range(3):
            ledger.commit(decision(answered_at=RECEIVED.replace(year=2020)))
            make_checkpoint(ledger._database, jumping)
    assert verified(sqlite_url, policy).faults == []
    assert [one.made_at.year for one in stored(sqlite_url)] == [2026, 2020, 2031]


def test_a_database_that_is_gone_is_reported_by_the_chore(sqlite_url, policy, caplog):
    caplog.set_level(logging.ERROR)
    with open_ledger(sqlite_url, pseudonym_key=KEY) as ledger:
        ledger.commit(decision())
        chore = Checkpoints(ledger._database, replace(policy, every_records=1), lambda _: None)
        with ledger._database.write.begin() as connection:
            connection.execute(text("ALTER TABLE checkpoints RENAME TO elsewhere"))
        chore()
        assert "does not answer" in chore.trouble
        with ledger._database.write.begin() as connection:
            connection.execute(text("ALTER TABLE elsewhere RENAME TO checkpoints"))
        chore()
        assert (chore.trouble, chore.last.size) == ("", 1)


def test_the_key_is_not_in_the_database(sqlite_url, policy, tmp_path):
    filled(sqlite_url, policy)
    secret = policy.key_file.read_text(encoding="ascii").splitlines()[1]
    for file in tmp_path.glob("ledger.db*"):
        with contextlib.suppress(IsADirectoryError):
            assert secret.encode() not in file.read_bytes()
