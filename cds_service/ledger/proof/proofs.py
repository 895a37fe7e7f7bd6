"""Proofs for one record and for two checkpoints, as JSON that anybody can check with the public key alone.

An inclusion proof holds the record, its place, the hashes that lead to the root, and a signed checkpoint with that
root. A consistency proof holds two signed checkpoints and the hashes that show the later log to begin with the earlier.
"""

import json
from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import Connection, select

from cds_service.domain.errors import ServiceError
from cds_service.ledger.log import subtrees
from cds_service.ledger.proof.merkle import (
    consistency_proof,
    inclusion_proof,
    is_consistent,
    is_included,
    leaf_hash,
)
from cds_service.ledger.proof.note import Checkpoint, NoteBroken, PublicKey, is_signed, read
from cds_service.ledger.tables import checkpoints, decisions, log

Proof = Mapping[str, Any]


class ProofMissing(ServiceError):
    """There is nothing to prove it with."""


class ProofWrong(ServiceError):
    """A proof does not prove what it should."""


def prove_decision(connection: Connection, id_: str) -> Proof:
    """That a decision is in the log, by the newest checkpoint.

    Raises:
        ProofMissing: there is no such decision, or no checkpoint covers it yet.
        ProofWrong: what is stored does not prove it: the log was changed.
    """
    query = select(log.c.leaf_index, log.c.record).join_from(decisions, log, decisions.c.leaf_index == log.c.leaf_index)
    row = connection.execute(query.where(decisions.c.id == id_)).one_or_none()
    if row is None:
        raise ProofMissing("The ledger has no decision with this id.")
    note = connection.execute(
        select(checkpoints.c.note)
        .where(checkpoints.c.size > row.leaf_index)
        .order_by(checkpoints.c.size.desc())
        .limit(1)
    ).scalar()
    if note is None:
        raise ProofMissing("No checkpoint covers this decision yet; make one with `cds-service ledger checkpoint`.")
    try:
        path = inclusion_proof(row.leaf_index, read(note).size, subtrees(connection))
    except ValueError as error:
        raise ProofWrong(f"The log contradicts itself. {error}") from error
    proof = {
        "record": json.loads(row.record),
        "text": row.record,
        "leaf_index": row.leaf_index,
        "inclusion_proof": [one.hex() for one in path],
        "checkpoint": note,
    }
    _check_inclusion(proof)
    return proof


def prove_consistency(connection: Connection, first: int, second: int) -> Proof:
    """That the log of one checkpoint begins with the log of an earlier one.

    Args:
        connection: reads the database.
        first: size of the earlier one.
        second: size of the later one.

    Raises:
        ProofMissing: there is no checkpoint of such a size.
        ProofWrong: what is stored does not prove it: the log was changed.
    """
    notes = dict(
        connection.execute(
            select(checkpoints.c.size, checkpoints.c.note).where(checkpoints.c.size.in_([first, second]))
        ).all()
    )
    for size in (first, second):
        if size not in notes:
            raise ProofMissing(
                f"There is no checkpoint of {size} records; `cds-service ledger checkpoints` lists them."
            )
    try:
        path = consistency_proof(first, second, subtrees(connection))
    except ValueError as error:
        raise ProofWrong(str(error)) from error
    proof = {
        "first_checkpoint": notes[first],
        "second_checkpoint": notes[second],
        "consistency_proof": [one.hex() for one in path],
    }
    _check_consistency(proof)
    return proof


def check_proof(proof: Proof, keys: Sequence[PublicKey]) -> str:
    """Check a proof as an auditor does; what it proves, in a sentence.

    Args:
        proof: of either kind, as it was read from JSON.
        keys: public keys whose signatures count.

    Raises:
        ProofWrong: it proves nothing.
    """
    try:
        notes = [str(proof[name]) for name in ("checkpoint", "first_checkpoint", "second_checkpoint") if name in proof]
        for note in notes:
            if not is_signed(note, keys):
                raise ProofWrong("The checkpoint is not signed with a key that was named.")
        return _check_inclusion(proof) if "record" in proof else _check_consistency(proof)
    except (KeyError, TypeError, ValueError) as error:  # NoteBroken is a ValueError
        told = str(error) if isinstance(error, NoteBroken) else "It is not a proof of a ledger."
        raise ProofWrong(told) from error


def _check_inclusion(proof: Proof) -> str:
    text, index, checkpoint = str(proof["text"]), int(proof["leaf_index"]), read(str(proof["checkpoint"]))
    path = [bytes.fromhex(one) for one in proof["inclusion_proof"]]
    if json.loads(text) != proof["record"]:
        raise ProofWrong("The record and its text do not say the same.")
    if not is_included(leaf_hash(text.encode()), index, checkpoint.size, path, checkpoint.root):
        raise ProofWrong("The proof does not lead from this record to the root of the checkpoint.")
    return f"Record {index} is in the log {_named(checkpoint)}."


def _check_consistency(proof: Proof) -> str:
    first, second = read(str(proof["first_checkpoint"])), read(str(proof["second_checkpoint"]))
    path = [bytes.fromhex(one) for one in proof["consistency_proof"]]
    same_log = first.origin == second.origin
    if not same_log or not is_consistent(first.size, first.root, second.size, second.root, path):
        raise ProofWrong("The proof does not show the later log to begin with the earlier one.")
    return f"The log {_named(second)} begins with the log of {first.size} records."


def _named(checkpoint: Checkpoint) -> str:
    return f"{checkpoint.origin} of {checkpoint.size} records ({checkpoint.made_at:%Y-%m-%d %H:%M:%S} UTC)"
