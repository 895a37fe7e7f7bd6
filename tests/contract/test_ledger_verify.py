"""Whoever changes the ledger behind a checkpoint is found out, and the record is named; nobody else is accused."""

import pytest

from cds_service.ledger import open_ledger
from tests.databases import database_url, postgres_url, sqlite_url  # noqa: F401  fixtures
from tests.ledgers import fill, filled, policy_in, verified
from tests.unit.ledger.samples import KEY

# ruff: noqa: F811  the fixtures are imported and then named as arguments


@pytest.fixture
def policy(tmp_path):
    return policy_in(tmp_path)


@pytest.mark.parametrize("decisions", [10, 300])
def test_an_untouched_ledger_is_in_order(database_url, policy, decisions):
    filled(database_url, policy, decisions, checkpoint_after=4)
    report = verified(database_url, policy)
    assert report.faults == []
    assert report.kinds == {
        "release": 2,
        "decision": decisions,
        "feedback": decisions // 2 * 2,
        "access": decisions,
    }
    assert report.records == report.size == sum(report.kinds.values())
    assert report.checkpoints == 4  # two, stored and published
    assert (report.signed.size, report.published.size) == (report.size, report.size)
    assert report.erased == 0


def test_the_tail_behind_the_last_checkpoint_is_told(database_url, policy):
    filled(database_url, policy)
    with open_ledger(database_url, pseudonym_key=KEY) as ledger:
        fill(ledger, 3)
    report = verified(database_url, policy)
    assert report.in_order
    assert report.records - report.published.size == 9
