"""What is left unread of a body when a call is refused early, read and thrown away before the answer.

A server that answers and closes while its client is still sending resets the connection. A proxy then reports 502 in
place of our 401 or 413, and takes this process for a broken one. Reading on lets the answer through.

It is read in the thread that answers: the server's stream must not be in use elsewhere when that returns, or the whole
worker stands still. Nobody can tell how slowly a client sends, so only a part of the threads ever reads at a time.
"""

import threading
from collections.abc import Callable
from contextlib import suppress

from flask import Request

WAS_READ = "cds.body-was-read"  # in the environ of a request whose body was read to its end
PIECE = 65_536  # bodies up to this length are no matter: the server takes them in anyway
MOST_BYTES = 32 * 1024 * 1024


def make_discard(most_at_a_time: int) -> Callable[[Request], None]:
    """What reads the rest of a body whose length was announced.

    Args:
        most_at_a_time: so many threads at most; while they are busy nothing is read, and a proxy may report 502.
    """
    free = threading.Semaphore(most_at_a_time)

    def discard(request: Request) -> None:
        length = request.content_length or 0
        if length <= PIECE or WAS_READ in request.environ or not free.acquire(blocking=False):
            return
        stream, left = request.environ["wsgi.input"], min(length, MOST_BYTES)
        try:
            with suppress(OSError):  # the client is gone
                while left > 0 and (piece := stream.read(min(left, PIECE))):
                    left -= len(piece)
        finally:
            free.release()

    return discard
