"""What has been kept for long enough is erased, what is on hold is not, and the log still verifies; certificates."""

import json
from datetime import timedelta

import pytest

from cds_service.domain.errors import SettingsBroken
from cds_service.ledger import open_ledger
from cds_service.ledger.proof.checkpoints import make_checkpoint
from cds_service.ledger.retention import Hold, read_hold, years_before
from tests.databases import database_url, postgres_url, sqlite_url  # noqa: F401  fixtures
from tests.ledgers import opened, policy_in, verified
from tests.recorded import AUDITED, runner
from tests.unit.ledger.samples import KEY, access, card, decision, feedback, release

OLD = years_before(AUDITED, 10) - timedelta(days=1)
YOUNG = OLD + timedelta(days=2)


@pytest.fixture
def policy(tmp_path):
    return policy_in(tmp_path)


@pytest.fixture
def ids(database_url, policy):  # noqa: F811  a fixture
    """What was recorded: two old decisions, one held by its patient, one with young feedback, one young."""
    made = {
        "old": decision(received_at=OLD, patient="p1"),
        "held": decision(received_at=OLD, patient="held-patient"),
        "spoken-of": decision(received_at=OLD, patient="p2"),
        "young": decision(received_at=YOUNG, patient="p1"),
        "also-old": decision(received_at=OLD, cards=(card(),), patient="p3"),
    }
    with open_ledger(database_url, pseudonym_key=KEY) as ledger:
        ledger._writer.write([ledger._entry(release(at=OLD))])
        for one in made.values():
            ledger.commit(one)
        ledger.commit_access(access(at=OLD))
        ledger.commit_feedback((
            feedback(made["old"].cards[0].uuid, received_at=OLD),
            feedback(made["spoken-of"].cards[0].uuid, received_at=YOUNG),
            feedback("nobody's", received_at=OLD),
            feedback("nobody's", received_at=YOUNG),
        ))  # fmt: skip
        make_checkpoint(ledger._database, policy)
    return {name: one.id for name, one in made.items()}


@pytest.fixture
def run(database_url, ids, tmp_path, monkeypatch):  # noqa: F811  a fixture
    (tmp_path / "hold.txt").write_text("# a case\npatient held-patient  # until it is over\n", encoding="utf-8")
    monkeypatch.setenv("CDS_LEGAL_HOLD_FILE", str(tmp_path / "hold.txt"))
    return runner(database_url, tmp_path, monkeypatch)


def left(url):
    with opened(url) as database, database.read.connect() as connection:
        return {
            table: set(connection.exec_driver_sql(f"SELECT id FROM {table}").scalars())
            for table in ("decisions", "feedback", "access", "releases")
        }


def test_what_is_past_its_time_is_gone_and_the_log_still_verifies(run, ids, database_url, policy):  # noqa: F811  a fixture
    done = run("retain")
    assert done.exit_code == 0, (done.output, done.exception)
    assert done.output == f"4 records from before {OLD + timedelta(days=1):%Y-%m-%d} were erased.\n"
    kept = left(database_url)
    assert kept["decisions"] == {ids["held"], ids["spoken-of"], ids["young"]}
    assert (len(kept["feedback"]), len(kept["releases"])) == (2, 1)
    report = verified(database_url, policy)
    assert report.in_order, report.faults
    assert report.erased == 4
    assert run("retain").output.startswith("0 records")
    assert verified(database_url, policy).in_order


def test_nothing_of_the_erased_is_left(run, ids, database_url):  # noqa: F811  a fixture
    run("retain")
    with opened(database_url) as database, database.read.connect() as connection:
        texts = connection.exec_driver_sql("SELECT record FROM log WHERE record IS NOT NULL").scalars().all()
    assert not [text for text in texts if ids["old"] in text or ids["also-old"] in text]


def test_a_dry_run_counts_and_changes_nothing(run, database_url):  # noqa: F811  a fixture
    before = left(database_url)
    assert run("retain", "--dry-run").output.startswith("4 records")
    assert left(database_url) == before


def test_a_record_that_somebody_erased_is_still_a_fault(run, database_url, policy):  # noqa: F811  a fixture
    run("retain")
    with opened(database_url) as database, database.write.begin() as connection:
        connection.exec_driver_sql("UPDATE log SET record = NULL WHERE leaf_index IN (2, 4)")
    report = verified(database_url, policy)
    assert sorted(fault.leaf_index for fault in report.faults if "gone" in fault.what) == [2, 4]


def test_the_record_of_an_erasure_cannot_go_itself(run, database_url, policy):  # noqa: F811  a fixture
    run("retain")
    with opened(database_url) as database, database.write.begin() as connection:
        connection.exec_driver_sql("UPDATE log SET record = NULL WHERE kind = 'access'")
    assert len([fault for fault in verified(database_url, policy).faults if "gone" in fault.what]) >= 6


def test_a_certificate_says_what_was_verified(run, database_url):  # noqa: F811  a fixture
    run("retain")
    done = run("certificate", "--quiet")
    assert done.exit_code == 0, (done.output, done.exception)
    said = json.loads(done.stdout)
    with opened(database_url) as database, database.read.connect() as connection:
        assert said["records"] == connection.exec_driver_sql("SELECT count(*) FROM log").scalar_one()
    assert (said["in_order"], said["faults"], said["erased"]) == (True, 0, 4)
    assert (said["first"]["leaf_index"], said["last"]["leaf_index"]) == (0, said["records"] - 1)
    assert said["newest_checkpoint"].startswith(said["log"])
    assert said["verifier"][-1] == "IN ORDER"
    with opened(database_url) as database, database.write.begin() as connection:
        connection.exec_driver_sql("UPDATE log SET record = 'x' WHERE leaf_index = 4")
    assert run("certificate", "--quiet").exit_code == 1


@pytest.mark.parametrize("line", ["patient", "pateint x", "decision a b"])
def test_a_hold_list_with_a_slip_stops_everything(tmp_path, line):
    (tmp_path / "hold").write_text(line, encoding="utf-8")
    with pytest.raises(SettingsBroken, match="Line 1"):
        read_hold(tmp_path / "hold")


def test_a_hold_list_that_is_not_there_stops_everything(tmp_path):
    assert read_hold(None) == Hold()
    with pytest.raises(SettingsBroken, match="cannot be read"):
        read_hold(tmp_path / "none")


def test_years_before():
    assert years_before(AUDITED.replace(year=2028, month=2, day=29), 10).day == 28
