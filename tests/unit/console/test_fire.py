"""Firing a hook call: which service, which request, which exit code."""

import json
import socket

import pytest

from cds_service.console.demo import demo
from cds_service.console.fire import NOT_IN_ORDER, OK, UNREACHABLE, USAGE, fire
from cds_service.console.stories import shows, story_names

CARDS = (200, {"cards": []})
STORY = "opioid-coprescription"


def printed(console):
    return " ".join(console.file.getvalue().split())


@pytest.mark.parametrize("ending", ["", "/", "/cds-services", "/cds-services/"])
def test_the_service_is_found_by_its_hook(service, console, ending):
    service.answers["/cds-services/review%2F1"] = CARDS
    assert fire(STORY, service.url + ending, console=console) == OK
    (_, discovery), (path, request) = service.asked
    assert (path, discovery) == ("/cds-services/review%2F1", None)
    assert (request["hook"], request["context"]["patientId"]) == ("order-sign", f"patient-{STORY}")
    assert "No cards" in printed(console)


def test_another_hook_of_a_story(service, console):
    service.answers["/cds-services/select"] = CARDS
    assert fire(STORY, service.url, hook="order-select", console=console) == OK
    assert service.asked[-1][1]["context"]["selections"] == ["MedicationRequest/draft-1"]


def test_a_named_service_needs_no_discovery(service, console):
    service.answers["/cds-services/other"] = CARDS
    assert fire(STORY, service.url, service="other", console=console) == OK
    assert [path for path, _ in service.asked] == ["/cds-services/other"]


def test_a_file_is_sent_as_it_is(service, console, tmp_path):
    service.answers["/cds-services/select"] = CARDS
    request = {"hook": "order-select", "hookInstance": "1", "context": {"unknown": "é"}}
    (tmp_path / "mine.json").write_text(json.dumps(request), encoding="utf-8")
    assert fire(str(tmp_path / "mine.json"), service.url, console=console) == OK
    assert service.asked[-1][1] == request


@pytest.mark.parametrize(
    ("target", "hook", "said"),
    [
        ("opioid-coprescripton", None, "Did you mean opioid-coprescription"),
        ("xyz", None, "The stories are acute-alcohol-withdrawal"),
        (STORY, "patient-view", "has medication-prescribe, order-select, order-sign"),
        ("../r4/opioid-coprescription", None, "no story and no file"),
    ],
)
def test_a_target_that_is_not_there(service, console, target, hook, said):
    assert fire(target, service.url, hook=hook, console=console) == USAGE
    assert said in printed(console)
    assert service.asked == []


@pytest.mark.parametrize(
    ("text", "hook", "said"),
    [
        ("{", None, "cannot be read as JSON"),
        ("[]", None, "not a hook request"),
        ('{"hook": 1}', None, "not a hook request"),
        ('{"hook": "order-sign"}', "order-select", "leave --hook out"),
    ],
)
def test_a_file_that_cannot_be_fired(service, console, tmp_path, text, hook, said):
    (tmp_path / "mine.json").write_text(text, encoding="utf-8")
    assert fire(str(tmp_path / "mine.json"), service.url, hook=hook, console=console) == USAGE
    assert said in printed(console)


def test_no_service_for_the_hook(service, console):
    assert fire(STORY, service.url, hook="medication-prescribe", console=console) == USAGE
    assert "its hooks are: order-select, order-sign" in printed(console)


@pytest.mark.parametrize("discovery", [(200, b"<html>"), (200, {"services": {}}), (500, {"services": []})])
def test_no_discovery(service, console, discovery):
    service.answers["/cds-services"] = discovery
    assert fire(STORY, service.url, console=console) == NOT_IN_ORDER
    assert "is this the base URL of a CDS service?" in printed(console)


def test_a_service_that_is_not_there(console):
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        url = f"http://127.0.0.1:{free.getsockname()[1]}"
        assert fire(STORY, url, console=console) == UNREACHABLE
    assert "could not be reached (ConnectionError): is the service running there?" in printed(console)


@pytest.mark.parametrize("url", ["127.0.0.1:8080", "ftp://example.org", "http://", ""])
def test_not_a_url(console, url):
    assert fire(STORY, url, console=console) == USAGE
    assert "is not a URL of a service" in printed(console)


def test_an_error_is_told_in_words(service, console):
    issue = {
        "severity": "error",
        "code": "required",
        "diagnostics": "Send a patient.",
        "expression": ["prefetch.patient"],
    }
    service.answers["/cds-services/review%2F1"] = (412, {"resourceType": "OperationOutcome", "issue": [issue]})
    assert fire(STORY, service.url, console=console) == NOT_IN_ORDER
    assert "status 412. error/required: Send a patient. (at prefetch.patient)" in printed(console)


def test_an_error_without_words(service, console):
    service.answers["/cds-services/review%2F1"] = (500, b"oops")
    assert fire(STORY, service.url, console=console) == NOT_IN_ORDER
    assert "no OperationOutcome" in printed(console)


@pytest.mark.parametrize("content", [b"", b"[]", {"cards": None}, {}, b"[" * 100_000])
def test_an_answer_that_is_none(service, console, content):
    service.answers["/cds-services/review%2F1"] = (200, content)
    assert fire(STORY, service.url, console=console) == NOT_IN_ORDER
    assert "not an answer of CDS Hooks" in printed(console)


def test_an_answer_beyond_all_bounds(service, console, monkeypatch):
    monkeypatch.setattr("cds_service.console.exchange.MOST_BYTES", 1_000_000)
    service.answers["/cds-services/review%2F1"] = (200, b" " * 1_000_001)
    assert fire(STORY, service.url, console=console) == NOT_IN_ORDER
    assert "sent more than 1 MB" in printed(console)


def test_a_proxy_of_the_environment_is_not_asked_for_loopback(service, console, monkeypatch):
    monkeypatch.setenv("HTTP_PROXY", "http://127.0.0.1:9")
    monkeypatch.delenv("NO_PROXY", raising=False)
    monkeypatch.delenv("no_proxy", raising=False)
    service.answers["/cds-services/review%2F1"] = CARDS
    assert fire(STORY, service.url, console=console) == OK


def test_the_exchange_as_json(service, console):
    service.answers["/cds-services/review%2F1"] = CARDS
    assert fire(STORY, service.url, show_raw=True, console=console) == OK
    assert f'"patientId": "patient-{STORY}"' in printed(console)
    assert '{ "cards": [] }' in printed(console)


def test_the_demonstration_shows_stories_that_exist(service, console):
    service.answers["/cds-services"] = (
        200,
        {"services": [{"hook": hook, "id": hook} for hook in {show.hook for show in shows()}]},
    )
    service.answers |= {f"/cds-services/{show.hook}": CARDS for show in shows()}
    assert demo(service.url, console=console) == OK
    assert {show.story for show in shows()} <= set(story_names())
    assert [request["hook"] for path, request in service.asked if request] == [show.hook for show in shows()]
    assert all(show.look_at in printed(console) for show in shows())


def test_the_demonstration_tells_of_a_call_that_failed(service, console):
    assert demo(service.url, console=console) == NOT_IN_ORDER
