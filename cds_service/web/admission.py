"""Who is answered now, who waits, who is asked to come back: overload is refused early, and shared fairly.

A worker answers so many calls at a time. Further ones wait for a place, but not long: an answer that comes too late is
none. A place that becomes free goes to the client with the fewest calls under way, and no client may fill the waiting
room, so that one that floods does not harm the others.
"""

import threading
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from cds_service.domain.errors import Overloaded

BUSY = "More calls came than can be answered in time. Repeat the call after a second."


class _Waiting:
    """One call that waits; `turn` is released when it has a place."""

    __slots__ = ("client", "turn")

    def __init__(self, client: str) -> None:
        self.client = client
        self.turn = threading.Semaphore(0)


class Admission:
    """The places of one worker.

    Args:
        places: calls that are answered at a time.
        room: calls that may wait for a place; one client alone takes three quarters of it, of several each its share.
        seconds: how long.
        refused: told of each call that is.
    """

    def __init__(self, places: int, room: int, seconds: float, refused: Callable[[], None]) -> None:
        """See the class."""
        self._lock = threading.Lock()
        self._free = places
        self._room = room
        self._seconds = seconds
        self._refused = refused
        self._running: Counter[str] = Counter()
        self._waiting: list[_Waiting] = []

    @contextmanager
    def place(self, client: str) -> Iterator[None]:
        """A place for a call of this client.

        Raises:
            Overloaded: there is none, or none in time.
        """
        self._enter(client)
        try:
            yield
        finally:
            self._leave(client)

    def _enter(self, client: str) -> None:
        with self._lock:
            if self._free:
                self._free -= 1
                self._running[client] += 1
                return
            one = None if self._is_full(client) else _Waiting(client)
            if one is not None:
                self._waiting.append(one)
        if one is None or not (one.turn.acquire(timeout=self._seconds) or self._came_after_all(one)):
            self._refused()
            raise Overloaded(BUSY)

    def _is_full(self, client: str) -> bool:
        """Whether this client's next call must not wait."""
        waiting = Counter(one.client for one in self._waiting)
        clients = len(waiting.keys() | self._running.keys() | {client})
        share = self._room * 3 // 4 if clients == 1 else self._room // clients
        return len(self._waiting) >= self._room or waiting[client] >= max(1, share)

    def _came_after_all(self, one: _Waiting) -> bool:
        """Whether it was given a place just when its patience ended; else it waits no longer."""
        with self._lock:
            if one in self._waiting:
                self._waiting.remove(one)
                return False
        return True

    def _leave(self, client: str) -> None:
        with self._lock:
            # Whoever leaves still counts, so that of equals another client comes first, and then the first that came.
            following = min(self._waiting, key=lambda one: self._running[one.client], default=None)
            self._running[client] -= 1
            if following is None:
                self._free += 1
            else:
                self._waiting.remove(following)
                self._running[following.client] += 1
                following.turn.release()
            if not self._running[client]:
                del self._running[client]
