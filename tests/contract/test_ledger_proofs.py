"""Proofs and exports: what an auditor gets is enough, with the public key alone; over both databases."""

import json

import pytest
from sqlalchemy import text

from cds_service.ledger import open_ledger
from cds_service.ledger.proof.checkpoints import make_checkpoint, public_key_file
from cds_service.ledger.proof.export import ExportBroken, ExportSource, write_export
from cds_service.ledger.proof.proofs import ProofMissing, ProofWrong, check_proof, prove_consistency, prove_decision
from cds_service.ledger.proof.published import published
from cds_service.ledger.proof.signing import load_public_keys
from cds_service.ledger.proof.sources import DatabaseSource
from cds_service.ledger.proof.verify import verify
from cds_service.ledger.questions.questions import Questions
from tests.databases import database_url, postgres_url, sqlite_url  # noqa: F401  fixtures
from tests.ledgers import filled, opened, policy_in
from tests.unit.ledger.samples import KEY, decision

# ruff: noqa: F811  the fixtures are imported and then named as arguments


@pytest.fixture
def policy(tmp_path):
    return policy_in(tmp_path)


def keys(policy):
    return load_public_keys(public_key_file(policy.key_file))


def exported(url, path):
    with opened(url) as database, database.snapshot() as connection, path.open("wb") as file:
        write_export(DatabaseSource(connection, database.dialect), file)
    return path


# Proofs ---------------------------------------------------------------------------------------------------------------


def test_every_decision_is_provable_with_the_public_key_alone(database_url, policy):
    filled(database_url, policy, decisions=300, checkpoint_after=150)
    with opened(database_url) as database, database.snapshot() as connection:
        ids = connection.execute(text("SELECT id FROM decisions ORDER BY leaf_index")).scalars().all()
        for id_ in ids[::29]:
            proof = json.loads(json.dumps(prove_decision(connection, id_)))
            assert "is in the log" in check_proof(proof, keys(policy))
            assert proof["record"]["decision"]["id"] == id_


def test_a_later_log_is_shown_to_begin_with_an_earlier_one(database_url, policy):
    filled(database_url, policy, decisions=300, checkpoint_after=150)
    with opened(database_url) as database, database.snapshot() as connection:
        sizes = [note.size for note in DatabaseSource(connection, database.dialect).notes()]
        proof = json.loads(json.dumps(prove_consistency(connection, *sizes)))
        assert "begins with" in check_proof(proof, keys(policy))
        with pytest.raises(ProofMissing, match="no checkpoint of 7"):
            prove_consistency(connection, 7, sizes[1])
        with pytest.raises(ProofWrong):
            prove_consistency(connection, *reversed(sizes))


def test_what_cannot_be_proved_is_told(sqlite_url, policy):
    made = decision()
    with open_ledger(sqlite_url, pseudonym_key=KEY) as ledger:
        ledger.commit(made)
        with ledger._database.snapshot() as connection:
            with pytest.raises(ProofMissing, match="no decision"):
                prove_decision(connection, "nobody's")
            with pytest.raises(ProofMissing, match="ledger checkpoint"):
                prove_decision(connection, made.id)


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("text", "{}"),
        ("record", {}),
        ("leaf_index", 2),
        ("leaf_index", "x"),
        ("inclusion_proof", []),
        ("inclusion_proof", ["zz"]),
        ("checkpoint", "x"),
        ("checkpoint", None),
    ],
)
def test_a_proof_that_was_changed_proves_nothing(sqlite_url, policy, name, value):
    filled(sqlite_url, policy)
    with opened(sqlite_url) as database, database.snapshot() as connection:
        id_ = connection.execute(text("SELECT id FROM decisions ORDER BY leaf_index LIMIT 1")).scalar()
        proof = dict(prove_decision(connection, id_))
    with pytest.raises(ProofWrong):
        check_proof(proof | {name: value}, keys(policy))
    with pytest.raises(ProofWrong):
        check_proof({one: value for one, value in proof.items() if one != name}, keys(policy))
    with pytest.raises(ProofWrong, match="not signed"):
        check_proof(proof, [])


def test_a_changed_log_proves_nothing(sqlite_url, policy):
    filled(sqlite_url, policy, decisions=300)
    with opened(sqlite_url) as database:
        with database.write.begin() as connection:
            id_ = connection.execute(text("SELECT id FROM decisions ORDER BY leaf_index LIMIT 1")).scalar()
            connection.execute(text("UPDATE log SET leaf_hash = zeroblob(32) WHERE leaf_index = 4"))
            connection.execute(text("DELETE FROM log_nodes WHERE position = 1"))
        with database.snapshot() as connection, pytest.raises(ProofWrong):
            prove_decision(connection, id_)


# Exports --------------------------------------------------------------------------------------------------------------


def test_an_export_is_verified_without_the_database(database_url, policy, tmp_path):
    filled(database_url, policy, decisions=300, checkpoint_after=100)
    path = exported(database_url, tmp_path / "export.ndjson")
    report = verify(ExportSource(path), keys(policy), published(policy.folder))
    assert report.faults == []
    assert (report.records, report.checkpoints, report.published.size) == (report.size, 4, report.size)
    assert json.loads(path.read_text(encoding="utf-8").splitlines()[0])["export"]["size"] == report.size


def lines_changed(path, change):
    lines = path.read_bytes().splitlines(keepends=True)
    path.write_bytes(b"".join(change(lines)))


@pytest.mark.parametrize(
    ("change", "named"),
    [
        (lambda lines: [*lines[:5], lines[5].replace(b'"format":2', b'"format":1'), *lines[6:]], 4),
        (lambda lines: [*lines[:5], *lines[6:]], 4),
        (lambda lines: [*lines[:5], lines[6], lines[5], *lines[7:]], 4),
        (lambda lines: [*lines[:5], lines[5], *lines[5:]], 5),
        (lambda lines: lines[:-4], None),
        (lambda lines: [line for line in lines if b"checkpoint" not in line[:20]], None),
    ],
)
def test_an_export_that_was_changed_is_found(sqlite_url, policy, tmp_path, change, named):
    filled(sqlite_url, policy, checkpoint_after=4)
    path = exported(sqlite_url, tmp_path / "export.ndjson")
    lines_changed(path, change)
    report = verify(ExportSource(path), keys(policy), published(policy.folder))
    assert report.fault_count
    assert report.first().leaf_index == named


@pytest.mark.parametrize("content", [b"", b"{}", b"\xff\n", b'{"export":{"format":2,"origin":"o","size":0}}\n'])
def test_a_file_that_is_no_export_is_told(tmp_path, content):
    (tmp_path / "file").write_bytes(content)
    with pytest.raises(ExportBroken):
        ExportSource(tmp_path / "file")


def test_a_line_that_is_none_of_an_export_is_told(tmp_path):
    (tmp_path / "file").write_bytes(b'{"export":{"format":1,"origin":"o","size":1}}\nnonsense\n')
    with pytest.raises(ExportBroken, match="Line 2"):
        verify(ExportSource(tmp_path / "file"), [])


def test_hashes_of_an_export_that_are_none_are_a_fault_and_no_crash(sqlite_url, policy, tmp_path):
    filled(sqlite_url, policy)
    path = exported(sqlite_url, tmp_path / "export.ndjson")
    lines_changed(path, lambda lines: [line.replace(b'"leaf_hash":"', b'"leaf_hash":"x') for line in lines])
    assert verify(ExportSource(path), keys(policy)).fault_count


def test_a_snapshot_does_not_see_what_is_written_meanwhile(database_url, policy):
    filled(database_url, policy)
    with opened(database_url) as database, database.snapshot() as connection:
        source = DatabaseSource(connection, database.dialect)
        with open_ledger(database_url, pseudonym_key=KEY) as ledger:
            ledger.commit(decision())
            make_checkpoint(ledger._database, policy)
        report = verify(source, keys(policy))
    assert (report.faults, report.records) == ([], source.size)


def test_a_proof_that_cannot_be_checked_is_neither_proven_nor_called_not_covered_yet(database_url, policy, tmp_path):
    filled(database_url, policy)
    with opened(database_url) as database, database.read.connect() as connection:
        id_ = connection.execute(text("SELECT id FROM decisions LIMIT 1")).scalar_one()
        assert Questions(database, public_key_file(policy.key_file)).proven(id_).holds
        for missing in (tmp_path / "nowhere.pub", tmp_path):
            told = Questions(database, missing).proven(id_)
            assert (told.holds, told.pending) == (False, False)
            assert "CDS_SIGNING_KEY_FILE" in told.told
            assert str(tmp_path) not in told.told
