"""What every page shares: the frame, the style, the headers, and how an error is told to a person.

Pages are rendered on the server and work without JavaScript; scripts only make them quicker to use. Nothing is loaded
from elsewhere, nothing is inline, and the Content-Security-Policy holds pages to that. A page room does three things::

    pages = page_blueprint("knowledge", __name__)      # headers, errors, no posts from other sites
    {% extends "kit/base.html" %}                      # the frame; `kit/parts.html` has the pieces
    Place(label="Knowledge", endpoint="knowledge.overview", about="…")   # its entry in the navigation

`make_kit` is registered once and serves style and scripts under names that carry their hash, so they are cached for
ever and never stale.
"""

import hashlib
import logging
import mimetypes
import traceback
from collections.abc import Mapping
from dataclasses import dataclass
from http import HTTPStatus
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from flask import Blueprint, Response, abort, current_app, make_response, render_template, request, url_for
from jinja2 import StrictUndefined
from werkzeug.exceptions import HTTPException

from cds_service.console.markdown import to_html, words
from cds_service.domain.content import Release
from cds_service.domain.errors import LedgerUnavailable

if TYPE_CHECKING:
    from flask.sansio.app import App

log = logging.getLogger(__name__)

SITE = "cds-site"  # in app.extensions
STATIC = Path(__file__).parent / "static"
FOR_EVER = "public, max-age=31536000, immutable"
SAFE_METHODS = frozenset({"GET", "HEAD", "OPTIONS"})
FRAMES = 4  # of a traceback that are logged

CONTENT_SECURITY_POLICY = "; ".join(
    (
        "default-src 'none'",
        "style-src 'self'",
        "script-src 'self'",
        "img-src 'self'",
        "connect-src 'self'",
        "form-action 'self'",
        "base-uri 'none'",
        "frame-ancestors 'none'",
        "require-trusted-types-for 'script'",
        "trusted-types 'none'",
    )
)
HEADERS: Mapping[str, str] = {
    "Content-Security-Policy": CONTENT_SECURITY_POLICY,
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "no-referrer",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), display-capture=(), geolocation=(), microphone=(), payment=(), usb=()",
}
SECURE_ONLY = "max-age=31536000"  # Strict-Transport-Security, where the page came over https
SAID = {
    HTTPStatus.FORBIDDEN: "This page may not be opened so.",
    HTTPStatus.NOT_FOUND: "There is no page at this address.",
    HTTPStatus.METHOD_NOT_ALLOWED: "This address is not used in this way.",
    HTTPStatus.REQUEST_ENTITY_TOO_LARGE: "What was sent is longer than this page reads.",
    HTTPStatus.SERVICE_UNAVAILABLE: "The record cannot be reached just now; try again shortly.",
    HTTPStatus.INTERNAL_SERVER_ERROR: "This page could not be made. The fault is ours, and logged.",
}
ELSEWHERE = "This form was sent by another site, so nothing was done. Open the page here and send it again."


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """An entry of the navigation: what it is called, the endpoint it leads to, and in a line what is there."""

    label: str
    endpoint: str
    about: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Site:
    """What the frame of every page says.

    Attributes:
        name: of the service, in the content release's words.
        release: the content in use. software: version of the machine.
        open_mode: callers without a token are answered; every page says so.
        places: the navigation.
        public_url: where clients reach the service; empty: as the request says.
    """

    name: str
    release: Release
    software: str
    open_mode: bool
    places: tuple[Place, ...]
    public_url: str = ""

    def url(self) -> str:
        """The base URL of the service as clients are to enter it, without a slash at its end."""
        return self.public_url or request.url_root.rstrip("/")


@dataclass(frozen=True, slots=True, kw_only=True)
class Asset:
    """A file of `static/` as it is served."""

    body: bytes
    media_type: str


def make_kit(site: Site) -> Blueprint:
    """The blueprint with the templates all pages extend, and the files they refer to; registered once."""
    kit = Blueprint("kit", __name__, template_folder="templates")
    names, assets = _assets()

    @kit.get("/assets/<name>")
    def asset(name: str) -> Response:
        found = assets.get(name)
        if found is None:
            abort(404)
        return Response(found.body, content_type=found.media_type, headers={"Cache-Control": FOR_EVER})

    kit.after_request(_guarded)
    kit.record_once(lambda state: _prepare(state.app, site, names))
    return kit


def page_blueprint(name: str, import_name: str, *, url_prefix: str | None = None) -> Blueprint:
    """A blueprint for pages: their headers, their errors, and no forms sent by other sites."""
    pages = Blueprint(name, import_name, url_prefix=url_prefix)
    pages.before_request(refuse_other_sites)
    pages.after_request(_guarded)
    pages.register_error_handler(Exception, show_problem)
    return pages


def refuse_other_sites() -> None:
    """Refuse what changes something when a browser says that another site sent it."""
    if request.method in SAFE_METHODS:
        return
    fetched = request.headers.get("Sec-Fetch-Site")
    if fetched is not None:
        own = fetched in ("same-origin", "none")
    else:  # an older browser, or a program
        origin = request.headers.get("Origin")
        known = {request.host, urlsplit(_site().public_url).netloc} - {""}
        own = origin is None or urlsplit(origin).netloc in known
    if not own:
        abort(403, ELSEWHERE)


def show_problem(error: Exception) -> Response:
    """An error as a page. Texts of our own refusals are shown; of a fault of ours only that it happened."""
    match error:
        case HTTPException():
            status = HTTPStatus(error.code or HTTPStatus.INTERNAL_SERVER_ERROR)
            own = error.description if error.description != type(error).description else None
            said = own or SAID.get(status, f"{status.phrase}.")
        case LedgerUnavailable():
            status, said = HTTPStatus.SERVICE_UNAVAILABLE, SAID[HTTPStatus.SERVICE_UNAVAILABLE]
        case _:
            status, said = HTTPStatus.INTERNAL_SERVER_ERROR, SAID[HTTPStatus.INTERNAL_SERVER_ERROR]
            frames = traceback.extract_tb(error.__traceback__)[-FRAMES:]
            where = " < ".join(f"{frame.name}:{frame.lineno}" for frame in reversed(frames))
            log.error("%s on the page %s, at %s", type(error).__name__, request.endpoint, where)
    return make_response(render_template("kit/problem.html", status=status, said=said), status)


def wants_page() -> bool:
    """Whether who asked would rather have a page than JSON: a browser says so, programs do not."""
    return request.accept_mimetypes.best_match(["application/json", "text/html"]) == "text/html"


def _site() -> Site:
    site: Site = current_app.extensions[SITE]
    return site


def _guarded(answer: Response) -> Response:
    answer.headers.update(HEADERS)
    if request.is_secure or _site().public_url.startswith("https:"):  # a proxy may have ended TLS
        answer.headers["Strict-Transport-Security"] = SECURE_ONLY
    return answer


def _assets() -> tuple[dict[str, str], dict[str, Asset]]:
    """File name -> name with its hash, and that -> the file."""
    names, assets = {}, {}
    for path in sorted(STATIC.iterdir()):
        body = path.read_bytes()
        hashed = f"{path.stem}.{hashlib.sha256(body).hexdigest()[:16]}{path.suffix}"
        media_type = mimetypes.guess_type(path.name)[0] or "application/octet-stream"
        charset = "; charset=utf-8" if media_type.startswith("text/") else ""
        names[path.name], assets[hashed] = hashed, Asset(body=body, media_type=media_type + charset)
    return names, assets


def _prepare(app: "App", site: Site, names: Mapping[str, str]) -> None:
    """What templates may use; a name that does not exist is a fault, not an empty string."""
    app.extensions[SITE] = site
    env = app.jinja_env
    env.undefined = StrictUndefined
    env.trim_blocks = env.lstrip_blocks = True
    env.globals.update(site=site, asset=lambda name: url_for("kit.asset", name=names[name]))
    env.filters.update(markdown=to_html, words=words)
