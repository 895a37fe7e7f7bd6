"""The pages within the whole service: which there are, where they lead, and how an unknown address is told."""

import re

import pytest

from cds_service.app import LEDGER, create_app
from cds_service.settings import Settings

JWKS = '{"keys": []}'


@pytest.fixture
def made(tmp_path):
    """Makes the whole service."""
    apps = []

    def make(**settings):
        app = create_app(Settings(database_url=f"sqlite:///{tmp_path}/ledger-{len(apps)}.db", **settings))
        apps.append(app)
        return app.test_client()

    yield make
    for app in apps:
        app.extensions[LEDGER].close()


def test_the_front_page_leads_to_all_others(made):
    client = made()
    text = client.get("/").text
    addresses = re.findall(r'<li><a href="([^"]+)"', text)
    assert set(addresses) == {"/knowledge", "/playground", "/docs"}
    assert all(client.get(address).status_code == 200 for address in addresses)
    assert "Open mode." in text


def test_an_unknown_address(made):
    client = made()
    browser = client.get("/nowhere", headers={"Accept": "text/html,application/xhtml+xml,*/*;q=0.8"})
    assert (browser.status_code, browser.mimetype) == (404, "text/html")
    assert "There is no page at this address." in browser.text
    for headers in ({}, {"Accept": "application/json"}, {"Accept": "*/*"}):
        program = client.get("/nowhere", headers=headers)
        assert (program.status_code, program.json["resourceType"]) == (404, "OperationOutcome")


def test_below_a_path_of_a_proxy(made):
    client = made(public_url="https://example.org/review")
    text = client.get("/playground").text
    inner = [one for one in re.findall(r'(?:href|src|action)="([^"]+)"', text) if not one.startswith(("https:", "#"))]
    assert inner
    assert all(one.startswith("/review/") for one in inner)
    story = {"mode": "story", "story": "tetanus", "hook": "order-sign", "version": "R4"}
    fired = client.post("/playground", data=story).text
    assert "nothing to say about this order" in fired
    assert 'value="https://example.org/review/playground?mode=story' in fired
    assert client.get("/cds-services").status_code == 200


def test_a_service_that_asks_for_tokens_shows_its_refusal(made, tmp_path):
    keys, clients = tmp_path / "keys.json", tmp_path / "clients.toml"
    keys.write_text(JWKS, encoding="utf-8")
    clients.write_text(
        f'[[client]]\nname = "ehr"\nissuer = "https://ehr.example.org"\njwk_set_file = "{keys}"\n', encoding="utf-8"
    )
    client = made(clients_file=clients, public_url="https://cds.example.org", playground=True)
    assert "Open mode." not in client.get("/").text
    assert "Token (JWT)" in client.get("/playground").text
    story = {"mode": "story", "story": "tetanus", "hook": "order-sign", "version": "R4", "token": "x.y.z"}
    answer = client.post("/playground", data=story)
    assert answer.status_code == 200
    assert "The service answered with status 401." in answer.text
