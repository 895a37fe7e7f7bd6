"""Records of which only the hash is left: accounted for by a later record that says so, or a fault.

What was erased because its time was over stays a leaf of the tree. The access record `retain` that was appended in the
same transaction names the leaves, as `0-17,19`; it is itself never erased. Only decisions and feedback ever are.
"""

from bisect import bisect_right
from collections.abc import Iterable, Iterator

import msgspec

RETAIN = "retain"
LEAVES = "leaves"
ERASABLE = frozenset({"decision", "feedback"})
Run = tuple[int, int]  # first and last leaf index


class _Access(msgspec.Struct):
    what: str
    query: dict[str, str] = {}


class _Record(msgspec.Struct):
    access: _Access | None = None


_decoder: msgspec.json.Decoder[_Record] = msgspec.json.Decoder(_Record)


class Erasures:
    """What is gone, and what the log says was erased, in runs: few, however many records."""

    def __init__(self) -> None:
        """Nothing yet."""
        self._gone: list[tuple[int, int, str]] = []
        self._said: list[Run] = []

    def gone(self, index: int, kind: str) -> None:
        """A record of which only the hash is left; in the order of the log."""
        if self._gone and self._gone[-1][1:] == (index - 1, kind):
            index_before, _, _ = self._gone.pop()
            self._gone.append((index_before, index, kind))
        else:
            self._gone.append((index, index, kind))

    def read(self, index: int, kind: str, record: bytes) -> None:
        """A record that is as it was recorded: what it says was erased before it."""
        if kind != "access" or b'"retain"' not in record:
            return
        try:
            access = _decoder.decode(record).access
            if access is not None and access.what == RETAIN:
                self._said += [run for run in runs_of(access.query.get(LEAVES, "")) if run[1] < index]
        except ValueError:
            return  # what it stood for is then unaccounted for

    def unaccounted(self) -> Iterator[tuple[int, str]]:
        """Leaf index and kind of what is gone although no record says that it was erased."""
        said = _joined(self._said)
        firsts = [first for first, _ in said]
        for first, last, kind in self._gone:
            index = first
            while index <= last:
                place = bisect_right(firsts, index) - 1
                if kind in ERASABLE and place >= 0 and said[place][1] >= index:
                    index = said[place][1] + 1
                else:
                    yield index, kind
                    index += 1


def text_of(indexes: Iterable[int]) -> str:
    """Leaf indexes in ascending order as `0-17,19`."""
    runs: list[Run] = []
    for index in indexes:
        if runs and runs[-1][1] == index - 1:
            runs[-1] = (runs[-1][0], index)
        else:
            runs.append((index, index))
    return ",".join(str(first) if first == last else f"{first}-{last}" for first, last in runs)


def runs_of(text: str) -> list[Run]:
    """The runs of such a text.

    Raises:
        ValueError: it is none.
    """
    runs: list[Run] = []
    for part in filter(None, text.split(",")):
        first, _, last = part.partition("-")
        runs.append((int(first), int(last or first)))
    return runs


def _joined(runs: list[Run]) -> list[Run]:
    joined: list[Run] = []
    for first, last in sorted(runs):
        if joined and first <= joined[-1][1] + 1:
            joined[-1] = (joined[-1][0], max(last, joined[-1][1]))
        else:
            joined.append((first, last))
    return joined
