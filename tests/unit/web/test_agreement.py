"""Typed decoding and JSON Schema agree: what one refuses the other explains, and neither refuses more."""

import copy
import json

import jsonschema
import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cds_service.content.load import load
from cds_service.domain.content import Hook
from cds_service.domain.errors import ContentBroken
from cds_service.settings import PACKAGED_CONTENT
from cds_service.web.context_type import ContextReader
from cds_service.web.envelope import Entry, Envelope
from cds_service.web.explain import UNEXPLAINED, refusal, schema_of

HOOKS = {hook.hook: hook for hook in load(PACKAGED_CONTENT).hooks}
READERS = {name: ContextReader(hook) for name, hook in HOOKS.items()}
ODD = st.sampled_from([None, True, 1, 1.5, "", " ", "x", "a b", "x\n", "a" * 300, [], {}, ["x"], [1], [None], {"x": 1}])
GOOD = {
    "hook": "order-sign",
    "hookInstance": "d1577c69-dfbe-44ad-ba6d-3e05e953b2ea",
    "context": {},
    "fhirServer": "https://x",
    "fhirAuthorization": {"access_token": "x"},
    "prefetch": {},
}
CONTEXT = {
    "userId": "Practitioner/1",
    "patientId": "p",
    "encounterId": "e",
    "medications": {"resourceType": "Bundle", "entry": []},
    "draftOrders": {"resourceType": "Bundle", "entry": []},
    "selections": ["MedicationRequest/1"],
}
ENTRY = {
    "card": "c",
    "outcome": "accepted",
    "outcomeTimestamp": "2026-06-15T09:30:00Z",
    "acceptedSuggestions": [{"id": "s"}],
    "overrideReason": {"reason": {"code": "c", "system": "s"}, "userComment": "u"},
}


def paths(value, above=()):
    for step in value if isinstance(value, dict) else range(len(value)) if isinstance(value, list) else ():
        yield (*above, step)
        yield from paths(value[step], (*above, step))


@st.composite
def spoiled(draw, good):
    """A good value with up to three of its places replaced or taken out."""
    value = json.loads(json.dumps(good))
    for _ in range(draw(st.integers(min_value=0, max_value=3))):
        places = list(paths(value))
        if not places:
            break
        *above, last = draw(st.sampled_from(places))
        inner = value
        for step in above:
            inner = inner[step]
        if draw(st.booleans()):
            del inner[last]
        else:
            inner[last] = copy.deepcopy(draw(ODD))
    return value


def accepts(decode, text):
    try:
        decode(text)
    except msgspec.DecodeError:
        return False
    return True


def agree(decode, schema, value):
    text = json.dumps(value).encode()
    typed, schematic = accepts(decode, text), jsonschema.Draft202012Validator(schema).is_valid(value)
    assert typed is schematic, value
    if not typed:
        error = refusal(text, schema, at="here")
        assert str(error) != UNEXPLAINED
        assert error.at.startswith("here")


@settings(max_examples=150, deadline=None)
@given(spoiled(GOOD))
def test_the_envelope(value):
    agree(msgspec.json.Decoder(Envelope).decode, schema_of(Envelope), value)


@settings(max_examples=150, deadline=None)
@given(spoiled(ENTRY))
def test_feedback(value):
    agree(msgspec.json.Decoder(Entry).decode, schema_of(Entry), value)


@pytest.mark.parametrize("hook", HOOKS)
@settings(max_examples=80, deadline=None)
@given(value=spoiled(CONTEXT))
def test_the_context_of_each_hook(hook, value):
    agree(READERS[hook].read, HOOKS[hook].context_schema, value)


@pytest.mark.parametrize("hook", HOOKS)
@given(value=ODD)
def test_a_context_that_is_something_else(hook, value):
    agree(READERS[hook].read, HOOKS[hook].context_schema, value)


# The part of JSON Schema that contexts may use -----------------------------------------------------------------------


def hook_with(**context):
    return Hook(
        hook="x-hook",
        hook_version="1",
        service_id="x",
        title="x",
        description="x",
        usage_requirements="x",
        orders_at="orders",
        selections_at="",
        context_schema={"type": "object", **context},
    )


RICH = {
    "type": "object",
    "required": ["a", "z"],
    "dependentRequired": {"b": ["c"]},
    "properties": {
        "a": {"type": "string", "minLength": 1, "maxLength": 3},
        "b": {"type": "integer"},
        "c": {"type": "boolean", "description": "remarks are no rules"},
        "d": {"type": "array", "minItems": 1, "maxItems": 2, "items": {"type": "object", "required": ["e"]}},
        "f": {"type": "object", "properties": {"g": {"const": "G"}}},
        "h": {},
        "orders": {"type": "object"},
    },
}
RICH_VALUE = {"a": "x", "z": 1, "b": 2, "c": True, "d": [{"e": 1}], "f": {"g": "G"}, "h": [], "orders": {}}


@settings(max_examples=150, deadline=None)
@given(spoiled(RICH_VALUE))
def test_a_context_that_uses_all_of_it(value):
    hook = hook_with(**RICH)
    agree(ContextReader(hook).read, hook.context_schema, value)


@pytest.mark.parametrize(
    "property_",
    [
        {"type": "string", "format": "uri"},
        {"type": "number"},
        {"anyOf": [{"type": "string"}]},
        {"type": ["string", "null"]},
        {"const": 1},
        {"type": "array", "items": {"type": "string", "enum": ["x"]}},
        {"type": "object", "additionalProperties": False},
    ],
)
@pytest.mark.parametrize("name", ["a", "orders"])
def test_a_schema_that_asks_for_more_is_refused_at_start(name, property_):
    with pytest.raises(ContentBroken, match=f"x-hook.toml: context.properties.{name}"):
        ContextReader(hook_with(properties={name: property_}))


def test_what_is_explained_is_not_quoted():
    canary = {"hook": ["canary"], "hookInstance": "canary", "context": {}}
    assert "canary" not in str(refusal(json.dumps(canary).encode(), schema_of(Envelope)))
    for value in ({"userId": "canary canary"}, {"userId": {"canary": 1}}, {"selections": "canary"}):
        assert "canary" not in str(refusal(json.dumps(value).encode(), HOOKS["order-select"].context_schema))
