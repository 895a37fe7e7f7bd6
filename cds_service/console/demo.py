"""A few telling hook calls at a running service, one after the other, each with what to look at."""

from pathlib import Path

from rich.console import Console
from rich.rule import Rule
from rich.text import Text

from cds_service.console.fire import OK, fire
from cds_service.console.stories import FIXTURES, shows


def demo(url: str, *, console: Console | None = None, fixtures: Path = FIXTURES) -> int:
    """Fire the stories of `fhir_fixtures/demo.toml` and print the cards.

    Args:
        url: base URL of a running service.
        console: where to print; default: standard output.
        fixtures: folder with `demo.toml`.

    Returns:
        Exit code: 0 when every call was answered, else that of the first that was not (see `fire`).
    """
    console = console or Console()
    codes = []
    for number, show in enumerate(shows(fixtures), start=1):
        console.print()
        console.print(Rule(Text(f"{number}. {show.story}", style="bold")))
        console.print(Text(show.look_at, style="italic"))
        codes.append(fire(show.story, url, hook=show.hook, console=console))
    return next((code for code in codes if code != OK), OK)
