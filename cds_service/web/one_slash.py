"""`//` in a path is `/`: a discovery URL entered with a slash at its end makes some clients call `/cds-services//{id}`.

A redirect would not do: browsers refuse one in answer to a preflight.
"""

import re
from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication

_SLASHES = re.compile("//+")


def one_slash(app: "WSGIApplication") -> "WSGIApplication":
    """The same application, blind to how many slashes there are."""

    def reached(environ: dict[str, Any], start_response: "StartResponse") -> Iterable[bytes]:
        path = environ["PATH_INFO"]
        if "//" in path:
            environ["PATH_INFO"] = _SLASHES.sub("/", path)
        return app(environ, start_response)

    return reached
