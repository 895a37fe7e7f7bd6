"""A FHIR server made of one story's resources, of any version, behind `responses`: reads, and our searches."""

import json
import re
from urllib.parse import parse_qs, urlsplit

import responses

TOKEN = "token-of-this-call"


def serve(mock: responses.RequestsMock, base: str, resources: list[dict]) -> None:
    """Answer every read and search below `base` from the resources; anything without the token gets 401."""

    def answer(request):
        if request.headers.get("Authorization") != f"Bearer {TOKEN}":
            return (401, {}, "{}")
        url = urlsplit(request.url)
        path = url.path.removeprefix(urlsplit(base).path + "/")
        found = _read(path, resources) if "/" in path else _search(path, parse_qs(url.query), resources)
        return (404, {}, "{}") if found is None else (200, {"Content-Type": "application/fhir+json"}, json.dumps(found))

    mock.add_callback(responses.GET, re.compile(re.escape(base) + "/.*"), callback=answer)


def _read(path, resources):
    resource_type, _, resource_id = path.partition("/")
    return next((r for r in resources if (r["resourceType"], r["id"]) == (resource_type, resource_id)), None)


def _search(resource_type, query, resources):
    patient = query["patient"][0].removeprefix("Patient/")
    found = [r for r in resources if r["resourceType"] == resource_type and _of(r, patient) and _wanted(r, query)]
    return {
        "resourceType": "Bundle",
        "type": "searchset",
        "total": len(found),
        "entry": [{"resource": r, "search": {"mode": "match"}} for r in found],
    }


def _of(resource, patient):
    subject = resource.get("subject") or resource.get("patient") or {}
    return subject.get("reference") == f"Patient/{patient}"


def _wanted(resource, query):
    if "status" in query and resource.get("status") not in query["status"][0].split(","):
        return False
    if "code" not in query:
        return True
    wanted = {token.rpartition("|")[2] for token in query["code"][0].split(",")}
    return any(coding.get("code") in wanted for coding in resource["code"].get("coding", ()))
