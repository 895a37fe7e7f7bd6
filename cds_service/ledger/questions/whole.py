"""One decision with everything said of it, and its proof."""

import json
from collections.abc import Sequence

from sqlalchemy import Connection, select

from cds_service.domain.audit import Proven, Said, Whole
from cds_service.domain.decision import Decision
from cds_service.ledger.proof.note import PublicKey
from cds_service.ledger.proof.proofs import ProofMissing, ProofWrong, check_proof, prove_decision
from cds_service.ledger.reading import read_feedback
from cds_service.ledger.record import decode, storable
from cds_service.ledger.tables import cards, decisions, log, releases


def whole(connection: Connection, id_: str) -> Whole | None:
    """A decision by its id; `None` for no such, or where its record was erased."""
    query = select(log.c.leaf_index, log.c.record).join_from(decisions, log, decisions.c.leaf_index == log.c.leaf_index)
    row = connection.execute(query.where(decisions.c.id == storable(id_))).one_or_none()
    if row is None or row.record is None:
        return None
    decision = decode(row.record)
    assert isinstance(decision, Decision)
    said = {card.uuid: _said(connection, card.uuid) for card in decision.cards}
    used = select(releases.c.at).where(releases.c.sha256 == decision.content_sha256).order_by(releases.c.leaf_index)
    return Whole(
        leaf_index=row.leaf_index,
        decision=decision,
        record=row.record,
        feedback=said,
        release_at=connection.execute(used.limit(1)).scalar(),
    )


def _said(connection: Connection, card: str) -> tuple[Said, ...]:
    return tuple(
        Said(leaf_index=one.leaf_index, feedback=one.feedback, orphan=one.orphan)
        for one in read_feedback(connection, card)
    )


def decision_of(connection: Connection, id_: str) -> str | None:
    """The decision that an id means: its own, or that of one of its cards."""
    id_ = storable(id_)
    own = connection.execute(select(decisions.c.id).where(decisions.c.id == id_)).scalar()
    if own is not None:
        return str(own)
    of_card = select(decisions.c.id).join_from(cards, decisions, cards.c.leaf_index == decisions.c.leaf_index)
    found = connection.execute(of_card.where(cards.c.uuid == id_)).scalar()
    return None if found is None else str(found)


NO_KEYS = (
    "A checkpoint covers this decision, but the service cannot read the public keys to check it with. "
    "Put them where CDS_SIGNING_KEY_FILE says, with .pub at the end; the service's log names the file."
)


def proven(connection: Connection, id_: str, keys: Sequence[PublicKey]) -> Proven:
    """Prove that a decision is in the log, and check the proof as an auditor would, with the public keys alone.

    Without any, what covers the decision is told, but not that it holds.
    """
    try:
        proof = prove_decision(connection, id_)
        text = json.dumps(proof, indent=2, ensure_ascii=False)
        if not keys:
            return Proven(holds=False, told=NO_KEYS, proof=text)
        return Proven(holds=True, told=check_proof(proof, keys), proof=text)
    except ProofMissing as missing:
        return Proven(holds=False, told=str(missing), pending=True)
    except ProofWrong as wrong:
        return Proven(holds=False, told=str(wrong))
