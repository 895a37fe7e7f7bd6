"""Pseudonyms cannot be guessed or confused, and all workers share one key."""

import hashlib
import hmac
import stat
from concurrent.futures import ThreadPoolExecutor

import pytest

from cds_service.domain.errors import SettingsBroken
from cds_service.ledger import load_or_create_key
from cds_service.ledger.pseudonyms import checked_key, pseudonym

KEY = bytes(range(32))


def test_a_pseudonym_is_a_keyed_hash_of_kind_and_id():
    assert pseudonym(KEY, "patient", "7") == hmac.new(KEY, b"patient\x007", hashlib.sha256).hexdigest()


def test_kind_key_and_id_all_matter():
    made = {
        pseudonym(KEY, "patient", "7"),
        pseudonym(KEY, "user", "7"),
        pseudonym(KEY, "patient", "8"),
        pseudonym(bytes(32), "patient", "7"),
    }
    assert len(made) == 4


def test_nobody_has_no_pseudonym():
    assert pseudonym(KEY, "encounter", "") == ""


def test_odd_text_has_one_too():
    assert len(pseudonym(KEY, "patient", "\ud800\0é")) == 64


def test_a_short_key_is_refused():
    with pytest.raises(SettingsBroken, match="31 bytes"):
        checked_key(bytes(31))


def test_a_key_is_made_once_for_its_owner_only(tmp_path):
    path = tmp_path / "pseudonym.key"
    key = load_or_create_key(path)
    assert len(key) == 32
    assert load_or_create_key(path) == key
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert list(tmp_path.iterdir()) == [path]


def test_workers_that_start_together_get_the_same_key(tmp_path):
    with ThreadPoolExecutor(16) as pool:
        keys = set(pool.map(load_or_create_key, [tmp_path / "pseudonym.key"] * 64))
    assert len(keys) == 1
    assert len(list(tmp_path.iterdir())) == 1


def test_two_services_get_different_keys(tmp_path):
    assert load_or_create_key(tmp_path / "a") != load_or_create_key(tmp_path / "b")


def test_a_key_that_everybody_may_read_is_refused(tmp_path):
    path = tmp_path / "pseudonym.key"
    load_or_create_key(path)
    path.chmod(0o644)
    with pytest.raises(SettingsBroken, match="chmod 600"):
        load_or_create_key(path)


@pytest.mark.parametrize("content", ["", "not hex", "ab" * 31, "é" * 64])
def test_a_damaged_key_is_refused_and_not_shown(tmp_path, content):
    path = tmp_path / "pseudonym.key"
    path.write_text(content, encoding="utf-8")
    path.chmod(0o600)
    with pytest.raises(SettingsBroken) as refused:
        load_or_create_key(path)
    assert not content or content not in str(refused.value)


def test_a_folder_that_does_not_exist_is_told(tmp_path):
    with pytest.raises(SettingsBroken, match="folder that exists"):
        load_or_create_key(tmp_path / "nowhere" / "pseudonym.key")
