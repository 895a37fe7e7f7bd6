"""Of every page: accessible in light and dark, readable in a side panel, printable, and free of errors."""

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import expect

from tests.browser.conftest import STORY

FIRED = f"/playground?mode=story&story={STORY}&hook=order-sign&version=R4&run=1"
PAGES = {
    "front": "/",
    "knowledge": "/knowledge",
    "rule": "/knowledge/rules/older-adult",
    "model-card": "/knowledge/rules/older-adult/model-card",
    "alternatives": "/knowledge/alternatives",
    "alternative": "/knowledge/alternatives/sg-baclofen",
    "exemptions": "/knowledge/exemptions",
    "contested": "/knowledge/contested",
    "evidence": "/knowledge/evidence",
    "value-sets": "/knowledge/value-sets",
    "value-set": "/knowledge/value-sets/falls",
    "statements": "/knowledge/statements",
    "story": "/playground",
    "patient": "/playground?mode=patient",
    "paste": "/playground?mode=paste",
    "fired": FIRED,
    "docs": "/docs",
    "api": "/docs/api",
    "registration": "/docs/registration/generic",
    "guide": "/docs/clinical-content",
}
RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
NARROWEST = 320  # CSS pixels: WCAG 1.4.10, and the side panel of an EHR


@pytest.fixture
def shown(open_page):
    """A page, with everything that can be opened open."""

    def opened(name):
        page = open_page(PAGES[name])
        if name == "fired":
            expect(page.locator("article.card").first).to_be_visible()
            page.locator(".offer button").first.click()
            expect(page.locator(".told .note")).to_be_visible()
        page.evaluate("for (const one of document.querySelectorAll('details')) { one.open = true; }")
        return page

    return opened


def violations(page, **options):
    found = Axe().run(page, options={"resultTypes": ["violations"], **options}).response["violations"]
    return [(one["id"], [node["target"] for node in one["nodes"]][:5]) for one in found]


@pytest.mark.parametrize("name", PAGES)
def test_accessible_in_light_and_dark_and_in_a_side_panel(shown, name):
    page = shown(name)
    assert violations(page, runOnly=RULES) == []
    page.emulate_media(color_scheme="dark")
    assert violations(page, runOnly={"type": "rule", "values": ["color-contrast"]}) == []
    page.set_viewport_size({"width": NARROWEST, "height": 800})
    assert page.evaluate("document.documentElement.scrollWidth") <= NARROWEST


@pytest.mark.parametrize("name", ["model-card", "fired"])
def test_printable(shown, name):
    page = shown(name)
    page.emulate_media(media="print")
    expect(page.get_by_role("navigation").first).to_be_hidden()
    expect(page.get_by_role("button").first).to_be_hidden()
    assert page.evaluate("getComputedStyle(document.body).backgroundColor") == "rgb(255, 255, 255)"


def test_a_model_card_prints_through_its_button(open_page):
    page = open_page(PAGES["model-card"])
    page.evaluate("window.print = () => { window.printed = true; }")
    page.get_by_role("button", name="Print").click()
    assert page.evaluate("window.printed")


def test_a_list_is_narrowed(open_page):
    page = open_page("/knowledge")
    rows = page.locator("#rules tr:visible")
    before = rows.count()
    page.get_by_label("Narrow the list").fill("older 65")
    assert 0 < rows.count() < before
