"""The fixtures are in step with their stories, valid FHIR, invented, and name only what exists."""

import csv
import json
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from fhir.resources.R4B import get_fhir_model_class

from fhir_fixtures.build import HOOKS, PREFETCH_KEYS, R4, STORIES, StoryBrokenError, main, stale, stories
from fhir_fixtures.resources import SYSTEMS, coding, medication_request

ROOT = Path(__file__).parents[2]
STORY = stories()
NAMES = sorted(STORY)
KINDS = {"risky", "borderline", "right as ordered", "data gap", "client shape"}
NO_DIAZEPAM = {"617993"}  # the drug of the specification's own example; no value set needs to know it
RULES = {path.stem.replace("_", "-") for path in (ROOT / "hooks" / "rules").glob("*.toml")}


def read(story, name):
    return json.loads((R4 / story / f"{name}.json").read_text(encoding="utf-8"))


def drafts(request):
    return request["context"][HOOKS[request["hook"]]]


def resources(value) -> Iterator[dict]:
    """Every resource in a JSON value that is not inside another one, Bundles included."""
    if isinstance(value, dict) and "resourceType" in value:
        yield value
    elif isinstance(value, dict | list):
        for part in value.values() if isinstance(value, dict) else value:
            yield from resources(part)


def codings(value) -> Iterator[dict]:
    if isinstance(value, dict):
        if "system" in value and "code" in value:
            yield value
        for part in value.values():
            yield from codings(part)
    elif isinstance(value, list):
        for part in value:
            yield from codings(part)


def test_there_are_stories_of_every_kind():
    assert {story["kind"] for story in STORY.values()} == KINDS
    assert len(NAMES) >= 14


def test_the_files_are_in_step_with_the_stories():
    assert stale() == [], "run: python -m fhir_fixtures.build"


def test_building_again_changes_nothing(capsys):
    assert main(["--check"]) == 0
    assert capsys.readouterr().out == ""


def test_a_file_without_a_story_is_noticed(tmp_path, monkeypatch, capsys):
    gone = tmp_path / "dstu2" / "gone" / "order-sign.json"
    gone.parent.mkdir(parents=True)
    gone.write_text("{}", encoding="utf-8")
    monkeypatch.setattr("fhir_fixtures.build.HERE", tmp_path)
    assert main(["--check"]) == 1
    assert "gone/order-sign.json" in capsys.readouterr().out
    assert main([]) == 0
    assert not gone.exists()
    left_out = sum(len(story.get("not_in", ())) for story in STORY.values())
    assert len(list(tmp_path.rglob("*.json"))) == (4 + 3 * 2) * len(NAMES) - 2 * left_out


@pytest.mark.parametrize("code", ["rxnorm:0", "snomed:", "nosuch:203095000"])
def test_an_unknown_code_is_refused(code):
    with pytest.raises(StoryBrokenError, match=code):
        coding(code)


def test_a_story_that_lacks_a_field_is_named(tmp_path, monkeypatch):
    (tmp_path / "half-told.toml").write_text("[patient]\n", encoding="utf-8")
    monkeypatch.setattr("fhir_fixtures.build.STORIES", tmp_path)
    with pytest.raises(StoryBrokenError, match="half-told"):
        stale()


def test_a_draft_has_no_empty_members():
    draft = medication_request({"id": "d", "drug": "diazepam"}, "Patient/p", status="draft")
    assert draft["medicationCodeableConcept"] == {"text": "diazepam"}
    assert draft.keys().isdisjoint({"dosageInstruction", "dispenseRequest", "reasonCode"})


@pytest.mark.parametrize("name", NAMES)
class TestStory:
    def test_says_what_it_is(self, name):
        story = STORY[name]
        assert len(story["description"].split()) >= 20
        assert story["title"]
        assert set(story["raises"]) <= RULES
        assert len(story["raises"]) == len(set(story["raises"]))
        assert all(re.fullmatch(r"sg-[a-z0-9-]+", offer) for offer in story["offers"])
        assert story["raises"] or not story["offers"]
        assert (story["kind"] == "right as ordered") <= (story["raises"] == [])

    def test_requests_are_complete(self, name):
        asked = STORY[name].get("prefetch", {})
        names = asked.get("keys", {})
        keys = {names.get(key, key) for key in PREFETCH_KEYS if key not in asked.get("omit", ())}
        instances = set()
        for hook in HOOKS:
            request = read(name, hook)
            assert request["hook"] == hook
            assert request["prefetch"].keys() == keys
            context = request["context"]
            assert context["patientId"] == f"patient-{name}"
            assert len(context["patientId"]) <= 64
            assert ("selections" in context) == (hook == "order-select")
            ids = {
                f"{entry['resource']['resourceType']}/{entry['resource']['id']}" for entry in drafts(request)["entry"]
            }
            assert set(context.get("selections", ())) <= ids
            instances.add(request["hookInstance"])
        assert len(instances) == 3

    def test_every_resource_is_about_this_patient(self, name):
        wanted = f"Patient/patient-{name}"
        held = [entry["resource"] for entry in read(name, "server")["entry"]]
        everything = [*held, *(entry["resource"] for entry in drafts(read(name, "order-sign"))["entry"])]
        subjects = {
            (one.get("subject") or one.get("patient"))["reference"]
            for one in everything
            if one["resourceType"] not in {"Patient", "Medication"}
        }
        assert subjects == {wanted}
        assert wanted in {f"{one['resourceType']}/{one['id']}" for one in held}

    def test_server_and_prefetch_hold_the_same(self, name):
        omitted = set(STORY[name].get("prefetch", {}).get("omit", ()))
        sent = [
            one
            for value in read(name, "order-sign")["prefetch"].values()
            for one in ([entry["resource"] for entry in value.get("entry", ())] if "total" in value else [value])
        ]
        held = [entry["resource"] for entry in read(name, "server")["entry"]]
        assert [one for one in sent if one not in held] == []
        if not omitted:
            assert len(sent) == len(held)

    def test_resources_are_valid(self, name):
        odd = STORY[name].get("odd", "")
        for hook in HOOKS:
            request = read(name, hook)
            for one in resources(request["prefetch"]):
                get_fhir_model_class(one["resourceType"]).model_validate(one)
        one = read(name, "server")
        get_fhir_model_class("Bundle").model_validate(one)
        valid = _valid(drafts(read(name, "order-sign")))
        assert valid == (not odd), "say in `odd` what is not FHIR about the draft, or mend it"

    def test_codes_are_those_of_the_content_release(self, name, known_codes):
        for hook in (*HOOKS, "server"):
            used = {(one["system"], one["code"]) for one in codings(read(name, hook))}
            clinical = {one for one in used if one[0] in SYSTEMS.values()} - {
                (SYSTEMS["rxnorm"], code) for code in NO_DIAZEPAM
            }
            assert clinical <= known_codes

    def test_nobody_real(self, name):
        for hook in (*HOOKS, "server"):
            text = (R4 / name / f"{hook}.json").read_text(encoding="utf-8")
            assert text.isascii()
            assert set(re.findall(r'"(?:name|family|given|telecom|address|identifier|photo)": \[?[^\]]*', text)) <= {
                found for found in re.findall(r'"name": \[[^\]]*', text) if "Synthetic Patient" in found
            }


def _valid(bundle):
    try:
        get_fhir_model_class("Bundle").model_validate(bundle)
    except ValueError:
        return False
    return "type" in bundle


@pytest.fixture(scope="module")
def known_codes():
    known = set()
    for path in (ROOT / "hooks" / "sources").glob("*.csv"):
        with path.open(encoding="utf-8", newline="") as table:
            known |= {(row["system"], row["code"]) for row in csv.DictReader(table)}
    return known


def test_the_table_of_the_readme_is_complete():
    text = (STORIES.parent / "README.md").read_text(encoding="utf-8")
    rows = re.findall(r"^\| `([a-z0-9-]+)` \|", text, flags=re.MULTILINE)
    assert rows == NAMES
