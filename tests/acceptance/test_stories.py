"""Story × hook over HTTP, each with a golden answer a clinician can read.

Write them anew with `pytest tests/acceptance --write-golden`, and read the difference before you keep it.
"""

import json
import re
from pathlib import Path

import pytest
import responses

from fhir_fixtures.versions import FOLDERS
from tests.acceptance.conftest import FHIR_SERVER
from tests.acceptance.fhir_server import TOKEN, serve

FIXTURES = Path(__file__).parents[2] / "fhir_fixtures"
STORIES = FIXTURES / "r4"
GOLDEN = Path(__file__).parent / "golden"
HOOKS = ("medication-prescribe", "order-select", "order-sign")
NAMES = sorted(path.name for path in STORIES.iterdir() if path.is_dir())
CASES = [(story, hook) for story in NAMES for hook in HOOKS]
UUID = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}")


def request_of(story, hook):
    return json.loads((STORIES / story / f"{hook}.json").read_text(encoding="utf-8"))


def fire(client, hook, request):
    return client.post(f"/cds-services/diazepam-{hook}", json=request)


def readable(answer):
    """The answer with its random ids numbered, as indented JSON."""
    text = json.dumps(answer, indent=2, ensure_ascii=False)
    ids = {found: f"uuid-{number}" for number, found in enumerate(dict.fromkeys(UUID.findall(text)), 1)}
    return UUID.sub(lambda match: ids[match.group()], text) + "\n"


@pytest.mark.parametrize(("story", "hook"), CASES)
def test_golden_answer(client, story, hook, write_golden):
    response = fire(client, hook, request_of(story, hook))
    assert response.status_code == 200, response.json
    golden = GOLDEN / story / f"{hook}.json"
    answer = readable(response.json)
    if write_golden:
        golden.parent.mkdir(parents=True, exist_ok=True)
        golden.write_text(answer, encoding="utf-8")
    assert golden.exists(), "no golden answer yet: run with --write-golden and read it"
    assert answer == golden.read_text(encoding="utf-8")


def all_is_prefetched(client, story):
    """Whether the story's client prefetched every key that discovery asks for, under our names."""
    offers = client.get("/cds-services").json["services"]
    asked = next(offer["prefetch"] for offer in offers if offer["hook"] == "order-sign")
    return asked.keys() <= request_of(story, "order-sign")["prefetch"].keys()


@pytest.mark.parametrize("story", NAMES)
def test_the_fhir_server_gives_the_same_cards_as_prefetch(client, story):
    """Where prefetch is complete, alone; where it is not, together with what the server adds."""
    request = request_of(story, "order-sign")
    if all_is_prefetched(client, story):
        prefetched = fire(client, "order-sign", request)
    else:
        prefetched = fire_with_server(client, story, request)
    request.pop("prefetch")
    answered = fire_with_server(client, story, request)
    assert answered.status_code == 200, answered.json
    assert readable(answered.json) == readable(prefetched.json)


def fire_with_server(client, story, request, version="R4"):
    request = dict(request)
    request["fhirServer"] = FHIR_SERVER
    request["fhirAuthorization"] = {
        "access_token": TOKEN,
        "token_type": "Bearer",
        "expires_in": 300,
        "scope": "patient/*.read",
        "subject": "diazepam-review",
        "patient": request["context"]["patientId"],
    }
    held = json.loads((FIXTURES / FOLDERS[version] / story / "server.json").read_text(encoding="utf-8"))
    with responses.RequestsMock(assert_all_requests_are_fired=False) as mock:
        serve(mock, FHIR_SERVER, [entry["resource"] for entry in held.get("entry", ())])
        return fire(client, "order-sign", request)
