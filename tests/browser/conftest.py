"""A real Chromium, and the whole service on loopback for it. Without one the tests fail, and say how to get it."""

import pytest
from playwright.sync_api import sync_playwright

from cds_service.app import LEDGER, create_app
from cds_service.settings import Settings
from tests.browser.chromium import find, flags
from tests.browser.serving import served

STORY = "older-adult-spasm-30-days"


def is_fault(message):
    """Of the console of the browser: everything but that a form was refused, which is a status of ours."""
    return message.type == "error" and "status of 422" not in message.text


@pytest.fixture(scope="session")
def service(tmp_path_factory):
    """The service in open mode: `url` and `app`."""
    folder = tmp_path_factory.mktemp("browser")
    app = create_app(Settings(database_url=f"sqlite:///{folder}/ledger.db"))
    with served(app) as service:
        yield service
    app.extensions[LEDGER].close()


@pytest.fixture(scope="session")
def browser():
    path = find()
    with sync_playwright() as playwright:
        launched = playwright.chromium.launch(executable_path=path, args=flags())
        yield launched
        launched.close()


@pytest.fixture
def open_page(browser, service):
    """Opens a page of the service; it fails the test when a page logs an error or asks anybody else for anything."""
    contexts, complaints = [], []

    def opened(path, *, javascript=True):
        context = browser.new_context(
            base_url=service.url,
            viewport={"width": 1280, "height": 900},
            java_script_enabled=javascript,
            permissions=["clipboard-read", "clipboard-write"],
        )
        contexts.append(context)
        page = context.new_page()
        page.on("console", lambda message: complaints.append(message.text) if is_fault(message) else None)
        page.on("pageerror", lambda error: complaints.append(str(error)))
        page.on("request", lambda one: None if one.url.startswith(service.url) else complaints.append(one.url))
        page.goto(path)
        return page

    yield opened
    for context in contexts:
        context.close()
    assert complaints == []
