"""FHIR servers on loopback that do whatever a test says, and remember what they were asked."""

import contextlib
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

PATIENT = b'{"resourceType": "Patient", "id": "1"}'


def say(asked, body=PATIENT, status=200, **headers):
    """Answer a request; headers by name, `_` for `-`."""
    asked.send_response(status)
    for name, value in {"Content_Length": len(body), **headers}.items():
        asked.send_header(name.replace("_", "-"), str(value))
    asked.end_headers()
    asked.wfile.write(body)


@contextlib.contextmanager
def listening(answer=say):
    """A server; `.calls` are (method, path, Authorization), `.base` its base URL."""

    class Asked(BaseHTTPRequestHandler):
        def do_GET(self):
            server.calls.append((self.command, self.path, self.headers.get("Authorization")))
            with contextlib.suppress(ConnectionError):  # whoever asked has gone, as it should
                answer(self)

        def log_message(self, *_):
            """Quiet."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Asked)
    server.daemon_threads = True
    server.block_on_close = False
    server.calls = []
    server.stopping = threading.Event()
    server.base = f"http://127.0.0.1:{server.server_address[1]}/r4"
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
    thread.start()
    try:
        yield server
    finally:
        server.stopping.set()
        server.shutdown()
        server.server_close()
