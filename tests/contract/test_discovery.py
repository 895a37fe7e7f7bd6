"""Part 2, discovery; the prefetch templates of part 5."""

import json
import re

import pytest

from cds_service.content.load import load
from cds_service.settings import PACKAGED_CONTENT
from cds_service.web.discovery import discovery
from tests.acceptance.conftest import make_service
from tests.contract.calls import HOOKS, fire, guided, story

MEMBERS = {"hook", "title", "description", "id", "prefetch", "usageRequirements"}
TOKEN = re.compile(r"\{\{(.*?)\}\}")


@pytest.fixture
def services(client):
    return client.get("/cds-services").json["services"]


@pytest.mark.requirement("DISC-01", "DISC-02", "DISC-15")
@pytest.mark.parametrize("path", ["/cds-services", "/cds-services/", "/cds-services//", "/cds-services?x=1"])
def test_it_is_always_there_and_always_the_same(client, path):
    first, second = client.get(path), client.get(path)
    assert (first.status_code, first.data) == (200, second.data)
    assert isinstance(first.json["services"], list)


@pytest.mark.requirement("DISC-02")
def test_no_service_is_an_empty_list():
    assert discovery((), {}) == b'{"services":[]}'


@pytest.mark.requirement("DISC-03", "DISC-04", "DISC-05", "DISC-06", "DISC-08", "DISC-13", "DISC-16")
def test_the_members_of_a_service(services):
    assert [service["hook"] for service in services] == list(HOOKS)
    for service in services:
        assert service.keys() <= MEMBERS
        assert all(service[name].strip() for name in ("hook", "title", "description", "id", "usageRequirements"))
        assert re.fullmatch(r"[A-Za-z0-9._-]+", service["id"])
        assert re.fullmatch(r"[a-z]+(-[a-z]+)+", service["hook"])


@pytest.mark.requirement("DISC-09", "DISC-10", "DISC-14")
def test_members_of_later_versions_are_left_out(services):
    for service in services:
        assert not {"version", "hookVersion", "extension"} & service.keys()


@pytest.mark.requirement("DISC-09", "DISC-10", "DISC-16")
def test_the_versions_are_told_only_where_it_is_set(tmp_path, services):
    told = make_service(tmp_path, discovery_versions=True).test_client().get("/cds-services").json["services"]
    hooks = load(PACKAGED_CONTENT).hooks
    assert [one.pop("version") for one in told] == ["2.0.1"] * len(hooks)
    assert [one.pop("hookVersion") for one in told] == [hook.hook_version for hook in hooks]
    assert told == services


@pytest.mark.requirement("DISC-11")
def test_each_id_stands_once(services):
    assert len({service["id"] for service in services}) == len(services)


@pytest.mark.requirement("DISC-12", "REQ-01")
@pytest.mark.parametrize("hook", HOOKS)
def test_each_service_answers_at_its_address(client, services, hook):
    (service_id,) = [service["id"] for service in services if service["hook"] == hook]
    assert guided(client.post(f"/cds-services/{service_id}", json=story(hook=hook)))


@pytest.mark.requirement("DISC-07")
def test_prefetch_is_left_out_when_there_is_none(service):
    hooks = load(PACKAGED_CONTENT).hooks
    assert all("prefetch" not in one for one in json.loads(discovery(hooks, {}))["services"])


@pytest.mark.requirement("DISC-07", "PRE-01", "PRE-02", "PRE-03", "PRE-04", "PRE-05", "PRE-06", "PRE-15")
def test_prefetch_templates_are_what_every_client_can_fill_in(services):
    for service in services:
        assert service["prefetch"]
        for template in service["prefetch"].values():
            assert re.match(r"[A-Z][A-Za-z]+(/\{\{|\?)", template), "a relative read or search of one type"
            assert set(TOKEN.findall(template)) <= {"context.patientId", "context.encounterId"}
            search = template.partition("?")[2]
            names = {part.partition("=")[0] for part in search.split("&")} - {""}
            assert names <= {"patient", "code", "status"}, "only what is searched everywhere"


@pytest.mark.requirement("PRE-14")
def test_unasked_keys_are_ignored(client):
    request = story()
    request["prefetch"]["unasked"] = {"resourceType": "Slot", "id": "1"}
    assert [card["summary"] for card in guided(fire(client, request))] == [
        card["summary"] for card in guided(fire(client, story()))
    ]
