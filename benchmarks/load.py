"""A small load generator: kept connections, each a thread, that send one request again and again.

It runs in a process of its own, so that it does not share an interpreter lock with what it measures.
"""

import multiprocessing
import socket
import threading
import time
from dataclasses import dataclass
from multiprocessing.connection import Connection

END = b"\r\n\r\n"
LENGTH = b"content-length: "


@dataclass(frozen=True, slots=True, kw_only=True)
class Load:
    """What came of one run: answers per second, and milliseconds that half and 99 % of them took at most."""

    per_second: float
    p50_ms: float
    p99_ms: float


def load(port: int, path: str, body: bytes, *, connections: int, seconds: float) -> Load:
    """Send `body` to a server on loopback for some seconds.

    Raises:
        RuntimeError: an answer was not 200.
    """
    ours, theirs = multiprocessing.Pipe()
    process = multiprocessing.get_context("spawn").Process(
        target=_run, args=(theirs, port, path, body, connections, seconds)
    )
    process.start()
    theirs.close()
    took, fault, lasted = ours.recv()
    process.join()
    if fault:
        raise RuntimeError(fault)
    took.sort()
    return Load(
        per_second=len(took) / lasted,
        p50_ms=took[len(took) // 2] * 1_000,
        p99_ms=took[int(len(took) * 0.99)] * 1_000,
    )


def _run(answer: Connection, port: int, path: str, body: bytes, connections: int, seconds: float) -> None:
    head = (
        f"POST {path} HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\nContent-Type: application/json\r\n"
        f"Content-Length: {len(body)}\r\n\r\n"
    )
    request = head.encode() + body
    took: list[float] = []
    faults: list[str] = []
    began = time.perf_counter()
    threads = [
        threading.Thread(target=_connection, args=(port, request, began + seconds, took, faults))
        for _ in range(connections)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    answer.send((took, faults[0] if faults else "", time.perf_counter() - began))


def _connection(port: int, request: bytes, until: float, took: list[float], faults: list[str]) -> None:
    with socket.create_connection(("127.0.0.1", port), timeout=30) as sock:
        sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        began = time.perf_counter()
        while began < until and not faults:
            sock.sendall(request)
            status = _answer(sock)
            ended = time.perf_counter()
            if status != b"200":
                faults.append(f"An answer was {status.decode()}, not 200.")
            took.append(ended - began)
            began = ended


def _answer(sock: socket.socket) -> bytes:
    """Read one answer; its status."""
    got = sock.recv(262_144)
    while END not in got:
        got += sock.recv(262_144)
    head, _, rest = got.partition(END)
    length = int(head.lower().partition(LENGTH)[2].split(b"\r\n", 1)[0])
    left = length - len(rest)
    while left > 0:
        left -= len(sock.recv(262_144))
    return head.split(b" ", 2)[1]
