"""Filling the words of `hooks/` with a finding's values, safely: summaries are plain text, details are Markdown."""

import re
from collections.abc import Mapping
from functools import lru_cache
from string import Formatter

from cds_service.domain.outcome import Value

LONGEST_SUMMARY = 139  # CDS Hooks: under 140 characters
CONTROL = re.compile(r"[\x00-\x1f\x7f\u2028\u2029\ud800-\udfff]+")
MARKDOWN = re.compile(r"([\\`*_{}\[\]()#!|~])")
HTML = str.maketrans({"&": "&amp;", "<": "&lt;", ">": "&gt;"})


class _Names(dict[str, str]):
    """Placeholders of a template; one without a value is a fault of the content, named as such."""

    def __missing__(self, name: str) -> str:
        raise KeyError(f"the words use {{{name}}}, which the finding does not supply")


class _Lenient(dict[str, str]):
    """Placeholders of a template that is not filled for a card."""

    def __missing__(self, name: str) -> str:
        return f"{{{name}}}"


def plain(text: str) -> str:
    """Text on one line without control characters."""
    return CONTROL.sub(" ", text).strip()


@lru_cache(maxsize=8_192)
def markdown(text: str) -> str:
    """Text that GitHub-flavoured Markdown shows literally: no markup, no HTML, one line."""
    return MARKDOWN.sub(r"\\\1", plain(text).translate(HTML))


def names(items: tuple[str, ...], most: int) -> str:
    """`A`, `A and B`, or `A, B and 2 more`."""
    shown = items if len(items) <= most else items[:most]
    rest = len(items) - len(shown)
    if rest:
        return f"{', '.join(shown)} and {rest} more"
    return " and ".join([", ".join(shown[:-1]), shown[-1]]) if len(shown) > 1 else "".join(shown)


def fill(template: str, values: Mapping[str, Value], *, most_names: int = 20) -> str:
    """A detail sentence: placeholders filled with Markdown-escaped values.

    Raises:
        KeyError: the template uses a placeholder the values do not supply.
    """
    return template.format_map(_Names({name: markdown(_text(value, most_names)) for name, value in values.items()}))


@lru_cache(maxsize=8_192)
def placeholders(template: str) -> frozenset[str]:
    """The names of a template's placeholders; found once, because a release has only so many templates."""
    return frozenset(name for _, name, _, _ in Formatter().parse(template) if name is not None)


def check_filled(template: str, values: Mapping[str, Value]) -> None:
    """Make sure that every placeholder of a template has a value, without filling it.

    Raises:
        KeyError: one has none.
    """
    lacking = placeholders(template) - values.keys()
    if lacking:
        raise KeyError(f"the words use {{{min(lacking)}}}, which nothing supplies")


def fill_plain(template: str, values: Mapping[str, Value], *, most_names: int = 20) -> str:
    """A sentence as plain text, for traces: a placeholder without a value stays as it is written."""
    return template.format_map(_Lenient({name: plain(_text(value, most_names)) for name, value in values.items()}))


def fill_summary(template: str, values: Mapping[str, Value]) -> str:
    """A summary of at most 139 characters: lists of names are shortened, the verdict never.

    Raises:
        KeyError: as `fill`.
        ValueError: the words without the names are too long: a fault of the content.
    """
    longest = LONGEST_SUMMARY
    for most in (2, 1):
        text = template.format_map(_Names({name: plain(_text(value, most)) for name, value in values.items()}))
        if len(text) <= longest:
            return begun(text)
    cut = {
        name: value if isinstance(value, int) else _cut(_text(value, 1), len(text) - longest)
        for name, value in values.items()
    }
    text = template.format_map(_Names({name: plain(str(value)) for name, value in cut.items()}))
    if len(text) > longest:
        raise ValueError(f"a summary of {len(text)} characters cannot be shortened by its names")
    return begun(text)


def begun(text: str) -> str:
    """A sentence may begin with a name in lower case; on a card it does not."""
    first = text[:1].upper()
    return first + text[1:] if len(first) == 1 else text  # "ß" would become two letters


def _text(value: Value, most: int) -> str:
    return names(value, most) if isinstance(value, tuple) else str(value)


def _cut(name: str, excess: int) -> str:
    keep = max(8, len(name) - excess - 1)
    return name if len(name) <= keep else name[:keep].rstrip() + "…"
