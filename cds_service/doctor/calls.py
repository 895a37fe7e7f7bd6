"""One real hook call to any CDS service, and its answer held to CDS Hooks."""

import json
from collections.abc import Iterator, Mapping
from typing import Any

from cds_service.console.conformance import findings
from cds_service.console.untrusted import items, members
from cds_service.doctor.asking import Asking, NoAnswerError
from cds_service.doctor.diagnosis import Diagnosis, fault, fine, note
from cds_service.doctor.discovery import PATH

SLOW_MS = 500.0
MOST_FAULTS = 10


def check_call(asking: Asking, service_id: str, request: Mapping[str, Any]) -> Iterator[Diagnosis]:
    """Fire one call and look at what comes back.

    Args:
        asking: whom to ask.
        service_id: the service.
        request: a hook request with its prefetch.
    """
    try:
        got = asking.get("POST", f"{PATH}/{service_id}", json.dumps(request).encode(), Content_Type="application/json")
    except NoAnswerError as error:
        yield fault("call-no-answer", f"A hook call got no answer ({error.kind}).", "See the service's log.")
        return
    if got.status in (401, 403):
        yield fault(
            "call-refused",
            f"A hook call answers {got.status}.",
            "Give a test token with --token, for exactly this URL; the service's log says why one is refused.",
        )
        return
    if got.status == 412:
        yield fault("call-412", "A call with all its prefetch is answered with 412.", "Use the prefetch that was sent.")
        return
    if got.status != 200:
        yield fault("call-status", f"A valid hook call answers {got.status}.", "See the OperationOutcome and the log.")
        return
    found = findings(got.answer, _drafts(request))
    for one in [one for one in found if one.must][:MOST_FAULTS]:
        yield fault("answer", f"{one.number}, {one.at}: {one.says}.", "Correct the answer: clients drop such cards.")
    for one in [one for one in found if not one.must][:MOST_FAULTS]:
        yield note("answer", f"{one.number}, {one.at}: {one.says}.", "Worth a look.")
    if got.milliseconds > SLOW_MS:
        yield note("call-slow", f"The call took {got.milliseconds:.0f} ms.", "Clients give up after about 500 ms.")
    if not any(one.must for one in found):
        count = len(items(members(got.json).get("cards")))
        yield fine("call", f"A hook call is answered in {got.milliseconds:.0f} ms with {count} cards, all well formed.")


def _drafts(request: Mapping[str, Any]) -> dict[str, Mapping[str, Any]]:
    context = members(request.get("context"))
    bundle = members(context.get("draftOrders") or context.get("medications"))
    resources = [members(members(entry).get("resource")) for entry in items(bundle.get("entry"))]
    return {f"{one['resourceType']}/{one['id']}": one for one in resources if "resourceType" in one and "id" in one}
