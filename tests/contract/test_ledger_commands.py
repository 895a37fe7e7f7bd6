"""`cds-service ledger …`, as an auditor types it: what it prints, and the exit code a script goes by."""

import json
import sqlite3
from datetime import UTC, datetime
from itertools import count
from uuid import UUID

import pytest
from click.testing import CliRunner

from cds_service.__main__ import main
from cds_service.app import contents_of, fit_of, sources
from cds_service.ledger import open_ledger
from cds_service.ledger.commands import Tools
from cds_service.ledger.extracts import commands
from tests.ledgers import filled, policy_in
from tests.unit.ledger.samples import KEY, decision

NOW = datetime(2026, 7, 1, tzinfo=UTC)


@pytest.fixture
def run(tmp_path, monkeypatch):
    """Run a command on the ledger in `tmp_path`."""
    monkeypatch.setenv("CDS_DATABASE_URL", f"sqlite:///{tmp_path / 'ledger.db'}")
    monkeypatch.setenv("CDS_SIGNING_KEY_FILE", str(tmp_path / "signing.key"))
    monkeypatch.setenv("CDS_CHECKPOINT_FOLDER", str(tmp_path / "published"))
    numbers = count(4711)
    tools = Tools(
        clock=lambda: NOW,
        new_uuid=lambda: UUID(int=next(numbers)),
        contents=contents_of,
        fit_of=fit_of,
        sources=sources,
    )
    return lambda *words: CliRunner().invoke(commands.ledger, [str(word) for word in words], obj=tools)


@pytest.fixture
def ledger_url(tmp_path):
    url = f"sqlite:///{tmp_path / 'ledger.db'}"
    filled(url, policy_in(tmp_path), checkpoint_after=4)
    return url


def change(tmp_path, statement):
    with sqlite3.connect(tmp_path / "ledger.db") as connection:
        connection.execute(statement)
    connection.close()


def test_a_ledger_in_order_exits_0_and_says_what_is_covered(run, ledger_url):
    done = run("verify", "--quiet")
    assert done.exit_code == 0, done.output
    assert "IN ORDER" in done.output
    assert "Checkpoints 4 hold" in done.output
    assert "UNPROTECTED" not in done.output
    assert "10 decision" in done.output


def test_the_unprotected_tail_is_said(run, ledger_url):
    with open_ledger(ledger_url, pseudonym_key=KEY) as ledger:
        ledger.commit(decision())
    assert "UNPROTECTED 1 records" in run("verify").output


def test_the_first_bad_record_is_named_and_the_exit_code_is_1(run, ledger_url, tmp_path):
    change(tmp_path, "UPDATE log SET record = replace(record, 'e', 'E') WHERE leaf_index IN (7, 9)")
    change(tmp_path, "UPDATE decisions SET status = 500 WHERE leaf_index = 1")
    done = run("verify")
    assert done.exit_code == 1
    after = done.output[done.output.index("NOT IN ORDER: 3 faults") :].splitlines()
    assert after[1].strip().startswith("record 1 ")
    assert "status" in after[1]
    assert "record 7" in after[2]


def test_without_published_checkpoints_the_report_says_that_none_were_looked_at(run, ledger_url, monkeypatch):
    monkeypatch.delenv("CDS_CHECKPOINT_FOLDER")
    done = run("verify")
    assert done.exit_code == 0
    assert "none were looked at" in done.output


def contents(folder):
    """What stands in each file; SQLite makes two more while it reads, with nothing in them."""
    files = [path for path in folder.rglob("*") if path.is_file() and not path.name.endswith(("-shm", "-wal"))]
    return {path: path.read_bytes() for path in files}


def test_verifying_changes_nothing_and_needs_no_secret(run, ledger_url, tmp_path):
    (tmp_path / "signing.key").unlink()
    before = contents(tmp_path)
    assert run("verify").exit_code == 0
    assert contents(tmp_path) == before


@pytest.mark.parametrize(("url", "code"), [("sqlite:////nowhere/ledger.db", 3), ("nonsense", 2)])
def test_a_ledger_that_cannot_be_reached(run, ledger_url, monkeypatch, url, code):
    monkeypatch.setenv("CDS_DATABASE_URL", url)
    done = CliRunner().invoke(main, ["ledger", "verify", "--public-key", str(run_key(ledger_url))])
    assert done.exit_code == code
    assert "CDS_DATABASE_URL" in done.output


def run_key(url):
    return url.removeprefix("sqlite:///").replace("ledger.db", "signing.key.pub")


def test_an_empty_database_is_no_ledger(run, ledger_url, tmp_path, monkeypatch):
    sqlite3.connect(tmp_path / "empty.db").close()
    (tmp_path / "empty.db").touch()
    monkeypatch.setenv("CDS_DATABASE_URL", f"sqlite:///{tmp_path / 'empty.db'}")
    done = run("verify")
    assert done.exit_code == 3
    assert "schema is missing" in done.output


def test_a_missing_public_key_is_told(run, ledger_url, tmp_path):
    (tmp_path / "signing.key.pub").unlink()
    done = run("verify")
    assert done.exit_code != 0
    assert "public key file" in str(done.exception)


def test_a_decision_is_proved_and_the_proof_checked(run, ledger_url, tmp_path):
    with sqlite3.connect(tmp_path / "ledger.db") as connection:
        (id_,) = connection.execute("SELECT id FROM decisions LIMIT 1").fetchone()
    connection.close()
    proof = run("prove", id_)
    (tmp_path / "proof.json").write_text(proof.output, encoding="utf-8")
    checked = run("verify", "--proof", tmp_path / "proof.json")
    assert (checked.exit_code, "is in the log" in checked.output) == (0, True)
    (tmp_path / "list.json").write_text("[]", encoding="utf-8")
    assert run("verify", "--proof", tmp_path / "list.json").exit_code == 2


def test_consistency_of_two_checkpoints(run, ledger_url, tmp_path):
    sizes = [line.split()[0] for line in run("checkpoints").output.splitlines()]
    assert sizes == ["13", "32"]
    proof = run("consistency", *sizes)
    (tmp_path / "proof.json").write_text(proof.output, encoding="utf-8")
    assert "begins with" in run("verify", "--proof", tmp_path / "proof.json").output


def test_an_export_is_recorded_first_and_can_be_verified(run, ledger_url, tmp_path):
    path = tmp_path / "export.ndjson"
    assert run("export", "--output", path).exit_code == 0
    last = accesses(path)[-1]
    assert (last["what"], last["records"], last["at"]) == ("export", 32, "2026-07-01T00:00:00Z")
    done = run("verify", "--export", path)
    assert done.exit_code == 0, done.output
    assert "Records     33" in done.output
    assert run("export", "--output", path).exit_code == 2  # never over another file


def accesses(path):
    lines = [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]
    return [line["record"]["access"] for line in lines if line.get("kind") == "access"]


def test_an_export_to_standard_output_of_a_copy(run, ledger_url):
    done = run("export", "--unrecorded")
    assert done.exit_code == 0
    assert done.output.count('"kind":"access"') == 10


def test_a_checkpoint_is_printed_and_published(run, ledger_url, tmp_path):
    with open_ledger(ledger_url, pseudonym_key=KEY) as ledger:
        ledger.commit(decision())
    (tmp_path / "safe").mkdir()
    done = run("checkpoint", "--publish", tmp_path / "safe")
    assert done.exit_code == 0, done.output
    assert done.output.splitlines()[1:2] == ["33"]
    assert [path.read_text(encoding="utf-8") for path in (tmp_path / "safe").rglob("*.checkpoint")] == [done.output]
    assert "UNPROTECTED" not in run("verify").output


def test_the_whole_command_knows_it():
    done = CliRunner().invoke(main, ["ledger", "--help"])
    assert done.exit_code == 0
    assert "verify" in done.output
    assert CliRunner().invoke(main, ["ledger", "nonsense"]).exit_code == 2
