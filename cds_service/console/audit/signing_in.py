"""Sign in, sign out, change one's password."""

import logging

from flask import Blueprint, g, make_response, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from cds_service.console.audit.guard import (
    ANYBODY,
    SIGNED_IN,
    drop_session,
    insist_on_secure,
    keep_session,
    note,
    opens_to,
    person,
    prepare_form,
    way_back,
)
from cds_service.console.audit.ports import Ports
from cds_service.domain.errors import SettingsBroken

log = logging.getLogger(__name__)
REFUSED = (
    "Name and password do not belong together, or there were too many attempts: after five, wait a quarter of an hour. "
    "An administrator can give you a new password."
)
WRONG = "The current password is not right."
UNLIKE = "The two new passwords are not the same."


def add_signing_in(pages: Blueprint, ports: Ports) -> None:
    """Add the pages to a blueprint."""

    @pages.get("/sign-in")
    @opens_to(ANYBODY)
    def sign_in() -> Response:
        insist_on_secure()
        return _door(way_back(request.args.get("next", "")))

    @pages.post("/sign-in")
    @opens_to(ANYBODY)
    def signed_in() -> Response:
        insist_on_secure()
        back, address = way_back(request.form.get("next", "")), request.remote_addr or ""
        secret = ports.accounts.sign_in(request.form.get("name", ""), request.form.get("password", ""), address)
        if secret is None:
            log.warning("Somebody was not let in to the console: wrong name or password, or too many attempts.")
            return _door(back, REFUSED)
        return let_in(ports, secret, back)

    @pages.post("/sign-out")
    @opens_to(SIGNED_IN)
    def sign_out() -> Response:
        note(ports, "sign-out", {}, 0)
        answer = redirect(url_for("audit.sign_in"), 303)
        drop_session(ports, answer)
        answer.headers["Clear-Site-Data"] = '"cache"'
        return answer

    @pages.get("/account")
    @opens_to(SIGNED_IN)
    def account() -> str:
        return render_template("audit/account.html", problem="")

    @pages.post("/account")
    @opens_to(SIGNED_IN)
    def change_password() -> Response:
        problem = _changed(ports)
        if problem:
            return make_response(render_template("audit/account.html", problem=problem), 422)
        note(ports, "password-changed", {}, 0)
        answer = redirect(url_for("audit.sign_in"), 303)
        drop_session(ports, answer)
        return answer


def let_in(ports: Ports, secret: str, back: str) -> Response:
    """Send somebody who has signed in to where they wanted to go, with a session of their own."""
    g.person = ports.accounts.person(secret)
    note(ports, "sign-in", {}, 0)
    answer = redirect(back, 303)
    keep_session(ports, answer, secret)
    return answer


def _door(back: str, problem: str = "") -> Response:
    answer = make_response(render_template("audit/sign_in.html", back=back, problem=problem), 403 if problem else 200)
    prepare_form(answer)
    return answer


def _changed(ports: Ports) -> str:
    """Change the password as the form says; why not, where that cannot be done."""
    if person().issuer:
        return "Your identity provider keeps your password; change it there."
    new = request.form.get("new", "")
    if new != request.form.get("again", ""):
        return UNLIKE
    try:
        done = ports.accounts.change_password(person().name, new, request.form.get("old", ""))
    except SettingsBroken as error:
        return str(error)
    return "" if done else WRONG
