"""The composition root: the only place that picks concrete parts. The web room is wired in with its own commit."""

from pathlib import Path

from cds_service.domain.errors import SettingsBroken
from cds_service.settings import Settings


def content_path() -> Path:
    """The folder of the content release that the settings name."""
    return Settings().content_path


def run_server(*, host: str, port: int, workers: int, threads: int) -> None:
    """Serve until stopped."""
    raise SettingsBroken(f"Not wired in yet ({host}:{port}, {workers} × {threads}).")


def run_demo() -> int:
    """Start the service, fire telling hook calls, print the cards."""
    raise SettingsBroken("Not wired in yet.")
