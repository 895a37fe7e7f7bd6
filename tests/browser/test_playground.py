"""What a tester does in the playground, in a real browser."""

import json
import re

import pytest
from playwright.sync_api import expect

from cds_service.app import LEDGER
from fhir_fixtures.build import HERE
from tests.browser.conftest import STORY

START = f"/playground?mode=story&story={STORY}&hook=order-sign&version=R4"
REQUEST = (HERE / "r4" / STORY / "order-sign.json").read_text(encoding="utf-8")


def fire(page):
    page.locator("#ask button.main").click()
    expect(page.locator("article.card").first).to_be_visible()


def kept(service, card):
    """What the ledger has of one card's feedback."""
    return service.app.extensions[LEDGER].feedback_of(card)


def test_from_a_story_to_recorded_feedback(open_page, service):
    page = open_page("/playground")
    page.get_by_label("Story").select_option(STORY)
    expect(page.locator("#story-about")).to_contain_text("A woman of 78")
    fire(page)
    card = page.locator("article.card").first
    offer = card.locator(".offer").first
    offer.get_by_text("What it would change").click()
    expect(offer.get_by_role("table")).to_contain_text("boundsDuration › value")
    offer.get_by_role("button").click()
    expect(card.locator(".told")).to_contain_text("Recorded. Status 200.")
    card.get_by_text("The feedback call").click()
    told = json.loads(card.locator(".told pre").inner_text())
    (entry,) = told["feedback"]
    assert entry["outcome"] == "accepted"
    (recorded,) = kept(service, entry["card"])
    assert recorded.feedback.accepted == (entry["acceptedSuggestions"][0]["id"],)


def test_overriding_with_a_reason(open_page, service):
    page = open_page(START)
    fire(page)
    card = page.locator("article.card").last
    code = card.locator("select option").nth(1).get_attribute("value").partition("|")[0]
    card.locator("select").select_option(index=1)
    card.get_by_role("button", name="Override").click()
    expect(card.locator(".told")).to_contain_text("Recorded.")
    (recorded,) = kept(service, card.locator("input[name=card]").first.get_attribute("value"))
    assert (recorded.feedback.outcome, recorded.feedback.reason_code) == ("overridden", code)


def test_why_every_rule_spoke_or_not(open_page):
    page = open_page(START)
    fire(page)
    page.get_by_text("silent rules, and why").click()
    silent = page.get_by_role("group", name="Silent rules")
    expect(silent.get_by_role("row").nth(5)).to_be_visible()
    page.get_by_text("Alternatives, and how each was judged").click()
    expect(page.get_by_role("group", name="Alternatives")).to_contain_text("offered")
    expect(page.get_by_text("nothing found")).to_be_visible()


def test_a_broken_paste_is_explained(open_page):
    page = open_page("/playground")
    page.get_by_role("link", name="Paste a request").click()
    page.get_by_label("Hook request").fill('{"hook": "order-sign",\n  "context": }')
    page.locator("#ask button.main").click()
    expect(page.get_by_role("alert")).to_contain_text("This is not JSON: Expecting value, in line 2 at character 14.")
    expect(page.get_by_label("Hook request")).to_have_value('{"hook": "order-sign",\n  "context": }')


def test_a_refused_paste_is_explained(open_page):
    page = open_page("/playground?mode=paste")
    page.get_by_label("Hook request").fill('{"hook": "order-sign", "hookInstance": "1", "context": {}}')
    page.locator("#ask button.main").click()
    expect(page.locator("#answer")).to_contain_text("The service answered with status 422.")
    expect(page.locator("#answer")).to_contain_text("hookInstance")


def test_a_described_patient(open_page):
    page = open_page("/playground?mode=patient")
    page.get_by_label("Age, years").fill("81")
    page.get_by_label("Dose, mg").fill("5")
    page.get_by_label("Times a day").fill("3")
    page.get_by_label("Days", exact=True).fill("40")
    page.locator("summary", has_text="Other medicines").click()
    page.get_by_label("Narrow Other medicines").fill("opioids")
    boxes = page.locator("#drugs-list .choice:visible")
    assert boxes.count() < 5
    page.get_by_role("checkbox", name=re.compile("^Opioids ")).first.check()
    fire(page)
    expect(page.locator("article.card.critical").first).to_be_visible()
    expect(page.get_by_label("Age, years")).to_have_value("81")


def test_a_link_brings_a_story_back(open_page):
    page = open_page(START)
    fire(page)
    summaries = page.locator(".card-summary").all_inner_texts()
    link = page.get_by_label("Link to this").input_value()
    page.get_by_role("button", name="Copy the link").click()
    expect(page.get_by_role("button", name="Copied")).to_be_visible()
    assert page.evaluate("navigator.clipboard.readText()") == link
    again = open_page(link)
    expect(again.locator("article.card").first).to_be_visible()
    assert again.locator(".card-summary").all_inner_texts() == summaries


def test_a_link_brings_a_pasted_request_back_without_telling_the_server(open_page):
    page = open_page("/playground?mode=paste")
    text = REQUEST.replace("Synthetic Patient", "Grüße ☃ Synthetic")
    page.get_by_label("Hook request").fill(text)
    fire(page)
    link = page.get_by_label("Link to this").input_value()
    asked = []
    again = open_page("/playground?mode=paste")
    again.on("request", lambda one: asked.append(one.url))
    again.goto("about:blank")
    again.goto(link)
    expect(again.get_by_label("Hook request")).to_have_value(text)
    assert all("#" not in url and "request=" not in url for url in asked)
    fire(again)


@pytest.mark.parametrize("packed", ["AAAA", "eJzzSM3JyQcABYwB9Q_x"])
def test_a_damaged_link_says_so(open_page, packed):
    page = open_page(f"/playground?mode=paste#request={packed}")
    field = page.get_by_label("Hook request")
    page.wait_for_function("document.getElementById('request').validationMessage !== ''")
    assert "damaged" in field.evaluate("(one) => one.validationMessage")
    field.fill("{}")
    assert field.evaluate("(one) => one.validationMessage") == ""


def focused(page):
    return page.evaluate("document.activeElement.textContent.trim() || document.activeElement.name")


def test_with_the_keyboard_alone(open_page):
    page = open_page(START)
    page.keyboard.press("Tab")
    assert focused(page) == "Skip to the content"
    page.keyboard.press("Enter")
    for _ in range(20):
        page.keyboard.press("Tab")
        if focused(page) == "Fire":
            break
    assert focused(page) == "Fire"
    outline = page.evaluate("getComputedStyle(document.activeElement).outlineStyle")
    assert outline != "none"
    page.keyboard.press("Enter")
    expect(page.locator("article.card").first).to_be_visible()
    for _ in range(60):
        page.keyboard.press("Tab")
        if page.evaluate("document.activeElement.matches('.offer button')"):
            break
    page.keyboard.press("Enter")
    expect(page.locator(".told .note").first).to_contain_text("Recorded.")


def test_without_javascript(open_page):
    page = open_page(START, javascript=False)
    fire(page)
    page.locator(".offer button").first.click()
    expect(page.get_by_role("heading", name="Feedback")).to_be_visible()
    expect(page.locator("main")).to_contain_text("Recorded.")
