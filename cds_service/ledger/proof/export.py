r"""A log as one file of lines of JSON, to be kept elsewhere and verified there, with nothing but the public key.

::

    {"export":{"format":1,"origin":"cds-service/3f0c…","size":20852}}
    {"kind":"decision","leaf_hash":"ab12…","leaf_index":0,"record":{…}}
    …
    {"checkpoint":"cds-service/3f0c…\n1000\n…","size":1000}

`record` is the canonical text itself: its bytes, after a zero byte, hash to the leaf. Checkpoints stand behind the
record that completes them. It is written and read a line at a time, so its size does not matter.
"""

import io
from collections.abc import Collection, Iterator, Sequence
from itertools import chain
from pathlib import Path
from typing import IO

import msgspec

from cds_service.domain.errors import ServiceError
from cds_service.ledger.proof.merkle import Frontier
from cds_service.ledger.proof.report import Fault, Report
from cds_service.ledger.proof.verify import Closed, Leaf, Note, Source

FORMAT = 1
LONGEST_LINE = 64 * 1024 * 1024
AT_ONCE = 512


class ExportBroken(ServiceError):
    """A file is not an export of a ledger, or not one that can be read here."""


class _Head(msgspec.Struct):
    format: int
    origin: str
    size: int


class _First(msgspec.Struct):
    export: _Head


class _Line(msgspec.Struct):
    """A record, or a checkpoint of `size`."""

    leaf_index: int = -1
    kind: str = ""
    leaf_hash: str = ""
    record: msgspec.Raw = msgspec.Raw(b"null")
    checkpoint: str = ""
    size: int = 0


_encoder = msgspec.json.Encoder(order="sorted")
_first: msgspec.json.Decoder[_First] = msgspec.json.Decoder(_First)
_line: msgspec.json.Decoder[_Line] = msgspec.json.Decoder(_Line)


def write_export(source: Source, to: IO[bytes]) -> int:
    """Write a log and its checkpoints; the number of records.

    Raises:
        OSError: the file cannot be written.
    """
    notes = chain(source.notes(), (None,))
    note, written = next(notes), 0
    to.write(_encoder.encode(_First(_Head(FORMAT, source.origin, source.size))) + b"\n")
    for leaves in source.leaves():
        for index, kind, leaf, record in leaves:
            while note is not None and note.size <= index:
                to.write(_note(note))
                note = next(notes)
            to.write(_encoder.encode({
                "leaf_index": index,
                "kind": kind,
                "leaf_hash": leaf.hex(),
                "record": msgspec.Raw(b"null" if record is None else record),
            }) + b"\n")  # fmt: skip
            written += 1
    while note is not None:
        to.write(_note(note))
        note = next(notes)
    return written


def _note(note: Note) -> bytes:
    return _encoder.encode({"checkpoint": note.text, "size": note.size}) + b"\n"


class ExportSource:
    """A log in an export file; see `verify.Source`. There is no index beside it.

    Raises:
        ExportBroken: the file does not begin as an export.
        OSError: it cannot be read.
    """

    def __init__(self, path: Path) -> None:
        """Reads the first line."""
        self._path = path
        with path.open("rb") as file:
            try:
                head = _first.decode(_bounded(file, 1)).export
            except msgspec.DecodeError:
                raise ExportBroken(f"{path} is not an export of a ledger.") from None
        if head.format != FORMAT:
            raise ExportBroken(f"{path} is an export of format {head.format}; this release reads format {FORMAT}.")
        self.origin, self.size = head.origin, head.size

    def _lines(self, *, notes: bool) -> Iterator[_Line]:
        with self._path.open("rb") as file:
            number = 1
            _bounded(file, number)
            while text := _bounded(file, number := number + 1):
                if text.startswith(b'{"checkpoint":') is notes:
                    try:
                        yield _line.decode(text)
                    except msgspec.DecodeError:
                        raise ExportBroken(f"Line {number} of {self._path} is not one of an export.") from None

    def leaves(self) -> Iterator[Sequence[Leaf]]:
        """The records in order, some at a time."""
        some: list[Leaf] = []
        for line in self._lines(notes=False):
            record = bytes(line.record)
            some.append((line.leaf_index, line.kind, _hash(line.leaf_hash), None if record == b"null" else record))
            if len(some) == AT_ONCE:
                yield some
                some = []
        if some:
            yield some

    def notes(self) -> Iterator[Note]:
        """The checkpoints in order."""
        return (Note(line.size, line.checkpoint, "in the export") for line in self._lines(notes=True))

    def check(self, leaves: Sequence[Leaf], unsound: Collection[int], nodes: Sequence[Closed], report: Report) -> None:
        """An export holds nothing beside its records."""

    def check_end(self, frontier: Frontier | None, report: Report) -> None:  # noqa: ARG002  nothing is stored of it
        """Hold the number of records against what the first line says."""
        if report.records != self.size:
            report.add(Fault(what=f"the export says it has {self.size} records and has {report.records}"))


def _bounded(file: io.BufferedReader | IO[bytes], number: int) -> bytes:
    text = file.readline(LONGEST_LINE)
    if len(text) == LONGEST_LINE:
        raise ExportBroken(f"Line {number} is longer than {LONGEST_LINE >> 20} MB: this is not an export.")
    return text


def _hash(text: str) -> bytes:
    try:
        return bytes.fromhex(text)
    except ValueError:
        return b""
