"""`cds-service ledger replay | export | …`: what is taken out of the ledger. Each is recorded before it leaves.

Exit codes: 0 done, 1 a decision does not come out as recorded, 2 wrong usage or setting, 3 ledger not reached.
"""

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from functools import reduce
from pathlib import Path
from typing import IO, Any

import click

from cds_service.ledger.commands import (
    KEY,
    NOT_IN_ORDER,
    TOOLS,
    Tools,
    account,
    ledger,
    opened,
    record_access,
    shown_progress,
    snapshot,
    verified,
)
from cds_service.ledger.extracts.certificate import certificate_of
from cds_service.ledger.extracts.copies import FORMATS
from cds_service.ledger.extracts.replay import replay_all
from cds_service.ledger.extracts.reports import REPORTS, reported
from cds_service.ledger.extracts.rows_out import FORMATS as ROW_FORMATS
from cds_service.ledger.extracts.rows_out import write_rows
from cds_service.ledger.extracts.selection import Selection, count_of, selected
from cds_service.ledger.extracts.told import replay_json, replay_told
from cds_service.ledger.log import read_head
from cds_service.ledger.proof.checkpoints import public_key_file
from cds_service.ledger.proof.export import write_export
from cds_service.ledger.proof.published import published
from cds_service.ledger.proof.signing import load_public_keys
from cds_service.ledger.proof.sources import DatabaseSource
from cds_service.ledger.retention import access_of_batch, read_hold, years_before
from cds_service.ledger.retention import retain as erase
from cds_service.settings import Settings

__all__ = ["ledger"]
Command = Callable[..., Any]
HOW = (
    "csv: a row for each card; ndjson: the records; audit-event: FHIR R4 AuditEvent (IHE BALP); feedback: for "
    "45 CFR 170.315(b)(11)(ii)(C); recall: decisions of a release; sources: source attributes of the content in use."
)
MOMENT = click.DateTime(("%Y-%m-%d", "%Y-%m-%dT%H:%M:%S"))
UNRECORDED = click.option(
    "--unrecorded", is_flag=True, help="Of a copy that cannot be written: do not record the access."
)
SELECTING = (
    click.option("--since", type=MOMENT, help="Received at or after this moment, UTC."),
    click.option("--until", type=MOMENT, help="Received before this moment, UTC."),
    click.option("--rule", default="", help="With a card of this rule."),
    click.option("--release", default="", help="Made with this content release: version, or digits of its hash."),
    click.option("--card", default="", help="With this card: its uuid."),
    click.option("--limit", type=click.IntRange(min=1), help="At most so many, the earliest first."),
)


def selecting(command: Command) -> Command:
    """Add the options that say which decisions."""
    return reduce(lambda made, option: option(made), reversed(SELECTING), command)


def _selection(asked: dict[str, Any]) -> Selection:
    return Selection(since=_utc(asked.pop("since")), until=_utc(asked.pop("until")), **asked)


def _utc(moment: datetime | None) -> datetime | None:
    return None if moment is None else moment.replace(tzinfo=UTC)


@ledger.command()
@click.option("--content", type=click.Path(exists=True, file_okay=False, path_type=Path), help="A candidate release.")
@click.option("--json", "as_json", is_flag=True, help="Print the outcome as JSON.")
@click.option("--quiet", is_flag=True, help="No progress bar.")
@selecting
@UNRECORDED
@TOOLS
def replay(tools: Tools, /, content: Path | None, as_json: bool, quiet: bool, unrecorded: bool, **asked: Any) -> None:  # noqa: ANN401  of `selecting`
    """Make recorded decisions once more, from the facts that were recorded.

    Without --content each is held against itself, under its own content release: exit code 1 unless all that can be
    replayed come out alike. With a candidate release, what it would change is counted; 1 where its rules break.
    """
    settings, selection, candidate = Settings(), _selection(asked), content is not None
    contents = tools.contents(content)
    with snapshot(settings) as (_, connection):
        total = count_of(connection, selection)
    _record(settings, tools, "replay", selection, total, unrecorded=unrecorded)
    with snapshot(settings) as (_, connection), shown_progress("Replaying", total, quiet=quiet) as progress:
        decisions = (one.decision for one in selected(connection, selection))
        outcome = replay_all(decisions, contents, tools.fit_of, candidate=candidate, progress=progress)
    release = contents[""].release
    if as_json:
        click.echo(replay_json(outcome, release.version, release.sha256, candidate=candidate))
    else:
        click.echo(replay_told(outcome, release.version, candidate=candidate))
    nothing = bool(total) and not outcome.decisions
    if nothing:
        click.secho("None of these decisions could be replayed; nothing is shown about them.", fg="red", err=True)
    if nothing or outcome.newly_failed or (outcome.differ and not candidate):
        sys.exit(NOT_IN_ORDER)


@ledger.command()
@click.option(
    "--format", "format_", type=click.Choice([*FORMATS, "sources"]), default="ndjson", show_default=True, help=HOW
)
@click.option("--output", "-o", type=click.Path(dir_okay=False, path_type=Path), help="New file; default: stdout.")
@selecting
@UNRECORDED
@TOOLS
def export(tools: Tools, /, format_: str, output: Path | None, unrecorded: bool, **asked: Any) -> None:  # noqa: ANN401  of `selecting`
    """Copy records out, in a form that others can use: all, or a period, a rule, a release, a card.

    The whole log as ndjson, its checkpoints with it, can be verified elsewhere (`verify --export`). That something was
    exported, and under which account of this machine, is itself recorded first.
    """
    settings, selection = Settings(), _selection(asked)
    if format_ == "recall" and not selection.release:
        raise click.UsageError("A recall list is of a content release: name it with --release.")
    with binary(output) as to:
        if format_ == "sources":
            _write_sources(settings, tools, to, unrecorded=unrecorded)
            return
        whole = format_ == "ndjson" and selection.is_all
        with snapshot(settings) as (_, connection):
            size = read_head(connection)[1].size if whole else count_of(connection, selection)
        _record(settings, tools, "export", selection, size, format_=format_, unrecorded=unrecorded)
        with snapshot(settings) as (database, connection):
            if whole:
                write_export(DatabaseSource(connection, database.dialect), to)
            else:
                FORMATS[format_](connection, selection, to)


def _write_sources(settings: Settings, tools: Tools, to: IO[bytes], *, unrecorded: bool) -> None:
    rows = [(id_, version, one.number, one.name, one.value, one.used) for id_, version, one in tools.sources()]
    _record(settings, tools, "export", Selection(), len(rows), format_="sources", unrecorded=unrecorded)
    write_rows(to, ("id", "version", "number", "attribute", "value", "used"), rows)


@ledger.command()
@click.argument("what", type=click.Choice(REPORTS))
@click.option("--format", "format_", type=click.Choice(ROW_FORMATS), default="csv", show_default=True)
@click.option("--output", "-o", type=click.Path(dir_okay=False, path_type=Path), help="New file; default: stdout.")
@click.option("--ignored-after", default=24, show_default=True, type=click.IntRange(min=1), help="Hours, of `burden`.")
@selecting
@UNRECORDED
@TOOLS
def report(
    tools: Tools,
    /,
    what: str,
    format_: str,
    output: Path | None,
    ignored_after: int,
    unrecorded: bool,
    **asked: Any,  # noqa: ANN401  of `selecting`
) -> None:
    """Report who has SEEN what, OVERRIDES by rule and reason, the BURDEN of cards, or DEGRADED decisions."""
    settings, selection = Settings(), _selection(asked)
    if selection.limit is not None:
        raise click.UsageError("A report is of all that is selected: leave --limit out.")
    with binary(output) as to:
        with snapshot(settings) as (_, connection):
            total = count_of(connection, selection)
        _record(settings, tools, f"report-{what}", selection, total, unrecorded=unrecorded)
        with snapshot(settings) as (_, connection):
            columns, rows = reported(connection, selection, what, tools.clock(), timedelta(hours=ignored_after))
            write_rows(to, columns, rows, as_=format_)


@ledger.command()
@KEY
@click.option("--output", "-o", type=click.Path(dir_okay=False, path_type=Path), help="New file; default: stdout.")
@click.option("--quiet", is_flag=True, help="No progress bar.")
@UNRECORDED
@TOOLS
def certificate(tools: Tools, /, public_key: Path | None, output: Path | None, quiet: bool, unrecorded: bool) -> None:
    """Verify the whole log and print what to file of that, as JSON; exit code 1 when it is not in order."""
    settings = Settings()
    keys = load_public_keys(public_key or public_key_file(settings.signing_key))
    folder = settings.checkpoint_folder
    notes = list(published(folder)) if folder is not None else []
    with binary(output) as to:
        with snapshot(settings) as (_, connection):
            size = read_head(connection)[1].size
        _record(settings, tools, "certificate", Selection(), size, unrecorded=unrecorded)
        with snapshot(settings) as (database, connection):
            report = verified(DatabaseSource(connection, database.dialect), keys, notes, quiet=quiet)
            certified = certificate_of(connection, report, tools.clock(), with_published=folder is not None)
        to.write(certified.encode())
    if not report.in_order:
        sys.exit(NOT_IN_ORDER)


@ledger.command()
@click.option("--dry-run", is_flag=True, help="Only count.")
@TOOLS
def retain(tools: Tools, /, dry_run: bool) -> None:
    """Erase decisions and feedback older than CDS_RETENTION_YEARS, but for what CDS_LEGAL_HOLD_FILE lists.

    Their hashes stay, so that the log still verifies, and the log says which were erased, when, and by whom.
    """
    settings, now = Settings(), tools.clock()
    hold = read_hold(settings.legal_hold_file)
    before = years_before(now, settings.retention_years)
    with opened(settings, writable=not dry_run) as database:
        make = access_of_batch(lambda: str(tools.new_uuid()), now, account(), before)
        erased = erase(database, before, hold, make, dry_run=dry_run)
    click.echo(f"{erased} records from before {before:%Y-%m-%d} {'would be' if dry_run else 'were'} erased.")


def _record(
    settings: Settings,
    tools: Tools,
    what: str,
    selection: Selection,
    records: int,
    *,
    unrecorded: bool,
    format_: str = "",
) -> None:
    query = {"format": format_} if format_ else {}
    if not unrecorded:
        with opened(settings, writable=True) as database:
            record_access(database, tools, what, query | selection.said(), records)


@contextmanager
def binary(path: Path | None) -> Iterator[IO[bytes]]:
    """A new file, for its owner only where the account's mask says so; standard output for none."""
    if path is None:
        yield sys.stdout.buffer
        return
    try:
        file = path.open("xb")
    except OSError as error:
        raise click.UsageError(f"{path} cannot be made ({error.strerror}); name a new file.") from error
    with file:
        yield file
