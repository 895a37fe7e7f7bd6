"""Which accounts there are, for administrators: what each may do, and whether it may come in at all."""

from flask import Blueprint, abort, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from cds_service.console.audit.guard import note, opens_to, person
from cds_service.console.audit.ports import Ports
from cds_service.domain.audit import Role
from cds_service.domain.errors import SettingsBroken

OWN = "Another administrator must change your own account: nobody shuts themselves out by mistake."


def add_people(pages: Blueprint, ports: Ports) -> None:
    """Add the pages to a blueprint."""

    @pages.get("/people")
    @opens_to(Role.ADMINISTRATOR)
    def people() -> str:
        listed = ports.accounts.listed()
        note(ports, "accounts", {}, len(listed))
        return render_template("audit/people.html", accounts=listed, roles=[role.value for role in Role])

    @pages.post("/people/<name>")
    @opens_to(Role.ADMINISTRATOR)
    def change(name: str) -> Response:
        if name == person().name and not person().issuer:
            abort(403, OWN)
        do = request.form.get("do", "")
        roles = [role for role in Role if role in request.form.getlist("role")]
        try:
            match do:
                case "roles":
                    ports.accounts.set_roles(name, roles)
                case "disable" | "enable":
                    ports.accounts.set_active(name, active=do == "enable")
                case _:
                    abort(400, "This form asks for nothing that is known here.")
        except SettingsBroken as error:
            abort(400, str(error))
        note(ports, f"account-{do}", {"account": name} | ({"roles": " ".join(roles)} if do == "roles" else {}), 0)
        return redirect(url_for("audit.people"), 303)
