"""The knowledge pages: every rule, alternative, exemption, source and value set of the content release, to read.

The records are those of `hooks/CATALOGUE.md` (`domain.catalogue`); nothing is told here that is not told there. Each
address gives a page, or with `.json` at its end (or JSON asked for in `Accept`) the record itself.
"""

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any, TypeVar

import msgspec
from flask import Blueprint, Response, abort, make_response, render_template, request

from cds_service.console.kit import Place, page_blueprint
from cds_service.domain.catalogue import AlternativeEntry, Catalogue, RuleEntry, ValueSetEntry
from cds_service.domain.terminology import Coding

KNOWLEDGE = Place(
    label="Knowledge",
    endpoint="knowledge.overview",
    about="Every rule with its words, thresholds, evidence and worked examples.",
)
JSON, HTML = "application/json", "text/html"
PART = re.compile(r"^([A-Z][\w ]+):\s", re.MULTILINE)
EFFECTS = {"S": "silent", "W": "at most warning", "I": "at most info", "-": "unchanged"}

Codes = Mapping[str, tuple[Coding, ...]]  # value set -> its codes
Stem = RuleEntry | AlternativeEntry
Entry = TypeVar("Entry", bound=Stem | ValueSetEntry)


@dataclass(frozen=True, slots=True)
class Shown:
    """What one page shows: the record, which is also its JSON, and what its template wants besides."""

    record: object
    more: Mapping[str, object] = field(default_factory=dict)


View = Callable[[Catalogue, Codes, str], Shown]


def make_knowledge(read: Callable[[], Catalogue], codes: Codes) -> Blueprint:
    """The pages.

    Args:
        read: gives the catalogue of the release in use, the same each time.
        codes: value set -> its codes.
    """
    pages = page_blueprint("knowledge", __name__)
    pages.add_app_template_filter(parts)

    def add(address: str, name: str, view: View) -> None:
        def shown(id_: str = "") -> Response:
            return _answer(name, read(), view(read(), codes, id_))

        pages.add_url_rule(f"/knowledge{address}", name, shown)
        pages.add_url_rule(f"/knowledge{address}.json", f"{name}_json", shown)

    for address, (name, view) in VIEWS.items():
        add(address, name, view)
    return pages


def _model_card(whole: Catalogue, _codes: Codes, id_: str) -> Shown:
    touching = [point for point in whole.supplements.contested if id_ in point.touches]
    return Shown(_named(whole.rules, id_), {"touching": touching})


def _value_set(whole: Catalogue, codes: Codes, name: str) -> Shown:
    return Shown({"value_set": _named(whole.value_sets, name), "codes": codes.get(name, ())})


VIEWS: Mapping[str, tuple[str, View]] = {  # address -> name of template and endpoint, and what is shown
    "": ("overview", lambda whole, _codes, _id: Shown(whole)),
    "/rules/<id_>": ("rule", lambda whole, codes, id_: Shown(_named(whole.rules, id_), {"codes": codes})),
    "/rules/<id_>/model-card": ("model_card", _model_card),
    "/alternatives": ("alternatives", lambda whole, _codes, _id: Shown(whole.alternatives)),
    "/alternatives/<id_>": (
        "alternative",
        lambda whole, codes, id_: Shown(_named(whole.alternatives, id_), {"codes": codes}),
    ),
    "/exemptions": ("exemptions", lambda whole, _codes, _id: Shown(exemption_rows(whole))),
    "/contested": ("contested", lambda whole, _codes, _id: Shown(whole.supplements)),
    "/evidence": ("evidence", lambda whole, _codes, _id: Shown(whole.evidence, {"cited_by": cited_by(whole)})),
    "/value-sets": ("value_sets", lambda whole, _codes, _id: Shown(whole.value_sets)),
    "/value-sets/<id_>": ("value_set", _value_set),
    "/statements": ("statements", lambda whole, _codes, _id: Shown(whole.supplements.statements)),
}


def parts(logic: str) -> list[tuple[str, str]]:
    """The parts of what a Python half says of itself (`Offered when`, `Not offered when` …), each on one line."""
    pieces = PART.split(logic)[1:]
    return [(name, " ".join(text.split())) for name, text in zip(pieces[::2], pieces[1::2], strict=True)]


def exemption_rows(catalogue: Catalogue) -> list[dict[str, Any]]:
    """The matrix: one row for each rule, and for each wording that has a row of its own."""
    rows = []
    for rule in catalogue.rules:
        for variant in dict.fromkeys(effect.variant for effect in rule.exemptions):
            effects = {one.id: EFFECTS[one.effect] for one in rule.exemptions if one.variant == variant}
            rows.append({"rule": rule.id, "title": rule.title, "variant": variant, "effects": effects})
    return rows


def cited_by(catalogue: Catalogue) -> Mapping[str, list[str]]:
    """Evidence id -> ids of the rules and alternatives that rest on it."""
    found: dict[str, list[str]] = {source.id: [] for source in catalogue.evidence}
    for entry in _stems(catalogue):
        for source in entry.evidence:
            found[source.id].append(entry.id)
    return found


def _stems(catalogue: Catalogue) -> tuple[Stem, ...]:
    return (*catalogue.rules, *catalogue.alternatives)


def _named(entries: Iterable[Entry], id_: str) -> Entry:
    found = next((one for one in entries if (one.name if isinstance(one, ValueSetEntry) else one.id) == id_), None)
    if found is None:
        abort(404)
    return found


def _answer(template: str, catalogue: Catalogue, shown: Shown) -> Response:
    """The record as JSON where that is asked for, else its page; both with an ETag, so a reader may keep them."""
    if request.path.endswith(".json") or request.accept_mimetypes.best_match([HTML, JSON], default=HTML) == JSON:
        answer = Response(msgspec.json.encode(shown.record), content_type=JSON)
    else:
        told = {
            "catalogue": catalogue,
            "entry": shown.record,
            "entries": {entry.id: entry for entry in _stems(catalogue)},
            "effects": EFFECTS,
        }
        answer = make_response(render_template(f"knowledge/{template}.html", **told, **shown.more))
    answer.headers["Vary"] = "Accept"
    answer.headers["Cache-Control"] = "no-cache"
    answer.add_etag()
    answer.make_conditional(request)
    return answer
