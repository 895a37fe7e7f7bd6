"""The composition root: the only place that picks concrete parts. The web room is wired in with its own commit."""

from cds_service.content.release import open_release
from cds_service.domain.content import Content
from cds_service.domain.errors import SettingsBroken
from cds_service.settings import Settings


def open_content(settings: Settings) -> Content:
    """The content release that the settings name, with its overlay, its signatures verified where keys are set.

    Raises:
        ContentBroken: refuse to start, saying what to mend.
    """
    return open_release(settings.content_path, settings.overlay_path, settings.content_public_key)


def run_server(*, host: str, port: int, workers: int, threads: int) -> None:
    """Serve until stopped."""
    raise SettingsBroken(f"Not wired in yet ({host}:{port}, {workers} × {threads}).")


def run_demo() -> int:
    """Start the service, fire telling hook calls, print the cards."""
    raise SettingsBroken("Not wired in yet.")
