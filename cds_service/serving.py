"""The service as a process: granian in front of the application, and the demonstration that starts one for itself."""

import logging
import socket
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable
from pathlib import Path

import requests
from flask import Flask

from cds_service.app import REFRESH, create_app, open_content, pseudonym_key
from cds_service.console.demo import demo
from cds_service.domain.errors import ServiceError, SettingsBroken
from cds_service.ledger.opening import open_ledger
from cds_service.settings import Settings, environment_with, set_for_workers, share_metrics
from cds_service.telemetry.exposition import serve_metrics
from cds_service.telemetry.log_lines import log_to_stderr

log = logging.getLogger(__name__)

TARGET = "cds_service.serving:worker_app"
START_SECONDS = 60.0
STOP_SECONDS = 10
REFRESH_SECONDS = 5.0
SPARE = 8
LOOPBACK = "127.0.0.1"
OPEN_MODE = (
    "OPEN MODE: whoever can reach this address is answered, no token is asked for. "
    "For trying out with made-up patients only."
)


def worker_app() -> Flask:
    """The application of one worker: granian calls this in each, after the fork, so each opens its own ledger."""
    settings = Settings()
    log_to_stderr(settings.log_number, settings.log_format)
    app = create_app(settings)
    threading.Thread(target=_keep_fresh, args=(app.extensions[REFRESH],), name="telemetry", daemon=True).start()
    return app


def _keep_fresh(refresh: Callable[[], None]) -> None:
    """Measure again every few seconds: any worker may be asked for what all have measured."""
    while True:
        refresh()
        time.sleep(REFRESH_SECONDS)


def run_server(
    *, host: str | None = None, port: int | None = None, workers: int | None = None, threads: int | None = None
) -> None:
    """Serve until stopped by SIGINT or SIGTERM; calls that are being answered are finished first.

    Args:
        host: address to listen on; default, here and below: as set.
        port: its port.
        workers: processes.
        threads: threads of each, so calls that are answered at once.

    Raises:
        SettingsBroken, ContentBroken, LedgerUnavailable: refuse to start, saying what to mend.
    """
    from granian.constants import HTTPModes, Interfaces  # noqa: PLC0415 - the tests of everything else need no server
    from granian.server import Server  # noqa: PLC0415 - see above

    settings = Settings()
    log_to_stderr(settings.log_number, settings.log_format)
    host, port = host or settings.host, port or settings.port
    _insist_on_free(host, port)
    content = open_content(settings)
    with open_ledger(settings.database_url, pseudonym_key=pseudonym_key(settings), spool=settings.spool) as ledger:
        ledger.ping()  # what is wrong shows here, once and readable, and not in every worker
    if settings.is_open:
        log.warning(OPEN_MODE)
    log.info("Content release %s; listening on http://%s:%d/cds-services", content.release.version, host, port)
    if threads:
        set_for_workers(threads=str(threads))  # so that they know how many may wait for slow clients
    server = Server(
        TARGET,
        address=host,
        port=port,
        interface=Interfaces.WSGI,
        workers=workers or settings.workers,
        blocking_threads=4 * (threads or settings.threads) + SPARE,  # those that answer, that wait, that refuse
        blocking_threads_idle_timeout=600,
        websockets=False,
        http=HTTPModes.http1,  # what proxies speak to a service; less to attack
        factory=True,
        log_level="error",  # type: ignore[arg-type] # granian takes the name as well
        respawn_failed_workers=True,
        workers_kill_timeout=STOP_SECONDS,
    )
    with tempfile.TemporaryDirectory(prefix="cds-metrics-") as folder:
        share_metrics(Path(folder))
        if settings.metrics_port is not None:
            _insist_on_free(host, settings.metrics_port)
            serve_metrics(host, settings.metrics_port)
        server.serve()


def run_demo() -> int:
    """Start the service on a free port of this machine, fire telling hook calls at it, print the cards, stop it.

    Returns:
        Exit code: 0 when every call was answered.

    Raises:
        ServiceError: the service did not start; the message says what it said.
    """
    with tempfile.TemporaryDirectory(prefix="cds-demo-") as folder:
        port = _free_port()
        process = _start(Path(folder), port)
        url = f"http://{LOOPBACK}:{port}"
        try:
            _wait_until_ready(process, url, Path(folder))
            return demo(url)
        finally:
            process.terminate()
            try:
                process.wait(STOP_SECONDS)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()


def _start(folder: Path, port: int) -> subprocess.Popen[bytes]:
    command = [sys.executable, "-m", "cds_service", "serve", "--host", LOOPBACK, "--port", str(port)]
    environment = environment_with(
        database_url=f"sqlite:///{folder / 'demo.db'}", pseudonym_key_file=str(folder / "demo.key")
    )
    with _output(folder).open("wb") as output:
        return subprocess.Popen(command, env=environment, stdout=output, stderr=output)  # noqa: S603 - our own command


def _output(folder: Path) -> Path:
    return folder / "output.txt"


def _wait_until_ready(process: subprocess.Popen[bytes], url: str, folder: Path) -> None:
    with requests.Session() as session:
        session.trust_env = False  # a proxy of the environment cannot reach loopback
        until = time.monotonic() + START_SECONDS
        while process.poll() is None and time.monotonic() < until:
            try:
                if session.get(f"{url}/readyz", timeout=1).ok:
                    return
            except requests.RequestException:
                time.sleep(0.05)
    said = _output(folder).read_text(encoding="utf-8", errors="replace")
    raise ServiceError(f"The service did not start. It said:\n{said}")


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind((LOOPBACK, 0))
        return int(probe.getsockname()[1])


def _insist_on_free(host: str, port: int) -> None:
    """Granian shares a port with whoever listens there already, and each would get half of the calls."""
    try:
        family = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0][0]
        socket.create_server((host, port), family=family).close()
    except OSError as error:
        raise SettingsBroken(
            f"Nothing can listen on {host}, port {port} ({error.strerror}): choose another with --host and --port, "
            "or stop what is running there."
        ) from None
