"""A state of the playground fired at a service: the exchange, and everything that is drawn of it."""

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from cds_service.console.conformance import Fault, findings
from cds_service.console.exchange import Answer, decoded
from cds_service.console.playground.answers import Drawn, Issue, cards_of, issues_of
from cds_service.console.playground.changes import drafts_of
from cds_service.console.playground.choices import Choices
from cds_service.console.playground.doors import Door, Exchange
from cds_service.console.playground.inputs import Inputs
from cds_service.console.playground.links import curl_of
from cds_service.console.playground.patients import body_of, hook_of
from cds_service.console.untrusted import plain

SHOWN = 400_000  # characters of JSON that are shown


@dataclass(frozen=True, slots=True, kw_only=True)
class Fired:
    """What a call brought, ready to draw.

    Attributes:
        cards: None where the answer has none to draw. issues: of an OperationOutcome. faults: by CDS Hooks.
        asked, said: the exchange as JSON. curl: the same call for a terminal.
    """

    exchange: Exchange
    cards: tuple[Drawn, ...] | None
    issues: tuple[Issue, ...]
    faults: tuple[Fault, ...]
    asked: str
    said: str
    curl: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """What became of a feedback call; the names are those of its JSON."""

    ok: bool
    said: str
    asked: str
    url: str = ""
    status: int = 0


def fire(inputs: Inputs, choices: Choices, door: Door, new_uuid: Callable[[], UUID]) -> Fired:
    """Fire a state at a service.

    Raises:
        InputsUnusableError, NoAnswerError: the message says what to change.
    """
    body = body_of(inputs, choices, new_uuid())
    exchange = door.call(hook_of(body), body, inputs.token)
    drafts = drafts_of(decoded(body))
    return Fired(
        exchange=exchange,
        cards=cards_of(exchange.answer, drafts),
        issues=issues_of(exchange.answer),
        faults=findings(exchange.answer, drafts),
        asked=_readable(decoded(body)),
        said=_said(exchange.answer),
        curl=curl_of(exchange.url, body, with_token=bool(inputs.token)),
    )


def tell(sent: Mapping[str, str], door: Door, at: datetime) -> Told:
    """Tell a service what became of a card.

    Raises:
        NoAnswerError: it cannot be reached.
    """
    body = json.dumps({"feedback": [feedback_of(sent, at)]}, indent=2, ensure_ascii=False)
    exchange = door.feedback(sent.get("service_id", ""), body.encode(), sent.get("token", ""))
    answer = exchange.answer
    refused = " ".join(issue.text for issue in issues_of(answer)) or "It was not recorded."
    return Told(
        ok=answer.ok,
        said="Recorded." if answer.ok else refused,
        asked=body,
        url=exchange.url,
        status=answer.status,
    )


def feedback_of(sent: Mapping[str, str], at: datetime) -> dict[str, Any]:
    """One entry of a feedback call: a suggestion accepted, or the card overridden, with or without a reason."""
    entry: dict[str, Any] = {"card": sent.get("card", "")}
    stamp = {"outcomeTimestamp": at.isoformat(timespec="seconds").replace("+00:00", "Z")}
    if sent.get("suggestion"):
        return entry | {"outcome": "accepted", "acceptedSuggestions": [{"id": sent["suggestion"]}]} | stamp
    code, _, system = sent.get("reason", "").partition("|")
    reason = {"code": code, "system": system} if system else {"code": code}
    told = {"overrideReason": {"reason": reason}} if code else {}
    return entry | {"outcome": "overridden"} | told | stamp


def _said(answer: Answer) -> str:
    return "(no JSON)" if answer.content is None else _readable(answer.content)


def _readable(value: object) -> str:
    text = plain(json.dumps(value, indent=2, ensure_ascii=False))
    return text if len(text) <= SHOWN else text[:SHOWN] + "\n… (cut)"
