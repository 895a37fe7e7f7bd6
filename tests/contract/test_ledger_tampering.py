"""Whatever is changed behind a published checkpoint is found; and nothing else is ever called a fault.

A few hundred random ways each run; thousands with `pytest tests/contract/test_ledger_tampering.py --tamperings 10000`.
"""

import random
import shutil
import sqlite3

import pytest

from cds_service.ledger import open_ledger
from cds_service.ledger.proof.checkpoints import make_checkpoint
from tests.ledgers import fill, policy_in, verified
from tests.tampering import WAYS, careful_edit, edit
from tests.unit.ledger.samples import KEY


@pytest.fixture(scope="module")
def original(tmp_path_factory):
    """A ledger of some three hundred records, all published in six checkpoints; and its policy."""
    folder = tmp_path_factory.mktemp("ledger")
    policy = policy_in(folder)
    with open_ledger(f"sqlite:///{folder / 'ledger.db'}", pseudonym_key=KEY) as ledger:
        for _ in range(6):
            fill(ledger, 17)
            make_checkpoint(ledger._database, policy)
    with sqlite3.connect(folder / "ledger.db") as connection:
        connection.execute("PRAGMA journal_mode=DELETE")
    assert verified(f"sqlite:///{folder / 'ledger.db'}", policy).faults == []
    return folder / "ledger.db", policy


def changed(original, folder, way, seed):
    """The report on a copy that was changed, and what was touched."""
    copy = folder / "copy.db"
    shutil.copy(original[0], copy)
    connection = sqlite3.connect(copy)
    with connection:
        connection.execute("PRAGMA synchronous=OFF")
        before = connection.total_changes
        touched = way(connection, random.Random(seed))
        assert connection.total_changes > before
    connection.close()
    return verified(f"sqlite:///{copy}", original[1]), touched


def test_every_way_of_changing_it_is_found_and_no_other_record_accused(original, tmp_path, pytestconfig):
    for seed in range(pytestconfig.getoption("--tamperings")):
        way = WAYS[seed % len(WAYS)]
        report, touched = changed(original, tmp_path, way, seed)
        assert report.fault_count, f"{way.__name__} of seed {seed} was not found"
        if touched is not None:
            accused = {fault.leaf_index for fault in report.faults} - {None}
            assert accused <= touched, f"{way.__name__} of seed {seed} accuses {accused - touched}"


def test_an_edited_record_is_named(original, tmp_path):
    def edit_record(connection, chance):
        index = chance.randrange(300)
        connection.execute("UPDATE log SET record = replace(record, '1', '2') WHERE leaf_index = ?", (index,))
        return {index}

    for seed in range(10):
        report, touched = changed(original, tmp_path, edit_record, seed)
        assert {report.first().leaf_index} == touched
        assert "not the one that was recorded" in report.first().what


def test_a_careful_edit_is_narrowed_down_to_two_checkpoints(original, tmp_path):
    report, _ = changed(original, tmp_path, careful_edit, 1)
    assert report.fault_count >= 1
    assert any("between records" in fault.what for fault in report.faults)


def test_without_published_checkpoints_a_careful_change_shows_nowhere_and_the_report_says_so(original, tmp_path):
    changed(original, tmp_path, careful_edit, 1)
    report = verified(f"sqlite:///{tmp_path / 'copy.db'}", original[1], with_published=False)
    assert report.in_order
    assert report.published.size == 0


def test_what_no_fault_is_is_not_called_one(original, tmp_path):
    copy, policy = tmp_path / "copy.db", original[1]
    shutil.copy(original[0], copy)
    connection = sqlite3.connect(copy)
    connection.execute("VACUUM")
    connection.close()
    assert verified(f"sqlite:///{copy}", policy).faults == []
    with open_ledger(f"sqlite:///{copy}", pseudonym_key=KEY) as ledger:
        fill(ledger, 5)
    assert verified(f"sqlite:///{copy}", policy).faults == []


def test_an_edit_is_random_but_repeatable(original, tmp_path):
    first = changed(original, tmp_path, edit, 5)[0].faults
    assert first == changed(original, tmp_path, edit, 5)[0].faults
