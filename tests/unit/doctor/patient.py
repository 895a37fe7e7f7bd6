"""A CDS service on loopback that is well, and that can be made ill in one place at a time."""

import json
import threading
from contextlib import contextmanager
from email.utils import formatdate
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

CARD = {
    "uuid": "8d9f3c1e-8378-4162-8e5a-5a1b1a1f0001",
    "summary": "A card",
    "indicator": "info",
    "source": {"label": "Source", "url": "https://example.org/"},
}
SERVICE = {
    "id": "x-order-sign",
    "hook": "order-sign",
    "title": "X",
    "description": "Looks at x.",
    "prefetch": {"patient": "Patient/{{context.patientId}}"},
}


class Health:
    """How the service is: each attribute is one thing that may be wrong."""

    def __init__(self, **ills):
        self.services = [SERVICE]
        self.discovery = None  # body instead of the document
        self.discovery_status = 200
        self.media_type = "application/json"
        self.cards = {"cards": [CARD]}
        self.call_status = 200
        self.broken_status = 400
        self.broken_body = {"resourceType": "OperationOutcome", "issue": []}
        self.unknown_status = 404
        self.get_status = 405
        self.slash_status = 200
        self.date = formatdate(usegmt=True)
        self.preflight_status = 204
        self.origin = "https://sandbox.cds-hooks.org"
        self.any_origin = False
        self.credentials = False
        self.allowed_headers = "Authorization, Content-Type"
        self.cors_on_errors = True
        for name, value in ills.items():
            assert hasattr(self, name), name
            setattr(self, name, value)


@contextmanager
def serving(health):  # noqa: C901 - a small server, its answers one below the other
    class Handler(BaseHTTPRequestHandler):
        def date_time_string(self, timestamp=None):
            return health.date

        def send(self, status, body, *, cors=True):
            content = body if isinstance(body, bytes) else json.dumps(body).encode()
            self.send_response(status)
            self.send_header("Content-Type", health.media_type)
            origin = self.headers.get("Origin")
            if origin and cors and (health.any_origin or origin == health.origin):
                self.send_header("Access-Control-Allow-Origin", origin)
                self.send_header("Access-Control-Allow-Headers", health.allowed_headers)
                if health.credentials:
                    self.send_header("Access-Control-Allow-Credentials", "true")
            self.send_header("Content-Length", str(len(content)))
            self.end_headers()
            self.wfile.write(content)

        def do_GET(self):
            if self.path.rstrip("/") != "/cds-services":
                self.send(health.get_status, {})
            elif self.path.endswith("/"):
                self.send(health.slash_status, {"services": health.services})
            else:
                body = {"services": health.services} if health.discovery is None else health.discovery
                self.send(health.discovery_status, body)

        def do_OPTIONS(self):
            self.send(health.preflight_status, b"")

        def do_POST(self):
            body = self.rfile.read(int(self.headers["Content-Length"]))
            known = self.path.removeprefix("/cds-services/") in {one.get("id") for one in health.services}
            if not known:
                self.send(health.unknown_status, {"resourceType": "OperationOutcome"})
            elif body.startswith(b"{not"):
                self.send(health.broken_status, health.broken_body, cors=health.cors_on_errors)
            else:
                self.send(health.call_status, health.cards)

        def log_message(self, *_):
            """Quiet."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield f"http://127.0.0.1:{server.server_address[1]}"
    finally:
        server.shutdown()
        server.server_close()
