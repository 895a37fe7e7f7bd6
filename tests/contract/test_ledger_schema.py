"""The schema, over both databases: made once by whoever comes first, moved up and down with rows in it."""

import subprocess
import sys

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import inspect, text

from cds_service.domain.errors import LedgerUnavailable, SettingsBroken
from cds_service.ledger import migrate, open_ledger
from cds_service.ledger.tables import metadata
from tests.databases import database_url, postgres_url, sqlite_url  # noqa: F401  fixtures
from tests.unit.ledger.samples import KEY, decision, feedback

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
    with pytest.raises(LedgerUnavailable, match="newer"):
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
