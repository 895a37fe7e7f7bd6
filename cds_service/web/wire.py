"""Cards -> the JSON of CDS Hooks: the one place that spells camelCase. Members without a value are left out."""

from collections.abc import Mapping
from functools import lru_cache
from typing import Any

import msgspec

from cds_service.domain.card import Action, Card, Link, Source, Suggestion
from cds_service.domain.orders import Delete
from cds_service.domain.terminology import Coding

_encode = msgspec.json.Encoder().encode


def answer_of(cards: tuple[Card, ...]) -> bytes:
    """The body of an answer; resources go in as `fhir/` wrote them, byte for byte."""
    return _encode({"cards": [_card(card) for card in cards]})


def _card(card: Card) -> dict[str, Any]:
    written: dict[str, Any] = {
        "uuid": card.uuid,
        "summary": card.summary,
        "indicator": card.indicator.value,
        "source": _source(card.source),
    }
    if card.detail:
        written["detail"] = card.detail
    if card.suggestions:
        written["suggestions"] = [_suggestion(suggestion) for suggestion in card.suggestions]
        written["selectionBehavior"] = card.selection_behavior
    if card.override_reasons:
        written["overrideReasons"] = [_coding(reason) for reason in card.override_reasons]
    if card.links:
        written["links"] = [_link(link) for link in card.links]
    return written


def _source(source: Source) -> dict[str, Any]:
    written: dict[str, Any] = {"label": source.label}
    if source.url:
        written["url"] = source.url
    written["topic"] = _coding(source.topic)
    return written


def _suggestion(suggestion: Suggestion) -> dict[str, Any]:
    written: dict[str, Any] = {"label": suggestion.label, "uuid": suggestion.uuid}
    if suggestion.is_recommended:
        written["isRecommended"] = True
    written["actions"] = [_action(action) for action in suggestion.actions]
    return written


def _action(action: Action) -> dict[str, Any]:
    written: dict[str, Any] = {"type": action.type, "description": action.proposal.description}
    if isinstance(action.proposal, Delete):
        written["resourceId"] = action.proposal.reference
    else:
        written["resource"] = msgspec.Raw(action.resource)
    return written


def _link(link: Link) -> Mapping[str, str]:
    return {"label": link.label, "url": link.url, "type": "absolute"}


@lru_cache(maxsize=1_024)
def _coding(coding: Coding) -> Mapping[str, str]:
    """Topics and override reasons come from the content release: the same few in every answer."""
    written = {"code": coding.code, "system": coding.system, "display": coding.display}
    return {name: value for name, value in written.items() if value}
