"""The commands on content: what they print, and exit codes that scripts can use."""

import base64
import json
import shutil

import pytest
from click.testing import CliRunner
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

from cds_service.__main__ import main
from cds_service.content.load import load

KEY = Ed25519PrivateKey.from_private_bytes(bytes(range(32)))
ABOUT = 'name = "site"\nversion = "1"\ndate = 2026-11-25\nowner = "us"\nwhy = "so"\n'


def run(*args):
    return CliRunner().invoke(main, [str(one) for one in args], catch_exceptions=False)


@pytest.fixture
def overlay(tmp_path_factory):
    root = tmp_path_factory.mktemp("overlay")
    (root / "overlay.toml").write_text(ABOUT)
    (root / "phrases.toml").write_text('footer = "Call us."\n')
    return root


class TestCheck:
    def test_in_order(self, release):
        done = run("check", release)
        assert done.exit_code == 0
        assert load(release).release.sha256 in done.output
        assert "complete and consistent" in done.output

    def test_faults(self, release, edit):
        edit("rules/falls_history.toml", '["EV-BEERS-2023"]', "[]")
        done = run("check", release)
        assert done.exit_code == 1
        assert "fault  rule falls-history: warns without evidence" in done.output

    def test_an_overlay_is_explained(self, release, overlay):
        done = run("check", release, "--overlay", overlay)
        assert done.exit_code == 0
        assert "change footer: 'This card supports judgement.' → 'Call us.'" in done.output
        assert "release 0.1.0+site.1, SHA-256" in done.output

    def test_the_folders_of_the_settings(self, release, overlay, monkeypatch):
        monkeypatch.setenv("CDS_CONTENT_PATH", str(release))
        monkeypatch.setenv("CDS_OVERLAY_PATH", str(overlay))
        assert "release 0.1.0+site.1" in run("check").output

    def test_no_such_folder(self, tmp_path):
        assert run("check", tmp_path / "nowhere").exit_code == 2


class TestCatalogue:
    def test_printed_written_checked(self, release, edit):
        printed = run("catalogue", release)
        assert printed.exit_code == 0
        assert "### A fall (`falls-history` 1.0.0)" in printed.output
        assert run("catalogue", release, "--check").exit_code == 1
        assert run("catalogue", release, "--write").exit_code == 0
        assert (release / "CATALOGUE.md").read_text(encoding="utf-8") == printed.output
        assert run("catalogue", release, "--check").exit_code == 0
        edit("rules/falls_history.toml", "It may happen again.", "It may happen once more.")
        stale = run("catalogue", release, "--check")
        assert (stale.exit_code, "is stale" in stale.output) == (1, True)

    def test_json(self, release):
        told = json.loads(run("catalogue", release, "--json").output)
        assert told["rules"][0]["id"] == "falls-history"
        assert len(told["rules"][0]["source_attributes"]) == 13

    def test_with_an_overlay(self, release, overlay):
        assert "Call us." in run("catalogue", release, "--overlay", overlay).output

    def test_a_broken_release(self, release):
        (release / "phrases.toml").unlink()
        assert run("catalogue", release).exit_code == 2

    def test_a_broken_supplement(self, release):
        (release / "contested.toml").write_text("points = 1\n")
        assert run("catalogue", release).exit_code == 2


class TestSigning:
    @pytest.fixture
    def key(self, tmp_path_factory):
        path = tmp_path_factory.mktemp("key") / "private.pem"
        path.write_bytes(KEY.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()))
        return path

    def test_sign_and_verify(self, release, key, edit):
        public = base64.b64encode(KEY.public_key().public_bytes_raw()).decode()
        signed = run("content", "sign", release, "--key", key)
        assert signed.exit_code == 0
        assert f"CDS_CONTENT_PUBLIC_KEY={public}" in signed.output
        assert run("content", "verify", release, "--key", public).exit_code == 0
        edit("phrases.toml", "judgement", "judgment")
        altered = run("content", "verify", release, "--key", public)
        assert (altered.exit_code, "it was altered" in altered.output) == (1, True)

    def test_a_key_in_a_file(self, release, key, tmp_path_factory):
        public = tmp_path_factory.mktemp("public") / "public.txt"
        public.write_text(base64.b64encode(KEY.public_key().public_bytes_raw()).decode() + "\n")
        run("content", "sign", release, "--key", key)
        assert run("content", "verify", release, "--key", public).exit_code == 0

    def test_a_key_that_is_none(self, release):
        done = run("content", "verify", release, "--key", "nonsense")
        assert (done.exit_code, "Ed25519" in done.output) == (2, True)


def test_diff(release, tmp_path_factory, edit):
    old = tmp_path_factory.mktemp("old") / "hooks"
    shutil.copytree(release, old)
    edit("rules/falls_history.toml", "window_days = 365", "window_days = 180")
    done = run("content", "diff", old, release)
    assert done.exit_code == 0
    assert done.output == "rule falls-history, threshold window_days: 365 → 180\n"


def test_every_command_has_help():
    for args in (
        ["check"],
        ["catalogue"],
        ["content"],
        ["content", "sign"],
        ["content", "verify"],
        ["content", "diff"],
    ):
        done = run(*args, "--help")
        assert done.exit_code == 0
        assert done.output.count("\n") > 4
