"""The metrics as text: of this process, or of all workers of a service, added up from files in one folder.

Each worker counts into files of its own in a folder that `share` names to the library before anything is counted;
whoever is asked reads them all. What a worker that died has counted stays counted, what it *was* (a gauge) goes.
"""

import os
from pathlib import Path
from typing import TYPE_CHECKING

from cds_service.settings import metrics_folder

if TYPE_CHECKING:
    from prometheus_client import CollectorRegistry

CONTENT_TYPE = "text/plain; version=0.0.4; charset=utf-8"


def exposition(registry: "CollectorRegistry | None" = None) -> bytes:
    """All metrics in Prometheus' text format.

    Args:
        registry: of this process; asked where there is no folder of all workers.
    """
    from prometheus_client import CollectorRegistry, generate_latest  # noqa: PLC0415 - see metrics
    from prometheus_client.multiprocess import MultiProcessCollector  # noqa: PLC0415 - see metrics

    folder = metrics_folder()
    if folder is None:
        return generate_latest(registry or CollectorRegistry())
    _forget_the_dead(folder)
    together = CollectorRegistry()
    MultiProcessCollector(together, path=str(folder))  # type: ignore[no-untyped-call] # the library has no types here
    return generate_latest(together)


def serve_metrics(host: str, port: int) -> None:
    """Answer `GET /metrics` at an address of its own, from a thread of this process, until the process ends.

    Raises:
        OSError: nothing can listen there.
    """
    import threading  # noqa: PLC0415 - only where it is asked for
    from wsgiref.simple_server import WSGIRequestHandler, make_server  # noqa: PLC0415 - likewise

    class Quiet(WSGIRequestHandler):
        """Scrapes are no news."""

        def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - as wsgiref calls it
            """Say nothing."""

    def app(environ: dict[str, object], start_response: object) -> list[bytes]:
        known = environ["PATH_INFO"] == "/metrics"
        body = exposition() if known else b"GET /metrics\n"
        headers = [("Content-Type", CONTENT_TYPE), ("Content-Length", str(len(body)))]
        start_response("200 OK" if known else "404 Not Found", headers)  # type: ignore[operator] # WSGI's own signature
        return [body]

    server = make_server(host, port, app, handler_class=Quiet)
    threading.Thread(target=server.serve_forever, name="metrics", daemon=True).start()


def _forget_the_dead(folder: Path) -> None:
    from prometheus_client.multiprocess import mark_process_dead  # noqa: PLC0415 - see metrics

    for pid in {path.stem.rpartition("_")[2] for path in folder.glob("gauge_live*.db")}:
        try:
            os.kill(int(pid), 0)
        except ProcessLookupError:
            mark_process_dead(int(pid), path=str(folder))  # type: ignore[no-untyped-call] # see exposition
        except PermissionError:  # it lives, under another account
            continue
