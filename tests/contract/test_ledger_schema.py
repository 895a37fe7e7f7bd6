"""The schema, over both databases: made once by whoever comes first, moved up and down with rows in it."""

import subprocess
import sys
from dataclasses import replace

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import MetaData, Table, insert, inspect, select, text

from cds_service.domain.errors import LedgerUnavailable, SettingsBroken
from cds_service.ledger import migrate, open_ledger
from cds_service.ledger.commands import ledger as ledger_commands
from cds_service.ledger.opening import open_database
from cds_service.ledger.proof.checkpoints import make_checkpoint
from cds_service.ledger.record import encode
from cds_service.ledger.tables import metadata
from tests.databases import database_url, postgres_url, sqlite_url  # noqa: F401  fixtures
from tests.ledgers import opened, policy_in, verified
from tests.unit.ledger.samples import KEY, as_recorded, decision, feedback

# ruff: noqa: F811  the fixtures are imported and then named as arguments

WORKER = """
import sys
from cds_service.ledger import open_ledger
from tests.unit.ledger.samples import decision
from dataclasses import replace
url, number = sys.argv[1:]
sys.stdin.readline()
with open_ledger(url, pseudonym_key=bytes(32)) as ledger:
    for turn in range(5):
        ledger.commit(decision(id=f"{number}-{turn}", cards=()))
"""


def test_the_migrations_make_what_the_tables_say(database_url):
    with open_ledger(database_url, pseudonym_key=KEY) as ledger, ledger._database.read.connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True, "compare_server_default": True})
        assert compare_metadata(context, metadata) == []
        assert migrate.revision(connection) == migrate.HEAD


def test_head_is_the_newest_step():
    folder = migrate.__file__.replace("migrate.py", "migrations")
    assert ScriptDirectory(folder).get_heads() == [migrate.HEAD]


def test_down_and_up_again_with_rows(database_url):
    made = decision()
    with open_ledger(database_url, pseudonym_key=KEY) as ledger:
        ledger.commit(made)
        ledger.commit_feedback((feedback(made.cards[0].uuid, accepted=("a",)),))
        with ledger._database.write.begin() as connection:
            migrate.move(connection, "base")
            assert set(inspect(connection).get_table_names()) == {"alembic_version"}
        with pytest.raises(LedgerUnavailable):
            ledger.commit(decision())
        migrate.migrate(ledger._database)
        ledger.commit(made)
        assert [line.id for line in ledger.decisions()] == [made.id]


def kept_by_0001(connection):
    """What 0001 kept of three decisions, one of them with cards, and of feedback; some sequences were rolled back."""
    made = decision(tenant="", claims=None, dialect="", origins={}, duration_us=0, degraded=())
    quiet = [replace(made, id=f"quiet-{number}", cards=(), assessments=()) for number in range(2)]
    for sequence, one in ((2, made), (3, quiet[0]), (5, quiet[1])):
        text = encode(one, lambda kind, identifier: identifier).decode().replace('"format":2', '"format":1')
        row = {name: getattr(one, name) for name in COLUMNS_OF_0001} | {"sequence": sequence, "record": text}
        row |= {"user_pseudonym": one.user, "patient_pseudonym": one.patient, "encounter_pseudonym": one.encounter}
        row |= {"duration_us": 2_500, "incomplete": True, "not_assessed": one.not_assessed, "failed": one.failed}
        row |= {"order_count": len(one.assessments), "card_count": len(one.cards)}
        insert_into(connection, "decisions", row)
    for position, card in enumerate(made.cards):
        about = {"uuid": card.uuid, "decision": made.id, "position": position, "rule": card.source.topic.code}
        about |= {"indicator": card.indicator.value, "summary": card.summary, "client": made.client}
        insert_into(connection, "cards", about | {"received_at": made.received_at})
        for place, one in enumerate(card.suggestions):
            row = {"uuid": one.uuid, "card": card.uuid, "position": place, "alternative": one.alternative}
            insert_into(connection, "suggestions", row)
    items = (feedback(made.cards[0].uuid, accepted=("a", "b")), feedback("nobody's", has_comment=False, reason_code=""))
    for sequence, item in enumerate(items, 1):
        row = {name: getattr(item, name) for name in FEEDBACK_OF_0001}
        insert_into(connection, "feedback", row | {"sequence": sequence, "orphan": sequence == 2})
        for position, suggestion in enumerate(item.accepted):
            row = {"feedback": item.id, "position": position, "suggestion": suggestion}
            insert_into(connection, "accepted_suggestions", row)
    return made, quiet, items


COLUMNS_OF_0001 = (
    "id", "received_at", "answered_at", "hook", "service_id", "hook_instance", "client", "fhir_version", "body_sha256",
    "content_version", "content_sha256", "software_version", "status", "mode",
)  # fmt: skip
FEEDBACK_OF_0001 = (
    "id", "received_at", "service_id", "client", "card", "outcome", "outcome_at", "reason_code", "reason_system",
    "has_comment",
)  # fmt: skip


def insert_into(connection, name, row):
    connection.execute(insert(Table(name, MetaData(), autoload_with=connection)), row)


def rows_of(connection, name):
    """The rows in their order; the numbers by which they are ordered may change."""
    table = Table(name, MetaData(), autoload_with=connection)
    rows = connection.execute(select(table).order_by(*table.primary_key)).mappings()
    return [{column: value for column, value in row.items() if column != "sequence"} for row in rows]


def test_what_0001_kept_becomes_the_first_leaves(database_url, tmp_path):
    with opened(database_url) as database, database.write.begin() as connection:
        database.prepare(connection)
        migrate.move(connection, "0001")
        made, quiet, items = kept_by_0001(connection)
    policy = policy_in(tmp_path)
    with open_ledger(database_url, pseudonym_key=KEY) as ledger:
        assert [line.id for line in ledger.decisions()] == [quiet[1].id, quiet[0].id, made.id]
        assert [line.leaf_index for line in ledger.decisions()] == [2, 1, 0]
        assert replace(ledger.decision(made.id).decision, assessments=()) == replace(as_recorded(made), assessments=())
        assert ledger.card(made.cards[0].uuid).suggestions
        assert ledger.feedback_of(made.cards[0].uuid)[0].feedback == items[0]
        assert ledger.feedback_of("nobody's")[0].orphan
        ledger.commit(decision())
        make_checkpoint(ledger._database, policy)
    report = verified(database_url, policy)
    assert report.faults == []
    assert (report.size, report.published.size) == (6, 6)


def test_down_to_0001_and_up_again_keeps_what_0001_knows(database_url, tmp_path):
    names = ("decisions", "cards", "suggestions", "feedback", "accepted_suggestions")
    with opened(database_url) as database, database.write.begin() as connection:
        database.prepare(connection)
        migrate.move(connection, "0001")
        kept_by_0001(connection)
        before = {name: rows_of(connection, name) for name in names}
        migrate.move(connection, "0002")
        migrate.move(connection, "0001")
        after = {name: rows_of(connection, name) for name in names}
        assert set(inspect(connection).get_table_names()) == {*names, "alembic_version"}
        insert_into(connection, "feedback", after["feedback"][0] | {"id": "another"})  # its sequence goes on
    for rows in (*before.values(), *after.values()):
        for row in rows:
            row.pop("duration_us", None)  # it was not in the record, so it is not known any more
    assert after == before
    with open_ledger(database_url, pseudonym_key=KEY) as ledger:
        make_checkpoint(ledger._database, policy_in(tmp_path))
        assert len(ledger.decisions()) == 3
    assert verified(database_url, policy_in(tmp_path)).faults == []


def test_a_ledger_larger_than_a_portion_is_carried_over_whole(sqlite_url, tmp_path):
    with opened(sqlite_url) as database, database.write.begin() as connection:
        migrate.move(connection, "0001")
        _, quiet, _ = kept_by_0001(connection)
        (row,) = [row for row in rows_of(connection, "decisions") if row["id"] == quiet[0].id]
        more = [row | {"id": f"more-{number}"} for number in range(1_100)]
        for one in more:
            one["record"] = row["record"].replace(quiet[0].id, one["id"])
        insert_into(connection, "decisions", more)
    with open_ledger(sqlite_url, pseudonym_key=KEY) as ledger:
        make_checkpoint(ledger._database, policy_in(tmp_path))
        assert ledger.decision("more-1099").leaf_index == 1_102
    report = verified(sqlite_url, policy_in(tmp_path))
    assert (report.records, report.faults) == (1_105, [])


def test_a_step_that_breaks_off_leaves_nothing_behind(database_url):
    with open_ledger(database_url, pseudonym_key=KEY) as ledger:
        with ledger._database.write.begin() as connection:
            migrate.move(connection, "base")
        with ledger._database.write.connect() as connection:
            migrate.move(connection, migrate.HEAD)
            assert inspect(connection).has_table("decisions")
            connection.rollback()
        with ledger._database.read.connect() as connection:
            assert migrate.revision(connection) is None
            assert not inspect(connection).has_table("decisions")


def test_a_ledger_of_a_newer_release_is_left_alone(database_url):
    with open_ledger(database_url, pseudonym_key=KEY) as ledger, ledger._database.write.begin() as connection:
        connection.execute(text("UPDATE alembic_version SET version_num = '9999'"))
    with pytest.raises(SettingsBroken, match="newer"):
        open_ledger(database_url, pseudonym_key=KEY)


def test_workers_that_start_together_make_one_schema_and_share_it(database_url):
    workers = [
        subprocess.Popen([sys.executable, "-c", WORKER, database_url, str(number)], stdin=subprocess.PIPE, text=True)
        for number in range(3)
    ]
    for worker in workers:
        worker.stdin.write("go\n")
        worker.stdin.close()
    assert [worker.wait(60) for worker in workers] == [0, 0, 0]
    with open_ledger(database_url, pseudonym_key=KEY) as ledger:
        assert {line.id for line in ledger.decisions()} == {f"{n}-{turn}" for n in range(3) for turn in range(5)}


def test_an_up_to_date_ledger_opens_without_loading_alembic(database_url):
    open_ledger(database_url, pseudonym_key=KEY).close()
    code = (
        "import sys; from cds_service.ledger import open_ledger; "
        "open_ledger(sys.argv[1], pseudonym_key=bytes(32)).close(); sys.exit('alembic' in sys.modules)"
    )
    subprocess.run([sys.executable, "-c", code, database_url], check=True, timeout=60)


@pytest.mark.parametrize(
    "url", ["", "nonsense", "mysql://u:secret@h/d", "sqlite://", "sqlite:///:memory:", "sqlite:///file:x?uri=true"]
)
def test_a_url_that_cannot_be_used_is_told_and_not_shown(url):
    with pytest.raises(SettingsBroken) as refused:
        open_ledger(url, pseudonym_key=KEY)
    assert "CDS_DATABASE_URL" in str(refused.value)
    assert "secret" not in str(refused.value)


def test_a_short_key_is_refused(sqlite_url):
    with pytest.raises(SettingsBroken, match="at least 32"):
        open_ledger(sqlite_url, pseudonym_key=b"short")


def test_the_command_brings_the_schema_up_to_date(database_url, monkeypatch):
    monkeypatch.setenv("CDS_DATABASE_URL", database_url)
    assert ledger_commands.main(["migrate"], standalone_mode=False) is None
    database = open_database(database_url)
    try:
        with database.read.connect() as connection:
            assert migrate.revision(connection) == migrate.HEAD
    finally:
        database.close()
