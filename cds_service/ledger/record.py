"""What happened, as the text that is kept of it, and back again for the console and for replay.

Canonical JSON (RFC 8785): UTF-8, no spaces, members sorted; sets are sorted too, decimals are strings, moments end in
`Z`. The same Decision is always the same text, so a hash over the text is a hash over the Decision, and whoever parses
and writes it anew with any tool of that standard gets the same bytes. The one member beside `format` says what it is:
`{"decision":{…},"format":2}`.

An action keeps the reduced resource (`reduce`) and the SHA-256 of the bytes that were sent; a Decision read back holds
the reduced resource in place of the one that was sent.
"""

import hashlib
from collections.abc import Callable, Hashable, Mapping
from dataclasses import fields, replace
from datetime import UTC, datetime
from types import MappingProxyType
from typing import Any

import msgspec

from cds_service.domain.card import Action
from cds_service.domain.decision import Access, Decision, Feedback, Recorded, ReleaseUsed, Ruling
from cds_service.domain.orders import Proposal
from cds_service.domain.outcome import NotApplicable, NotAssessed, Unfit
from cds_service.ledger.reduce import reduce_resource, without_people
from cds_service.ledger.tagged import Mirror, Mirrors, Step, Value, Wire

FORMAT = 2  # raised when older texts would be misread, also when a default changes; a reader of both then stands here
READABLE = (1, FORMAT)  # 1 wrote defaults out, and numbers of resources with all their digits
MOST_REMEMBERED = 10_000

KeyOf = Callable[[Any], Hashable]
NO_HALVES: dict[int, str] = dict.fromkeys(range(0xD800, 0xE000), "\N{REPLACEMENT CHARACTER}")
UNSTORABLE = {0: "\N{REPLACEMENT CHARACTER}"} | NO_HALVES


def storable(text: str) -> str:
    """A text that both databases can hold: neither takes half a surrogate pair, PostgreSQL no zero character."""
    return text if text.isascii() and "\0" not in text else text.translate(UNSTORABLE)


def _action(mirrors: Mirrors) -> Wire:
    proposal = mirrors.of(Proposal)
    assert proposal.lower is not None
    assert proposal.lift is not None
    lower_proposal, lift_proposal = proposal.lower, proposal.lift
    mirror = msgspec.defstruct(
        "Action",
        [("proposal", proposal.type), ("resource", msgspec.Raw, msgspec.Raw(b"null")), ("resource_sha256", str, "")],
    )

    def lower(action: Action) -> msgspec.Struct:
        sent = action.resource
        return mirror(
            lower_proposal(action.proposal),
            msgspec.Raw(reduce_resource(sent) if sent else b"null"),
            hashlib.sha256(sent).hexdigest() if sent else "",
        )

    def lift(kept: Mirror) -> Action:
        resource = bytes(kept.resource)
        return Action(proposal=lift_proposal(kept.proposal), resource=b"" if resource == b"null" else resource)

    return Wire(type=mirror, lower=lower, lift=lift)


def _plain(value: object) -> object:
    if isinstance(value, MappingProxyType):
        return dict(value)
    if isinstance(value, msgspec.Raw):
        return msgspec.json.decode(value)
    raise NotImplementedError(f"A record cannot hold a {type(value).__name__}.")


_encoder = msgspec.json.Encoder(order="sorted", enc_hook=_plain)


def _remembering(step: Step, key_of: KeyOf) -> Step:
    """The step, its result kept as finished JSON: most rules say the same of most orders.

    Args:
        step: record -> mirror.
        key_of: what the result depends on, from the content release only; `None` to go without.
    """
    remembered: dict[Hashable, msgspec.Raw] = {}

    def lower(value: Value) -> Value:
        key = key_of(value)
        if key is None:
            return step(value)
        found = remembered.get(key)
        if found is None:
            found = msgspec.Raw(_encoder.encode(step(value)))
            if len(remembered) < MOST_REMEMBERED:
                remembered[key] = found
        return found

    return lower


def _silent(ruling: Ruling) -> Hashable:
    outcome = ruling.outcome
    if ruling.spoken is not None:
        return None
    if isinstance(outcome, NotApplicable):
        return ruling.rule, ruling.version, outcome.because, outcome.by
    return (ruling.rule, ruling.version, outcome.missing) if isinstance(outcome, NotAssessed) else None


def _with_memory(record: type, key_of: KeyOf) -> Callable[[Mirrors], Wire]:
    def make(mirrors: Mirrors) -> Wire:
        wire = mirrors.record(record, tagged=record is Unfit)
        assert wire.lower is not None
        return Wire(type=wire.type, lower=_remembering(wire.lower, key_of), lift=wire.lift)

    return make


_SPECIAL = {
    Action: _action,
    Ruling: _with_memory(Ruling, _silent),
    Unfit: _with_memory(Unfit, lambda verdict: verdict.because),
}
KINDS: Mapping[type, str] = {Decision: "decision", Feedback: "feedback", Access: "access", ReleaseUsed: "release"}
_wires: Mapping[type, Wire] = {kind: Mirrors(_SPECIAL).of(kind) for kind in KINDS}


class _Text(msgspec.Struct, omit_defaults=True):
    """Any record as it is written: one of the kinds."""

    format: int
    access: Any = None
    decision: Any = None
    feedback: Any = None
    release: Any = None


_Record: Mirror = msgspec.defstruct(
    "Record", [("format", int), *((name, _wires[kind].type | None, None) for kind, name in KINDS.items())]
)
_decoder: msgspec.json.Decoder[Mirror] = msgspec.json.Decoder(_Record)


def encode(recorded: Recorded, pseudonym: Callable[[str, str], str]) -> bytes:
    """The text to be kept: nothing identifying in it, the same for the same record.

    Args:
        recorded: as it was made; the user, patient and encounter of a decision are pseudonyms already.
        pseudonym: (kind, identifier) -> pseudonym, for ids of people and encounters among a decision's references.

    Raises:
        ValueError: a moment has no zone, so nobody could tell when it was.
    """
    recorded = _in_utc(recorded)
    lower = _wires[type(recorded)].lower
    kept: Value = recorded if lower is None else lower(recorded)
    if isinstance(recorded, Decision):
        for assessment in kept.assessments:
            without_people(assessment, pseudonym)
    text = _Text(FORMAT, **{KINDS[type(recorded)]: kept})
    try:
        return _encoder.encode(text)
    except UnicodeEncodeError:  # half a surrogate pair, which JSON lets through and no encoding can write
        return _encoder.encode(_writable(msgspec.to_builtins(text, enc_hook=_plain)))


_MOMENTS = {kind: tuple(field.name for field in fields(kind) if field.type in (datetime, "datetime")) for kind in KINDS}


def _in_utc(recorded: Recorded) -> Recorded:
    moved: dict[str, Any] = {}
    for name in _MOMENTS[type(recorded)]:
        moment: datetime = getattr(recorded, name)
        if moment.tzinfo is None:
            raise ValueError("A moment without a time zone cannot be recorded.")
        if moment.tzinfo is not UTC:
            moved[name] = moment.astimezone(UTC)
    return replace(recorded, **moved) if moved else recorded


def _writable(value: Value) -> Value:
    if isinstance(value, dict):
        return {name.translate(NO_HALVES): _writable(one) for name, one in value.items()}
    if isinstance(value, list | tuple):
        return [_writable(one) for one in value]
    return value.translate(NO_HALVES) if isinstance(value, str) else value


def decode(text: str | bytes) -> Recorded:
    """What was recorded.

    Raises:
        ValueError: the text is not such a record, or one of a format that is not read here.
    """
    record = _decoder.decode(text)
    if record.format not in READABLE:
        raise ValueError(f"This record has format {record.format}; this release reads formats up to {FORMAT}.")
    kinds = [kind for kind, name in KINDS.items() if getattr(record, name) is not None]
    if len(kinds) != 1:
        raise ValueError("This record is not of one known kind.")
    lift = _wires[kinds[0]].lift
    found: Recorded = getattr(record, KINDS[kinds[0]])
    return found if lift is None else lift(found)
