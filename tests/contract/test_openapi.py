"""`openapi.yaml` and the server, both ways: what it describes is there, what is there it describes, and answers fit."""

from pathlib import Path

import hypothesis
import jsonschema
import pytest
import schemathesis
import yaml
from hypothesis import HealthCheck
from openapi_spec_validator import validate
from schemathesis import GenerationMode, checks

from tests.acceptance.conftest import make_service
from tests.contract.calls import HOOKS, STORIES, story

SPEC = yaml.safe_load((Path(__file__).parents[2] / "openapi.yaml").read_text(encoding="utf-8"))
METHODS = {"get", "post", "put", "patch", "delete"}
# A body that fits the schema may still be refused: the schema is one for all hooks, and data may be missing.
NOT_ASKED = [checks.positive_data_acceptance]


@pytest.fixture(scope="module")
def described(tmp_path_factory):
    service = make_service(tmp_path_factory.mktemp("openapi"))
    return schemathesis.openapi.from_wsgi("/openapi.yaml", service)


OPERATIONS = sorted((path, method) for path, item in SPEC["paths"].items() for method in METHODS & item.keys())
ASKED = [(*operation, GenerationMode.POSITIVE) for operation in OPERATIONS]
ASKED += [(*operation, GenerationMode.NEGATIVE) for operation in OPERATIONS if operation[1] == "post"]


@pytest.mark.parametrize(("path", "method", "mode"), ASKED)
def test_whatever_is_sent_the_answer_is_as_described(described, path, method, mode):
    @hypothesis.settings(max_examples=30, deadline=None, derandomize=True, suppress_health_check=list(HealthCheck))
    @hypothesis.given(described[path][method].as_strategy(generation_mode=mode))
    def asked(case):
        case.call_and_validate(excluded_checks=NOT_ASKED)

    asked()


def test_it_is_openapi():
    validate(SPEC)


def of(name):
    """A schema of the description, ready to validate with."""
    return jsonschema.Draft202012Validator({"$ref": f"#/components/schemas/{name}", "components": SPEC["components"]})


def test_every_route_is_described_and_every_description_has_a_route(service):
    routed = {
        (rule.rule.replace("<service_id>", "{id}"), method.lower())
        for rule in service.url_map.iter_rules()
        if rule.endpoint.startswith("api.")
        for method in rule.methods
        if method.lower() in METHODS
    }
    described = {(path, method) for path, item in SPEC["paths"].items() for method in item.keys() & METHODS}
    assert routed == described


@pytest.mark.parametrize("name", STORIES)
def test_what_clients_send_and_get_is_described(answers, name):
    for hook in HOOKS:
        request, answer = answers[(name, hook)]
        of("HookCall").validate(request)
        of("Cards").validate(answer)


def test_discovery_is_described(client):
    of("Discovery").validate(client.get("/cds-services").json)


def test_what_it_describes_is_no_more_than_the_truth():
    """The schemas can say no."""
    assert not of("HookCall").is_valid(story() | {"hookInstance": "1"})
    assert not of("Cards").is_valid({"cards": [{"summary": "x" * 140}]})
    assert not of("FeedbackCall").is_valid({"feedback": [{"card": "x", "outcome": "accepted"}]})


def examples():
    """(schema, example) of every example."""
    for item in SPEC["paths"].values():
        for method in item.keys() & METHODS:
            operation = item[method]
            bodies = [operation.get("requestBody", {}), *operation["responses"].values()]
            for body in bodies:
                for media in body.get("content", {}).values():
                    yield from ((media["schema"], one["value"]) for one in media.get("examples", {}).values())
                    if "example" in media:
                        yield media["schema"], media["example"]
    for response in SPEC["components"]["responses"].values():
        media = response["content"]["application/json"]
        yield media["schema"], media["example"]


def test_every_example_fits_its_schema():
    found = list(examples())
    assert len(found) > 10
    for one, value in found:
        jsonschema.Draft202012Validator({**one, "components": SPEC["components"]}).validate(value)


def test_the_example_call_is_answered(client):
    content = SPEC["paths"]["/cds-services/{id}"]["post"]["requestBody"]["content"]["application/json"]
    answer = client.post("/cds-services/diazepam-order-sign", json=content["examples"]["order-sign"]["value"])
    assert answer.status_code == 200
    assert "older-adult" in [card["source"]["topic"]["code"] for card in answer.json["cards"]]


def test_the_file_is_served_as_it_is(client):
    assert yaml.safe_load(client.get("/openapi.yaml").data) == SPEC
