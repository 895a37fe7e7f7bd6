"""Copies and reports: asked for here, written in the background, taken when they are done."""

from collections.abc import Mapping

from flask import Blueprint, Response, abort, make_response, redirect, render_template, request, send_file, url_for
from werkzeug.wrappers import Response as AnyResponse

from cds_service.console.audit.filters import read_filters
from cds_service.console.audit.guard import name_of, note, opens_to, person
from cds_service.console.audit.ports import Ports
from cds_service.domain.audit import Role, Work, WorkAsked
from cds_service.domain.errors import SettingsBroken

CERTIFICATE = "certificate"
KINDS: Mapping[str, str] = {
    "csv": "Decisions and cards, for a spreadsheet",
    "ndjson": "Decisions, as they are in the log",
    "whole": "The whole log with its checkpoints, to be verified elsewhere",
    "audit-event": "Decisions as FHIR AuditEvents (R4, IHE BALP)",
    "feedback": "Feedback, for 45 CFR 170.315(b)(11)(ii)(C)",
    "recall": "Recall list: decisions made with a content release",
    "seen": "Report: who has seen what, and what became of it",
    "overrides": "Report: overrides by rule and reason",
    "burden": "Report: how much each rule says, and what became of it",
    "degraded": "Report: answers that were less than they should have been",
}
AGAIN_SECONDS = 2
BOTH = (Role.AUDITOR, Role.ADMINISTRATOR)


def add_exports(pages: Blueprint, ports: Ports) -> None:
    """Add the pages to a blueprint."""

    @pages.get("/exports")
    @opens_to(Role.AUDITOR)
    def exports() -> str:
        works = [one for one in ports.works.of(name_of(person())) if one.what != CERTIFICATE]
        return render_template("audit/exports.html", kinds=KINDS, works=works, asked=request.args, problem="")

    @pages.post("/exports")
    @opens_to(Role.AUDITOR)
    def export() -> AnyResponse:
        asked = _asked(request.form)
        if asked.what == "recall" and not asked.release:
            abort(400, "A recall list is of a content release: say which.")
        return started(ports, asked)

    @pages.get("/exports/<id_>")
    @opens_to(*BOTH)
    def work(id_: str) -> Response:
        found = _own(ports, id_)
        answer = make_response(render_template("audit/work.html", work=found, kinds=KINDS))
        if found.state in ("waiting", "running"):
            answer.headers["Refresh"] = str(AGAIN_SECONDS)
        return answer

    @pages.get("/exports/<id_>/file")
    @opens_to(*BOTH)
    def file(id_: str) -> Response:
        found = _own(ports, id_)
        try:
            opened = ports.works.open(id_) if found.state == "done" else None
        except FileNotFoundError:
            opened = None
        if opened is None:
            abort(404, "This file is not there (any more): exports are kept for a day.")
        note(ports, "download", {"id": id_} | dict(found.query), found.done)
        return send_file(opened, "application/octet-stream", as_attachment=True, download_name=found.name, max_age=0)


def started(ports: Ports, asked: WorkAsked) -> AnyResponse:
    """Begin it, after the access log has word of it."""
    named = ("what", "since", "until", "rule", "release", "card")
    query = {name: getattr(asked, name) for name in named}
    note(ports, "verify" if asked.what == CERTIFICATE else "export", query, 0)
    try:
        id_ = ports.works.start(asked)
    except SettingsBroken as error:
        abort(429, str(error))
    return redirect(url_for("audit.work", id_=id_), 303)


def _asked(form: Mapping[str, str]) -> WorkAsked:
    what, wanted = form.get("what", ""), read_filters(form)
    if what not in KINDS:
        abort(400, "Say which copy or report is wanted.")
    card = form.get("card", "").strip()
    if len(card) > 100 or not card.isprintable():
        abort(400, "“card” should be the id of a card.")
    if what == "whole":
        return WorkAsked(what=what, who=name_of(person()))
    return WorkAsked(
        what=what,
        who=name_of(person()),
        since=wanted.since,
        until=wanted.until,
        rule=wanted.rule,
        release=wanted.release,
        card=card,
    )


def _own(ports: Ports, id_: str) -> Work:
    found = ports.works.find(id_)
    if found is None or found.who != name_of(person()):  # whose it is, nobody else learns
        abort(404)
    if found.what != CERTIFICATE and Role.AUDITOR not in person().roles:
        abort(404)
    return found
