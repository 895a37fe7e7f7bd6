"""What every answer gets around it, errors included: the request's id, caching, CORS."""

import re
from collections.abc import Callable
from uuid import UUID

from flask import Response, request

REQUEST_ID = "X-Request-ID"
_SAFE_ID = re.compile(r"[A-Za-z0-9._-]{1,64}")
_API = "/cds-services"


def make_surround(origins: tuple[str, ...], new_id: Callable[[], UUID]) -> Callable[[Response], Response]:
    """What finishes each answer.

    Args:
        origins: web origins whose browsers may call the API; `*` for all (no cookies are ever used).
        new_id: ids of requests that bring none.
    """

    def surround(answer: Response) -> Response:
        headers, sent = answer.headers, request.headers
        sent_id = sent.get(REQUEST_ID, "")
        headers[REQUEST_ID] = sent_id if _SAFE_ID.fullmatch(sent_id) else str(new_id())
        if "Cache-Control" not in headers:
            headers["Cache-Control"] = "no-store"
        if request.path.startswith(_API):
            headers["Vary"] = "Origin"
            origin = sent.get("Origin")
            if origin and (origin in origins or "*" in origins):
                headers["Access-Control-Allow-Origin"] = origin
                if request.method == "OPTIONS":
                    headers["Access-Control-Allow-Methods"] = "GET, POST"
                    headers["Access-Control-Allow-Headers"] = "Authorization, Content-Type"
                    headers["Access-Control-Max-Age"] = "600"
        return answer

    return surround
