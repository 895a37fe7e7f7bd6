"""Everything the doctor looks at, in the order in which it would be mended."""

from collections.abc import Callable, Iterator, Mapping
from datetime import datetime
from typing import Any

from cds_service.console.untrusted import plain
from cds_service.doctor.asking import Asking, NoAnswerError
from cds_service.doctor.calls import check_call
from cds_service.doctor.diagnosis import Diagnosis, Level, note
from cds_service.doctor.discovery import PATH, check_discovery, services_of
from cds_service.doctor.transport import check_transport


def examine(
    asking: Asking,
    request_of: Callable[[str], Mapping[str, Any] | None],
    *,
    origin: str,
    now: datetime,
) -> Iterator[Diagnosis]:
    """A CDS service, ours or another's, from outside.

    Args:
        asking: whom to ask.
        request_of: hook -> a request to fire, or None when there is none for it.
        origin: web origin for CORS; empty to leave that alone.
        now: our time, UTC.
    """
    blocked = False
    for one in check_discovery(asking):
        blocked = blocked or (one.level is Level.FAULT and one.code.startswith(("discovery", "tls")))
        yield one
    if blocked:
        return
    try:
        listed = services_of(asking.get("GET", PATH))
    except NoAnswerError:
        return
    callable_ones = [(plain(one.get("id")), request_of(plain(one.get("hook")))) for one in listed if one.get("id")]
    if not callable_ones:
        return
    yield from check_transport(asking, callable_ones[0][0], origin, now)
    for service_id, request in callable_ones:
        if request is None:
            yield note("call-none", f"There is no test call for {service_id}.", "Fire one with `cds-service fire`.")
        else:
            yield from check_call(asking, service_id, request)
