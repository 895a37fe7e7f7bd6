"""Which FHIR servers may be read, and which URLs lie below them.

The server of a request is the caller's text: only servers that the operator listed are ever asked, compared by scheme,
host, port and path prefix, so that no request can point this service at an address of the caller's choice.
"""

import re
from urllib.parse import SplitResult, urlsplit

import msgspec

_PORTS = {"http": 80, "https": 443}
_PATH = re.compile(r"(?:/[A-Za-z0-9_~!$&'()*+,;=:@.\-]+)*/?")  # no percent sign: nothing that is decoded later
_HOST = re.compile(r"[a-z0-9.\-]{1,253}|[0-9a-f:.]{2,45}")
_DOTS = frozenset({".", ".."})
LONGEST_URL = 8_000


class Server(msgspec.Struct, frozen=True):
    """Base URL of a FHIR server, taken apart; `path` has no slash at its end."""

    scheme: str
    host: str
    port: int
    path: str

    def holds(self, other: "Server") -> bool:
        """Whether another URL is this one or lies below it."""
        same = (self.scheme, self.host, self.port) == (other.scheme, other.host, other.port)
        return same and (other.path == self.path or other.path.startswith(f"{self.path}/"))


def read_server(url: str) -> Server | None:
    """The base URL taken apart; `None` for one that is not plainly `http(s)://host[:port]/path`."""
    parts = _split(url)
    if parts is None or parts.query or parts.fragment or "?" in url or "#" in url:
        return None
    return _server(parts)


def is_below(url: str, base: Server) -> bool:
    """Whether an absolute URL (of a `next` link, say) lies at or below a base URL; its query may be anything."""
    parts = _split(url)
    server = _server(parts) if parts is not None and not parts.fragment else None
    return server is not None and base.holds(server)


def _split(url: str) -> SplitResult | None:
    if len(url) > LONGEST_URL or not url.isascii() or not url.isprintable() or " " in url or "\\" in url:
        return None
    try:
        return urlsplit(url)
    except ValueError:
        return None


def _server(parts: SplitResult) -> Server | None:
    try:
        port = parts.port
    except ValueError:
        return None
    host = (parts.hostname or "").lower()
    if parts.scheme not in _PORTS or "@" in parts.netloc or not _HOST.fullmatch(host) or port == 0:
        return None
    if not _PATH.fullmatch(parts.path) or _DOTS & set(parts.path.split("/")):
        return None
    return Server(parts.scheme, host, port or _PORTS[parts.scheme], parts.path.rstrip("/"))
