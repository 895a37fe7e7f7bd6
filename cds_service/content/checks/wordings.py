"""Words: placeholders in order, and every summary under 140 characters when it is filled."""

from collections.abc import Iterator, Mapping
from string import Formatter

from cds_service.domain.content import Content

LONGEST_SUMMARY = 139
REALISTIC_VALUE = 24  # characters of a filled placeholder; longer names are shortened when a card is written


def faults(content: Content) -> Iterator[str]:
    """Braces out of place, and summaries that can grow too long."""
    for where, text in _texts(content):
        try:
            parts = [(len(words), name) for words, name, _, _ in Formatter().parse(text)]
        except ValueError as problem:
            yield f"{where}: a brace out of place: {problem}"
            continue
        for _, name in parts:
            if name is not None and not name.isidentifier():
                yield f"{where}: {{{name}}} is not a placeholder"
        length = sum(words + (0 if name is None else REALISTIC_VALUE) for words, name in parts)
        if where.endswith(" summary") and length > LONGEST_SUMMARY:
            yield f"{where}: can grow to {length} characters"


def _texts(content: Content) -> Iterator[tuple[str, str]]:
    """Every sentence that is filled with values, and where it stands."""
    for rule in content.rules:
        for name, variant in rule.variants.items():
            for part in ("summary", "problem", "why", "instead"):
                yield f"rule {rule.id}, variant {name}, {part}", getattr(variant, part)
        yield from _table(f"rule {rule.id}, points", rule.points)
        yield from _table(f"rule {rule.id}, silent", rule.silent)
    for alternative in content.alternatives.values():
        at = f"alternative {alternative.id}"
        for part in ("label", "label_continuing", "description"):
            yield f"{at}, {part}", getattr(alternative, part)
        for table in ("labels", "points", "notes", "blocked", "unfit"):
            yield from _table(f"{at}, {table}", getattr(alternative, table))
    for table in (
        "headings",
        "sections",
        "missing",
        "unavailable",
        "doubts",
        "basis",
        "sentences",
        "silenced",
        "unfit",
    ):
        yield from _table(f"phrases.toml, {table}", getattr(content.phrases, table))


def _table(where: str, table: Mapping[str, str]) -> Iterator[tuple[str, str]]:
    yield from ((f"{where}.{key}", text) for key, text in table.items())
