"""Hook calls made of the stories, in any FHIR version, over the real content release and without HTTP."""

import itertools
import json
from datetime import UTC, date, datetime
from functools import cache
from uuid import UUID
from zoneinfo import ZoneInfo

from cds_service.domain.facts import Unavailable
from cds_service.domain.request import FhirAccess, HookRequest
from cds_service.domain.steps import Steps
from cds_service.fhir.gather import make_gather
from cds_service.fhir.write import make_write
from cds_service.hook_call import answer
from fhir_fixtures.build import HOOKS, record, request, server, stories
from fhir_fixtures.versions import FOLDERS
from tests.property.patients import release

STORIES = stories()
NAMES = sorted(STORIES)
VERSIONS = tuple(FOLDERS)
TOLD = [(name, version) for name in NAMES for version in VERSIONS if version not in STORIES[name].get("not_in", ())]
NOW = datetime(2026, 6, 15, 9, tzinfo=UTC)
SERVER = "https://fhir.example.org/fhir"


@cache
def story(name, version, hook="order-sign"):
    """The hook request as JSON text; parse it anew to change it."""
    return json.dumps(request(name, STORIES[name], hook, record(STORIES[name], f"patient-{name}"), version))


def hook_request(body, *, fhir=None, fhir_version=""):
    """As the web room hands it on."""
    context = body["context"]
    return HookRequest(
        received_at=NOW,
        hook=body["hook"],
        service_id=f"diazepam-{body['hook']}",
        hook_instance=body["hookInstance"],
        user=context["userId"],
        patient_id=context["patientId"],
        encounter_id=context["encounterId"],
        drafts=json.dumps(context[HOOKS[body["hook"]]]).encode(),
        selections=tuple(context["selections"]) if "selections" in context else None,
        prefetch=json.dumps(body["prefetch"]).encode() if "prefetch" in body else None,
        fhir=fhir,
        fhir_version=fhir_version,
    )


def on_server(name, version):
    """A FHIR server of that version which holds the story's chart, as the port of the gather step."""
    held = [entry["resource"] for entry in server(record(STORIES[name], f"patient-{name}"), version)["entry"]]

    def fetch(access, queries):
        assert access == FhirAccess(server=SERVER)
        return {section: _answer(query, held) for section, query in queries.items()}

    return fetch


def _answer(query, held):
    kind, _, search = query.partition("?")
    if not search:
        found = [one for one in held if f"{one['resourceType']}/{one['id']}" == kind]
        return (json.dumps(found[0]).encode(),) if found else Unavailable(why="not-found")
    found = [one for one in held if one["resourceType"] == kind]
    entries = [{"resource": one, "search": {"mode": "match"}} for one in found]
    return (json.dumps({"resourceType": "Bundle", "total": len(found), "entry": entries}).encode(),)


def nothing(access, queries):
    raise AssertionError("nothing may be fetched")


@cache
def gather(fetch):
    return make_gather(release(), fetch, ZoneInfo("Pacific/Auckland"), lambda: date(2026, 6, 15))


def gathered(body, fetch=nothing, **more):
    return gather(fetch)(hook_request(body, **more))


@cache
def write():
    return make_write(release())


def decision(body, *, fit=lambda cards: cards, **more):
    """The whole call, cards with their resources included; `fit` is a client family's."""
    numbers = itertools.count(1)
    steps = Steps(
        content=release(),
        gather=lambda one: gathered(body, **more),
        write=write(),
        fit=fit,
        commit=lambda _: None,
        pseudonym=lambda kind, identifier: kind,
        clock=lambda: NOW,
        new_uuid=lambda: UUID(int=next(numbers)),
    )
    return answer(hook_request(body, **more), steps)
