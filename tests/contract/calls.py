"""Hook calls to start from, and what is asked of every answer."""

import copy
import json
from pathlib import Path

FIXTURES = Path(__file__).parents[2] / "fhir_fixtures" / "r4"
STORIES = sorted(path.name for path in FIXTURES.iterdir() if path.is_dir())
HOOKS = ("medication-prescribe", "order-select", "order-sign")
ORDERS_AT = {"medication-prescribe": "medications", "order-select": "draftOrders", "order-sign": "draftOrders"}
USUAL = "older-adult-spasm-30-days"
ABSENT = object()


def story(name=USUAL, hook="order-sign"):
    return json.loads((FIXTURES / name / f"{hook}.json").read_text(encoding="utf-8"))


def changed(path, value, hook="order-sign"):
    """The usual call with one member set, or taken out: `context.patientId`."""
    request = copy.deepcopy(story(hook=hook))
    *above, last = path.split(".")
    place = request
    for step in above:
        place = place[int(step)] if isinstance(place, list) else place[step]
    if value is ABSENT:
        del place[last]
    else:
        place[int(last) if isinstance(place, list) else last] = value
    return request


def fire(client, request, hook=None, **more):
    """POST a call; bytes and text go as they are."""
    hook = hook or (request.get("hook") if isinstance(request, dict) else None)
    where = f"/cds-services/diazepam-{hook if hook in HOOKS else 'order-sign'}"
    if isinstance(request, bytes | str):
        return client.post(where, data=request, **{"content_type": "application/json", **more})
    return client.post(where, json=request, **more)


def draft(request):
    """The first draft order of a call."""
    return request["context"][ORDERS_AT[request["hook"]]]["entry"][0]["resource"]


def refused(response, *statuses):
    """Whether a call was refused as it should be: a status, an OperationOutcome, no guidance."""
    assert response.status_code in (statuses or (400, 422)), response.get_data(as_text=True)
    assert response.mimetype == "application/json"
    (issue,) = response.json["issue"]
    assert response.json["resourceType"] == "OperationOutcome"
    assert issue["severity"] == "error"
    assert issue["details"]["text"].strip()
    return issue


def guided(response):
    assert response.status_code == 200, response.get_data(as_text=True)
    return response.json["cards"]


def topics(response):
    return [card["source"]["topic"]["code"] for card in guided(response)]


def walk(value, path=""):
    """(path, value) of everything inside."""
    yield path, value
    inside = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for step, part in inside:
        yield from walk(part, f"{path}.{step}" if path else str(step))
