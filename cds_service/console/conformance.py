"""What CDS Hooks 2.0 finds wrong with an answer, whichever service sent it: one line for each fault.

The numbers are those of the requirement table in `tests/contract/README.md`; what this service sends is held to the
same by `web/invariants` before it leaves. What an answer does not promise is not looked for: extensions are free.
"""

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from cds_service.console.exchange import Answer
from cds_service.console.untrusted import items, members

MOST = 200  # findings that are told
DEEPEST = 40
LONGEST_SUMMARY = 139
SLOW_MS = 500
INDICATORS = ("info", "warning", "critical")
_UUID = re.compile(r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}", re.IGNORECASE)
_URL = re.compile(r"https?://[^\s/?#]+\S*", re.IGNORECASE)
_REFERENCE = re.compile(r"[A-Z][A-Za-z]{1,63}/[A-Za-z0-9.-]{1,64}")
_TAG = re.compile(r"<[a-zA-Z/!]")
_CARD = {"uuid", "summary", "detail", "indicator", "source", "suggestions", "selectionBehavior", "overrideReasons"}
_CARD |= {"links", "extension"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Fault:
    """One fault: number of the requirement, where, what. `must`: the standard demands it; else it is good practice."""

    number: str
    at: str
    says: str
    must: bool = True


Faults = Iterator[Fault]


def findings(answer: Answer, drafts: Mapping[str, Mapping[str, Any]]) -> tuple[Fault, ...]:
    """The faults of an answer to a hook call.

    Args:
        answer: what came back.
        drafts: the draft orders that were sent, by `Type/id`.
    """
    found = _refusal(answer) if not answer.ok else _whole(answer, drafts)
    return tuple(fault for _, fault in zip(range(MOST), found, strict=False))


def _refusal(answer: Answer) -> Faults:
    if members(answer.content).get("resourceType") != "OperationOutcome":
        yield Fault(number="HTTP-09", at="body", says="an error should be told by an OperationOutcome", must=False)


def _whole(answer: Answer, drafts: Mapping[str, Mapping[str, Any]]) -> Faults:
    if not answer.media_type.lower().startswith("application/json"):
        yield Fault(number="GEN-01", at="Content-Type", says="should be application/json")
    if answer.milliseconds > SLOW_MS:
        yield Fault(number="RESP-05", at="time", says=f"took longer than {SLOW_MS} ms", must=False)
    body = members(answer.content)
    cards = body.get("cards")
    if not isinstance(cards, list):
        yield Fault(number="RESP-01", at="body", says="should be an object with an array `cards`")
        return
    for name in sorted(body.keys() - {"cards", "systemActions", "extension"}):
        yield Fault(number="RESP-04", at=name, says="is no member of an answer", must=False)
    if "systemActions" in body:
        yield from _listed(body, "systemActions", "RESP-03", "", lambda one, at: _action(one, at, drafts))
    for name in body.keys() - {"cards"}:
        yield from _empty(body[name], name, DEEPEST)
    seen: set[str] = set()
    for number, card in enumerate(cards):
        at = f"cards[{number}]"
        yield from _empty(card, at, DEEPEST)
        yield from _card(members(card), at, seen, drafts)


def _card(card: Mapping[str, Any], at: str, seen: set[str], drafts: Mapping[str, Mapping[str, Any]]) -> Faults:
    yield from _summary(card.get("summary"), f"{at}.summary")
    if "detail" in card and not isinstance(card["detail"], str):
        yield Fault(number="CARD-03", at=f"{at}.detail", says="should be text")
    if isinstance(card.get("detail"), str) and _TAG.search(card["detail"]):
        yield Fault(number="CARD-11", at=f"{at}.detail", says="holds HTML, which a client may draw", must=False)
    if card.get("indicator") not in INDICATORS:
        yield Fault(number="CARD-04", at=f"{at}.indicator", says="should be info, warning or critical")
    yield from _uuid(card, at, "CARD", seen)
    yield from _source(card.get("source"), f"{at}.source")
    yield from _suggestions(card, at, seen, drafts)
    if "overrideReasons" in card:
        yield from _listed(card, "overrideReasons", "CARD-09", at, _reason)
    if "links" in card:
        yield from _listed(card, "links", "CARD-10", at, _link)
    for name in sorted(card.keys() - _CARD):
        yield Fault(number="RESP-04", at=f"{at}.{name}", says="is no member of a card", must=False)


def _summary(summary: object, at: str) -> Faults:
    if not isinstance(summary, str) or not summary.strip():
        yield Fault(number="CARD-01", at=at, says="should be text")
    elif len(summary) > LONGEST_SUMMARY:
        yield Fault(number="CARD-02", at=at, says=f"has {len(summary)} characters; should have fewer than 140")
    elif "\n" in summary:
        yield Fault(number="CARD-02", at=at, says="should be one line", must=False)


def _uuid(entry: Mapping[str, Any], at: str, kind: str, seen: set[str]) -> Faults:
    number = {"CARD": ("CARD-06", "CARD-12"), "SUG": ("SUG-02", "SUG-07")}[kind]
    value = entry.get("uuid")
    if not isinstance(value, str) or not value:
        yield Fault(number=number[0], at=f"{at}.uuid", says="is needed for feedback", must=False)
    elif value in seen:
        yield Fault(number=number[0], at=f"{at}.uuid", says="is used twice in this answer")
    else:
        seen.add(value)
        if not _UUID.fullmatch(value):
            yield Fault(number=number[1], at=f"{at}.uuid", says="should have the form of a UUID", must=False)


def _source(source: object, at: str) -> Faults:
    if not isinstance(source, dict):
        yield Fault(number="CARD-05", at=at, says="is required")
        return
    if not _is_text(source.get("label")):
        yield Fault(number="SRC-01", at=f"{at}.label", says="is required")
    for name, number in (("url", "SRC-02"), ("icon", "SRC-03")):
        if name in source and not _is_url(source[name]):
            yield Fault(number=number, at=f"{at}.{name}", says="should be an absolute web address")
    topic = source.get("topic")
    if "topic" in source and not (_is_text(members(topic).get("code")) and _is_text(members(topic).get("system"))):
        yield Fault(number="SRC-04", at=f"{at}.topic", says="should be a Coding with code and system")


def _suggestions(card: Mapping[str, Any], at: str, seen: set[str], drafts: Mapping[str, Mapping[str, Any]]) -> Faults:
    if "suggestions" not in card:
        return
    behavior = card.get("selectionBehavior")
    if behavior not in ("at-most-one", "any"):
        yield Fault(number="CARD-08", at=f"{at}.selectionBehavior", says="should be at-most-one or any")
    yield from _listed(card, "suggestions", "CARD-07", at, lambda one, where: _suggestion(one, where, seen, drafts))
    recommended = sum(members(one).get("isRecommended") is True for one in items(card["suggestions"]))
    if recommended > 1 and behavior != "any":
        yield Fault(number="SUG-04", at=f"{at}.suggestions", says="recommends several, of which one can be chosen")


def _suggestion(
    suggestion: Mapping[str, Any], at: str, seen: set[str], drafts: Mapping[str, Mapping[str, Any]]
) -> Faults:
    if not _is_text(suggestion.get("label")):
        yield Fault(number="SUG-01", at=f"{at}.label", says="is required")
    yield from _uuid(suggestion, at, "SUG", seen)
    if "isRecommended" in suggestion and not isinstance(suggestion["isRecommended"], bool):
        yield Fault(number="SUG-03", at=f"{at}.isRecommended", says="should be true or false")
    if "actions" in suggestion:
        yield from _listed(suggestion, "actions", "SUG-05", at, lambda one, where: _action(one, where, drafts))


def _action(action: Mapping[str, Any], at: str, drafts: Mapping[str, Mapping[str, Any]]) -> Faults:
    kind, resource, target = action.get("type"), members(action.get("resource")), action.get("resourceId")
    if not _is_text(action.get("description")):
        yield Fault(number="ACT-02", at=f"{at}.description", says="is required")
    if kind == "delete":
        if not isinstance(target, str) or not _REFERENCE.fullmatch(target):
            yield Fault(number="ACT-05", at=f"{at}.resourceId", says="should be a reference like Type/id")
        elif drafts and target not in drafts:
            yield Fault(number="ACT-06", at=f"{at}.resourceId", says="is none of the drafts that were sent", must=False)
    elif kind in ("create", "update"):
        yield from _resource(kind, resource, f"{at}.resource", drafts)
    else:
        yield Fault(number="ACT-01", at=f"{at}.type", says="should be create, update or delete")


def _resource(kind: str, resource: Mapping[str, Any], at: str, drafts: Mapping[str, Mapping[str, Any]]) -> Faults:
    if not _is_text(resource.get("resourceType")):
        yield Fault(number="ACT-03", at=at, says="should be a FHIR resource")
        return
    same = f"{resource['resourceType']}/{resource.get('id', '')}"
    if kind == "create" and same in drafts:
        yield Fault(number="ACT-10", at=f"{at}.id", says="is the id of a draft", must=False)
    if kind == "create" and resource.get("status", "draft") != "draft":
        yield Fault(number="ACT-09", at=f"{at}.status", says="a new order should be a draft", must=False)
    if kind == "update" and drafts and same not in drafts:
        yield Fault(number="ACT-06", at=f"{at}.id", says="is none of the drafts that were sent", must=False)


def _reason(reason: Mapping[str, Any], at: str) -> Faults:
    missing = [name for name in ("code", "system", "display") if not _is_text(reason.get(name))]
    if missing:
        yield Fault(number="OVR-01", at=at, says=f"lacks {', '.join(missing)}")


def _link(link: Mapping[str, Any], at: str) -> Faults:
    if not _is_text(link.get("label")):
        yield Fault(number="LINK-01", at=f"{at}.label", says="is required")
    if not _is_url(link.get("url")):
        yield Fault(number="LINK-02", at=f"{at}.url", says="should be an absolute web address")
    if link.get("type") not in ("absolute", "smart"):
        yield Fault(number="LINK-03", at=f"{at}.type", says="should be absolute or smart")
    if "appContext" in link and (link.get("type") != "smart" or not isinstance(link["appContext"], str)):
        yield Fault(number="LINK-04", at=f"{at}.appContext", says="should be text, on a smart link only")


def _listed(
    holder: Mapping[str, Any], name: str, number: str, at: str, each: Callable[[Mapping[str, Any], str], Faults]
) -> Faults:
    """Faults of a list that, where it is there, has entries, all of them objects."""
    where = f"{at}.{name}" if at else name
    listed = holder.get(name)
    if not isinstance(listed, list) or not listed:
        yield Fault(number=number, at=where, says="should be a list with entries, or not be there")
    for place, entry in enumerate(items(listed)):
        if isinstance(entry, dict):
            yield from each(entry, f"{where}[{place}]")
        else:
            yield Fault(number=number, at=f"{where}[{place}]", says="should be an object")


def _empty(value: object, at: str, deepest: int) -> Faults:
    """Members that are null, blank or empty; FHIR and CDS Hooks leave them out instead."""
    if value is None or value in ([], {}) or (isinstance(value, str) and not value.strip()):
        number = "GEN-03" if ".resource" in at else "GEN-02"
        yield Fault(number=number, at=at, says="is null or empty; it should be left out")
    elif deepest and isinstance(value, dict):
        for name, one in value.items():
            yield from _empty(one, f"{at}.{name}" if at else name, deepest - 1)
    elif deepest and isinstance(value, list):
        for place, one in enumerate(value):
            yield from _empty(one, f"{at}[{place}]", deepest - 1)


def _is_text(value: object) -> bool:
    return isinstance(value, str) and bool(value.strip())


def _is_url(value: object) -> bool:
    return isinstance(value, str) and _URL.fullmatch(value) is not None
