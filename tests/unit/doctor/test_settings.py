"""Each misconfiguration of an installation is named."""

from functools import cache

import pytest
import responses

from cds_service.content.check import check
from cds_service.doctor.diagnosis import Level
from cds_service.doctor.settings import check_settings
from cds_service.domain.errors import SettingsBroken
from cds_service.settings import Settings
from tests.unit.clients.signing import jwk, jwk_set

CHECK = cache(check)
JWKS = "https://ehr.example.org/jwks.json"
FHIR = "https://ehr.example.org/r4"
CLIENT = f'[[client]]\nname = "ehr-a"\nissuer = "https://ehr.example.org"\njwk_set_urls = ["{JWKS}"]\n'


def examined(folder, clients=None, *, keys=None, fhir=None, key=lambda: b"k" * 32, **more):
    if clients is not None:
        (folder / "clients.toml").write_text(clients)
        more["clients_file"] = folder / "clients.toml"
    settings = Settings(
        **{"database_url": f"sqlite:///{folder / 'l.db'}", "public_url": "https://cds.example.org", **more}
    )
    with responses.RequestsMock(assert_all_requests_are_fired=False) as mock:
        mock.get(JWKS, **(keys or {"body": jwk_set(jwk("a"))}))
        mock.get(f"{FHIR}/metadata", **(fhir or {"json": {"resourceType": "CapabilityStatement"}}))
        return list(check_settings(settings, key))


def codes(found, level=Level.FAULT):
    return {one.code for one in found if one.level is level}


@pytest.fixture(autouse=True)
def _content_is_checked_once_a_folder(monkeypatch):
    monkeypatch.setattr("cds_service.doctor.settings.check", CHECK)


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    return tmp_path_factory.mktemp("doctor")


def test_an_installation_that_is_well(folder):
    found = examined(folder, CLIENT + f'fhir_servers = ["{FHIR}"]\n')
    assert codes(found) == set()
    assert {"clients", "fhir", "database", "content"} <= codes(found, Level.FINE)


def test_access_tokens_for_anybody_are_noted(folder):
    reading = CLIENT + f'fhir_servers = ["{FHIR}"]\n'
    assert "fhir-client-id" in codes(examined(folder, reading), Level.NOTE)
    assert "fhir-client-id" not in codes(examined(folder, reading + 'fhir_client_id = "us"\n'), Level.NOTE)


def broken_key():
    raise SettingsBroken("The key file cannot be read.")


@pytest.mark.parametrize(
    ("clients", "more", "code"),
    [
        (CLIENT, {"public_url": ""}, "public-url-missing"),
        (CLIENT, {"public_url": "http://cds.example.org"}, "public-url-http"),
        (None, {}, "open-mode"),
        (CLIENT, {"open_mode": True}, "open-mode"),
        (CLIENT, {"test_setup": True}, "test-setup"),
        ("[[client]", {}, "clients-file"),
        (CLIENT + 'dialect = "nobody"\n', {}, "clients-file"),
        (CLIENT, {"keys": {"status": 404}}, "keys-unreachable"),
        (CLIENT, {"keys": {"body": "<html>"}}, "keys-unreachable"),
        (CLIENT, {"keys": {"body": jwk_set()}}, "keys-none"),
        (CLIENT, {"keys": {"body": jwk_set(jwk("a", use="enc"))}}, "keys-none"),
        (CLIENT + 'algorithms = ["RS384"]\n', {}, "keys-algorithms"),
        (CLIENT + f'fhir_servers = ["{FHIR}"]\n', {"fhir": {"status": 500}}, "fhir-unreachable"),
        (CLIENT + f'fhir_servers = ["{FHIR}"]\n', {"fhir": {"body": "<html>"}}, "fhir-no-json"),
        (CLIENT + f'fhir_servers = ["{FHIR}"]\n', {"fhir": {"status": 404}}, "fhir-not-found"),
        (CLIENT, {"key": broken_key}, "pseudonym-key"),
        (CLIENT, {"database_url": "sqlite:////nowhere/at/all/l.db"}, "database"),
        (CLIENT, {"database_url": "oracle://x"}, "database"),
    ],
)
def test_a_planted_fault_is_named(folder, clients, more, code):
    assert code in codes(examined(folder, clients, **more))


def test_content_that_is_not_whole(folder, tmp_path):
    assert "content" in codes(examined(folder, CLIENT, content_path=tmp_path))


def test_a_fhir_server_that_wants_a_token_is_well(folder):
    found = examined(folder, CLIENT + f'fhir_servers = ["{FHIR}"]\n', fhir={"status": 401})
    assert "fhir" in codes(found, Level.FINE)
