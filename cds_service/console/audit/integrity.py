"""The log as it stands, its verification on demand, and recall by content release."""

from flask import Blueprint, render_template
from werkzeug.wrappers import Response

from cds_service.console.audit.exports import BOTH, CERTIFICATE, started
from cds_service.console.audit.guard import name_of, note, opens_to, person
from cds_service.console.audit.ports import Ports
from cds_service.domain.audit import Role, WorkAsked


def add_integrity(pages: Blueprint, ports: Ports) -> None:
    """Add the pages to a blueprint."""

    @pages.get("/integrity")
    @opens_to(*BOTH)
    def integrity() -> str:
        works = [one for one in ports.works.of(name_of(person())) if one.what == CERTIFICATE]
        found = ports.questions.integrity()
        note(ports, "checkpoints", {}, len(found.checkpoints))
        return render_template("audit/integrity.html", log=found, works=works)

    @pages.post("/integrity")
    @opens_to(*BOTH)
    def verify() -> Response:
        return started(ports, WorkAsked(what=CERTIFICATE, who=name_of(person())))

    @pages.get("/releases")
    @opens_to(Role.AUDITOR)
    def releases() -> str:
        found = ports.questions.releases()
        note(ports, "releases", {}, len(found))
        return render_template("audit/releases.html", releases=found)
