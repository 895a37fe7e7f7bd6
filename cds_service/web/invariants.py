"""Every answer against the invariants of CDS Hooks, before it is recorded and leaves.

A fault here is ours, in the content or the code. It never leaves: a link, an override reason or a suggestion with a
fault is taken off and its card stays; where the card itself is at fault there is no answer at all, for a card that is
silently missing would read as "nothing wrong". Numbers like SUG-04 are those of the requirement table in
`tests/contract/README.md`.
"""

import logging
import re
from collections.abc import Callable, Iterable
from dataclasses import replace
from typing import Any, TypeVar

import msgspec

from cds_service.domain.card import Action, Card, Link, Suggestion
from cds_service.domain.errors import AnswerBroken
from cds_service.domain.orders import Create, Delete, Replace, Update
from cds_service.domain.terminology import Coding

log = logging.getLogger(__name__)
T = TypeVar("T")

LONGEST_SUMMARY = 139
_HEX = "[0-9a-f]"
_UUID = re.compile(rf"{_HEX}{{8}}(?:-{_HEX}{{4}}){{3}}-{_HEX}{{12}}")
_URL = re.compile(r"https?://[^\s/?#]+[^\s]*")
_REFERENCE = re.compile(r"[A-Z][A-Za-z]{1,63}/[A-Za-z0-9.-]{1,64}")
_MAY_BE_EMPTY = (b"null", b'""', b'" ', b'"\\', b"[]", b"{}", b"[ ", b"{ ")  # in JSON as `fhir/` writes it, in one line


class _Order(msgspec.Struct, rename="camel"):
    resource_type: str = ""
    id: str = ""
    status: str = ""
    intent: str = ""
    subject: msgspec.Raw = msgspec.Raw(b"")
    patient: msgspec.Raw = msgspec.Raw(b"")


_WITHOUT_INTENT = frozenset({"MedicationOrder", "ProcedureRequest"})  # of DSTU2; STU3's has one, as `fhir/` sees to
_order = msgspec.json.Decoder(_Order)


def hold(cards: tuple[Card, ...]) -> tuple[Card, ...]:
    """The cards as they may leave.

    Raises:
        AnswerBroken: a card is not one of CDS Hooks.
    """
    seen: set[str] = set()
    return tuple(_held(card, seen) for card in cards)


def _held(card: Card, seen: set[str]) -> Card:
    fault = _card_fault(card)
    if not fault and not _is_new(card.uuid, seen):
        fault = "CARD-06 uuid"
    if fault:
        log.error("A card of %s breaks %s", card.source.topic.code, fault)
        raise AnswerBroken(
            "A card of the answer is not as CDS Hooks asks; none is sent. The fault is ours, and logged."
        )
    suggestions = _kept(card, card.suggestions, lambda one: _suggestion_fault(one, seen))
    links = _kept(card, card.links, _link_fault)
    reasons = _kept(card, card.override_reasons, _reason_fault)
    if (suggestions, links, reasons) == (card.suggestions, card.links, card.override_reasons):
        return card
    return replace(
        card,
        suggestions=suggestions,
        selection_behavior=card.selection_behavior if suggestions else "",
        links=links,
        override_reasons=reasons,
    )


def _card_fault(card: Card) -> str:
    """The requirement a card breaks by itself; empty for none."""
    if not card.summary.strip() or len(card.summary) > LONGEST_SUMMARY or not card.summary.isprintable():
        return "CARD-02 summary"
    if not _UUID.fullmatch(card.uuid):
        return "CARD-12 uuid"
    source = card.source
    if not source.label.strip() or (source.url and not _URL.fullmatch(source.url)):
        return "SRC-01 source"
    if not (source.topic.code and source.topic.system):
        return "SRC-04 topic"
    if bool(card.suggestions) != (card.selection_behavior in ("at-most-one", "any")):
        return "CARD-08 selectionBehavior"
    if card.selection_behavior != "any" and sum(one.is_recommended for one in card.suggestions) > 1:
        return "SUG-04 isRecommended"
    return ""


def _kept(card: Card, listed: tuple[T, ...], fault_of: Callable[[T], str]) -> tuple[T, ...]:
    kept = []
    for one in listed:
        fault = fault_of(one)
        if fault:
            log.error("Left out of a card of %s: it breaks %s", card.source.topic.code, fault)
        else:
            kept.append(one)
    return tuple(kept)


def _link_fault(link: Link) -> str:
    return "" if link.label.strip() and _URL.fullmatch(link.url) else "LINK-02 link"


def _reason_fault(reason: Coding) -> str:
    return "" if reason.code and reason.system and reason.display else "OVR-01 override reason"


def _suggestion_fault(suggestion: Suggestion, seen: set[str]) -> str:
    if not suggestion.label.strip():
        return "SUG-01 label"
    if not _UUID.fullmatch(suggestion.uuid) or not _is_new(suggestion.uuid, seen):
        return "SUG-02 uuid"
    if not suggestion.actions:
        return "SUG-05 actions"
    return next(filter(None, map(_action_fault, suggestion.actions)), "")


def _is_new(uuid: str, seen: set[str]) -> bool:
    if uuid in seen:
        return False
    seen.add(uuid)
    return True


def _action_fault(action: Action) -> str:
    if not action.proposal.description.strip():
        return "ACT-02 description"
    match action.proposal:
        case Delete(reference=reference):
            return "" if _REFERENCE.fullmatch(reference) and not action.resource else "ACT-05 resourceId"
        case Create():
            return _resource_fault(action.resource) or _created_fault(action.resource)
        case Update(reference=reference) | Replace(reference=reference):
            return _resource_fault(action.resource) or _updated_fault(action.resource, reference)


def _created_fault(resource: bytes) -> str:
    order = _order.decode(resource)
    if order.status != "draft" or (not order.intent and order.resource_type not in _WITHOUT_INTENT):
        return "ACT-09 status and intent"
    return "ACT-10 id" if order.id else ""


def _updated_fault(resource: bytes, reference: str) -> str:
    order = _order.decode(resource)
    return "" if f"{order.resource_type}/{order.id}" == reference and order.id else "ACT-04 the order shown"


def _resource_fault(resource: bytes) -> str:
    try:
        order = _order.decode(resource)
    except msgspec.DecodeError:
        return "ACT-03 resource"
    if not order.resource_type or not (bytes(order.subject) or bytes(order.patient)):
        return "ACT-08 resource type and patient"
    if any(mark in resource for mark in _MAY_BE_EMPTY) and _has_empty([msgspec.json.decode(resource)]):
        return "GEN-03 empty member"
    return ""


def _has_empty(values: Iterable[Any]) -> bool:
    for value in values:
        if value is None or (isinstance(value, str) and not value.strip()) or value in ([], {}):
            return True
        if isinstance(value, dict | list) and _has_empty(value.values() if isinstance(value, dict) else value):
            return True
    return False
