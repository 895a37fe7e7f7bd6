"""What is left unread of a body when a call is refused early, read and thrown away beside the answer.

A server that answers and closes while its client is still sending resets the connection. A proxy then reports 502 in
place of our 401 or 413, and takes this process for a broken one. Reading on for a while lets the answer through.
"""

import threading
from contextlib import suppress
from typing import IO

from flask import Request

WAS_READ = "cds.body-was-read"  # in the environ of a request whose body was read to its end
PIECE = 65_536  # bodies up to this length are no matter: the server takes them in anyway
MOST_BYTES = 8 * 1024 * 1024  # more than the proxy of `deploy/` lets through
SECONDS = 0.5  # an answer waits so long at most: a proxy sends what it has at once, only an attacker does not
MOST_AT_A_TIME = 8

_free = threading.BoundedSemaphore(MOST_AT_A_TIME)


def discard(request: Request) -> None:
    """Read what is left of the body, for a short while; not at all where too many do so already."""
    length = request.content_length
    if WAS_READ in request.environ or (length is None and not request.environ.get("wsgi.input_terminated")):
        return
    if (length is not None and length <= PIECE) or not _free.acquire(blocking=False):
        return
    stream = request.environ["wsgi.input"]
    reader = threading.Thread(target=_discard, args=(stream, min(length or MOST_BYTES, MOST_BYTES)), daemon=True)
    reader.start()
    reader.join(SECONDS)


def _discard(stream: IO[bytes], left: int) -> None:
    try:
        with suppress(OSError, ValueError, RuntimeError):  # the client is gone, or the stream is closed
            while left > 0 and (piece := stream.read(min(left, PIECE))):
                left -= len(piece)
    finally:
        _free.release()
