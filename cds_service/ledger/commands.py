"""`cds-service ledger …`: verify, prove and sign the record. Settings say which ledger, unless a file is named.

`extracts.commands` adds those that take something out of it.

Exit codes: 0 in order, 1 a fault was found or a proof fails, 2 wrong usage or setting, 3 the ledger cannot be reached.
"""

import json
import os
import pwd
import sys
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from uuid import UUID

import click
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn
from sqlalchemy import Connection
from sqlalchemy.exc import SQLAlchemyError

from cds_service.domain.catalogue import SourceAttribute
from cds_service.domain.content import Content
from cds_service.domain.decision import Access
from cds_service.domain.errors import LedgerUnavailable
from cds_service.ledger.alone import commit_alone
from cds_service.ledger.database import Database, unavailable
from cds_service.ledger.extracts.replay import FitOf
from cds_service.ledger.migrate import insist_on_head, migrate
from cds_service.ledger.opening import open_database
from cds_service.ledger.proof.checkpoints import make_checkpoint, policy_of, public_key_file
from cds_service.ledger.proof.export import ExportSource
from cds_service.ledger.proof.note import PublicKey, read
from cds_service.ledger.proof.proofs import check_proof, prove_consistency, prove_decision
from cds_service.ledger.proof.published import publish, published
from cds_service.ledger.proof.report import Report
from cds_service.ledger.proof.signing import load_public_keys
from cds_service.ledger.proof.sources import DatabaseSource
from cds_service.ledger.proof.told import told
from cds_service.ledger.proof.verify import Note, Source, verify
from cds_service.settings import Settings

NOT_IN_ORDER, UNREACHABLE = 1, 3

FILE = click.Path(exists=True, dir_okay=False, path_type=Path)
FOLDER = click.Path(exists=True, file_okay=False, path_type=Path)
KEY = click.option(
    "--public-key", type=FILE, help="File of the public keys that count; default: the one beside the signing key."
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Tools:
    """What a command needs that only the composition root has.

    Attributes:
        clock: now, UTC. new_uuid: random ids.
        contents: folder of a release (`None`: the one in use) -> issuer of a client -> the content it is answered from,
            `""` for anybody else.
        fit_of: name of a client family and content -> its fit; `None` for no such family.
        sources: id and version of each rule and alternative in use, with each of its source attributes.
    """

    clock: Callable[[], datetime]
    new_uuid: Callable[[], UUID]
    contents: Callable[[Path | None], Mapping[str, Content]]
    fit_of: FitOf
    sources: Callable[[], Iterable[tuple[str, str, SourceAttribute]]]


TOOLS = click.make_pass_decorator(Tools)


@click.group(context_settings={"help_option_names": ["-h", "--help"]})
def ledger() -> None:
    """Prove, verify and export the record of what was advised."""


@ledger.command("verify")
@click.option("--export", "export", type=FILE, help="Verify this export instead of the database.")
@click.option("--proof", type=FILE, help="Check this proof, of `prove` or `consistency`, and nothing else.")
@KEY
@click.option("--checkpoints", type=FOLDER, help="Folder of published checkpoints; default: CDS_CHECKPOINT_FOLDER.")
@click.option("--quiet", is_flag=True, help="No progress bar.")
def verify_ledger(
    export: Path | None, proof: Path | None, public_key: Path | None, checkpoints: Path | None, quiet: bool
) -> None:
    """Verify everything: records, hash tree, checkpoints and their signatures, and the index of the database.

    Names the first record that is not as it was recorded. Needs the public key, and reads only.
    """
    settings = Settings()
    keys = load_public_keys(public_key or public_key_file(settings.signing_key))
    if proof is not None:
        click.secho(check_proof(_json(proof), keys), fg="green")
        return
    notes = list(published(folder)) if (folder := checkpoints or settings.checkpoint_folder) is not None else []
    if export is not None:
        report = verified(ExportSource(export), keys, notes, quiet=quiet)
    else:
        with snapshot(settings) as (database, connection):
            report = verified(DatabaseSource(connection, database.dialect), keys, notes, quiet=quiet)
    click.echo(told(report, with_published=folder is not None))
    if not report.in_order:
        sys.exit(NOT_IN_ORDER)


def verified(source: Source, keys: list[PublicKey], notes: list[Note], *, quiet: bool) -> Report:
    """The report on a log, with a progress bar."""
    with shown_progress("Verifying", source.size, quiet=quiet) as progress:
        return verify(source, keys, notes, progress)


@ledger.command("migrate")
def migrate_ledger() -> None:
    """Bring the schema up to date, as the first worker of a new version would; `serve` does it by itself."""
    database = open_database(Settings().database_url)
    try:
        migrate(database)
    finally:
        database.close()
    click.secho("The schema is up to date.", fg="green")


@ledger.command()
@click.argument("decision")
def prove(decision: str) -> None:
    """Prove that DECISION (its id) is in the log: record, path to the root, and signed checkpoint, as JSON."""
    with snapshot(Settings()) as (_, connection):
        click.echo(json.dumps(prove_decision(connection, decision), indent=2, ensure_ascii=False))


@ledger.command()
@click.argument("first", type=click.IntRange(min=1))
@click.argument("second", type=click.IntRange(min=1))
def consistency(first: int, second: int) -> None:
    """Prove that the log of SECOND records begins with the one of FIRST records; there is a checkpoint of each."""
    with snapshot(Settings()) as (_, connection):
        click.echo(json.dumps(prove_consistency(connection, first, second), indent=2, ensure_ascii=False))


@ledger.command()
@click.option("--publish", "folder", type=FOLDER, help="Publish it into this folder, too.")
@TOOLS
def checkpoint(tools: Tools, folder: Path | None) -> None:
    """Sign the log as it is now, store and publish that, and print it."""
    settings = Settings()
    with opened(settings, writable=True) as database:
        note = make_checkpoint(database, policy_of(settings, tools.clock))
    if folder is not None:
        publish(note, folder)
    click.echo(note, nl=False)


@ledger.command()
def checkpoints() -> None:
    """List the stored checkpoints: size, when it was made, root."""
    with snapshot(Settings()) as (database, connection):
        for note in DatabaseSource(connection, database.dialect).notes():
            said = read(note.text)
            click.echo(f"{said.size:>12}  {said.made_at:%Y-%m-%dT%H:%M:%SZ}  {said.root.hex()}")


def record_access(database: Database, tools: Tools, what: str, query: Mapping[str, str], records: int) -> None:
    """Return once it is durably recorded that the account of this machine reads so many records."""
    commit_alone(
        database,
        Access(
            id=str(tools.new_uuid()),
            at=tools.clock(),
            who=account(),
            through="command",
            what=what,
            query=query,
            records=records,
        ),
    )


def account() -> str:
    """The account of this machine the command runs under: not what the environment says it is."""
    try:
        return pwd.getpwuid(os.getuid()).pw_name
    except KeyError:
        return f"uid-{os.getuid()}"


def _json(path: Path) -> dict[str, object]:
    try:
        read_ = json.loads(path.read_text(encoding="utf-8"))
    except ValueError:
        read_ = None
    if not isinstance(read_, dict):
        raise click.UsageError(f"{path} is not a JSON object.")
    return read_


@contextmanager
def shown_progress(label: str, total: int, *, quiet: bool) -> Iterator[Callable[[int], None]]:
    """A progress bar on a terminal; what it gives is told how far it is."""
    columns = (TextColumn(label), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    with Progress(*columns, console=Console(stderr=True), disable=quiet or not sys.stderr.isatty()) as bar:
        task = bar.add_task("", total=total)
        yield lambda done: bar.update(task, completed=done)


@contextmanager
def opened(settings: Settings, *, writable: bool = False) -> Iterator[Database]:
    """The database of the ledger, of this release's schema; ends the command where it cannot be reached."""
    try:
        database = open_database(settings.database_url, writable=writable)
        try:
            insist_on_head(database)
            yield database
        finally:
            database.close()
    except LedgerUnavailable as error:
        click.secho(str(error), fg="red", err=True)
        sys.exit(UNREACHABLE)
    except SQLAlchemyError as error:
        click.secho(str(unavailable("be read", error)), fg="red", err=True)
        sys.exit(UNREACHABLE)


@contextmanager
def snapshot(settings: Settings) -> Iterator[tuple[Database, Connection]]:
    """One unchanging view of the ledger, whatever is written to it meanwhile."""
    with opened(settings) as database, database.snapshot() as connection:
        yield database, connection
