"""Verifies a log, from the database or from an export: nothing here believes what is stored beside the records.

1. Each record's text is hashed anew and held against its leaf; leaf indexes have no hole.
2. The hash tree is built anew from the leaves. At the size of every checkpoint its root is held against the
   checkpoint's, whose signature is checked with the public key alone. Since one tree is built through all of them, they
   are also shown to be consistent with each other: each log begins with the one before.
3. From a database: stored nodes and head are held against the tree, and every row of the index against the record it
   comes from (`verify_index`).

An edited record is named; one that is gone is a fault unless a later record accounts for it (`erasures`).
Where somebody changed a record *and* its leaf, the first checkpoint after it fails, and the
fault lies between that and the checkpoint before. Behind the last published checkpoint, whoever can write the database
can change everything in step: that tail is reported as unprotected.
"""

from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from hashlib import sha256
from heapq import merge
from itertools import chain
from typing import NamedTuple, Protocol

from cds_service.ledger.proof.erasures import Erasures
from cds_service.ledger.proof.merkle import EMPTY_ROOT, Frontier, complete_root
from cds_service.ledger.proof.note import Checkpoint, NoteBroken, PublicKey, is_signed, read
from cds_service.ledger.proof.report import Covered, Fault, Report

BLOCK_LEVEL = 8
BLOCK = 1 << BLOCK_LEVEL  # leaves that are hashed together


class Note(NamedTuple):
    """A checkpoint, of a log of which size it should be, and where it comes from; `published` when from outside."""

    size: int
    text: str
    where: str
    published: bool = False


Leaf = tuple[int, str, bytes, bytes | None]  # a row of the log: leaf index, kind, hash; the record, if it is kept
Closed = tuple[int, int, bytes]  # level, position, hash: a complete subtree


class Source(Protocol):
    """Where a log is read from."""

    origin: str
    size: int

    def leaves(self) -> Iterator[Sequence[Leaf]]:
        """The log in order, some at a time."""

    def notes(self) -> Iterator[Note]:
        """Its checkpoints, the shortest log first."""

    def check(self, leaves: Sequence[Leaf], unsound: Collection[int], nodes: Sequence[Closed], report: Report) -> None:
        """Hold what is stored beside these leaves, and the nodes they closed, against them; some are changed."""

    def check_end(self, frontier: Frontier | None, report: Report) -> None:
        """Likewise, what is stored of the whole log; `None` where its tree could not be built."""


def verify(
    source: Source,
    keys: Sequence[PublicKey],
    published: Iterable[Note] = (),
    progress: Callable[[int], None] | None = None,
) -> Report:
    """Verify a whole log.

    Args:
        source: where it is read from.
        keys: public keys whose signatures count.
        published: checkpoints from outside, the shortest log first.
        progress: told how many records have been read.
    """
    report = Report(origin=source.origin, size=source.size)
    notes = _Notes(_by_size(source.notes(), published), keys, report)
    frontier: Frontier | None = Frontier()
    erasures = Erasures()
    for leaves in source.leaves():
        unsound = _check_records(leaves, erasures, report)
        nodes: list[Closed] = []
        if frontier is not None:
            frontier = _grown(frontier, leaves, nodes, notes, report)
        source.check(leaves, unsound, nodes, report)
        report.records += len(leaves)
        if progress is not None:
            progress(report.records)
    for index, kind in erasures.unaccounted():
        report.add(Fault(what="the record is gone, only its hash is left", leaf_index=index, kind=kind))
    notes.reach(frontier, ())
    notes.finish(report.records, complete=frontier is not None)
    source.check_end(frontier, report)
    report.root = "" if frontier is None else frontier.root().hex()
    return report


def _check_records(leaves: Sequence[Leaf], erasures: Erasures, report: Report) -> Collection[int]:
    """Hash every record; the leaf indexes of those that were changed or are gone."""
    kinds, unsound = report.kinds, set()
    for index, kind, leaf, record in leaves:
        kinds[kind] = kinds.get(kind, 0) + 1
        if record is None:
            report.erased += 1
            unsound.add(index)
            erasures.gone(index, kind)
        elif sha256(b"\0" + record).digest() != leaf:
            unsound.add(index)
            report.add(Fault(what="the record is not the one that was recorded", leaf_index=index, kind=kind))
        else:
            erasures.read(index, kind, record)
    return unsound


def _grown(
    frontier: Frontier, leaves: Sequence[Leaf], nodes: list[Closed], notes: "_Notes", report: Report
) -> Frontier | None:
    """The tree with more leaves, a block at a time where they are whole; `None` once a leaf is missing."""
    place = 0
    while place < len(leaves):
        block = leaves[place : place + BLOCK - frontier.size % BLOCK]
        start = frontier.size
        if [index for index, *_ in block] != list(range(start, start + len(block))):
            _report_hole(start, block, report)
            return None
        hashes = [leaf for _, _, leaf, _ in block]
        notes.reach(frontier, hashes)
        if len(block) == BLOCK:
            closed = frontier.append(complete_root(hashes), BLOCK_LEVEL)
            nodes += [
                (BLOCK_LEVEL + up, start >> BLOCK_LEVEL + up, node)
                for up, node in enumerate(closed)
                if up % BLOCK_LEVEL == 0
            ]
        else:
            nodes += _one_by_one(frontier, hashes)
        place += len(block)
    return frontier


def _one_by_one(frontier: Frontier, hashes: Sequence[bytes]) -> list[Closed]:
    nodes: list[Closed] = []
    for one in hashes:
        start = frontier.size
        closed = frontier.append(one)
        nodes += [(level, start >> level, closed[level]) for level in range(BLOCK_LEVEL, len(closed), BLOCK_LEVEL)]
    return nodes


def _report_hole(expected: int, block: Sequence[Leaf], report: Report) -> None:
    for index, *_ in block:
        if index != expected:
            break
        expected += 1
    report.add(Fault(what="the record is missing: it was deleted, or the order was changed", leaf_index=expected))


class _Notes:
    """The checkpoints, held against the tree as it grows."""

    def __init__(self, notes: Iterator[Note], keys: Sequence[PublicKey], report: Report) -> None:
        self._notes = chain(notes, (None,))
        self._next = next(self._notes)
        self._keys = keys
        self._report = report
        self._held = 0  # size of the longest checkpoint that held
        self._stored = -1  # size of the last stored one, held or not
        self._failed = 0

    def reach(self, frontier: Frontier | None, hashes: Sequence[bytes]) -> None:
        """Check what is due before the log has grown beyond these further leaves."""
        while frontier is not None and self._next is not None and self._next.size <= frontier.size + len(hashes):
            tree = frontier.copy()
            for one in hashes[: self._next.size - frontier.size]:
                tree.append(one)
            self._check(self._next, tree.root() if tree.size else EMPTY_ROOT)
            self._next = next(self._notes)

    def finish(self, records: int, *, complete: bool) -> None:
        """Say what is left: checkpoints of a longer log, or of one whose tree could not be built."""
        while self._next is not None:
            note, self._next = self._next, next(self._notes)
            checkpoint = self._read(note)
            if checkpoint is None:
                continue
            if complete:
                self._fail(
                    f"the checkpoint of {note.size} records ({note.where}) is of a longer log: the newest records were "
                    f"deleted, or the database was put back from an older backup; {records} are left",
                )
            else:
                self._fail(f"the checkpoint of {note.size} records ({note.where}) cannot hold: records are missing")
        if self._failed > 1:
            self._report.remarks.append(f"{self._failed} checkpoints fail; the first is named.")

    def _check(self, note: Note, root: bytes) -> None:
        if not note.published:
            self._stored = note.size
        checkpoint = self._read(note)
        if checkpoint is None:
            return
        if checkpoint.root != root:
            self._fail(
                f"the checkpoint of {note.size} records ({note.where}) does not hold: between records {self._held} and "
                f"{note.size - 1} something was changed, added or removed together with its hashes"
            )
            return
        if note.published and self._stored != note.size:
            what = f"the checkpoint of {note.size} records was published ({note.where}), and is stored no more"
            self._report.add(Fault(what=what))
        self._held = note.size
        self._report.checkpoints += 1
        covered = Covered(size=note.size, since=checkpoint.made_at)
        if note.published:
            self._report.published = covered
        else:
            self._report.signed = covered

    def _read(self, note: Note) -> Checkpoint | None:
        try:
            checkpoint = read(note.text)
            signed = is_signed(note.text, self._keys)
        except NoteBroken as error:
            self._report.add(Fault(what=f"the checkpoint of {note.size} records ({note.where}): {error}"))
            return None
        wrong = ""
        if checkpoint.size != note.size:
            wrong = f"says {checkpoint.size} records"
        elif checkpoint.origin != self._report.origin:
            wrong = f"is of another log, {checkpoint.origin}: the database was exchanged, or the folder is another's"
        elif not signed:
            wrong = "is not signed with a key that was named"
        if wrong:
            self._report.add(Fault(what=f"the checkpoint of {note.size} records ({note.where}) {wrong}"))
            return None
        return checkpoint

    def _fail(self, what: str) -> None:
        self._failed += 1
        if self._failed == 1:
            self._report.add(Fault(what=what))


def _by_size(stored: Iterator[Note], published: Iterable[Note]) -> Iterator[Note]:
    """Both in one order, of equal sizes the stored first."""
    return merge(stored, published, key=lambda note: note.size)
