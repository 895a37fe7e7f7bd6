"""The command `cds-service`: every sub-command has `--help`, a helpful error, and an exit code that scripts can use.

Exit codes: 0 done, 1 the thing asked about is not in order, 2 wrong usage or setting, 3 not reachable.
"""

import sys
from pathlib import Path

import click

from cds_service import __version__
from cds_service.domain.errors import ContentBroken, ServiceError, SettingsBroken

NOT_IN_ORDER, USAGE, UNREACHABLE = 1, 2, 3
EXISTING = click.Path(exists=True, file_okay=False, path_type=Path)
FOLDER = click.argument("path", type=EXISTING, required=False)


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
    """Review draft orders over CDS Hooks, and keep a record of what was advised."""


@main.command()
@click.option("--host", default=None, help="Address to listen on; default: CDS_HOST, or 127.0.0.1.")
@click.option("--port", default=None, type=click.IntRange(1, 65_535), help="Its port; default: CDS_PORT, or 8080.")
@click.option("--workers", default=None, type=click.IntRange(1, 64), help="Processes; default: CDS_WORKERS, or 1.")
@click.option("--threads", default=None, type=click.IntRange(1, 128), help="Of each; default: CDS_THREADS, or 16.")
def serve(host: str | None, port: int | None, workers: int | None, threads: int | None) -> None:
    """Run the service. Without any setting it runs in open mode, for trying out."""
    from cds_service.serving import run_server  # noqa: PLC0415 - the other commands need no server

    run_server(host=host, port=port, workers=workers, threads=threads)


@main.command()
def demo() -> None:
    """Start the service on a free port, fire telling hook calls at it, and print the cards."""
    from cds_service.serving import run_demo  # noqa: PLC0415 - the other commands need no server

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
@click.argument("target")
@click.option("--hook", default=None, help="Hook of a story; default: order-sign.")
def explain(target: str, hook: str | None) -> None:
    """Tell why a hook call comes out as it does. TARGET is a story of fhir_fixtures or a JSON file with a request.

    It is evaluated here, with the settings of the service, without a server, and nothing is recorded.
    """
    from cds_service.app import rehearse  # noqa: PLC0415 - see serve
    from cds_service.console.explain import explain as explain_call  # noqa: PLC0415 - see fire
    from cds_service.settings import Settings  # noqa: PLC0415 - see serve

    settings = Settings()
    sys.exit(explain_call(target, lambda on, body: rehearse(settings, on, body), hook=hook))


@main.command()
@FOLDER
@click.option("--overlay", type=EXISTING, default=None, help="A site's own folder to lay over it, and to explain.")
def check(path: Path | None, overlay: Path | None) -> None:
    """Check that a content release is complete and consistent (default: the one the service would use)."""
    from cds_service.app import utc_now  # noqa: PLC0415 - see serve
    from cds_service.content.check import check as check_content  # noqa: PLC0415 - see serve

    where, upon = _content(path, overlay)
    report = check_content(where, upon, as_of=utc_now().date())
    for change in report.changes:
        click.echo(f"change {change}")
    for notice in report.notices:
        click.secho(f"note   {notice}", fg="yellow")
    for fault in report.faults:
        click.secho(f"fault  {fault}", fg="red")
    if report.faults:
        click.secho(f"{len(report.faults)} faults in {where}: mend them before use.", fg="red", err=True)
        sys.exit(NOT_IN_ORDER)
    if report.release is not None:
        click.echo(f"release {report.release.version}, SHA-256 {report.release.sha256}")
    click.secho("The content release is complete and consistent.", fg="green")


@main.command()
@FOLDER
@click.option("--overlay", type=EXISTING, default=None, help="A site's own folder to lay over it.")
@click.option("--write", "mode", flag_value="write", help="Write it to CATALOGUE.md in the folder.")
@click.option("--check", "mode", flag_value="check", help="Exit with 1 when CATALOGUE.md is stale.")
@click.option("--json", "mode", flag_value="json", help="Print it as JSON.")
def catalogue(path: Path | None, overlay: Path | None, mode: str | None) -> None:
    """Print the catalogue of a content release for clinicians: words, thresholds, evidence, examples, attributes."""
    from cds_service.content.catalogue_file import FILE, as_json, as_markdown  # noqa: PLC0415 - see serve

    where, upon = _content(path, overlay)
    file = where / FILE
    text = as_json(where, upon) if mode == "json" else as_markdown(where, upon)
    if mode == "write":
        file.write_text(text, encoding="utf-8")
        click.echo(f"{file} written.")
    elif mode == "check":
        fresh = file.is_file() and file.read_text(encoding="utf-8") == text
        click.secho(f"{file} is {'fresh' if fresh else 'stale: cds-service catalogue --write'}.", err=not fresh)
        sys.exit(0 if fresh else NOT_IN_ORDER)
    else:
        click.echo(text, nl=False)


@main.group()
def content() -> None:
    """Publish and compare content releases."""


@content.command()
@FOLDER
@click.option("--key", required=True, type=click.Path(exists=True, dir_okay=False, path_type=Path), help="PEM file.")
def sign(path: Path | None, key: Path) -> None:
    """Sign a release, or an overlay, with a private key of `openssl genpkey -algorithm ed25519`."""
    from cds_service.content import signing  # noqa: PLC0415 - see serve

    where, _ = _content(path, None)
    pem = key.read_bytes()
    encrypted = b"ENCRYPTED" in pem
    password = click.prompt("Password of the key", hide_input=True).encode() if encrypted else None
    public = signing.sign(where, signing.private_key(pem, password))
    click.echo(f"{where} is signed. Trust it with CDS_CONTENT_PUBLIC_KEY={public}")


@content.command()
@FOLDER
@click.option("--key", required=True, help="Public key: Base64 as `content sign` prints it, or a PEM file.")
def verify(path: Path | None, key: str) -> None:
    """Verify that a release, or an overlay, is signed with a key and was not altered since."""
    from cds_service.content import signing  # noqa: PLC0415 - see serve

    where, _ = _content(path, None)
    trusted = signing.public_key(Path(key).read_text(encoding="ascii") if Path(key).is_file() else key)
    try:
        sha256 = signing.verify(where, [trusted])
    except ContentBroken as broken:
        click.secho("\n".join(broken.faults), fg="red", err=True)
        sys.exit(NOT_IN_ORDER)
    click.secho(f"{where} is as it was signed: SHA-256 {sha256}", fg="green")


@content.command()
@click.argument("old", type=EXISTING)
@click.argument("new", type=EXISTING)
def diff(old: Path, new: Path) -> None:
    """Tell what changed from one release to another, line by line."""
    from cds_service.content.differences import differences  # noqa: PLC0415 - see serve
    from cds_service.content.load import load  # noqa: PLC0415 - see serve

    for line in differences(load(old), load(new)):
        click.echo(line)


@main.command()
@click.argument("url", required=False)
@click.option(
    "--origin", default="https://sandbox.cds-hooks.org", show_default=True, help="Web origin to try CORS with."
)
@click.option("--token", default="", help="Bearer token of a test call; otherwise calls are made without one.")
@click.option("--ca", default="", help="PEM file of the authority that vouches for the service.")
@click.option("--settings/--no-settings", "own", default=None, help="Also look at this installation's own settings.")
def doctor(url: str | None, origin: str, token: str, ca: str, own: bool | None) -> None:
    """Look at a running CDS service from outside, and name what is amiss. URL: its base; default: CDS_PUBLIC_URL.

    Without URL this installation's own settings (clients, keys, FHIR servers, database, content) are looked at as well.
    """
    from cds_service.doctor.show import run  # noqa: PLC0415 - see serve

    sys.exit(run(url or "", origin=origin, token=token, ca_file=ca, own=not url if own is None else own))


@main.command("register-sheet")
@click.option("--client", "family", default="generic", show_default=True, help="Client family, epic or cerner say.")
@click.option("--url", default="", help="Public base URL of the service; default: CDS_PUBLIC_URL.")
@click.option("--fhir", "version", type=click.Choice(["DSTU2", "STU3", "R4", "R5"]), default="R4", show_default=True)
def register_sheet(family: str, url: str, version: str) -> None:
    """Print what a person must type into an EHR to register this service there."""
    from cds_service.app import registration_sheet  # noqa: PLC0415 - see serve

    click.echo(registration_sheet(family, url, version))


@main.command("value-sets")
@FOLDER
def value_sets(path: Path | None) -> None:
    """Write hooks/value_sets/*.json anew from the source tables in hooks/sources."""
    from cds_service.content.value_set_build import build_value_sets  # noqa: PLC0415 - see serve

    written = build_value_sets(_content(path, None)[0])
    click.echo(f"{len(written)} value sets written.")


def _content(path: Path | None, overlay: Path | None) -> tuple[Path, Path | None]:
    """The folders meant: those given; with none given, those that the service would use."""
    if path is not None:
        return path, overlay
    from cds_service.settings import Settings  # noqa: PLC0415 - see serve

    settings = Settings()
    return settings.content_path, overlay or settings.overlay_path


@main.command(context_settings={"ignore_unknown_options": True, "help_option_names": []}, add_help_option=False)
@click.argument("arguments", nargs=-1, type=click.UNPROCESSED)
def ledger(arguments: tuple[str, ...]) -> None:
    """Prove, verify and export the record of what was advised (`ledger --help` lists how)."""
    from uuid import uuid4  # noqa: PLC0415, TID251 - handed on as app.py does

    from cds_service.app import contents_of, fit_of, sources, utc_now  # noqa: PLC0415 - see serve
    from cds_service.ledger.commands import Tools  # noqa: PLC0415 - see serve
    from cds_service.ledger.extracts.commands import ledger as commands  # noqa: PLC0415 - see serve

    tools = Tools(clock=utc_now, new_uuid=uuid4, contents=contents_of, fit_of=fit_of, sources=sources)
    sys.exit(commands.main(arguments, prog_name="cds-service ledger", standalone_mode=False, obj=tools))


@main.command(context_settings={"ignore_unknown_options": True, "help_option_names": []}, add_help_option=False)
@click.argument("arguments", nargs=-1, type=click.UNPROCESSED)
def user(arguments: tuple[str, ...]) -> None:
    """Say who may sign in to the compliance console (`user --help` lists how)."""
    from cds_service.app import utc_now  # noqa: PLC0415 - see serve
    from cds_service.ledger.accounts.commands import user as commands  # noqa: PLC0415 - see serve

    sys.exit(commands.main(arguments, prog_name="cds-service user", standalone_mode=False, obj=utc_now))


if __name__ == "__main__":
    main()
