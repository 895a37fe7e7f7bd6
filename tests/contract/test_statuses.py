"""Part 10, status codes; part 11, CORS; part 13, what answers may say."""

import logging

import pytest

from cds_service.domain.errors import AllRulesFailed, LedgerUnavailable
from tests.acceptance.conftest import make_service
from tests.contract.calls import changed, fire, guided, refused, story

SIGN = "/cds-services/diazepam-order-sign"
SANDBOX = "https://sandbox.cds-hooks.org"
PATHS = ["/cds-services", SIGN, f"{SIGN}/feedback"]


@pytest.mark.requirement("HTTP-03")
@pytest.mark.parametrize(
    "path",
    [
        "/cds-services/nobody",
        "/cds-services/nobody/feedback",
        f"{SIGN}/unheard",
        "/cds-services/%00",
        "/cds-services/..%2fx",
        "/cds-services/%ff%fe",
        "/cds-services/%ed%a0%80",
        f"/cds-services/{'x' * 4_000}",
        "/",
        "/cds-discovery",
        "/favicon",
    ],
)
def test_unknown_addresses(client, path):
    assert refused(client.post(path, json=story()), 404, 405)["code"] in ("not-found", "not-supported")


@pytest.mark.requirement("HTTP-04/05")
@pytest.mark.parametrize(
    ("method", "path", "allowed"),
    [
        ("GET", SIGN, "POST"),
        ("PUT", SIGN, "POST"),
        ("DELETE", f"{SIGN}/feedback", "POST"),
        ("GET", f"{SIGN}/feedback", "POST"),
        ("POST", "/cds-services", "GET"),
        ("PATCH", "/cds-services", "GET"),
    ],
)
def test_other_methods(client, method, path, allowed):
    response = client.open(path, method=method, json={})
    refused(response, 405)
    assert allowed in response.headers["Allow"].split(", ")


@pytest.mark.requirement("HTTP-04/05")
@pytest.mark.parametrize("path", [*PATHS, "/healthz"])
def test_head_and_options(client, path):
    options = client.options(path)
    assert (options.status_code, options.data, options.content_type) == (200, b"", None)
    assert client.head(path).status_code in (200, 405)


@pytest.mark.requirement("HTTP-09")
@pytest.mark.parametrize("path", ["/nowhere", SIGN, "/cds-services/nobody"])
def test_errors_carry_an_operation_outcome(client, path):
    refused(client.get(path), 404, 405)


@pytest.mark.requirement("HTTP-10", "SEC-01", "SEC-02")
def test_a_fault_of_ours_is_a_500_and_logged_without_its_text(tmp_path, monkeypatch, caplog):
    def broken(*_):
        raise ZeroDivisionError("canary-of-a-name")

    monkeypatch.setattr("cds_service.hook_call.recommend", broken)
    client = make_service(tmp_path).test_client()
    with caplog.at_level(logging.DEBUG):
        response = fire(client, story(), headers={"X-Request-ID": "call-7"})
    refused(response, 500)
    assert "canary" not in response.get_data(as_text=True) + caplog.text
    assert "ZeroDivisionError" in caplog.text
    assert "call-7" in caplog.text
    assert "Traceback" not in response.get_data(as_text=True)


@pytest.mark.requirement("HTTP-10")
@pytest.mark.parametrize(("error", "status"), [(AllRulesFailed("Not one."), 500), (LedgerUnavailable("Not now."), 503)])
def test_a_failure_is_never_silence(tmp_path, monkeypatch, error, status):
    def broken(*_):
        raise error

    monkeypatch.setattr("cds_service.hook_call.present", broken)
    refused(fire(make_service(tmp_path).test_client(), story()), status)


@pytest.mark.requirement("HTTP-12")
def test_it_goes_on_answering(client):
    for body in (b"", b"[" * 100_000, b"\xff", b'{"hook": "\\ud800"}'):
        refused(fire(client, body))
    assert client.get("/cds-services").status_code == 200
    assert guided(fire(client, story()))


@pytest.mark.requirement("SEC-06")
def test_answers_about_patients_are_not_to_be_kept(client):
    assert fire(client, story()).headers["Cache-Control"] == "no-store"
    assert fire(client, b"{").headers["Cache-Control"] == "no-store"


@pytest.mark.requirement("SEC-02")
def test_errors_never_quote_the_request(client):
    for at in ("hook", "hookInstance", "context.patientId", "context.userId", "prefetch", "fhirServer"):
        for value in ("canary /..\n", ["canary"], {"canary": "canary"}):
            assert "canary" not in fire(client, changed(at, value)).get_data(as_text=True)


@pytest.mark.parametrize(("sent", "kept"), [("call-7.x_Y", True), ("a b", False), ("x" * 65, False), ("", False)])
def test_the_request_s_own_id_is_kept_where_it_is_harmless(client, sent, kept):
    answered = client.get("/healthz", headers={"X-Request-ID": sent}).headers["X-Request-ID"]
    assert (answered == sent) is kept
    assert answered


# CORS -----------------------------------------------------------------------------------------------------------------


@pytest.mark.requirement("CORS-01", "CORS-02")
@pytest.mark.parametrize("path", [*PATHS, "/cds-services//diazepam-order-sign", "/cds-services/"])
def test_preflight(client, path):
    response = client.options(
        path,
        headers={
            "Origin": SANDBOX,
            "Access-Control-Request-Method": "POST",
            "Access-Control-Request-Headers": "authorization,content-type",
        },
    )
    assert response.status_code == 200
    assert response.headers["Access-Control-Allow-Origin"] == SANDBOX
    assert response.headers["Access-Control-Allow-Methods"] == "GET, POST"
    assert response.headers["Access-Control-Allow-Headers"] == "Authorization, Content-Type"


@pytest.mark.requirement("CORS-01")
def test_the_origin_is_allowed_on_every_answer_errors_included(client):
    origin = {"Origin": SANDBOX}
    for response in (
        client.get("/cds-services", headers=origin),
        client.get("/cds-services/a/b/c", headers=origin),
        client.put(SIGN, headers=origin),
        client.get("/cds-services/..%2f..%2fetc%2fpasswd", headers=origin),
        client.post(f"{SIGN}/feedback", data="{", headers=origin),
        fire(client, b" " * 5_000_000, headers=origin),
        fire(client, "<a/>", content_type="application/xml", headers=origin),
        fire(client, {**story(), "prefetch": {}}, headers=origin),
        fire(client, story(), headers=origin),
        fire(client, b"{", headers=origin),
        client.get("/cds-services/nobody", headers=origin),
        client.get(SIGN, headers=origin),
    ):
        assert response.headers["Access-Control-Allow-Origin"] == SANDBOX
        assert response.headers["Vary"] == "Origin"


@pytest.mark.requirement("CORS-03")
@pytest.mark.parametrize(
    "origin", ["https://evil.example", "null", f"{SANDBOX}.evil.example", "http://sandbox.cds-hooks.org"]
)
def test_foreign_origins(client, origin):
    response = client.get("/cds-services", headers={"Origin": origin})
    assert "Access-Control-Allow-Origin" not in response.headers
    assert "Access-Control-Allow-Credentials" not in response.headers
    assert response.headers["Vary"] == "Origin"


@pytest.mark.requirement("CORS-01", "CORS-03")
def test_it_can_be_opened_or_closed(tmp_path):
    for origins, allowed in ((("*",), True), ((), False)):
        folder = tmp_path / str(allowed)
        folder.mkdir()
        response = (
            make_service(folder, cors_origins=origins).test_client().get("/cds-services", headers={"Origin": SANDBOX})
        )
        assert ("Access-Control-Allow-Origin" in response.headers) is allowed
        assert "Access-Control-Allow-Credentials" not in response.headers
