"""The frame of every page: headers, assets, errors, and forms that other sites send."""

import logging
import re

import pytest
from flask import abort, render_template_string

from cds_service.console.kit import CONTENT_SECURITY_POLICY, page_blueprint
from cds_service.domain.errors import LedgerUnavailable
from tests.unit.console.site import app_of

CANARY = "Canary-Jane-Doe"


@pytest.fixture
def pages():
    trial = page_blueprint("trial", __name__)

    @trial.route("/trial", methods=["GET", "POST"])
    def shown():
        return "done"

    @trial.get("/fails/<how>")
    def fails(how):
        errors = {"ledger": LedgerUnavailable(CANARY), "fault": ValueError(CANARY)}
        if how in errors:
            raise errors[how]
        abort(int(how))

    @trial.get("/unnamed")
    def unnamed():
        return render_template_string("{{ no_such_name }}")

    return app_of(trial).test_client()


def test_the_frame(pages):
    answer = pages.get("/")
    assert answer.status_code == 200
    assert answer.mimetype == "text/html"
    for part in ("Open mode.", "Content release 9.8.7 of 2026-01-02", "software 1.2.3", "Not for patients.", ">Front<"):
        assert part in answer.text
    assert 'aria-current="true"' in answer.text


def test_no_banner_where_tokens_are_asked_for():
    assert "Open mode." not in app_of(open_mode=False).test_client().get("/").text


@pytest.mark.parametrize("path", ["/", "/trial", "/fails/404", "/fails/fault"])
def test_headers_of_every_page(pages, path):
    headers = pages.get(path).headers
    assert headers["Content-Security-Policy"] == CONTENT_SECURITY_POLICY
    assert headers["Content-Security-Policy"].startswith("default-src 'none'; ")
    assert "unsafe" not in headers["Content-Security-Policy"]
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["X-Frame-Options"] == "DENY"
    assert headers["Referrer-Policy"] == "no-referrer"
    assert "Strict-Transport-Security" not in headers


def test_over_https_the_browser_is_told_to_stay_there(pages):
    assert "max-age" in pages.get("/", base_url="https://cds.example.org").headers["Strict-Transport-Security"]
    behind = app_of(public_url="https://cds.example.org").test_client()
    assert "max-age" in behind.get("/").headers["Strict-Transport-Security"]


def test_nothing_is_inline_and_nothing_comes_from_elsewhere(pages):
    text = pages.get("/").text
    assert not re.search(r"<style|\sstyle=|\son\w+=|<script(?![^>]*\ssrc=)", text)
    assert all(found.startswith("/") for found in re.findall(r'(?:src|<link[^>]*href)="([^"]*)"', text))


def test_assets_are_cached_for_ever_under_the_name_of_what_they_hold(pages):
    (path,) = re.findall(r'href="(/assets/kit\.[0-9a-f]{16}\.css)"', pages.get("/").text)
    answer = pages.get(path)
    assert answer.headers["Cache-Control"] == "public, max-age=31536000, immutable"
    assert answer.content_type == "text/css; charset=utf-8"
    assert pages.get("/assets/kit.css").status_code == 404
    assert pages.get("/assets/..%2fkit.py").status_code == 404


@pytest.mark.parametrize(
    ("path", "status", "said"),
    [
        ("/fails/404", 404, "There is no page at this address."),
        ("/fails/418", 418, "I&#39;m a Teapot"),
        ("/fails/ledger", 503, "try again shortly"),
        ("/fails/fault", 500, "The fault is ours, and logged."),
        ("/unnamed", 500, "The fault is ours, and logged."),
    ],
)
def test_errors_are_pages_too(pages, path, status, said):
    answer = pages.get(path)
    assert answer.status_code == status
    assert said in answer.text
    assert CANARY not in answer.text
    assert "To the front page" in answer.text


def test_a_fault_is_logged_by_type_and_place_without_its_text(pages, caplog):
    with caplog.at_level(logging.ERROR):
        pages.get("/fails/fault")
    assert "ValueError on the page trial.fails, at fails:" in caplog.text
    assert CANARY not in caplog.text


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ({}, 200),
        ({"Sec-Fetch-Site": "same-origin"}, 200),
        ({"Sec-Fetch-Site": "none"}, 200),
        ({"Sec-Fetch-Site": "cross-site"}, 403),
        ({"Sec-Fetch-Site": "same-site"}, 403),
        ({"Sec-Fetch-Site": "cross-site", "Origin": "http://localhost"}, 403),
        ({"Origin": "http://localhost"}, 200),
        ({"Origin": "http://localhost:81"}, 403),
        ({"Origin": "https://evil.example"}, 403),
        ({"Origin": "null"}, 403),
    ],
)
def test_forms_of_other_sites(pages, headers, status):
    answer = pages.post("/trial", headers=headers)
    assert answer.status_code == status
    assert pages.get("/trial", headers=headers).status_code == 200
    if status == 403:
        assert "sent by another site" in answer.text


def test_a_form_sent_through_a_proxy_is_our_own(pages):
    trial = page_blueprint("trial", __name__)
    trial.add_url_rule("/trial", "shown", lambda: "done", methods=["POST"])
    behind = app_of(trial, public_url="https://cds.example.org/review").test_client()
    assert behind.post("/trial", headers={"Origin": "https://cds.example.org"}).status_code == 200
    assert behind.post("/trial", headers={"Origin": "https://evil.example"}).status_code == 403
