"""The blueprint of the console: the guard, then the pages behind it."""

from flask import Blueprint, g

from cds_service.console.audit.decisions import add_decisions, resource_of
from cds_service.console.audit.exports import add_exports
from cds_service.console.audit.filters import OPEN_MODE
from cds_service.console.audit.guard import stand_guard
from cds_service.console.audit.integrity import add_integrity
from cds_service.console.audit.overview import add_overview
from cds_service.console.audit.people import add_people
from cds_service.console.audit.ports import Ports
from cds_service.console.audit.record import add_record
from cds_service.console.audit.signing_in import add_signing_in
from cds_service.console.kit import page_blueprint
from cds_service.domain.audit import Role

BOTH = (Role.AUDITOR, Role.ADMINISTRATOR)
TABS = (
    ("Overview", "audit.overview", (Role.AUDITOR,)),
    ("Decisions", "audit.decisions", (Role.AUDITOR,)),
    ("Exports and reports", "audit.exports", (Role.AUDITOR,)),
    ("Recall", "audit.releases", (Role.AUDITOR,)),
    ("Integrity", "audit.integrity", BOTH),
    ("Access log", "audit.access", BOTH),
    ("People", "audit.people", (Role.ADMINISTRATOR,)),
)


def make_console(ports: Ports) -> Blueprint:
    """The pages over these ports."""
    pages = page_blueprint("audit", __name__, url_prefix="/console")
    stand_guard(pages, ports)
    pages.add_app_template_filter(resource_of, "resource")
    pages.add_app_template_filter(lambda value: (value, value), "pair")
    pages.add_app_template_filter(lambda client: (client or OPEN_MODE, client or "open mode"), "client_pair")
    pages.context_processor(lambda: {"audit_tabs": TABS, "audit_has_accounts": ports.accounts.there_are, "g": g})
    for add in (add_signing_in, add_overview, add_decisions, add_exports, add_integrity, add_record, add_people):
        add(pages, ports)
    return pages
