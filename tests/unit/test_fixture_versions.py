"""Every story in every FHIR version: the same chart, valid in that version."""

import json

import pytest
from fhir.resources import get_fhir_model_class as r5_model
from fhir.resources.R4B import get_fhir_model_class as r4_model
from fhir.resources.STU3 import get_fhir_model_class as stu3_model

from fhir_fixtures.build import HERE, HOOKS, record, request, server, stories
from fhir_fixtures.renaming import UntranslatableError
from fhir_fixtures.versions import FOLDERS, translated
from tests.unit import dstu2_record
from tests.unit.test_fixtures import resources

STORY = stories()
CASES = [
    (name, version) for name in sorted(STORY) for version in FOLDERS if version not in STORY[name].get("not_in", ())
]
LEFT_OUT = [(name, version) for name in sorted(STORY) for version in STORY[name].get("not_in", ())]
MODELS = {"STU3": stu3_model, "R4": r4_model, "R5": r5_model}


def valid(resource, version):
    if version == "DSTU2":
        dstu2_record.check(resource)
    else:
        MODELS[version](resource["resourceType"]).model_validate(resource)


def inside(value):
    """The resources in a JSON value, those of Bundles one by one."""
    for one in resources(value):
        if one["resourceType"] == "Bundle":
            yield from (entry["resource"] for entry in one.get("entry", ()))
        else:
            yield one


@pytest.mark.parametrize(("name", "version"), CASES)
class TestStory:
    def test_its_files_are_there(self, name, version):
        folder = HERE / FOLDERS[version] / name
        hooks = tuple(HOOKS) if version == "R4" else ("order-sign",)
        assert {path.stem for path in folder.iterdir()} == {*hooks, "server"}
        kept = json.loads((folder / "order-sign.json").read_text(encoding="utf-8"))
        assert kept == request(name, STORY[name], "order-sign", record(STORY[name], f"patient-{name}"), version)

    def test_every_resource_is_valid(self, name, version):
        held = record(STORY[name], f"patient-{name}")
        for hook, orders_at in HOOKS.items():
            made = request(name, STORY[name], hook, held, version)
            for one in inside(made["prefetch"]):
                valid(one, version)
            if version != "R4" or not STORY[name].get("odd"):
                for one in inside(made["context"][orders_at]):
                    valid(one, version)

    def test_server_and_prefetch_hold_the_same(self, name, version):
        held = record(STORY[name], f"patient-{name}")
        sent = list(inside(request(name, STORY[name], "order-sign", held, version)["prefetch"]))
        kept = list(inside(server(held, version)))
        assert [one for one in sent if one not in kept] == []
        assert {entry["fullUrl"].split("/")[3] for entry in server(held, version)["entry"]} == {FOLDERS[version]}


@pytest.mark.parametrize(("name", "version"), LEFT_OUT)
def test_a_story_is_left_out_only_where_it_cannot_be_told(name, version):
    held = record(STORY[name], f"patient-{name}")
    with pytest.raises(UntranslatableError):
        request(name, STORY[name], "order-sign", held, version)
    assert list((HERE / FOLDERS[version] / name).glob("*.json")) == []


def test_what_a_version_cannot_say_is_refused():
    order = {"resourceType": "MedicationRequest", "id": "1", "status": "active", "insurance": []}
    with pytest.raises(UntranslatableError, match="insurance has no place in STU3"):
        translated(order, "STU3")
    with pytest.raises(UntranslatableError, match="Immunization"):
        translated({"resourceType": "Immunization"}, "R5")
    steps = [{"doseAndRate": [{"doseQuantity": {"value": 1}}, {"doseQuantity": {"value": 2}}]}]
    with pytest.raises(UntranslatableError, match="several doses"):
        translated({"resourceType": "MedicationRequest", "status": "draft", "dosageInstruction": steps}, "STU3")
    numbered = {"resourceType": "MedicationRequest", "status": "draft", "dosageInstruction": [{"sequence": 1}]}
    with pytest.raises(UntranslatableError, match="sequence"):
        translated(numbered, "DSTU2")
