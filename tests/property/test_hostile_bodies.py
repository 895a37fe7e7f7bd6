"""Random hook bodies, broken ones among them: the short version of `python -m benchmarks.hostile_bodies`."""

from collections import Counter

import pytest

from benchmarks.hostile_bodies import EVALUATED, _ledger_breaches, run


@pytest.fixture(scope="module")
def fired(tmp_path_factory):
    folder = tmp_path_factory.mktemp("bodies")
    return folder, *run(300, 1, folder)


@pytest.mark.requirement("HTTP-08", "HTTP-09", "REQ-12")
def test_no_body_is_a_fault_of_ours_and_every_evaluated_one_is_recorded(fired):
    _, statuses, breaches = fired
    assert breaches == []
    assert set(statuses) == {200, 400, 412, 422}
    assert statuses[200] > 50
    assert sum(statuses.values()) == 300


@pytest.mark.parametrize("status", EVALUATED)
def test_a_call_that_is_not_recorded_is_a_breach(fired, status):
    found = _ledger_breaches(Counter({("0" * 64, status): 2}), fired[0] / "ledger.db")
    assert f"2 calls with status {status} are not in the ledger" in found
    assert any("answered otherwise" in one for one in found)
