"""Checkpoints are signed notes as transparency logs have them; nothing that is not exactly one passes for one."""

from datetime import UTC, datetime, timedelta, timezone

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from hypothesis import given
from hypothesis import strategies as st

from cds_service.ledger.proof.note import Checkpoint, NoteBroken, PublicKey, is_signed, public_key, read, sign

# The example of the signed-note format, by its own implementation.
FOREIGN_KEY = "PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW"
FOREIGN_NOTE = """If you think cryptography is the answer to your problem,
then you don't know what your problem is.

— PeterNeumann x08go/ZJkuBS9UG/SffcvIAQxVBtiFupLLr8pAcElZInNIuGUgYN1FFYC2pZSNXgKvqfqdngotpRZb6KE6RyyBwJnAM=
"""
KEY = Ed25519PrivateKey.from_private_bytes(bytes(range(32)))
PUBLIC = PublicKey(name="log/1", key=KEY.public_key())
MADE = datetime(2026, 6, 15, 9, tzinfo=UTC)
CHECKPOINT = Checkpoint(origin="log/1", size=20_852, root=bytes(range(32)), made_at=MADE)
NOTE = sign(CHECKPOINT, "log/1", KEY)


def test_the_example_of_the_format_is_read_and_verified():
    key = public_key(FOREIGN_KEY)
    assert key.line() == FOREIGN_KEY
    assert is_signed(FOREIGN_NOTE, [key])


def test_a_checkpoint_is_four_lines_and_a_signature():
    origin, size, root, made, blank, signature, end = NOTE.split("\n")
    assert (origin, size, made, blank, end) == ("log/1", "20852", "2026-06-15T09:00:00Z", "", "")
    assert root == "AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8="
    assert signature.startswith("— log/1 ")


def test_it_is_read_back_and_its_signature_checked():
    assert read(NOTE) == CHECKPOINT
    assert is_signed(NOTE, [public_key(PUBLIC.line())])
    assert not is_signed(NOTE, [])


def test_moments_are_utc():
    there = Checkpoint(origin="o", size=0, root=bytes(32), made_at=MADE.astimezone(timezone(timedelta(hours=9))))
    assert read(sign(there, "o", KEY)).made_at == MADE


def test_another_key_of_the_same_name_has_not_signed():
    other = PublicKey(name="log/1", key=Ed25519PrivateKey.generate().public_key())
    assert not is_signed(NOTE, [other])
    assert is_signed(NOTE, [other, PUBLIC])


def test_a_further_signature_of_a_witness_is_no_fault():
    witnessed = NOTE + FOREIGN_NOTE.splitlines()[-1] + "\n"
    assert is_signed(witnessed, [PUBLIC])
    assert read(witnessed) == CHECKPOINT


@given(st.integers(0, len(NOTE) - 1), st.sampled_from(["", "x", "\n", " ", "0", "="]), st.booleans())
def test_a_note_that_was_changed_anywhere_is_not_signed(place, letter, instead):
    changed = NOTE[:place] + letter + NOTE[place + instead :]
    if changed == NOTE:
        return
    try:
        signed = is_signed(changed, [PUBLIC])
    except NoteBroken:
        return
    assert not signed


@pytest.mark.parametrize(
    "note",
    [
        "",
        "\n\n",
        "text",
        FOREIGN_NOTE,
        NOTE.replace("20852", "-1"),
        NOTE.replace("20852", "020852"),
        NOTE.replace("20852", "9" * 40),
        NOTE.replace("20852", "٣"),
        NOTE.replace("AAEC", "AA"),
        NOTE.replace("T09:", " 09:"),
        NOTE.replace("log/1\n", "\n", 1),
        NOTE.removesuffix("\n"),
        NOTE + "\n",
        NOTE.replace("— ", "- "),
        NOTE * 30,
        NOTE + "— log/1 AAAA\n" * 20,
    ],
)
def test_what_is_not_a_checkpoint_is_told(note):
    with pytest.raises(NoteBroken):
        read(note)


@pytest.mark.parametrize(
    "line",
    [
        "",
        "log/1",
        PUBLIC.line().replace("+", " "),
        PUBLIC.line()[:-4],
        PUBLIC.line().replace(PUBLIC.id.hex(), "00000000"),
        PUBLIC.line().replace("log/1", "log/2"),
        "log/1+00000000+Aaaa",
    ],
)
def test_a_damaged_public_key_is_told(line):
    with pytest.raises(NoteBroken):
        public_key(line)
