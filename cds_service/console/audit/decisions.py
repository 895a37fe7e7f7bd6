"""Search decisions, and read one: what was shown, why, what was missing, what was done with it, and its proof."""

import json
from dataclasses import dataclass
from typing import Any

from flask import Blueprint, Response, abort, redirect, render_template, request, url_for
from werkzeug.wrappers import Response as AnyResponse

from cds_service.console.audit.filters import INDICATORS, OUTCOMES, STATES, as_asked, read_filters, written
from cds_service.console.audit.guard import note, opens_to, person
from cds_service.console.audit.ports import Ports
from cds_service.domain.audit import Proven, Role, Whole
from cds_service.domain.card import Action
from cds_service.domain.content import Content
from cds_service.domain.trace import OrderTrace
from cds_service.engine.trace import trace

PAGE = 50
LONGEST_ID = 100


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """A decision as its page tells it.

    Attributes:
        traces: of each order. missing: section or reason in words -> why.
        other_release: it was made with another content release than the one whose words are used here.
    """

    whole: Whole
    traces: tuple[OrderTrace, ...]
    missing: dict[str, str]
    proof: Proven
    record: str
    other_release: bool


def add_decisions(pages: Blueprint, ports: Ports) -> None:
    """Add the pages to a blueprint."""

    @pages.get("")
    @opens_to(Role.AUDITOR, Role.ADMINISTRATOR)
    def front() -> AnyResponse:
        reads = Role.AUDITOR in person().roles
        return redirect(url_for("audit.overview" if reads else "audit.people"), 303)

    @pages.get("/decisions")
    @opens_to(Role.AUDITOR)
    def decisions() -> str | AnyResponse:
        wanted = read_filters(request.args)
        asked: dict[str, Any] = dict(as_asked(request.args))
        found = ports.questions.listed(wanted, PAGE)
        note(ports, "list", asked | ({"after": request.args["after"]} if wanted.after else {}), len(found.lines))
        return render_template(
            "audit/decisions.html",
            found=found,
            asked=asked,
            older=url_for("audit.decisions", **asked, after=written(found.after)) if found.after else "",
            first_page=wanted.after is None,
            rules=sorted((rule.id, rule.title) for rule in ports.content.rules),
            hooks=[hook.hook for hook in ports.content.hooks],
            clients=ports.questions.clients(),
            choices={"indicator": INDICATORS, "outcome": OUTCOMES, "state": STATES},
        )

    @pages.get("/find")
    @opens_to(Role.AUDITOR)
    def find() -> AnyResponse:
        asked = request.args.get("id", "").strip()[:LONGEST_ID]
        found = ports.questions.decision_of(asked) if asked else None
        note(ports, "find", {"id": asked}, 0 if found is None else 1)
        if found is None:
            abort(404, "No decision and no card has this id.")
        return redirect(url_for("audit.decision", id_=found), 303)

    @pages.get("/decisions/<id_>")
    @opens_to(Role.AUDITOR)
    def decision(id_: str) -> str:
        whole = _whole(ports, id_)
        note(ports, "decision", {"id": whole.decision.id}, 1)
        return render_template("audit/decision.html", told=told(whole, ports.questions.proven(id_), ports.content))

    @pages.get("/decisions/<id_>/<any(proof,record):what>.json")
    @opens_to(Role.AUDITOR)
    def copy(id_: str, what: str) -> Response:
        whole = _whole(ports, id_)
        proof = ports.questions.proven(id_) if what == "proof" else None
        if proof is not None and not proof.proof:
            abort(404)
        note(ports, what, {"id": whole.decision.id}, 1)
        answer = Response(whole.record if proof is None else proof.proof, content_type="application/json")
        answer.headers["Content-Disposition"] = f'attachment; filename="{what}-{whole.leaf_index}.json"'
        return answer


def _whole(ports: Ports, id_: str) -> Whole:
    found = ports.questions.whole(id_) if len(id_) <= LONGEST_ID else None
    if found is None:
        abort(404)
    return found


def told(whole: Whole, proof: Proven, content: Content) -> Told:
    """A decision as its page tells it, in the words of a content release."""
    decision, phrases = whole.decision, content.phrases
    return Told(
        whole=whole,
        traces=trace(decision.assessments, decision.cards, content),
        missing={
            phrases.sections.get(section, section): phrases.missing.get(why, why)
            for section, why in decision.incomplete.items()
        },
        proof=proof,
        record=json.dumps(json.loads(whole.record), indent=2, ensure_ascii=False),
        other_release=decision.content_sha256 != content.release.sha256,
    )


def resource_of(action: Action) -> Any:  # noqa: ANN401  JSON
    """The resource of an action as it is kept: reduced to what names nobody; empty for none."""
    return json.dumps(json.loads(action.resource), indent=2, ensure_ascii=False) if action.resource else ""
