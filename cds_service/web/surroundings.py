"""What every answer gets around it, errors included: the request's id, caching, CORS."""

import re
from collections.abc import Callable
from http import HTTPStatus

from flask import Response, current_app, g, request

from cds_service.domain.trail import TRAIL, continued
from cds_service.web.leftover import make_discard

REQUEST_ID = "X-Request-ID"
NEW_ID = "cds-new-id"  # in app.extensions: makes the ids of requests that bring none
_SAFE_ID = re.compile(r"[A-Za-z0-9._-]{1,64}")
_API = "/cds-services"


def request_id() -> str:
    """The id of this request: its own where it brings a harmless one, else a new one; our log names it."""
    known: str | None = g.get("request_id")
    if known is None:
        sent = request.headers.get(REQUEST_ID, "")
        known = g.request_id = sent if _SAFE_ID.fullmatch(sent) else str(current_app.extensions[NEW_ID]())
    return known


def begin() -> None:
    """Note which request this thread works on from here on."""
    sent = request.headers
    parent = sent.get("traceparent", "")
    own = current_app.extensions[NEW_ID]().hex[:16] if parent else ""
    TRAIL.set(continued(request_id(), parent, sent.get("tracestate", ""), own))


def make_surround(
    origins: tuple[str, ...], threads: int, responded: Callable[[str | None, int], None]
) -> Callable[[Response], Response]:
    """What finishes each answer.

    Args:
        origins: web origins whose browsers may call the API; `*` for all (no cookies are ever used).
        threads: that answer calls at a time; a quarter of them may be held by clients that send slowly.
        responded: told the endpoint and the status of each POST of the API.
    """
    discard = make_discard(threads // 4)

    def surround(answer: Response) -> Response:
        headers, sent = answer.headers, request.headers
        if answer.status_code >= HTTPStatus.BAD_REQUEST:
            discard(request)
        headers[REQUEST_ID] = request_id()
        traceparent = TRAIL.get().traceparent
        if traceparent:
            headers["traceparent"] = traceparent
        if "Cache-Control" not in headers:
            headers["Cache-Control"] = "no-store"
        if request.method == "OPTIONS":
            del headers["Content-Type"]  # there is nothing in it, and no HTML in any case
        if request.path.startswith(_API):
            headers["Vary"] = "Origin"
            if request.method == "POST":
                responded(request.endpoint, answer.status_code)
            origin = sent.get("Origin")
            if origin and (origin in origins or "*" in origins):
                headers["Access-Control-Allow-Origin"] = origin
                if request.method == "OPTIONS":
                    headers["Access-Control-Allow-Methods"] = "GET, POST"
                    headers["Access-Control-Allow-Headers"] = "Authorization, Content-Type"
                    headers["Access-Control-Max-Age"] = "600"
        return answer

    return surround
