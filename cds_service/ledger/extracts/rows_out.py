"""Rows as CSV that is safe to open in a spreadsheet, or as lines of JSON; written as they come."""

import csv
import io
from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import IO, Any

import msgspec

FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n", "\N{FULLWIDTH EQUALS SIGN}", "\N{FULLWIDTH COMMERCIAL AT}")
BYTE_ORDER_MARK = "\N{ZERO WIDTH NO-BREAK SPACE}"  # without it spreadsheets take UTF-8 for something else
FORMATS = ("csv", "ndjson")
_encoder = msgspec.json.Encoder(order="deterministic")


def write_rows(to: IO[bytes], columns: Sequence[str], rows: Iterable[Sequence[Any]], *, as_: str = "csv") -> int:
    """Write rows under their columns' names; how many there were.

    Args:
        to: where, in bytes.
        columns: names.
        rows: values in the columns' order: texts, numbers, moments in UTC, truth values, `None`.
        as_: one of `FORMATS`.

    Raises:
        OSError: it cannot be written.
    """
    written = 0
    if as_ == "ndjson":
        for written, row in enumerate(rows, 1):  # noqa: B007  counted
            to.write(_encoder.encode(dict(zip(columns, row, strict=True))) + b"\n")
        return written
    text = io.TextIOWrapper(to, encoding="utf-8", errors="replace", newline="", write_through=True)
    try:
        text.write(BYTE_ORDER_MARK)
        sheet = csv.writer(text)
        sheet.writerow(columns)
        for written, row in enumerate(rows, 1):  # noqa: B007  counted
            sheet.writerow([cell(value) for value in row])
        text.flush()
    finally:
        text.detach()
    return written


def cell(value: object) -> str:
    """A value as the text of a cell; what a spreadsheet would reckon out as a formula begins with an apostrophe."""
    match value:
        case None:
            return ""
        case bool():
            return "yes" if value else "no"
        case int() | float():
            return str(value)
        case datetime():
            return value.strftime("%Y-%m-%dT%H:%M:%S.%fZ")
        case _:
            text = str(value)
            return f"'{text}" if text.lstrip(" ").startswith(FORMULA) or text.startswith("'") else text
