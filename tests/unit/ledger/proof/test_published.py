"""The folder of published checkpoints keeps what was put there first, and gives it back in the order of the log."""

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from cds_service.ledger.proof.note import Checkpoint, NoteBroken, sign
from cds_service.ledger.proof.published import newest, publish, published
from tests.unit.ledger.samples import RECEIVED

KEY = Ed25519PrivateKey.from_private_bytes(bytes(32))


def note(size, root=bytes(32), made_at=RECEIVED):
    return sign(Checkpoint(origin="o", size=size, root=root, made_at=made_at), "o", KEY)


def test_notes_are_given_in_the_order_of_the_log_whatever_month_they_are_of(tmp_path):
    later = RECEIVED.replace(month=7)
    made = [note(1_000_000_000_000), note(20, made_at=later), note(3)]
    for one in made:
        publish(one, tmp_path)
    assert [one.text for one in published(tmp_path)] == [made[2], made[1], made[0]]
    assert [one.size for one in published(tmp_path)] == [3, 20, 1_000_000_000_000]
    assert newest(tmp_path)[0] == made[0]
    assert all(one.published for one in published(tmp_path))


def test_what_is_published_is_never_changed(tmp_path):
    path = publish(note(3), tmp_path)
    publish(note(3, root=bytes([1] * 32)), tmp_path)
    assert path.read_text(encoding="utf-8") == note(3)
    assert [one.name for one in path.parent.iterdir()] == ["000000000003.checkpoint"]


def test_an_empty_folder_has_none(tmp_path):
    assert newest(tmp_path) is None
    assert list(published(tmp_path / "nowhere")) == []


def test_a_damaged_one_is_told(tmp_path):
    path = publish(note(3), tmp_path)
    path.write_bytes(b"\xff" * 100_000)
    with pytest.raises(NoteBroken, match=path.name):
        newest(tmp_path)
    path.with_name("strange.checkpoint").write_text("x", encoding="utf-8")
    assert [one.size for one in published(tmp_path)] == [-1, 3]


def test_a_folder_that_cannot_be_written_is_told(tmp_path):
    (tmp_path / "file").write_text("", encoding="utf-8")
    with pytest.raises(OSError, match="file"):
        publish(note(3), tmp_path / "file")
    assert (tmp_path / "file").read_text(encoding="utf-8") == ""
