"""Checkpoints as signed notes: a text that says how long the log was and what its root was, and a signature under it.

::

    cds-service/3f0c…                         origin: which log
    20852                                     size: number of records
    CsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=      root of its hash tree, base64
    2026-06-15T09:00:00Z                      when it was signed, UTC

    — cds-service/3f0c… Az3grlgtzPICa5OS8npVmf1Myq/5IZniMp+ZJurmRDeOoRDe4URYN7u5/Zhcyv2q1gGzGku9nTo+zyWE+xeMcTOAYQ8=

This is the form of transparency logs (C2SP `tlog-checkpoint` over `signed-note`, Ed25519), so that their tools, and
witnesses, can read it. A public key is one line: `name+hash+base64`.
"""

import base64
import binascii
import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from hashlib import sha256
from itertools import pairwise

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from cds_service.ledger.proof.merkle import HASH_BYTES

ED25519 = b"\x01"  # the kind of signature, in key ids and public keys
ID_BYTES = 4
MOST_CHARACTERS = 4_096  # of a note
MOST_SIGNATURES = 16
_NAME = re.compile(r"[^\s+]{1,200}")
_SIGNATURE = re.compile(r"— ([^\s+]{1,200}) ([A-Za-z0-9+/=]{1,400})")
_NUMBER = re.compile(r"0|[1-9][0-9]{0,18}", re.ASCII)
_MOMENT = "%Y-%m-%dT%H:%M:%SZ"


class NoteBroken(ValueError):
    """A text is not a checkpoint, or not one that anybody we know has signed."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Checkpoint:
    """What a signed note says: at this moment the log of this origin had so many records and this root."""

    origin: str
    size: int
    root: bytes
    made_at: datetime

    def text(self) -> str:
        """The text that is signed."""
        made = self.made_at.astimezone(UTC).strftime(_MOMENT)
        return f"{self.origin}\n{self.size}\n{base64.b64encode(self.root).decode()}\n{made}\n"


@dataclass(frozen=True, slots=True, kw_only=True)
class PublicKey:
    """What signatures are checked with: a name, and an Ed25519 key under it."""

    name: str
    key: Ed25519PublicKey

    @property
    def id(self) -> bytes:
        """The four bytes by which a signature says which key it is of."""
        return sha256(self.name.encode() + b"\n" + ED25519 + self.key.public_bytes_raw()).digest()[:ID_BYTES]

    def line(self) -> str:
        """The key as it is handed to auditors."""
        return f"{self.name}+{self.id.hex()}+{base64.b64encode(ED25519 + self.key.public_bytes_raw()).decode()}"


def public_key(line: str) -> PublicKey:
    """Read a public key from its line.

    Raises:
        NoteBroken: it is not one.
    """
    name, _, rest = line.strip().partition("+")
    id_, _, encoded = rest.partition("+")
    raw = _decoded(encoded)
    if not _NAME.fullmatch(name) or raw[:1] != ED25519 or len(raw) != 1 + 32:
        raise NoteBroken("This is not an Ed25519 key of the form name+hash+base64.")
    found = PublicKey(name=name, key=Ed25519PublicKey.from_public_bytes(raw[1:]))
    if found.id.hex() != id_.lower():
        raise NoteBroken(f"The public key of {name} does not have the hash it names: it was damaged or mistyped.")
    return found


def sign(checkpoint: Checkpoint, name: str, key: Ed25519PrivateKey) -> str:
    """The checkpoint as a signed note."""
    text = checkpoint.text()
    id_ = PublicKey(name=name, key=key.public_key()).id
    return f"{text}\n— {name} {base64.b64encode(id_ + key.sign(text.encode())).decode()}\n"


def read(note: str) -> Checkpoint:
    """What a note says, whoever signed it.

    Raises:
        NoteBroken: it is not a checkpoint.
    """
    text, _ = _parts(note)
    origin, size, root, made, *_ = (*text.split("\n"), "", "", "", "")
    hashed = _decoded(root)
    if not _NAME.fullmatch(origin) or not _NUMBER.fullmatch(size) or len(hashed) != HASH_BYTES:
        raise NoteBroken("This is not a checkpoint: origin, size and root do not stand in its first three lines.")
    try:
        made_at = datetime.strptime(made, _MOMENT).replace(tzinfo=UTC)
    except ValueError:
        raise NoteBroken("This checkpoint does not say in its fourth line when it was made.") from None
    return Checkpoint(origin=origin, size=int(size), root=hashed, made_at=made_at)


def is_signed(note: str, keys: Sequence[PublicKey]) -> bool:
    """Whether any of the keys has signed the note.

    Raises:
        NoteBroken: a signature says that it is of one of them and is not, or the text is not a note.
    """
    text, signatures = _parts(note)
    found = False
    for name, signature in signatures:
        for key in keys:
            if key.name == name and signature[:ID_BYTES] == key.id:
                try:
                    key.key.verify(signature[ID_BYTES:], text.encode())
                except InvalidSignature:
                    raise NoteBroken(f"The signature of {name} is not over this text: one was changed.") from None
                found = True
    return found


def split_notes(text: str) -> list[str]:
    """The notes of a text that holds several, one after another.

    Raises:
        NoteBroken: something in it is not a note.
    """
    notes: list[str] = []
    lines: list[str] = []
    for line, following in pairwise([*text.split("\n"), ""]):
        lines.append(line)
        if line.startswith("— ") and not following.startswith("— "):
            notes.append("\n".join(lines).lstrip("\n") + "\n")
            lines = []
    if any(line.strip() for line in lines):
        raise NoteBroken("A checkpoint without a signature stands at the end.")
    return notes


def _parts(note: str) -> tuple[str, list[tuple[str, bytes]]]:
    """The signed text, and names and bytes of the signatures."""
    if len(note) > MOST_CHARACTERS:
        raise NoteBroken(f"A checkpoint has at most {MOST_CHARACTERS} characters.")
    text, blank, signed = note.rpartition("\n\n")
    *lines, end = signed.split("\n")
    matches = [_SIGNATURE.fullmatch(line) for line in lines]
    if not blank or end or not 0 < len(lines) <= MOST_SIGNATURES or not all(matches):
        raise NoteBroken("This is not a signed note: no line of the form “— name base64” stands under a blank line.")
    return text + "\n", [(match[1], _decoded(match[2])) for match in matches if match]


def _decoded(text: str) -> bytes:
    """The bytes of a base64 text; none where it is not the one way in which they are written."""
    try:
        found = base64.b64decode(text, validate=True)
    except (binascii.Error, ValueError):
        return b""
    return found if base64.b64encode(found).decode() == text else b""
