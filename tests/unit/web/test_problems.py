"""Errors -> status and OperationOutcome; nothing of the request is quoted."""

import logging

import pytest
from flask import Flask
from werkzeug.exceptions import BadRequest, Forbidden, MethodNotAllowed, NotFound

from cds_service.domain.errors import DataMissing, NotConformant, ServiceError
from cds_service.web import problems
from cds_service.web.problems import problem
from cds_service.web.surroundings import NEW_ID


@pytest.fixture
def asked():
    app = Flask(__name__)
    app.extensions[NEW_ID] = lambda: "made-id"
    with app.test_request_context("/x", headers={"X-Request-ID": "call-7"}):
        yield


def issue(response):
    (one,) = response.json["issue"]
    return one


@pytest.mark.usefixtures("asked")
def test_where_it_is_wrong_is_said():
    response = problem(NotConformant("It is missing.", at="context.patientId"))
    assert response.status_code == 422
    assert issue(response)["expression"] == ["context.patientId"]


@pytest.mark.usefixtures("asked")
def test_missing_data_name_their_prefetch_keys():
    response = problem(DataMissing("The Patient is missing.", ("patient", "conditions")))
    assert (response.status_code, issue(response)["expression"]) == (412, ["prefetch.patient", "prefetch.conditions"])


def every_error():
    pending, found = [ServiceError], []
    while pending:
        pending += pending.pop().__subclasses__()
        found = [*found, *pending]
    return set(found)


def test_every_error_a_call_can_meet_has_a_status():
    """Those that refuse to start never reach a call; RequestRefused is only the parent of others."""
    names = {error.__name__ for error in every_error() if error.__module__ == "cds_service.domain.errors"}
    answered = {error.__name__ for error in problems._STATUS}
    assert names - answered <= {"ContentBroken", "SettingsBroken", "RequestRefused"}


@pytest.mark.usefixtures("asked")
@pytest.mark.parametrize("error", [ValueError("canary"), ServiceError("canary"), MemoryError("canary")])
def test_our_faults_are_told_and_logged_without_their_text(error, caplog):
    with caplog.at_level(logging.ERROR):
        response = problem(error)
    assert response.status_code == 500
    assert "canary" not in response.get_data(as_text=True) + caplog.text
    assert "call-7" in caplog.text
    assert type(error).__name__ in caplog.text


@pytest.mark.usefixtures("asked")
@pytest.mark.parametrize(
    ("error", "status", "code"),
    [
        (NotFound("canary"), 404, "not-found"),
        (BadRequest("canary"), 400, "invalid"),
        (Forbidden("canary"), 403, "invalid"),
        (MethodNotAllowed(["POST", "OPTIONS"], "canary"), 405, "not-supported"),
        (RecursionError("canary"), 400, "structure"),
    ],
)
def test_what_the_framework_refuses(error, status, code):
    response = problem(error)
    assert (response.status_code, issue(response)["code"]) == (status, code)
    assert "canary" not in response.get_data(as_text=True)
    if status == 405:
        assert response.headers["Allow"] == "OPTIONS, POST"
