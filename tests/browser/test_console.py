"""The compliance console in a real Chromium: what auditors and administrators do, and intruders cannot."""

import json
from datetime import UTC, datetime

import pytest
from playwright.sync_api import expect

from tests.auditing import PASSWORDS, audited_app
from tests.browser.serving import served
from tests.browser.test_every_page import NARROWEST, RULES, violations

PAGES = {
    "overview": "/console/overview",
    "decisions": "/console/decisions",
    "exports": "/console/exports",
    "releases": "/console/releases",
    "integrity": "/console/integrity",
    "access": "/console/access",
    "account": "/console/account",
}


@pytest.fixture(scope="module")
def service(tmp_path_factory):
    folder = tmp_path_factory.mktemp("console")
    with audited_app(folder, lambda: datetime.now(UTC)) as app, served(app) as service:
        yield service


@pytest.fixture
def sign_in(open_page):
    def signed(name, path="/console", *, javascript=True):
        page = open_page(path, javascript=javascript)
        page.get_by_label("Name").fill(name)
        page.get_by_label("Password").fill(PASSWORDS[name])
        page.get_by_role("button", name="Sign in").click()
        return page

    return signed


def test_an_auditor_finds_an_override_learns_why_and_takes_the_proof(sign_in, tmp_path):
    page = sign_in("vera", javascript=False)
    expect(page.get_by_role("heading", name="Overview")).to_be_visible()
    page.get_by_role("link", name="Decisions", exact=True).click()
    page.get_by_label("Outcome").select_option("overridden")
    page.get_by_role("button", name="Search").click()
    page.locator("tbody th a").first.click()
    expect(page.get_by_role("heading", name="What was shown")).to_be_visible()
    expect(page.locator("article.card").first).to_be_visible()
    expect(page.get_by_role("group", name="Feedback")).to_contain_text("overridden")
    expect(page.get_by_role("heading", name="Why")).to_be_visible()
    expect(page.get_by_role("status").first).to_contain_text("Proven.")
    with page.expect_download() as taken:
        page.get_by_role("link", name="Download the proof").click()
    taken.value.save_as(tmp_path / "proof.json")
    assert json.loads((tmp_path / "proof.json").read_text())["inclusion_proof"] is not None
    page.get_by_role("link", name="Access log").click()
    expect(page.get_by_role("group", name="Accesses")).to_contain_text("proof")
    page.get_by_role("button", name="Sign out").click()
    page.goto("/console/decisions")
    expect(page.get_by_role("heading", name="Compliance console")).to_be_visible()


def test_an_administrator_takes_a_role_away_and_gives_it_back(sign_in, open_page):
    auditor = sign_in("vera")
    page = sign_in("otto")
    expect(page.get_by_role("heading", name="People")).to_be_visible()
    page.get_by_role("button", name="Disable vera").click()
    auditor.goto("/console/decisions")
    expect(auditor.get_by_role("heading", name="Compliance console")).to_be_visible()
    page.get_by_role("button", name="Enable vera").click()
    expect(page.get_by_role("button", name="Disable vera")).to_be_visible()


def test_an_auditor_verifies_the_log_and_takes_a_copy(sign_in):
    page = sign_in("vera", javascript=False)
    page.get_by_role("link", name="Integrity").click()
    page.get_by_role("button", name="Verify the whole log now").click()
    expect(page.get_by_role("status")).to_contain_text("In order.", timeout=60_000)
    page.get_by_role("link", name="Exports and reports").click()
    page.get_by_role("button", name="Write it").click()
    expect(page.get_by_role("status")).to_contain_text("Done:", timeout=60_000)
    with page.expect_download() as taken:
        page.get_by_role("link", name="Download").click()
    assert taken.value.suggested_filename.endswith(".csv")


@pytest.mark.parametrize("path", [*PAGES.values(), "/console/people"])
def test_an_intruder_sees_the_door_and_nothing_else(open_page, path):
    page = open_page(path)
    expect(page.get_by_role("heading", name="Compliance console")).to_be_visible()
    assert page.get_by_role("table").count() == 0


@pytest.mark.parametrize("name", ["sign-in", *PAGES, "decision", "people"])
def test_accessible_in_light_and_dark_and_in_a_side_panel(open_page, sign_in, name):
    if name == "sign-in":
        page = open_page("/console/sign-in")
    else:
        other = "/console/people" if name == "people" else "/console/decisions"
        page = sign_in("otto" if name == "people" else "vera", PAGES.get(name, other))
        if name == "decision":
            page.locator("tbody th a").first.click()
    page.evaluate("for (const one of document.querySelectorAll('details')) { one.open = true; }")
    assert violations(page, runOnly=RULES) == []
    page.emulate_media(color_scheme="dark")
    assert violations(page, runOnly={"type": "rule", "values": ["color-contrast"]}) == []
    page.set_viewport_size({"width": NARROWEST, "height": 800})
    assert page.evaluate("document.documentElement.scrollWidth") <= NARROWEST
