"""A story, a described patient or a pasted text becomes a hook request, or says what to change."""

import json
from dataclasses import replace
from uuid import UUID

import pytest

from cds_service.console.playground.inputs import Inputs, Mode
from cds_service.console.playground.patients import InputsUnusableError, body_of, hook_of

INSTANCE = UUID("00000000-0000-4000-8000-000000000001")


def made(inputs, choices):
    return json.loads(body_of(inputs, choices, INSTANCE))


@pytest.fixture
def patient(choices):
    return Inputs(
        mode=Mode.PATIENT,
        age="78",
        gender="female",
        encounter="IMP",
        product=choices.usual_product,
        dose="2.5",
        times="3",
        days="30",
        reason=choices.problems[0].value,
        problems=(choices.problems[0].value, choices.problems[1].value),
        drugs=(choices.drugs[0].value,),
        measured={choices.measurements[0].name: "22"},
        omitted=("allergies",),
    )


def test_the_choices_cover_the_release(choices):
    assert len(choices.stories) > 20
    assert len(choices.problems) > 30
    assert len(choices.drugs) > 20
    assert len(choices.products) > 10
    assert {one.value for one in choices.products} >= {choices.usual_product}
    assert choices.hooks == ("medication-prescribe", "order-select", "order-sign")
    assert set(choices.versions) >= {"R4"}
    labels = [one.group for one in choices.problems]
    assert len(labels) == len(set(labels))


def test_a_story_of_every_version_and_hook(choices):
    for version in choices.versions:
        for hook in choices.hooks:
            request = made(Inputs(story="tetanus", hook=hook, version=version), choices)
            assert (request["hook"], request["hookInstance"]) == (hook, str(INSTANCE))
            assert request["context"]["patientId"] == "patient-tetanus"


def test_a_described_patient(patient, choices):
    request = made(patient, choices)
    (entry,) = request["context"]["draftOrders"]["entry"]
    order, held = entry["resource"], request["prefetch"]
    assert order["dosageInstruction"][0]["doseAndRate"][0]["doseQuantity"]["value"] == 2.5
    assert order["dosageInstruction"][0]["timing"]["repeat"]["boundsDuration"]["value"] == 30
    assert order["reasonCode"]
    assert held["patient"]["birthDate"] == "1948-01-15"
    assert (held["conditions"]["total"], held["medications"]["total"], held["labs"]["total"]) == (2, 1, 1)
    assert held["encounter"]["class"]["code"] == "IMP"
    assert "allergies" not in held


def test_what_is_left_empty_is_not_in_the_record(choices):
    request = made(Inputs(mode=Mode.PATIENT, product=choices.usual_product), choices)
    assert "birthDate" not in request["prefetch"]["patient"]
    assert "dosageInstruction" not in request["context"]["draftOrders"]["entry"][0]["resource"]
    assert request["prefetch"]["conditions"]["total"] == 0


def test_who_takes_it_already_has_an_order_that_ends_today(patient, choices):
    request = made(replace(patient, drugs=(), taken="90"), choices)
    (entry,) = request["prefetch"]["medications"]["entry"]
    assert entry["resource"]["authoredOn"] == "2026-03-17"
    assert made(replace(patient, drugs=(), taken="0"), choices)["prefetch"]["medications"]["total"] == 0


def test_every_product_is_given_by_the_route_of_its_form(choices):
    routes = {
        made(Inputs(mode=Mode.PATIENT, product=one.value, dose="5"), choices)["context"]["draftOrders"]["entry"][0][
            "resource"
        ]["dosageInstruction"][0]["route"]["coding"][0]["display"]
        for one in choices.products
    }
    assert len(routes) == 3


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        ({"age": "-1"}, "age should be a whole number from 0 to 130"),
        ({"age": "7.5"}, "whole number"),
        ({"age": "<x>"}, "whole number"),
        ({"age": "1e400"}, "whole number"),
        ({"age": "nan"}, "whole number"),
        ({"dose": "x"}, "dose should be a number"),
        ({"times": "99"}, "from 0 to 48"),
        ({"days": "99999"}, "from 0 to 3,650"),
        ({"taken": "x"}, "days taken already"),
        ({"product": "rxnorm:0"}, "Choose a product."),
        ({"reason": "snomed:0"}, "reasons from the list"),
        ({"problems": ("snomed:0",)}, "problems from the list"),
        ({"drugs": ("../x",)}, "medicines from the list"),
        ({"omitted": ("x",)}, "parts not sent from the list"),
        ({"hook": "patient-view"}, "one of the hooks"),
        ({"version": "R9"}, "one of the FHIR versions"),
        ({"mode": Mode.STORY, "story": "../../etc/passwd"}, "one of the stories"),
    ],
)
def test_what_makes_no_sense_is_said(patient, choices, changed, said):
    with pytest.raises(InputsUnusableError, match=said):
        made(replace(patient, **changed), choices)


def test_a_story_that_a_version_cannot_tell(choices):
    story, versions = next((name, versions) for name, versions in choices.not_in.items() if versions)
    with pytest.raises(InputsUnusableError, match="choose another version"):
        made(Inputs(story=story, version=versions[0]), choices)


def test_a_pasted_request_goes_out_as_it_is(choices):
    text = '{ "hook" : "order-sign", "hook" : "order-select", "a": "\ud800é" }'
    body = body_of(Inputs(mode=Mode.PASTE, request=text), choices, INSTANCE)
    assert body == text.encode("utf-8", "surrogatepass")
    assert hook_of(b'{"hook": "order-sign"}') == "order-sign"


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("  ", "Paste a hook request"),
        ('{"hook": }', "not JSON: Expecting value, in line 1 at character 10"),
        ('{\n"a" 1}', "in line 2 at character 5"),
        ("[]", "not a hook request"),
        ('{"hook": 1}', "not a hook request"),
        ("[" * 100_000, "nests too deeply"),
        ('{"hook": "x", "n": ' + "1" * 5_000 + "}", "a number is too long"),
        ("x" * 1_000_001, "longer than the 1,000,000 characters"),
    ],
)
def test_a_text_that_is_none(choices, text, said):
    with pytest.raises(InputsUnusableError) as caught:
        body_of(Inputs(mode=Mode.PASTE, request=text), choices, INSTANCE)
    assert said in str(caught.value)
