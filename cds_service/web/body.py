"""The body of a request, before its meaning: how long it may be, what it must be, how deep it may nest.

`json` of the standard library takes NaN, repeated members and bytes that are no text, and every recursive reader can be
sent deeper than its stack. So: bounded bytes, then UTF-8, then the top level alone, each member still raw.
"""

import json
import re
from collections.abc import Mapping
from typing import IO

import jiter
import msgspec
from flask import Request

from cds_service.domain.errors import NotUnderstood, TooLarge, UnsupportedMedia
from cds_service.web.leftover import WAS_READ

DEEP = "The JSON is nested too deeply."
TWICE = "A JSON object has two members of one name; send each once."
_JSON = re.compile(r"application/(?:[\w.+-]+\+)?json", re.ASCII)
_BRACKETS = bytes(set(range(256)) - set(b'"[]{}'))  # everything that is no structure


class _Name:
    """A member's name that equals only itself: two members of one name both stay."""

    __slots__ = ("text",)

    def __init__(self, text: str) -> None:
        self.text = text


_object = msgspec.json.Decoder(dict[_Name, msgspec.Raw], dec_hook=lambda _, text: _Name(text))


def read_body(request: Request, max_bytes: int) -> bytes:
    """The body, at most `max_bytes` long, whether its length was announced or it comes in chunks.

    Raises:
        UnsupportedMedia: it is not JSON, or is compressed.
        TooLarge: it is longer.
    """
    if request.mimetype and not _JSON.fullmatch(request.mimetype):
        raise UnsupportedMedia("Send JSON, with the header Content-Type: application/json.")
    if request.headers.get("Content-Encoding", "identity").strip().casefold() not in ("", "identity"):
        raise UnsupportedMedia("Send the body as it is, without Content-Encoding.")
    length = request.content_length  # None when it comes in chunks
    if length is None and not request.environ.get("wsgi.input_terminated"):
        return b""
    if length is not None and length > max_bytes:
        raise _too_large(max_bytes)
    body = _read(request.environ["wsgi.input"], max_bytes + 1 if length is None else length)
    if len(body) > max_bytes:
        raise _too_large(max_bytes)
    request.environ[WAS_READ] = True
    return body


def _read(stream: IO[bytes], most: int) -> bytes:
    """What the stream holds, `most` bytes of it at most; Werkzeug would cut a longer one in chunks in silence."""
    pieces = []
    while most > 0 and (piece := stream.read(most)):
        pieces.append(piece)
        most -= len(piece)
    return b"".join(pieces)


def _too_large(max_bytes: int) -> TooLarge:
    return TooLarge(f"The body is longer than the {max_bytes} bytes that are read; send less prefetch.")


def members(body: bytes) -> dict[str, bytes]:
    """The members of the one JSON object that the body is, each still raw.

    Raises:
        NotUnderstood: it is not one JSON object in UTF-8, is nested beyond all reason, or names a member twice.
    """
    try:
        if not body.isascii():
            body.decode()
        named = _object.decode(body)
    except UnicodeDecodeError:
        raise NotUnderstood("The body is not UTF-8 text.") from None
    except RecursionError:
        raise NotUnderstood(DEEP) from None
    except msgspec.ValidationError:
        raise NotUnderstood("The body is JSON, but not an object; send one JSON object.") from None
    except msgspec.DecodeError:
        raise NotUnderstood("The body is not JSON; send one JSON object.") from None
    found = {name.text: bytes(raw) for name, raw in named.items()}
    if len(found) != len(named):
        raise NotUnderstood(TWICE)
    return found


def check_strict(name: str, text: bytes, max_depth: int) -> None:
    """Refuse a member that nests deeper than `max_depth` or has, anywhere inside, two members of one name.

    Raises:
        NotUnderstood: it does.
    """
    if too_deep(text, max_depth):
        raise NotUnderstood(DEEP, at=name)
    if _repeats(text):
        raise NotUnderstood(TWICE, at=name)


def _repeats(text: bytes) -> bool:
    try:
        jiter.from_json(text, catch_duplicate_keys=True, cache_mode="none")
    except ValueError as error:
        if str(error).startswith("Detected duplicate key"):
            return True
        try:  # half surrogate pairs, say, at which jiter stops: whether they matter is for the reader of this member
            json.loads(text, object_pairs_hook=_once, parse_int=str)
        except _TwiceError:
            return True
    return False


class _TwiceError(Exception):
    """A member's name stands twice."""


def _once(pairs: list[tuple[str, object]]) -> None:
    if len({name for name, _ in pairs}) != len(pairs):
        raise _TwiceError


def too_deep(text: bytes, most: int) -> bool:
    """Whether valid JSON nests deeper than `most`, without recursion: innermost pairs are taken out, level by level."""
    if text.count(b"{") + text.count(b"[") <= most:
        return False
    if b"\\" in text:
        text = text.replace(b"\\\\", b"").replace(b'\\"', b"")
    structure = re.sub(rb'"[^"]*"', b"", text.translate(None, _BRACKETS))
    for _ in range(most):
        structure = _without_pairs(structure)
        if not structure:
            return False
    return True


def _without_pairs(structure: bytes) -> bytes:
    """One level less: `[]` and `{}` go, together with those beside them."""
    return re.sub(rb"\[\]|\{\}", b"", structure)


def joined(found: Mapping[str, bytes], names: tuple[str, ...]) -> bytes:
    """The named members that are there, as one JSON object again."""
    parts = [b'"%s":%s' % (name.encode(), found[name]) for name in names if name in found]
    return b"{%s}" % b",".join(parts)
