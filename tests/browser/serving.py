"""An application served on loopback while its pages are tried in a browser."""

import threading
from contextlib import contextmanager
from types import SimpleNamespace

from werkzeug.serving import make_server


@contextmanager
def served(app):
    """Its `url`, and the `app`."""
    server = make_server("127.0.0.1", 0, app, threaded=True)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield SimpleNamespace(url=f"http://127.0.0.1:{server.server_port}", app=app)
    server.shutdown()
    thread.join()
    server.server_close()
