"""Who read the record, and took copies of it."""

from flask import Blueprint, render_template, request, url_for

from cds_service.console.audit.filters import LONGEST, number_of
from cds_service.console.audit.guard import note, opens_to
from cds_service.console.audit.ports import Ports
from cds_service.domain.audit import Role

PAGE = 100


def add_record(pages: Blueprint, ports: Ports) -> None:
    """Add the page to a blueprint."""

    @pages.get("/access")
    @opens_to(Role.AUDITOR, Role.ADMINISTRATOR)
    def access() -> str:
        who, below = request.args.get("who", "").strip()[:LONGEST], number_of(request.args.get("below", ""))
        found = ports.questions.accesses(who=who, below=below, at_most=PAGE + 1)
        shown = found[:PAGE]
        note(ports, "access-log", {"who": who, "below": below}, len(shown))
        return render_template(
            "audit/access.html",
            lines=shown,
            who=who,
            older=url_for("audit.access", who=who or None, below=shown[-1].leaf_index) if len(found) > PAGE else "",
            first_page=below is None,
        )
