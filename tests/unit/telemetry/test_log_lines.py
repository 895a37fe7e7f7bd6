"""Log lines and trace context: one line is one JSON object, names its request, and no exception's text is in it."""

import json
import logging
import sys

import pytest
import responses

from cds_service.domain.trail import TRAIL, Trail, continued
from cds_service.telemetry.log_lines import JsonLines, TextLines
from tests.acceptance import fhir_server
from tests.acceptance.conftest import FHIR_SERVER, make_service
from tests.contract.calls import story

PATH = "/cds-services/diazepam-order-sign"
TRACE, SPAN = "4bf92f3577b34da6a3ce929d0e0e4736", "00f067aa0ba902b7"
SENT = f"00-{TRACE}-{SPAN}-01"


def record(message, *args, error=None):
    return logging.LogRecord("cds_service.x", logging.WARNING, "x.py", 1, message, args, error)


@pytest.fixture
def on_trail():
    token = TRAIL.set(Trail("req-1", f"00-{TRACE}-1111111111111111-01"))
    yield
    TRAIL.reset(token)


def test_json_names_the_request(on_trail):
    line = JsonLines().format(record("two\nlines %s", "given"))
    assert "\n" not in line
    said = json.loads(line)
    assert said["message"] == "two\nlines given"
    assert (said["level"], said["logger"], said["request_id"]) == ("WARNING", "cds_service.x", "req-1")
    assert (said["trace_id"], said["span_id"]) == (TRACE, "1" * 16)
    assert said["time"].endswith("+00:00")


def test_text_names_it_too(on_trail):
    assert TextLines("%(message)s").format(record("said")) == "said [req-1]"


@pytest.mark.parametrize("lines", [JsonLines(), TextLines()])
def test_no_text_of_an_exception_is_in_them(lines):
    try:
        int("Jane Doe, 1950-01-01")
    except ValueError:
        line = lines.format(record("it failed", error=sys.exc_info()))
    assert "Jane" not in line
    assert "ValueError at test_no_text" in line


@pytest.mark.parametrize("sent", [
    "", "00", SENT.upper(), f"ff-{TRACE}-{SPAN}-01", f"00-{'0' * 32}-{SPAN}-01", f"00-{TRACE}-{'0' * 16}-01",
    f"{SENT}-more", f"{SENT}\r\nX-Evil: 1", f"cc-{TRACE}-{SPAN}-01-{'x' * 600}",
])  # fmt: skip
def test_what_is_no_traceparent_counts_as_not_sent(sent):
    assert continued("r", sent, "a=b", "2" * 16) == Trail("r")


def test_a_later_version_is_understood_as_far_as_it_goes():
    assert continued("r", f"cc-{TRACE}-{SPAN}-01-what", "a=b", "2" * 16) == Trail(
        "r", f"00-{TRACE}-{'2' * 16}-01", "a=b"
    )


def test_the_trace_goes_on_to_the_fhir_server_and_back_to_the_caller(tmp_path):
    client, call = make_service(tmp_path).test_client(), story()
    call.pop("prefetch")
    access = {"access_token": fhir_server.TOKEN, "token_type": "Bearer", "expires_in": 300, "subject": "x"}
    call |= {"fhirServer": FHIR_SERVER, "fhirAuthorization": access | {"scope": "patient/*.read"}}
    headers = {"X-Request-ID": "call-7", "traceparent": SENT, "tracestate": "vendor=1"}
    with responses.RequestsMock(assert_all_requests_are_fired=False) as mock:
        fhir_server.serve(mock, FHIR_SERVER, [])
        answer = client.post(PATH, json=call, headers=headers)
        asked = [one.request.headers for one in mock.calls]
    assert asked
    ours = answer.headers["traceparent"]
    assert ours.startswith(f"00-{TRACE}-")
    assert SPAN not in ours
    for one in asked:
        assert (one["X-Request-ID"], one["traceparent"], one["tracestate"]) == ("call-7", ours, "vendor=1")
    after = client.post(PATH, json=story())
    assert "traceparent" not in after.headers, "nothing of one call reaches another"
