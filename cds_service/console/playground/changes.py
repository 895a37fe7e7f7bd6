"""What a suggestion would change in the draft, line by line, whatever a service proposed and in any FHIR version.

Actions are applied as CDS Hooks says (deletes, creates, updates, all of a suggestion together); an update is compared
with the draft of the same type and id.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from cds_service.console.untrusted import items, members, plain

MOST_LINES = 200  # of one action
DEEPEST = 24
LONGEST_VALUE = 300
_WHOLE = ("resourceType", "id")  # said in the title


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """One element: its path, and its value before and after; empty where it is not there."""

    path: str
    before: str = ""
    after: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """One action.

    Attributes:
        kind: `create`, `update`, `delete`, or what the service wrote. target: `Type/id` or the type.
        description: as the service words it. order: drug or service and instructions, in a line.
        lines: the elements that differ. kept: how many stay as they are. remark: why nothing can be compared.
    """

    kind: str
    target: str
    description: str
    order: str
    lines: tuple[Line, ...]
    kept: int = 0
    remark: str = ""


def changes(suggestion: Mapping[str, Any], drafts: Mapping[str, Mapping[str, Any]]) -> tuple[Change, ...]:
    """The changes that one suggestion makes.

    Args:
        suggestion: as the service sent it.
        drafts: `Type/id` -> draft of the request.
    """
    return tuple(_change(members(action), drafts) for action in items(suggestion.get("actions")))


def drafts_of(request: object) -> Mapping[str, Mapping[str, Any]]:
    """The draft orders of a hook request by `Type/id`, wherever its context holds a Bundle."""
    found = {}
    for value in members(members(request).get("context")).values():
        for entry in items(members(value).get("entry")):
            resource = members(members(entry).get("resource"))
            if resource.get("id") and resource.get("resourceType"):
                found[reference(resource)] = resource
    return found


def reference(resource: Mapping[str, Any]) -> str:
    """`Type/id`, or the type alone."""
    return "/".join(filter(None, (plain(resource.get("resourceType")), plain(resource.get("id")))))


def in_a_line(resource: Mapping[str, Any]) -> str:
    """Drug or service of an order, and its instructions."""
    concept = members(resource.get("medicationCodeableConcept")) or members(resource.get("code"))
    concept = concept or members(members(resource.get("medication")).get("concept"))
    first = members(next(iter(items(concept.get("coding"))), None))
    told = [plain(concept.get("text") or first.get("display") or first.get("code"))]
    told += [plain(members(one).get("text")) for one in items(resource.get("dosageInstruction"))]
    return ": ".join(filter(None, told))


def _change(action: Mapping[str, Any], drafts: Mapping[str, Mapping[str, Any]]) -> Change:
    kind, resource = plain(action.get("type")), members(action.get("resource"))
    target = plain(action.get("resourceId")) or reference(resource)
    draft = drafts.get(target, {})
    before, after = {"create": ({}, resource), "delete": (draft, {})}.get(kind, (draft, resource))
    lines, kept = compared(before, after)
    unknown = kind in ("update", "delete") and not draft
    return Change(
        kind=kind,
        target=target,
        description=plain(action.get("description")),
        order=in_a_line(resource or draft),
        lines=lines,
        kept=kept,
        remark="No draft of the request has this type and id." if unknown else "",
    )


def compared(before: Mapping[str, Any], after: Mapping[str, Any]) -> tuple[tuple[Line, ...], int]:
    """The elements that differ between two resources, in their order, and how many do not."""
    old, new = dict(leaves(before)), dict(leaves(after))
    paths = list(dict.fromkeys((*old, *new)))
    differing = [path for path in paths if old.get(path) != new.get(path)]
    lines = tuple(Line(path=path, before=old.get(path, ""), after=new.get(path, "")) for path in differing)
    return lines[:MOST_LINES], len(paths) - len(differing)


def leaves(resource: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    """Every value of a resource with its path; of a list of one the number is left out."""
    whole = {name: value for name, value in resource.items() if name not in _WHOLE}
    yield from _leaves(whole, "", DEEPEST)


def _leaves(value: object, path: str, deepest: int) -> Iterator[tuple[str, str]]:
    if deepest == 0:
        yield path, "…"
    elif isinstance(value, dict):
        for name, one in value.items():
            yield from _leaves(one, f"{path} › {plain(name)}" if path else plain(name), deepest - 1)
    elif isinstance(value, list):
        for number, one in enumerate(value, start=1):
            yield from _leaves(one, f"{path} {number}" if len(value) > 1 else path, deepest - 1)
    else:
        text = plain(str(value).lower() if isinstance(value, bool) else value)
        yield path, text if len(text) <= LONGEST_VALUE else text[:LONGEST_VALUE] + "…"
