"""A CDS service of a few lines, on loopback, that answers what a test wants."""

import io
import json
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest
from rich.console import Console

DISCOVERY = {"services": [{"hook": "order-sign", "id": "review/1"}, {"hook": "order-select", "id": "select"}]}


class Listening:
    """What the service answers, by path, and what it was asked."""

    def __init__(self):
        self.answers = {"/cds-services": (200, DISCOVERY)}
        self.asked = []
        self.url = ""


@pytest.fixture
def service():
    listening = Listening()

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self):
            self.answer(None)

        def do_POST(self):
            self.answer(json.loads(self.rfile.read(int(self.headers["Content-Length"]))))

        def answer(self, body):
            listening.asked.append((self.path, body))
            status, content = listening.answers.get(self.path, (404, {}))
            written = content if isinstance(content, bytes) else json.dumps(content).encode()
            self.send_response(status)
            self.send_header("Content-Length", str(len(written)))
            self.end_headers()
            self.wfile.write(written)

        def log_message(self, *_):
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    listening.url = f"http://127.0.0.1:{server.server_address[1]}"
    yield listening
    server.shutdown()
    thread.join()
    server.server_close()


@pytest.fixture
def console():
    return Console(file=io.StringIO(), width=110, force_terminal=False)


@pytest.fixture
def coloured():
    return Console(file=io.StringIO(), width=110, force_terminal=True, color_system="standard")
