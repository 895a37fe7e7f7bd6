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
import rfc8785
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from cds_service.domain.card import Card
from cds_service.domain.decision import Access, Assessment, Feedback, ReleaseUsed, Ruling
from cds_service.domain.outcome import NotApplicable, NotAssessed
from cds_service.domain.terminology import NO_CLASSES
from cds_service.ledger.record import FORMAT, KINDS, decode, encode
from cds_service.ledger.rows import index_rows
from cds_service.ledger.views import view
from tests.builders import facts, problem
from tests.unit.ledger.samples import (
    KEPT,
    RESOURCE,
    access,
    as_recorded,
    assessment,
    decision,
    feedback,
    release,
)

SIMPLE = {
    str: st.text(max_size=8),
    int: st.integers(-(2**53) + 1, 2**53 - 1),  # all that RFC 8785 can write
    bool: st.booleans(),
    bytes: st.sampled_from([b"", KEPT]),
    date: st.dates(),
    datetime: st.datetimes(timezones=st.just(UTC)),
    Decimal: st.decimals(allow_nan=False, allow_infinity=False),
    type(None): st.none(),
}

NAMES = st.text(st.characters(max_codepoint=0xD7FF), max_size=4)  # of members: ids and tokens of a content release


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
        return st.dictionaries(NAMES, anything(arguments[1], bound), max_size=2)
    record = origin or hint
    if issubclass(record, Enum):
        return st.sampled_from(record)
    bound = dict(zip(getattr(record, "__parameters__", ()), arguments, strict=True))
    hints = get_type_hints(record)
    fields = {field.name: anything(hints[field.name], bound) for field in dataclasses.fields(record)}
    return st.deferred(lambda: st.builds(record, **fields))


def same(kind, identifier):
    return identifier


def text_of(recorded, pseudonym=same):
    return encode(recorded, pseudonym).decode()


@settings(max_examples=60, deadline=None, suppress_health_check=list(HealthCheck))
@given(st.lists(anything(Assessment), max_size=1), st.lists(anything(Card), max_size=1))
def test_whatever_was_decided_comes_back_and_is_canonical(assessments, cards):
    made = decision(assessments=tuple(assessments), cards=tuple(cards))
    text = encode(made, same)
    assert decode(text) == made
    assert encode(decode(text), same) == text
    assert rfc8785.dumps(json.loads(text)) == text


@settings(max_examples=60, deadline=None, suppress_health_check=list(HealthCheck))
@given(anything(Feedback) | anything(Access) | anything(ReleaseUsed))
def test_whatever_else_was_recorded_comes_back_and_is_canonical(made):
    text = encode(made, same)
    assert decode(text) == made
    assert rfc8785.dumps(json.loads(text)) == text


@pytest.mark.parametrize("made", [decision(), feedback("c", accepted=("a",)), access(), release()])
def test_the_text_is_the_canonical_json_of_rfc_8785_and_says_what_it_is(made):
    text = encode(made, same)
    assert rfc8785.dumps(json.loads(text)) == text
    (kind,) = json.loads(text).keys() - {"format"}
    assert kind == KINDS[type(made)]


def test_a_decision_with_everything_in_it_comes_back():
    made = decision()
    back = decode(encode(made, lambda kind, identifier: f"<{identifier}>"))
    expected = as_recorded(made)
    assert back.cards == expected.cards
    assert replace(back, assessments=()) == replace(expected, assessments=())
    (kept,), (was,) = back.assessments, made.assessments
    assert (kept.verdicts, kept.exemptions, kept.rulings[2:]) == (was.verdicts, was.exemptions, was.rulings[2:])
    assert kept.facts.problems == was.facts.problems


def test_the_id_of_an_encounter_is_a_pseudonym_wherever_it_stands():
    made = decision()
    text = text_of(made, lambda kind, identifier: f"<{kind}>")
    assert "enc-7" not in text
    assert text.count("Encounter/<encounter>") == 3  # the fact, a finding, a finding that was quieted
    assert "Condition/1" in text
    assert "enc-7" in str(made)  # what is about to be answered stays as it is


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
    assert encode(turned, same) == encode(straight, same)


def test_a_ruling_that_was_seen_before_is_written_as_at_first():
    spoken = Ruling(rule="r", version="1", outcome=NotApplicable(because="x"))
    others = (
        replace(spoken, version="2"),
        replace(spoken, outcome=NotApplicable(because="x", by="y")),
        replace(spoken, outcome=NotAssessed(missing=("x",))),
        replace(spoken, outcome=NotAssessed(missing=("x", ""))),
        replace(spoken, spoken=NotAssessed(missing=("x",))),
    )
    for rulings in ((spoken,), (spoken, *others), (*others, spoken)):
        made = decision(assessments=(replace(assessment(), rulings=rulings),))
        assert decode(encode(made, same)).assessments[0].rulings == rulings


def test_members_of_unions_say_what_they_are():
    record = json.loads(encode(decision(), same))
    assert record["format"] == FORMAT
    (kept,) = record["decision"]["assessments"]
    assert kept["facts"]["allergies"] == {"type": "unavailable", "why": "no-access"}
    assert kept["facts"]["statements"] == {"type": "known"}
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
    record = json.loads(encode(decision(), same))
    created, _, deleted = record["decision"]["cards"][0]["suggestions"][0]["actions"]
    assert created["resource"] == json.loads(KEPT)
    assert created["resource_sha256"] == hashlib.sha256(RESOURCE).hexdigest()
    assert deleted.keys() == {"proposal", "resource", "resource_sha256"}
    assert (deleted["resource"], deleted["resource_sha256"]) == (None, "")


@pytest.mark.parametrize(
    ("made", "names"),
    [
        (decision(), ("received_at", "answered_at")),
        (feedback("c"), ("received_at", "outcome_at")),
        (access(), ("at",)),
        (release(), ("at",)),
    ],
)
def test_moments_are_written_in_utc_and_need_a_zone(made, names):
    for name in names:
        there = replace(made, **{name: datetime(2026, 6, 15, 11, tzinfo=timezone(timedelta(hours=2)))})
        assert f'"{name}":"2026-06-15T09:00:00Z"' in text_of(there)
        with pytest.raises(ValueError, match="time zone"):
            encode(replace(made, **{name: datetime(2026, 6, 15)}), same)  # noqa: DTZ001  that is the point


def test_half_a_surrogate_pair_is_kept_readably():
    made = decision(client="a\ud800b", incomplete={"\udfff": "x"})
    back = decode(encode(made, same))
    assert (back.client, back.incomplete) == ("a\N{REPLACEMENT CHARACTER}b", {"\N{REPLACEMENT CHARACTER}": "x"})
    assert back.assessments[0].rulings[3] == made.assessments[0].rulings[3]


def test_facts_without_any_class_can_be_kept():
    made = decision(
        assessments=(replace(assessment(), facts=facts(problems=[replace(problem(), classes=NO_CLASSES)])),)
    )
    assert decode(encode(made, same)).assessments[0].facts.problems.items[0].classes == {}


def test_a_record_of_format_1_is_read():
    made = decision(tenant="", origins={})
    record = json.loads(encode(made, same)) | {"format": 1}
    record["decision"]["cards"][0]["override_reasons"][0]["display"] = ""  # 1 wrote defaults out
    back = decode(json.dumps(record, separators=(",", ":")))
    assert (back.cards, back.tenant, back.claims) == (as_recorded(made).cards, "", made.claims)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "{}",
        '{"format":2}',
        '{"format":2,"decision":{}}',
        '{"format":2,"access":null}',
        text_of(decision()).replace('"format":2', '"format":3'),
        text_of(decision()).replace('"rule-failed"', '"rule-flew"'),
        text_of(feedback("c"))[:-1] + ',"access":' + text_of(access())[10:-12] + "}",
    ],
)
def test_another_text_is_not_read_as_a_record(text):
    with pytest.raises(ValueError):  # noqa: PT011  msgspec's own errors are ValueErrors
        decode(text)


@pytest.mark.parametrize("made", [decision(), decision(assessments=(), cards=()), feedback("c"), access(), release()])
def test_a_view_gives_the_rows_of_the_record(made):
    kind, seen = view(encode(made, same))
    assert kind == KINDS[type(made)]
    assert index_rows(kind, seen, lambda moment: moment) == index_rows(kind, made, lambda moment: moment)


@pytest.mark.parametrize("text", ["", "{}", '{"format":2,"decision":{}}', text_of(access()).replace(":2}", ":3}")])
def test_another_text_has_no_view(text):
    with pytest.raises(ValueError):  # noqa: PT011  as above
        view(text)


@settings(max_examples=100, deadline=None, suppress_health_check=list(HealthCheck))
@given(st.lists(anything(Assessment), max_size=2), st.lists(anything(Card), max_size=2))
def test_the_view_of_any_decision_gives_its_rows(assessments, cards):
    made = decision(assessments=tuple(assessments), cards=tuple(cards))
    kind, seen = view(encode(made, same))
    assert index_rows(kind, seen, str) == index_rows(kind, made, str)
