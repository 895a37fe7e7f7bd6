"""Who may open a page of the console. A page that does not say which role may is closed to everybody.

In this order, before any page: the console is in use; the session's cookie opens a session; its roles include the one
that the page asks for; a form carries the token that belongs to this session. Behind the page: that it was read stands
in the access log, durably, before it leaves.

The cookie holds a random secret and nothing else; it is `HttpOnly`, `SameSite=Lax` (an identity provider sends people
back with a GET), and `__Host-` and `Secure` wherever the service is reached by https. The form token is signed over
that secret (itsdangerous), so it is worth nothing in another session; kit refuses forms of other sites beforehand.
"""

import hashlib
import hmac
import secrets
from collections.abc import Callable, Mapping
from typing import TypeVar
from urllib.parse import urlsplit

from flask import Blueprint, Response, abort, current_app, g, redirect, request, url_for
from itsdangerous import BadSignature, URLSafeTimedSerializer
from werkzeug.wrappers import Response as AnyResponse

from cds_service.console.audit.ports import Ports
from cds_service.console.kit import SAFE_METHODS
from cds_service.domain.audit import Person, Role
from cds_service.domain.decision import Access

View = TypeVar("View", bound=Callable[..., object])
ANYBODY = "anybody"
SIGNED_IN = "signed in"
SESSION, BEFORE = "cds-session", "cds-form"
BEFORE_SECONDS = 3_600
LONGEST_FORM = 64 * 1_024
FORGED = "This form is not from this session, or is too old, so nothing was done. Open the page again and send it anew."
NOT_YOURS = "Your account has not the role for this page: {roles} may open it."
OFF = "The console is not in use here. Whoever runs this service makes an account first: cds-service user add."
UNSAFE = (
    "Signing in needs https, and this page came without. Open the console by its https address; whoever runs it sets "
    "that as CDS_PUBLIC_URL."
)


def opens_to(*whom: Role | str) -> Callable[[View], View]:
    """Say who may open a page: roles, `SIGNED_IN`, or `ANYBODY`."""

    def say(view: View) -> View:
        view.opens_to = whom  # type: ignore[attr-defined] # read by the guard below
        return view

    return say


def person() -> Person:
    """Who is signed in."""
    found: Person = g.person
    return found


def stand_guard(pages: Blueprint, ports: Ports) -> None:
    """Put the guard in front of all pages of a blueprint, and the access log behind them."""
    forms = URLSafeTimedSerializer(hmac.digest(ports.key, b"console forms", "sha256"), salt="form")

    @pages.before_request
    def let_in() -> AnyResponse | None:
        if not ports.accounts.there_are():
            abort(404, OFF)
        request.max_content_length = request.max_form_memory_size = LONGEST_FORM
        secret = request.cookies.get(_name(SESSION), "")
        g.person = ports.accounts.person(secret) if secret else None
        whom = getattr(current_app.view_functions[request.endpoint or ""], "opens_to", ())
        if ANYBODY not in whom:
            if g.person is None:
                return _to_the_door()
            if SIGNED_IN not in whom and not g.person.roles.intersection(whom):
                abort(403, NOT_YOURS.format(roles=" and ".join(f"{one}s" for one in sorted(whom)) or "nobody"))
        if request.method not in SAFE_METHODS and not _is_ours(ports, forms):
            abort(403, FORGED)
        return None

    @pages.after_request
    def noted(answer: Response) -> Response:
        answer.headers["Cache-Control"] = "no-store"
        if answer.status_code == 200 and g.get("person") is not None and not g.get("noted"):
            note(ports, (request.endpoint or "").partition(".")[2], request.view_args or {}, 0)
        return answer

    pages.context_processor(lambda: {"form_token": lambda: forms.dumps(_digest(_binding()))})


def note(ports: Ports, what: str, query: Mapping[str, object], records: int) -> None:
    """Keep durably that who is signed in reads so many records; call it before they leave.

    Raises:
        LedgerUnavailable: it could not be kept, so nothing may leave.
    """
    who = person()
    ports.note(
        Access(
            id=str(ports.new_uuid()),
            at=ports.clock(),
            who=name_of(who),
            through="console",
            what=what,
            query={name: str(value) for name, value in query.items() if value not in (None, "")},
            records=records,
        )
    )
    g.noted = True


def name_of(who: Person) -> str:
    """A person as the access log names them."""
    return f"{who.name} ({who.issuer})" if who.issuer else who.name


def keep_session(ports: Ports, answer: AnyResponse, secret: str) -> None:
    """Hand the browser a session; whatever it had before is worth nothing now."""
    old = request.cookies.get(_name(SESSION), "")
    if old:
        ports.accounts.sign_out(old)
    answer.delete_cookie(_name(BEFORE), path="/", secure=is_secure(), httponly=True, samesite="Lax")
    _set(answer, SESSION, secret, ports.whole_seconds)


def drop_session(ports: Ports, answer: AnyResponse) -> None:
    """End the session of this browser."""
    ports.accounts.sign_out(request.cookies.get(_name(SESSION), ""))
    answer.delete_cookie(_name(SESSION), path="/", secure=is_secure(), httponly=True, samesite="Lax")


def prepare_form(answer: AnyResponse) -> None:
    """Give a browser without a session what its form is bound to."""
    if g.get("before"):
        _set(answer, BEFORE, g.before, BEFORE_SECONDS)


def is_secure() -> bool:
    """Whether people reach the service by https."""
    public: str = current_app.extensions["cds-site"].public_url
    return public.startswith("https:") or request.is_secure


def insist_on_secure() -> None:
    """Refuse to take a password over a network in the clear."""
    host = urlsplit(f"//{request.host}").hostname or ""
    if not is_secure() and host not in ("127.0.0.1", "localhost", "::1"):
        abort(403, UNSAFE)


def way_back(asked: str) -> str:
    """A page of the console to go to after signing in: never anybody else's."""
    home = url_for("audit.front")
    parts = urlsplit(asked)
    inside = not parts.scheme and not parts.netloc and parts.path.startswith("/console") and "\\" not in asked
    return asked if inside and asked.isprintable() and "//" not in parts.path else home


def _to_the_door() -> AnyResponse:
    if request.method not in SAFE_METHODS:
        abort(403, "You are not signed in (any more), so nothing was done. Sign in, and send it again.")
    return redirect(url_for("audit.sign_in", next=request.full_path.rstrip("?")), 303)


def _is_ours(ports: Ports, forms: URLSafeTimedSerializer) -> bool:
    bound = request.cookies.get(_name(SESSION if g.person is not None else BEFORE), "")
    try:
        said = forms.loads(request.form.get("form_token", ""), max_age=ports.whole_seconds)
    except BadSignature:
        return False
    return bool(bound) and isinstance(said, str) and hmac.compare_digest(said, _digest(bound))


def _binding() -> str:
    """What a form on this page is bound to: the session, or before there is one, a secret of its own."""
    if g.get("person") is not None:
        return request.cookies.get(_name(SESSION), "")
    if not g.get("before"):
        g.before = request.cookies.get(_name(BEFORE)) or secrets.token_urlsafe(24)
    return str(g.before)


def _digest(secret: str) -> str:
    return hashlib.sha256(secret.encode(errors="replace")).hexdigest()


def _name(cookie: str) -> str:
    return f"__Host-{cookie}" if is_secure() else cookie


def _set(answer: AnyResponse, cookie: str, value: str, seconds: int) -> None:
    answer.set_cookie(
        _name(cookie), value, max_age=seconds, path="/", secure=is_secure(), httponly=True, samesite="Lax"
    )
