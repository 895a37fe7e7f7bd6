"""The doctor's findings in a terminal: faults first to be seen, each with its mend. Exit code 1 when there is one."""

import itertools
from collections.abc import Iterable, Mapping
from typing import Any

from rich.console import Console
from rich.text import Text

from cds_service.app import pseudonym_key, utc_now
from cds_service.console.stories import TargetUnusableError, hook_request, shows
from cds_service.doctor.asking import Asking
from cds_service.doctor.diagnosis import Diagnosis, Level
from cds_service.doctor.examine import examine
from cds_service.doctor.settings import check_settings
from cds_service.settings import Settings

OK, NOT_IN_ORDER = 0, 1
USUAL = "http://127.0.0.1:8080"
MARKS = {Level.FINE: ("✓", "green"), Level.NOTE: ("•", "yellow"), Level.FAULT: ("✗", "red")}


def run(url: str, *, origin: str, token: str = "", ca_file: str = "", own: bool, console: Console | None = None) -> int:
    """Examine and print.

    Args:
        url: base URL; empty: that of the settings, or of this machine.
        origin: web origin for CORS.
        token: of a test call, without `Bearer`.
        ca_file: PEM file of an authority.
        own: look at the settings of this installation as well.
        console: where to print; default: standard output.

    Returns:
        Exit code: 0 without a fault, else 1.

    Raises:
        SettingsBroken: a setting cannot be read at all.
    """
    console = console or Console()
    settings = Settings()
    base = (url or settings.public_url or USUAL).rstrip("/").removesuffix("/cds-services")
    headers = {"Authorization": f"Bearer {token}"} if token else {}
    asking = Asking(base=base, headers=headers, ca_file=ca_file)
    console.print(Text(f"Looking at {base}", style="bold"))
    found = examine(asking, _request, origin=origin, now=utc_now())
    ours = check_settings(settings, lambda: pseudonym_key(settings)) if own else ()
    return _told(itertools.chain(ours, found), console)


def _request(hook: str) -> Mapping[str, Any] | None:
    try:
        return hook_request(shows()[0].story, hook)
    except TargetUnusableError:
        return None


def _told(found: Iterable[Diagnosis], console: Console) -> int:
    faults = 0
    for one in found:
        mark, style = MARKS[one.level]
        console.print(Text(f"{mark} {one.says}", style=style))
        if one.mend:
            console.print(Text(f"  → {one.mend}  [{one.code}]"))
        faults += one.level is Level.FAULT
    console.print(
        Text(f"{faults} to mend." if faults else "Nothing to mend.", style="bold red" if faults else "bold green")
    )
    return NOT_IN_ORDER if faults else OK
