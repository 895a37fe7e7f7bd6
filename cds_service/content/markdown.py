"""Small pieces of Markdown: tables, lists, anchors. Text of a release is shown as it is written."""

from collections.abc import Iterable, Sequence


def table(head: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """A table; empty when it has no rows."""
    lines = ["| " + " | ".join(cell(text) for text in row) + " |" for row in rows]
    if not lines:
        return ""
    return "\n".join(("| " + " | ".join(head) + " |", "|" + "---|" * len(head), *lines))


def cell(text: str) -> str:
    """Text that stays within one cell."""
    return " ".join(text.replace("|", "\\|").split())


def bullets(lines: Iterable[str]) -> str:
    """A list; empty when there is nothing to list."""
    return "\n".join(f"- {' '.join(line.split())}" for line in lines)


def code(names: Iterable[str]) -> str:
    """Names set as code, separated by commas."""
    return ", ".join(f"`{name}`" for name in names)


def link(id_: str) -> str:
    """A link to the section of a rule or an alternative."""
    return f"[`{id_}`](#{id_})"


def blocks(*parts: str) -> str:
    """Paragraphs and tables with a blank line between them; empty ones are left out."""
    return "\n\n".join(part for part in parts if part)


def under(heading: str, text: str) -> str:
    """A text under a bold heading; empty when there is no text."""
    return f"**{heading}**\n\n{text}" if text else ""
