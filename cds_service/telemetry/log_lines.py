"""Log lines: JSON for machines, text for people at a terminal. Both name the request they are about.

An exception is told by its type and place, never by its text: that may hold what was in a request.
"""

import logging
import sys
import traceback
from datetime import UTC, datetime
from types import TracebackType

import msgspec

from cds_service.domain.trail import TRAIL

FRAMES = 6
TEXT = "%(asctime)s %(levelname)s %(name)s %(message)s"
ExcInfo = tuple[type[BaseException], BaseException, TracebackType | None] | tuple[None, None, None]
_encode = msgspec.json.Encoder().encode


class TextLines(logging.Formatter):
    """A line of text; the id of the request stands at its end."""

    def format(self, record: logging.LogRecord) -> str:
        """The line."""
        about = TRAIL.get().request_id
        line = super().format(record)
        return f"{line} [{about}]" if about else line

    def formatException(self, ei: ExcInfo) -> str:  # noqa: N802 - as logging calls it
        """Type and place."""
        return told(ei)


class JsonLines(logging.Formatter):
    """One JSON object to a line.

    Members: `time` (UTC), `level`, `logger`, `message`, `process`; where there is a request `request_id`, and where it
    has a trace `trace_id` and `span_id`; where there is an exception `error`.
    """

    def format(self, record: logging.LogRecord) -> str:
        """The line."""
        trail = TRAIL.get()
        line: dict[str, str | int] = {
            "time": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname,
            "logger": record.name,
            "message": record.getMessage(),
            "process": record.process or 0,
        }
        if trail.request_id:
            line["request_id"] = trail.request_id
        if trail.traceparent:
            _, line["trace_id"], line["span_id"], _ = trail.traceparent.split("-")
        if record.exc_info:
            line["error"] = told(record.exc_info)
        return _encode(line).decode()


def told(error: ExcInfo) -> str:
    """Type of an exception, and where it was raised."""
    kind, _, trace = error
    if kind is None:
        return ""
    frames = traceback.extract_tb(trace)[-FRAMES:]
    return f"{kind.__name__} at " + " < ".join(f"{frame.name}:{frame.lineno}" for frame in reversed(frames))


def log_to_stderr(level: int, shape: str) -> None:
    """Send the log of this process to standard error.

    Args:
        level: as `logging` counts it.
        shape: `json`, `text`, or `auto`: text where standard error is a terminal.
    """
    as_text = shape == "text" or (shape == "auto" and sys.stderr.isatty())
    stream = logging.StreamHandler()
    stream.setFormatter(TextLines(TEXT) if as_text else JsonLines())
    logging.basicConfig(level=level, handlers=[stream])
    logging.getLogger("alembic").setLevel(logging.WARNING)
