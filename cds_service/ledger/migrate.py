"""The newest schema, made or reached step by step when the ledger is opened; several workers may do so at once."""

from pathlib import Path

from sqlalchemy import Connection, text
from sqlalchemy import inspect as look_at
from sqlalchemy.exc import SQLAlchemyError

from cds_service.domain.errors import LedgerUnavailable, SettingsBroken
from cds_service.ledger.database import Database, unavailable

HEAD = "0004"  # the newest of migrations/versions; a ledger that has it opens without loading Alembic
WAIT_SECONDS = 60.0


def migrate(database: Database, wait_seconds: float = WAIT_SECONDS) -> None:
    """Bring the schema to `HEAD`: all of it or nothing.

    Raises:
        LedgerUnavailable: the database cannot be reached or changed.
        SettingsBroken: a newer release has written to it.
    """
    try:
        with database.turn(wait_seconds):  # even to look: a SQLite file that is being made cannot be read
            with database.write.connect() as connection:
                if revision(connection) == HEAD:
                    return
            with database.write.begin() as connection:
                database.prepare(connection)
                if revision(connection) != HEAD:  # another worker may have been first
                    move(connection, HEAD)
    except SQLAlchemyError as error:
        raise unavailable("be opened", error) from None  # the database's own text may quote rows


def insist_on_head(database: Database) -> None:
    """See that the schema is the one this release reads, and leave it as it is.

    Raises:
        LedgerUnavailable: it is not, or the database cannot be reached.
    """
    try:
        with database.read.connect() as connection:
            here = revision(connection)
    except SQLAlchemyError as error:
        raise unavailable("be read", error) from None
    if here != HEAD:
        raise LedgerUnavailable(
            f"The ledger's schema is {here or 'missing'}, this release reads {HEAD}. Start the service once to bring "
            "it up to date, or run the release that made it; see that CDS_DATABASE_URL names the ledger."
        )


def revision(connection: Connection) -> str | None:
    """The schema's revision; `None` for an empty database."""
    if not look_at(connection).has_table("alembic_version"):
        return None
    found: str | None = connection.execute(text("SELECT version_num FROM alembic_version")).scalar()
    return found


def move(connection: Connection, to: str) -> None:
    """Move the schema up or down to a revision (`base` for none), in the connection's transaction.

    Raises:
        SettingsBroken: the database has a revision this release does not know.
    """
    from alembic import command  # noqa: PLC0415  loaded only where there is something to do
    from alembic.config import Config  # noqa: PLC0415
    from alembic.script import ScriptDirectory  # noqa: PLC0415
    from alembic.util import CommandError  # noqa: PLC0415

    config = Config()
    config.set_main_option("script_location", str(Path(__file__).parent / "migrations").replace("%", "%%"))
    config.attributes["connection"] = connection
    steps = [step.revision for step in ScriptDirectory.from_config(config).walk_revisions("base", "heads")][::-1]
    here = revision(connection)
    try:
        if to != "base" and (here is None or here not in steps or steps.index(to) >= steps.index(here)):
            command.upgrade(config, to)
        else:
            command.downgrade(config, to)
    except CommandError:
        raise SettingsBroken(
            f"The ledger's schema ({here}) is not known to this release: a newer one has written to it. "
            "Run that release, or name another database in CDS_DATABASE_URL."
        ) from None
