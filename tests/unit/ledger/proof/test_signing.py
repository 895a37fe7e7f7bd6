"""The signing key is made once, for its owner only; its public half can be handed out."""

import stat

import pytest
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

from cds_service.domain.errors import SettingsBroken
from cds_service.ledger.proof.note import PublicKey
from cds_service.ledger.proof.signing import load_or_create_signing_key, load_public_keys, publish_key


def public_half(key, name="log/1"):
    return PublicKey(name=name, key=key.public_key())


def test_a_key_is_made_once_for_its_owner_only(tmp_path):
    path = tmp_path / "signing.key"
    key = load_or_create_signing_key(path)
    again = load_or_create_signing_key(path)
    assert key.private_bytes_raw() == again.private_bytes_raw()
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert list(tmp_path.iterdir()) == [path]


def test_the_public_half_is_written_once_and_read_back(tmp_path):
    one, other = (public_half(load_or_create_signing_key(tmp_path / name)) for name in ("a", "b"))
    path = tmp_path / "a.pub"
    publish_key(one, path)
    publish_key(other, path)
    assert [key.line() for key in load_public_keys(path)] == [one.line()]
    path.write_text(f"# of last year\n{one.line()}\n\n{other.line()}\n", encoding="utf-8")
    assert [key.line() for key in load_public_keys(path)] == [one.line(), other.line()]


def rsa_pem():
    key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    return key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()).decode()


@pytest.mark.parametrize("content", ["", "not a key", "é", rsa_pem()])
def test_a_file_without_such_a_key_is_told_and_not_shown(tmp_path, content):
    path = tmp_path / "signing.key"
    path.write_text(content, encoding="utf-8")
    path.chmod(0o600)
    with pytest.raises(SettingsBroken) as told:
        load_or_create_signing_key(path)
    assert not content or content not in str(told.value)


def test_a_key_that_everybody_may_read_is_refused(tmp_path):
    path = tmp_path / "signing.key"
    load_or_create_signing_key(path)
    path.chmod(0o604)
    with pytest.raises(SettingsBroken, match="chmod 600"):
        load_or_create_signing_key(path)


@pytest.mark.parametrize("content", ["", "# nothing\n", "log/1+00+xx\n", "\xff"])
def test_a_file_without_public_keys_is_told(tmp_path, content):
    path = tmp_path / "public"
    path.write_bytes(content.encode("latin-1"))
    with pytest.raises(SettingsBroken, match="public key file"):
        load_public_keys(path)


def test_a_missing_file_of_public_keys_is_told(tmp_path):
    with pytest.raises(SettingsBroken, match="cannot be read"):
        load_public_keys(tmp_path / "nowhere")
