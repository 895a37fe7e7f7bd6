"""What the Python halves ask of the facts and which tokens they give, read from their source without running it."""

import ast
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from cds_service.domain.facts import SectionName

CLASS_QUESTIONS = {  # what halves ask with names of classes: methods of Facts, functions of domain
    "problems_in",
    "active_problems",
    "current_drugs",
    "past_drugs",
    "allergies_to",
    "stated_reasons",
    "indication",
    "in_any",
    "label_of",
    "match_of",
    "recent_problems",
    "not_tolerated",
    "may_still_act",
    "names_of",
    "low_value",
}
SECTIONS_READ = {  # member of Facts -> the sections it looks at
    "age": {SectionName.PATIENT},
    "sex": {SectionName.PATIENT},
    "problems": {SectionName.PROBLEMS},
    "problems_in": {SectionName.PROBLEMS},
    "active_problems": {SectionName.PROBLEMS},
    "medications": {SectionName.MEDICATIONS},
    "statements": {SectionName.STATEMENTS},
    "current_drugs": {SectionName.MEDICATIONS, SectionName.STATEMENTS},
    "past_drugs": {SectionName.MEDICATIONS, SectionName.STATEMENTS},
    "prior_use": {SectionName.MEDICATIONS, SectionName.STATEMENTS},
    "running": {SectionName.MEDICATIONS},
    "allergies": {SectionName.ALLERGIES},
    "allergies_to": {SectionName.ALLERGIES},
    "observations": {SectionName.OBSERVATIONS},
    "weight_kg": {SectionName.OBSERVATIONS},
    "services": {SectionName.SERVICES},
    "encounter": {SectionName.ENCOUNTER},
}
MEMBERS_READ = {  # functions of domain that are given the Facts -> the members they look at
    "indication": {"active_problems"},
    "daily_dose": {"running", "medications"},
    "is_older": {"age"},
    "not_adult": {"age"},
    "kidney": {"age", "sex", "observations", "problems_in"},
    "sedation_of": {"current_drugs"},
    "unchecked": {"problems", "medications"},
    "unlooked": {"statements", "allergies"},
    "recent_problems": {"problems_in"},
    "not_tolerated": {"allergies", "medications", "statements"},
    "may_still_act": {"medications", "statements"},
    "has_unknown_drugs": {"medications", "statements"},
    "low_value": {"observations"},
}


@dataclass(frozen=True, slots=True, kw_only=True)
class HalfRead:
    """What one Python half says in its source.

    Attributes:
        classes: names of classes it writes out where it questions the facts.
        facts: members of Facts it looks at. sections: the parts of the record behind them.
        silent, blocked: tokens it gives with `NotApplicable`, and with `Declined` and `Block`, where they are written
            out.
        exemptions: exemption id -> tokens of why, of each `Exemption` it gives.
    """

    classes: tuple[str, ...]
    facts: frozenset[str]
    sections: frozenset[str]
    silent: frozenset[str]
    blocked: frozenset[str]
    unfit: frozenset[str]
    exemptions: Mapping[str, frozenset[str]]


def half_read(path: Path) -> HalfRead:
    """Read one Python half."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    calls = [node for node in ast.walk(tree) if isinstance(node, ast.Call)]
    members = {
        node.attr
        for node in ast.walk(tree)
        if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name) and node.value.id == "facts"
    }
    members |= {member for call in calls for member in MEMBERS_READ.get(_called(call), ())}
    return HalfRead(
        classes=tuple(
            dict.fromkeys(
                text
                for call in calls
                if _called(call) in CLASS_QUESTIONS
                for part in call.args
                for text in _texts(part)
            )
        ),
        facts=frozenset(members),
        sections=frozenset(name.value for member in members for name in SECTIONS_READ.get(member, ())),
        silent=_because(calls, "NotApplicable"),
        blocked=_because(calls, "Declined") | _because(calls, "Block"),
        unfit=_because(calls, "Unfit"),
        exemptions=_exemptions(calls),
    )


def _called(call: ast.Call) -> str:
    return call.func.attr if isinstance(call.func, ast.Attribute) else getattr(call.func, "id", "")


def _because(calls: list[ast.Call], outcome: str) -> frozenset[str]:
    return frozenset(
        part.value
        for call in calls
        if _called(call) == outcome
        for keyword in call.keywords
        if keyword.arg == "because"
        for part in _chosen(keyword.value)
        if isinstance(part, ast.Constant) and isinstance(part.value, str)
    )


def _chosen(node: ast.expr) -> tuple[ast.expr, ...]:
    """What an expression can come to: itself, or either side of a choice."""
    return (*_chosen(node.body), *_chosen(node.orelse)) if isinstance(node, ast.IfExp) else (node,)


def _exemptions(calls: list[ast.Call]) -> Mapping[str, frozenset[str]]:
    found: dict[str, frozenset[str]] = {}
    for call in calls:
        given = {keyword.arg: frozenset(_texts(keyword.value)) for keyword in call.keywords}
        if _called(call) == "Exemption":
            for id_ in given.get("id", ()):
                found[id_] = found.get(id_, frozenset()) | given.get("because", frozenset())
    return found


def _texts(node: ast.expr) -> Iterator[str]:
    for part in ast.walk(node):
        if isinstance(part, ast.Constant) and isinstance(part.value, str):
            yield part.value
