"""How an answer looks in a terminal: cards with colour, what each suggestion would do, and errors in plain words.

The text comes from whatever service was asked, so it is hostile: nothing of it is read as markup of the terminal, and
control characters are taken out. Members of unexpected types are shown as text rather than trusted.
"""

from collections.abc import Mapping, Sequence
from typing import Any

from rich.console import Console, Group, RenderableType
from rich.markdown import Markdown
from rich.padding import Padding
from rich.panel import Panel
from rich.text import Text

from cds_service.console.untrusted import items, members, plain

COLOURS = {"info": "cyan", "warning": "yellow", "critical": "red"}
UNKNOWN_COLOUR = "magenta"  # an indicator that CDS Hooks does not know


def show_answer(console: Console, answer: Mapping[str, Any], milliseconds: float) -> None:
    """Print the cards of an answer, and how long it took."""
    cards = items(answer.get("cards"))
    for number, card in enumerate(cards, start=1):
        console.print(_card(members(card), number, len(cards)))
    if not cards:
        console.print(Panel(Text("No cards: the service has nothing to say about this order."), border_style="green"))
    for action in items(answer.get("systemActions")):
        console.print(Text.assemble(("system action  ", "bold"), _action(members(action))))
    console.print(Text(f"{_count(len(cards), 'card')} in {milliseconds:.0f} ms", style="dim"))


def show_problem(console: Console, status: int, answer: object) -> None:
    """Print an answer that is an error: its status, and its OperationOutcome in words."""
    console.print(Text(f"The service answered with status {status}.", style="bold red"))
    outcome = members(answer)
    for issue in map(members, items(outcome.get("issue"))):
        said = plain(members(issue.get("details")).get("text") or issue.get("diagnostics") or "no explanation")
        kind = "/".join(plain(issue[name]) for name in ("severity", "code") if issue.get(name))
        where = ", ".join(plain(one) for one in items(issue.get("expression")))
        console.print(Text.assemble(f"  {kind}: " if kind else "  ", said, f" (at {where})" if where else ""))
    if outcome.get("resourceType") != "OperationOutcome":
        console.print(Text("  It sent no OperationOutcome to say why.", style="dim"))


def _card(card: Mapping[str, Any], number: int, of: int) -> RenderableType:
    indicator = plain(card.get("indicator"))
    colour = COLOURS.get(indicator, UNKNOWN_COLOUR)
    body: list[RenderableType] = [Text(plain(card.get("summary")), style=f"bold {colour}")]
    if card.get("detail"):
        body.append(Padding(Markdown(plain(card["detail"]), hyperlinks=False), (1, 0, 0, 0)))
    body += _section("Suggestions", _suggestions(card))
    body += _section("Links", [_link(members(one)) for one in items(card.get("links"))])
    reasons = [
        plain(members(one).get("display") or members(one).get("code")) for one in items(card.get("overrideReasons"))
    ]
    body += _section("Reasons to override", [Text("; ".join(reasons))] if reasons else [])
    source = members(card.get("source"))
    topic = members(source.get("topic"))
    return Panel(
        Group(*body),
        title=Text(f"{indicator or 'no indicator'} {number}/{of}"),
        subtitle=Text(" · ".join(filter(None, (plain(source.get("label")), plain(topic.get("code")))))),
        title_align="left",
        subtitle_align="right",
        border_style=colour,
    )


def _section(title: str, lines: Sequence[RenderableType]) -> list[RenderableType]:
    return [Padding(Group(Text(title, style="bold"), *lines), (1, 0, 0, 0))] if lines else []


def _suggestions(card: Mapping[str, Any]) -> list[RenderableType]:
    lines: list[RenderableType] = []
    for suggestion in map(members, items(card.get("suggestions"))):
        recommended = ("  recommended", "green") if suggestion.get("isRecommended") is True else ""
        lines.append(Text.assemble("▸ ", (plain(suggestion.get("label")), "underline"), recommended))
        lines += [Padding(_action(members(one)), (0, 0, 0, 4)) for one in items(suggestion.get("actions"))]
    return lines


def _action(action: Mapping[str, Any]) -> Text:
    """What applying an action does: its description, its kind and target, and what an order would say."""
    resource = members(action.get("resource"))
    deleted = action.get("resourceId")
    target = (
        plain(deleted)
        if deleted
        else "/".join(filter(None, (plain(resource.get("resourceType")), plain(resource.get("id")))))
    )
    text = Text.assemble((plain(action.get("type")), "bold"), f" {target}: {plain(action.get('description'))}")
    order = _order(resource)
    return text.append(f"\n  {order}", style="dim") if order else text


def _order(resource: Mapping[str, Any]) -> str:
    """Drug or service, and instructions, of an order."""
    concept = members(resource.get("medicationCodeableConcept")) or members(resource.get("code"))
    first = members(next(iter(items(concept.get("coding"))), None))
    told = [plain(concept.get("text") or first.get("display") or first.get("code"))]
    told += [plain(members(one).get("text")) for one in items(resource.get("dosageInstruction"))]
    return " – ".join(filter(None, told))


def _link(link: Mapping[str, Any]) -> Text:
    return Text.assemble(plain(link.get("label")), "  ", (plain(link.get("url")), "dim"))


def _count(number: int, noun: str) -> str:
    return f"{number} {noun}{'' if number == 1 else 's'}"
