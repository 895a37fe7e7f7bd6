"""An answer of any service as what is drawn: its cards, or why there are none. Nothing in it is trusted."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from markupsafe import Markup

from cds_service.console.exchange import Answer
from cds_service.console.markdown import to_html
from cds_service.console.playground.changes import Change, changes
from cds_service.console.untrusted import items, members, plain

INDICATORS = ("info", "warning", "critical")
MOST_CARDS, MOST_LISTED, LONGEST_DETAIL = 50, 50, 20_000
CARD_HEADING = 3  # level of the heading of a card on the page


@dataclass(frozen=True, slots=True, kw_only=True)
class Offered:
    """A suggestion: its words, and what it would change."""

    uuid: str
    label: str
    recommended: bool
    changes: tuple[Change, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Reason:
    """An override reason."""

    code: str
    system: str
    label: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Linked:
    """A link; `url` is empty where it may not be followed."""

    label: str
    url: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Drawn:
    """One card as a client draws it; `indicator` is empty where it is none of CDS Hooks."""

    uuid: str
    indicator: str
    said_indicator: str
    summary: str
    detail: Markup
    source: Linked
    topic: str
    offered: tuple[Offered, ...]
    any_number: bool
    links: tuple[Linked, ...]
    reasons: tuple[Reason, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Issue:
    """One issue of an OperationOutcome."""

    severity: str
    code: str
    text: str
    at: str


def cards_of(answer: Answer, drafts: Mapping[str, Mapping[str, Any]]) -> tuple[Drawn, ...] | None:
    """The cards of an answer; None when it is no answer with cards.

    Args:
        answer: what came back.
        drafts: the drafts of the request, by `Type/id`.
    """
    listed = members(answer.content).get("cards")
    if not answer.ok or not isinstance(listed, list):
        return None
    return tuple(_drawn(members(card), drafts) for card in listed[:MOST_CARDS])


def issues_of(answer: Answer) -> tuple[Issue, ...]:
    """What an OperationOutcome says; nothing where there is none."""
    return tuple(
        Issue(
            severity=plain(issue.get("severity")),
            code=plain(issue.get("code")),
            text=plain(members(issue.get("details")).get("text") or issue.get("diagnostics")) or "no explanation",
            at=", ".join(plain(one) for one in items(issue.get("expression"))[:MOST_LISTED]),
        )
        for issue in map(members, items(members(answer.content).get("issue"))[:MOST_LISTED])
    )


def _drawn(card: Mapping[str, Any], drafts: Mapping[str, Mapping[str, Any]]) -> Drawn:
    indicator, source = plain(card.get("indicator")), members(card.get("source"))
    topic = members(source.get("topic"))
    return Drawn(
        uuid=plain(card.get("uuid")),
        indicator=indicator if indicator in INDICATORS else "",
        said_indicator=indicator,
        summary=plain(card.get("summary")),
        detail=to_html(plain(card.get("detail"))[:LONGEST_DETAIL], below=CARD_HEADING),
        source=Linked(label=plain(source.get("label")), url=web_url(source.get("url"))),
        topic=plain(topic.get("display") or topic.get("code")),
        offered=tuple(_offered(members(one), drafts) for one in items(card.get("suggestions"))[:MOST_LISTED]),
        any_number=card.get("selectionBehavior") == "any",
        links=tuple(_linked(members(one)) for one in items(card.get("links"))[:MOST_LISTED]),
        reasons=tuple(_reason(members(one)) for one in items(card.get("overrideReasons"))[:MOST_LISTED]),
    )


def _offered(suggestion: Mapping[str, Any], drafts: Mapping[str, Mapping[str, Any]]) -> Offered:
    return Offered(
        uuid=plain(suggestion.get("uuid")),
        label=plain(suggestion.get("label")) or "a suggestion without a label",
        recommended=suggestion.get("isRecommended") is True,
        changes=changes(suggestion, drafts),
    )


def _linked(link: Mapping[str, Any]) -> Linked:
    url = web_url(link.get("url")) if link.get("type") != "smart" else ""
    return Linked(label=plain(link.get("label")) or url or "a link without a label", url=url)


def _reason(reason: Mapping[str, Any]) -> Reason:
    code = plain(reason.get("code"))
    return Reason(code=code, system=plain(reason.get("system")), label=plain(reason.get("display")) or code)


def web_url(value: object) -> str:
    """A web address, else nothing."""
    text = plain(value).strip()
    return text if text.lower().startswith(("https://", "http://")) else ""
