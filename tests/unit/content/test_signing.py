"""Signed content: a service that is told whom to trust refuses what nobody signed, or what was altered since."""

import base64
import shutil

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.asymmetric.rsa import generate_private_key
from cryptography.hazmat.primitives.serialization import (
    BestAvailableEncryption,
    Encoding,
    NoEncryption,
    PrivateFormat,
    PublicFormat,
)

from cds_service.content.load import load
from cds_service.content.release import open_release
from cds_service.content.signing import private_key, public_key, sign, verify
from cds_service.domain.errors import ContentBroken, SettingsBroken

KEY = Ed25519PrivateKey.from_private_bytes(bytes(range(32)))
OTHER = Ed25519PrivateKey.from_private_bytes(bytes(range(1, 33)))


def pem(key, password=None):
    encryption = BestAvailableEncryption(password) if password else NoEncryption()
    return key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, encryption)


def trusted(key=KEY):
    return base64.b64encode(key.public_key().public_bytes_raw()).decode()


def refusal(*args, **more):
    with pytest.raises(ContentBroken) as broken:
        open_release(*args, **more)
    return broken.value.faults[0]


class TestOpening:
    def test_without_keys_nothing_needs_a_signature(self, release):
        assert open_release(release).release == load(release).release

    def test_a_signed_release_opens_and_keeps_its_hash(self, release):
        before = load(release).release
        assert sign(release, KEY) == trusted()
        assert open_release(release, public_keys=(trusted(OTHER), trusted())).release == before

    def test_an_unsigned_release_is_refused(self, release):
        assert "it is not signed" in refusal(release, public_keys=(trusted(),))

    @pytest.mark.parametrize("name", ["rules/falls_history.py", "rules/falls_history.toml", "value_sets/falls.json"])
    def test_an_altered_release_is_refused(self, release, name):
        sign(release, KEY)
        (release / name).write_text((release / name).read_text() + "\n")
        assert "it was altered since it was signed" in refusal(release, public_keys=(trusted(),))

    def test_a_file_more_or_less_is_an_alteration(self, release):
        sign(release, KEY)
        (release / "NOTES.md").write_text("x")
        assert "it was altered" in refusal(release, public_keys=(trusted(),))
        (release / "NOTES.md").unlink()
        assert open_release(release, public_keys=(trusted(),))
        (release / "sources" / "falls.csv").unlink()
        assert "it was altered" in refusal(release, public_keys=(trusted(),))

    def test_another_signer_is_refused(self, release):
        sign(release, OTHER)
        assert "none of the trusted keys signed it" in refusal(release, public_keys=(trusted(),))

    def test_the_key_named_in_the_file_proves_nothing(self, release):
        sign(release, OTHER)
        path = release / "release.sig"
        path.write_text(path.read_text().replace(trusted(OTHER), trusted()))
        assert "none of the trusted keys" in refusal(release, public_keys=(trusted(),))

    def test_the_hash_named_in_the_file_proves_nothing(self, release):
        old = load(release).release.sha256
        sign(release, KEY)
        (release / "NOTES.md").write_text("x")
        path = release / "release.sig"
        path.write_text(path.read_text().replace(old, load(release).release.sha256))
        assert "none of the trusted keys" in refusal(release, public_keys=(trusted(),))

    @pytest.mark.parametrize("text", ["", "signature = 1", 'sha256 = "x"', "\x00", "signature = '%%%'"])
    def test_a_signature_file_that_is_none(self, release, text):
        (release / "release.sig").write_text(text)
        assert refusal(release, public_keys=(trusted(),)).startswith("release.sig: ")

    @pytest.mark.parametrize("signature", ["", "AAAA", "%%%", "ä"])
    def test_a_signature_that_is_none(self, release, signature):
        sign(release, KEY)
        path = release / "release.sig"
        line = next(one for one in path.read_text().splitlines() if one.startswith("signature"))
        path.write_text(path.read_text().replace(line, f'signature = "{signature}"'))
        assert "none of the trusted keys" in refusal(release, public_keys=(trusted(),))

    def test_nothing_of_an_altered_release_is_run(self, release):
        sign(release, KEY)
        (release / "rules" / "falls_history.py").write_text("raise SystemExit\n")
        assert "it was altered" in refusal(release, public_keys=(trusted(),))

    def test_the_overlay_must_be_signed_too(self, release, tmp_path_factory):
        overlay = tmp_path_factory.mktemp("overlay")
        about = 'name = "site"\nversion = "1"\ndate = 2026-11-25\nowner = "us"\nwhy = "so"\n'
        (overlay / "overlay.toml").write_text(about)
        sign(release, KEY)
        assert str(overlay) in refusal(release, overlay, (trusted(),))
        sign(overlay, OTHER)
        assert str(overlay) in refusal(release, overlay, (trusted(),))
        opened = open_release(release, overlay, (trusted(), trusted(OTHER)))
        assert opened.release == load(release, overlay).release


class TestKeys:
    def test_both_spellings_of_a_public_key(self):
        text = KEY.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo).decode()
        assert public_key(text).public_bytes_raw() == public_key(f" {trusted()}\n").public_bytes_raw()

    def test_a_public_key_that_is_none(self):
        rsa = generate_private_key(65_537, 2048).public_key()
        other_kind = rsa.public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo).decode()
        for text in ("", "x", "AAAA", "-----BEGIN PUBLIC KEY-----", other_kind):
            with pytest.raises(SettingsBroken, match="Ed25519 key"):
                public_key(text)

    def test_private_keys(self):
        assert private_key(pem(KEY)).private_bytes_raw() == KEY.private_bytes_raw()
        assert private_key(pem(KEY, b"secret"), b"secret").private_bytes_raw() == KEY.private_bytes_raw()

    @pytest.mark.parametrize(
        ("written", "password", "fault"),
        [
            (b"x", None, "cannot be read as PEM"),
            (pem(KEY, b"secret"), None, "needs its password"),
            (pem(KEY, b"secret"), b"wrong", "its password is wrong"),
            (pem(generate_private_key(65_537, 2048)), None, "must be an Ed25519 key"),
        ],
    )
    def test_a_private_key_that_cannot_be_used(self, written, password, fault):
        with pytest.raises(SettingsBroken, match=fault):
            private_key(written, password)


def test_signing_again_gives_the_same_file(release):
    sign(release, KEY)
    before = (release / "release.sig").read_bytes()
    sign(release, KEY)
    assert (release / "release.sig").read_bytes() == before


def test_a_copy_verifies_where_it_stands(release, tmp_path_factory):
    sign(release, KEY)
    copy = tmp_path_factory.mktemp("copy") / "hooks"
    shutil.copytree(release, copy)
    assert verify(copy, [KEY.public_key()]) == load(copy).release.sha256
