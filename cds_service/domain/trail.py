"""Which request this thread works on, as those see it who follow it through several systems: in logs, and in our reads.

`traceparent` and `tracestate` are those of W3C Trace Context: <https://www.w3.org/TR/trace-context/>.
"""

import re
from contextvars import ContextVar
from typing import NamedTuple

_PARENT = re.compile(r"(?!ff)([0-9a-f]{2})-(?!0{32})([0-9a-f]{32})-(?!0{16})([0-9a-f]{16})-([0-9a-f]{2})(-.*)?")
_STATE = re.compile(r"[ -~]{1,512}")  # printable, no line break


class Trail(NamedTuple):
    """The marks of one request.

    Attributes:
        request_id: of the request, its own or ours.
        traceparent: ours within the caller's trace, `00-<trace id>-<span id>-<flags>`; empty where none was sent.
        tracestate: as sent with it.
    """

    request_id: str = ""
    traceparent: str = ""
    tracestate: str = ""

    @property
    def headers(self) -> dict[str, str]:
        """What goes on to whoever is asked for this request."""
        named = {"X-Request-ID": self.request_id, "traceparent": self.traceparent, "tracestate": self.tracestate}
        return {name: value for name, value in named.items() if value}


NO_TRAIL = Trail()
TRAIL: ContextVar[Trail] = ContextVar("trail", default=NO_TRAIL)


def continued(request_id: str, traceparent: str, tracestate: str, span_id: str) -> Trail:
    """The trail of a request that was sent with these headers.

    Args:
        request_id: of the request.
        traceparent: as sent, whatever it is; what is not well-formed counts as not sent.
        tracestate: likewise; without a usable `traceparent` it means nothing.
        span_id: 16 hex digits of our own.
    """
    sent = _PARENT.fullmatch(traceparent) if len(traceparent) <= 512 else None
    if sent is None or (sent[1] == "00" and sent[5]):
        return Trail(request_id)
    state = tracestate if _STATE.fullmatch(tracestate) else ""
    return Trail(request_id, f"00-{sent[2]}-{span_id}-{sent[4]}", state)
