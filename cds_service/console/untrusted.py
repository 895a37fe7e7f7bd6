"""Values that any CDS service may have sent: read as what they should be, never trusted to be it."""

import re
from collections.abc import Mapping, Sequence
from typing import Any

_CONTROL = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069\ud800-\udfff]")


def plain(value: object) -> str:
    """A value as text without control and direction characters and lone surrogates (line breaks and tabs stay)."""
    return _CONTROL.sub("", value if isinstance(value, str) else "" if value is None else str(value))


def members(value: object) -> Mapping[str, Any]:
    """The value when it is a JSON object, else nothing."""
    return value if isinstance(value, dict) else {}


def items(value: object) -> Sequence[Any]:
    """The value when it is a JSON array, else nothing."""
    return value if isinstance(value, list) else ()
