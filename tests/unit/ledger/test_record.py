"""A decision is one text, the same each time, and comes back from it as it was."""

import dataclasses
import hashlib
import json
import types
from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta, timezone
from decimal import Decimal
from enum import Enum
from typing import TypeVar, Union, get_args, get_origin, get_type_hints

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from cds_service.domain.card import Card
from cds_service.domain.decision import Assessment
from cds_service.domain.terminology import NO_CLASSES
from cds_service.ledger.record import decode_decision, encode_decision
from tests.builders import facts, problem
from tests.unit.ledger.samples import KEPT, RESOURCE, as_recorded, assessment, decision

SIMPLE = {
    str: st.text(max_size=8),
    int: st.integers(-(2**53), 2**53),
    bool: st.booleans(),
    bytes: st.sampled_from([b"", KEPT]),
    date: st.dates(),
    datetime: st.datetimes(timezones=st.just(UTC)),
    Decimal: st.decimals(allow_nan=False, allow_infinity=False),
    type(None): st.none(),
}


def anything(hint, bound=types.MappingProxyType({})):
    """Any value of an annotation of the domain: all fields given, all members of unions tried."""
    hint = bound.get(hint, hint) if isinstance(hint, TypeVar) else hint
    origin, arguments = get_origin(hint), get_args(hint)
    if hint in SIMPLE:
        return SIMPLE[hint]
    if origin in (Union, types.UnionType):
        return st.one_of([anything(argument, bound) for argument in arguments])
    if origin is tuple:
        return st.lists(anything(arguments[0], bound), max_size=2).map(tuple)
    if origin is frozenset:
        return st.frozensets(anything(arguments[0], bound), max_size=3)
    if origin is not None and issubclass(origin, Mapping):
        return st.dictionaries(anything(arguments[0], bound), anything(arguments[1], bound), max_size=2)
    record = origin or hint
    if issubclass(record, Enum):
        return st.sampled_from(record)
    bound = dict(zip(getattr(record, "__parameters__", ()), arguments, strict=True))
    hints = get_type_hints(record)
    fields = {field.name: anything(hints[field.name], bound) for field in dataclasses.fields(record)}
    return st.deferred(lambda: st.builds(record, **fields))


def same(kind, identifier):
    return identifier


@settings(max_examples=60, deadline=None, suppress_health_check=list(HealthCheck))
@given(st.lists(anything(Assessment), max_size=1), st.lists(anything(Card), max_size=1))
def test_whatever_was_decided_comes_back(assessments, cards):
    made = decision(assessments=tuple(assessments), cards=tuple(cards))
    text = encode_decision(made, same)
    assert decode_decision(text) == made
    assert encode_decision(decode_decision(text), same) == text


def test_a_decision_with_everything_in_it_comes_back():
    made = decision()
    back = decode_decision(encode_decision(made, lambda kind, identifier: f"<{identifier}>"))
    expected = as_recorded(made)
    assert back.cards == expected.cards
    assert replace(back, assessments=()) == replace(expected, assessments=())
    (kept,), (was,) = back.assessments, made.assessments
    assert (kept.verdicts, kept.exemptions, kept.rulings[2:]) == (was.verdicts, was.exemptions, was.rulings[2:])
    assert kept.facts.problems == was.facts.problems


def test_the_id_of_an_encounter_is_a_pseudonym_wherever_it_stands():
    text = encode_decision(decision(), lambda kind, identifier: f"<{kind}>")
    assert "enc-7" not in text
    assert text.count("Encounter/<encounter>") == 3  # the fact, a finding, a finding that was quieted
    assert "Condition/1" in text


def test_the_same_decision_is_the_same_text():
    made = decision()
    facts_of = made.assessments[0].facts
    turned = replace(
        made,
        incomplete=dict(reversed([("b", "x"), ("a", "y")])),
        assessments=(
            replace(made.assessments[0], facts=replace(facts_of, order=replace(facts_of.order, mentions={"z", "a"}))),
        ),
    )
    straight = replace(turned, incomplete={"a": "y", "b": "x"})
    straight = replace(
        straight,
        assessments=(
            replace(made.assessments[0], facts=replace(facts_of, order=replace(facts_of.order, mentions={"a", "z"}))),
        ),
    )
    assert encode_decision(turned, same) == encode_decision(straight, same)


def test_the_text_is_canonical_json():
    text = encode_decision(decision(), same).replace("2.50", "2.5")  # numbers of resources keep their digits
    assert text == json.dumps(json.loads(text), sort_keys=True, separators=(",", ":"), ensure_ascii=False)


def test_members_of_unions_say_what_they_are():
    record = json.loads(encode_decision(decision(), same))
    assert record["format"] == 1
    (kept,) = record["decision"]["assessments"]
    assert kept["facts"]["allergies"] == {"type": "unavailable", "why": "no-access"}
    assert kept["facts"]["statements"] == {"type": "known", "items": [], "gaps": []}
    assert kept["facts"]["siblings"][0]["dose"] == {"type": "dose-unknown", "because": "no-dose"}
    outcomes = [ruling["outcome"]["type"] for ruling in kept["rulings"]]
    assert outcomes == ["finding", "not-applicable", "not-assessed", "rule-failed"]
    assert kept["rulings"][1]["spoken"]["type"] == "finding"
    assert {name: verdict["type"] for name, verdict in kept["verdicts"].items()} == {
        "baclofen": "offer",
        "ssri": "declined",
        "taper": "unfit",
    }
    actions = record["decision"]["cards"][0]["suggestions"][0]["actions"]
    assert [action["proposal"]["type"] for action in actions] == ["create", "update", "delete"]


def test_an_action_keeps_the_reduced_resource_and_the_hash_of_what_was_sent():
    record = json.loads(encode_decision(decision(), same))
    created, _, deleted = record["decision"]["cards"][0]["suggestions"][0]["actions"]
    assert created["resource"] == json.loads(KEPT)
    assert created["resource_sha256"] == hashlib.sha256(RESOURCE).hexdigest()
    assert (deleted["resource"], deleted["resource_sha256"]) == (None, "")


def test_moments_are_written_in_utc():
    there = datetime(2026, 6, 15, 11, tzinfo=timezone(timedelta(hours=2)))
    made = decision(received_at=there.astimezone(UTC))
    assert '"received_at":"2026-06-15T09:00:00Z"' in encode_decision(made, same)
    assert decode_decision(encode_decision(made, same)).received_at == there


def test_facts_without_any_class_can_be_kept():
    made = decision(
        assessments=(replace(assessment(), facts=facts(problems=[replace(problem(), classes=NO_CLASSES)])),)
    )
    assert decode_decision(encode_decision(made, same)).assessments[0].facts.problems.items[0].classes == {}


def test_an_older_record_without_a_later_field_is_read():
    record = json.loads(encode_decision(decision(), same))
    del record["decision"]["mode"]
    for ruling in record["decision"]["assessments"][0]["rulings"]:
        del ruling["spoken"]
    back = decode_decision(json.dumps(record))
    assert back.mode == "live"
    assert back.assessments[0].rulings[1].spoken is None


@pytest.mark.parametrize(
    "text",
    [
        "",
        "{}",
        '{"format":1,"decision":{}}',
        encode_decision(decision(), same).replace('"format":1', '"format":2'),
        encode_decision(decision(), same).replace('"rule-failed"', '"rule-flew"'),
    ],
)
def test_another_text_is_not_read_as_a_decision(text):
    with pytest.raises(ValueError):  # noqa: PT011  msgspec's own errors are ValueErrors
        decode_decision(text)
