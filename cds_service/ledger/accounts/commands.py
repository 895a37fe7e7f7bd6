"""`cds-service user …`: who may sign in to the console. Settings say in which ledger."""

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta

import click

from cds_service.domain.audit import Role
from cds_service.domain.errors import LedgerUnavailable
from cds_service.ledger.accounts.accounts import Accounts
from cds_service.ledger.accounts.sessions import Lifetimes
from cds_service.ledger.migrate import migrate
from cds_service.ledger.opening import open_database
from cds_service.settings import Settings

UNREACHABLE = 3
ROLE = click.option(
    "--role",
    "roles",
    type=click.Choice([role.value for role in Role]),
    multiple=True,
    required=True,
    help="auditor reads the record, administrator says who may; name it twice for both.",
)
STDIN = click.option("--password-stdin", is_flag=True, help="Read the password from standard input, its first line.")


@click.group(context_settings={"help_option_names": ["-h", "--help"]})
def user() -> None:
    """Say who may sign in to the compliance console."""


@user.command()
@click.argument("name")
@ROLE
@STDIN
@click.pass_obj
def add(clock: Callable[[], datetime], name: str, roles: tuple[str, ...], password_stdin: bool) -> None:
    """Make the account NAME; its password is asked for."""
    with _accounts(clock) as accounts:
        accounts.add(name, _password(password_stdin), [Role(role) for role in roles])
    click.secho(f"{name} can sign in at /console as {' and '.join(sorted(roles))}.", fg="green")


@user.command("list")
@click.pass_obj
def list_(clock: Callable[[], datetime]) -> None:
    """List the accounts: name, roles, whether they are active, when the password was last changed."""
    with _accounts(clock) as accounts:
        for one in accounts.listed():
            state = "active" if one.active else "disabled"
            click.echo(f"{one.name:<30} {','.join(sorted(one.roles)):<24} {state:<9} {one.password_at:%Y-%m-%d}")


@user.command()
@click.argument("name")
@STDIN
@click.pass_obj
def password(clock: Callable[[], datetime], name: str, password_stdin: bool) -> None:
    """Give NAME a new password, and sign it out everywhere."""
    with _accounts(clock) as accounts:
        accounts.change_password(name, _password(password_stdin))
    click.secho(f"{name} has a new password and is signed out everywhere.", fg="green")


@user.command()
@click.argument("name")
@ROLE
@click.pass_obj
def role(clock: Callable[[], datetime], name: str, roles: tuple[str, ...]) -> None:
    """Say which roles NAME has, and sign it out everywhere."""
    with _accounts(clock) as accounts:
        accounts.set_roles(name, [Role(one) for one in roles])
    click.secho(f"{name} is {' and '.join(sorted(roles))} now.", fg="green")


@user.command()
@click.argument("name")
@click.pass_obj
def disable(clock: Callable[[], datetime], name: str) -> None:
    """Shut the account NAME and sign it out everywhere; what it did stays in the access log."""
    with _accounts(clock) as accounts:
        accounts.set_active(name, active=False)
    click.secho(f"{name} cannot sign in any more.", fg="green")


@user.command()
@click.argument("name")
@click.pass_obj
def enable(clock: Callable[[], datetime], name: str) -> None:
    """Open the account NAME again."""
    with _accounts(clock) as accounts:
        accounts.set_active(name, active=True)
    click.secho(f"{name} can sign in again.", fg="green")


def _password(from_stdin: bool) -> str:
    if from_stdin:
        return sys.stdin.readline().rstrip("\r\n")
    given: str = click.prompt("Password", hide_input=True, confirmation_prompt=True)
    return given


@contextmanager
def _accounts(clock: Callable[[], datetime]) -> Iterator[Accounts]:
    settings = Settings()
    try:
        database = open_database(settings.database_url)
        try:
            migrate(database)
            yield Accounts(database, b"", Lifetimes(idle=timedelta(), whole=timedelta()), clock)
        finally:
            database.close()
    except LedgerUnavailable as error:
        click.secho(str(error), fg="red", err=True)
        sys.exit(UNREACHABLE)
