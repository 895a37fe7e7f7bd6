"""The application below a path of its public URL: `https://example.org/review/` with a proxy that takes `/review` off.

Routes stay as they are; only the links that pages make begin with the path.
"""

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication


def below(app: "WSGIApplication", public_url: str) -> "WSGIApplication":
    """The application as it is seen from outside; itself where the public URL has no path."""
    path = urlsplit(public_url).path.rstrip("/")

    def reached(environ: dict[str, Any], start_response: "StartResponse") -> Iterable[bytes]:
        environ["SCRIPT_NAME"] = path
        return app(environ, start_response)

    return reached if path else app
