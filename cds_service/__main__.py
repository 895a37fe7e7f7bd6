"""The command `cds-service`: every sub-command has `--help`, a helpful error, and an exit code that scripts can use.

Exit codes: 0 done, 1 the thing asked about is not in order, 2 wrong usage or setting, 3 not reachable.
"""

import sys
from pathlib import Path

import click

from cds_service import __version__
from cds_service.domain.errors import ContentBroken, ServiceError, SettingsBroken

NOT_IN_ORDER, USAGE, UNREACHABLE = 1, 2, 3


class _Commands(click.Group):
    """Turns our own errors into one readable message and an exit code; everything else stays a traceback."""

    def invoke(self, ctx: click.Context) -> object:
        """Run a sub-command."""
        try:
            return super().invoke(ctx)
        except (ContentBroken, SettingsBroken) as error:
            click.secho(str(error), fg="red", err=True)
            ctx.exit(USAGE)
        except ServiceError as error:
            click.secho(str(error), fg="red", err=True)
            ctx.exit(NOT_IN_ORDER)


@click.group(cls=_Commands, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(__version__)
def main() -> None:
    """Review diazepam orders over CDS Hooks, and keep what was advised."""


@main.command()
@click.option("--host", default="127.0.0.1", show_default=True, help="Address to listen on.")
@click.option("--port", default=8080, show_default=True, type=click.IntRange(1, 65535))
@click.option("--workers", default=1, show_default=True, type=click.IntRange(1, 64), help="Worker processes.")
@click.option("--threads", default=16, show_default=True, type=click.IntRange(1, 128), help="Threads of a worker.")
def serve(host: str, port: int, workers: int, threads: int) -> None:
    """Run the service. Without any setting it runs in open mode, for trying out."""
    from cds_service.app import run_server  # noqa: PLC0415 - the other commands need no server

    run_server(host=host, port=port, workers=workers, threads=threads)


@main.command()
def demo() -> None:
    """Start the service on a free port, fire telling hook calls at it, and print the cards."""
    from cds_service.app import run_demo  # noqa: PLC0415 - the other commands need no server

    sys.exit(run_demo())


@main.command()
@click.argument("target")
@click.option("--url", default="http://127.0.0.1:8080", show_default=True, help="Base URL of any CDS service.")
@click.option("--hook", default=None, help="Hook to fire; default: the one the file names, or order-sign.")
@click.option("--service", default=None, help="Service id; default: the one discovery lists for the hook.")
@click.option("--raw", is_flag=True, help="Also print the exchange as JSON.")
def fire(target: str, url: str, hook: str | None, service: str | None, raw: bool) -> None:
    """Fire a hook call at a CDS service and show the cards. TARGET is a story of fhir_fixtures or a JSON file."""
    from cds_service.console.fire import fire as fire_hook  # noqa: PLC0415 - rich is needed here only

    sys.exit(fire_hook(target, url, hook=hook, service=service, show_raw=raw))


@main.command()
@click.argument("path", type=click.Path(exists=True, file_okay=False, path_type=Path), required=False)
def check(path: Path | None) -> None:
    """Check that a content release is complete and consistent (default: the one the service would use)."""
    from cds_service.app import content_path  # noqa: PLC0415 - see serve
    from cds_service.content.check import check as check_content  # noqa: PLC0415 - see serve

    where = path or content_path()
    report = check_content(where)
    for notice in report.notices:
        click.secho(f"note   {notice}", fg="yellow")
    for fault in report.faults:
        click.secho(f"fault  {fault}", fg="red")
    if report.faults:
        click.secho(f"{len(report.faults)} faults in {where}: mend them before use.", fg="red", err=True)
        sys.exit(NOT_IN_ORDER)
    click.secho("The content release is complete and consistent.", fg="green")


@main.command("value-sets")
@click.argument("path", type=click.Path(exists=True, file_okay=False, path_type=Path), required=False)
def value_sets(path: Path | None) -> None:
    """Write hooks/value_sets/*.json anew from the source tables in hooks/sources."""
    from cds_service.app import content_path  # noqa: PLC0415 - see serve
    from cds_service.content.value_set_build import build_value_sets  # noqa: PLC0415 - see serve

    written = build_value_sets(path or content_path())
    click.echo(f"{len(written)} value sets written.")


if __name__ == "__main__":
    main()
