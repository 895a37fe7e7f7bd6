"""A Decision as the text that is kept of it, and back again for the console and for replay.

Canonical JSON: UTF-8, no spaces, members sorted, sets sorted, decimals as strings, moments as `…Z`. The same Decision
is always the same text, so a hash over the text is a hash over the Decision.

An action keeps the reduced resource (`reduce`) and the SHA-256 of the bytes that were sent; a Decision read back holds
the reduced resource in place of the one that was sent.
"""

import hashlib
from collections.abc import Callable
from types import MappingProxyType

import msgspec

from cds_service.domain.card import Action
from cds_service.domain.decision import Decision
from cds_service.domain.orders import Proposal
from cds_service.ledger.reduce import reduce_resource, without_people
from cds_service.ledger.tagged import Mirror, Mirrors, Wire

FORMAT = 1  # raised when older texts would be misread; a reader of both then stands here


def _action(mirrors: Mirrors) -> Wire:
    proposal = mirrors.of(Proposal)
    assert proposal.lower is not None
    assert proposal.lift is not None
    lower_proposal, lift_proposal = proposal.lower, proposal.lift
    mirror = msgspec.defstruct(
        "Action",
        [("proposal", proposal.type), ("resource", msgspec.Raw), ("resource_sha256", str)],
        kw_only=True,
    )

    def lower(action: Action) -> msgspec.Struct:
        sent = action.resource
        return mirror(
            proposal=lower_proposal(action.proposal),
            resource=msgspec.Raw(reduce_resource(sent) if sent else b"null"),
            resource_sha256=hashlib.sha256(sent).hexdigest() if sent else "",
        )

    def lift(kept: Mirror) -> Action:
        resource = bytes(kept.resource)
        return Action(proposal=lift_proposal(kept.proposal), resource=b"" if resource == b"null" else resource)

    return Wire(type=mirror, lower=lower, lift=lift)


_wire = Mirrors({Action: _action}).of(Decision)
assert _wire.lower is not None
assert _wire.lift is not None
_lower, _lift = _wire.lower, _wire.lift
_Record: Mirror = msgspec.defstruct("Record", [("format", int), ("decision", _wire.type)], kw_only=True)


def _plain(value: object) -> object:
    if isinstance(value, MappingProxyType):
        return dict(value)
    raise NotImplementedError(f"A decision cannot hold a {type(value).__name__}.")


_encoder = msgspec.json.Encoder(order="sorted", enc_hook=_plain)
_decoder: msgspec.json.Decoder[Mirror] = msgspec.json.Decoder(_Record)


def encode_decision(decision: Decision, pseudonym: Callable[[str, str], str]) -> str:
    """The text to be kept: nothing identifying in it, the same for the same decision.

    Args:
        decision: as it was made; its user, patient and encounter are pseudonyms already.
        pseudonym: (kind, identifier) -> pseudonym, for ids of people and encounters among the facts' references.
    """
    kept = _lower(without_people(decision, pseudonym))
    return _encoder.encode(_Record(format=FORMAT, decision=kept)).decode()


def decode_decision(text: str) -> Decision:
    """The decision as it was kept.

    Raises:
        ValueError: the text is not such a record, or one of another format.
    """
    record = _decoder.decode(text)
    if record.format != FORMAT:
        raise ValueError(f"This record has format {record.format}; this release reads format {FORMAT}.")
    decision: Decision = _lift(record.decision)
    return decision
