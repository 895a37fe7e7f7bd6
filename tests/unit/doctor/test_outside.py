"""Each misconfiguration, planted in a service that is otherwise well, is named; the well one has none."""

from datetime import UTC, datetime
from email.utils import formatdate

import pytest

from cds_service.doctor.asking import Asking
from cds_service.doctor.diagnosis import Level
from cds_service.doctor.examine import examine
from tests.unit.doctor.patient import CARD, SERVICE, Health, serving

REQUEST = {"hook": "order-sign", "hookInstance": "d1577c69-dfbe-44ad-ba6d-3e05e953b2ea", "context": {}}
ORIGIN = "https://sandbox.cds-hooks.org"


def found(url, origin=ORIGIN):
    asking = Asking(base=url)
    return list(
        examine(asking, lambda hook: REQUEST if hook == "order-sign" else None, origin=origin, now=datetime.now(UTC))
    )


def codes(health, level=Level.FAULT):
    with serving(health) as url:
        return {one.code for one in found(url) if one.level is level}


def test_a_healthy_service_has_no_fault():
    assert codes(Health()) == set()
    assert {"discovery", "clock", "call"} <= codes(Health(), Level.FINE)


def test_every_fault_says_what_to_do():
    with serving(Health(origin="https://other.example.org", call_status=412)) as url:
        assert all(one.mend for one in found(url) if one.level is not Level.FINE)


def service(**more):
    return [{name: value for name, value in {**SERVICE, **more}.items() if value is not ...}]


@pytest.mark.parametrize(
    ("ills", "code"),
    [
        ({"discovery_status": 404}, "discovery-missing"),
        ({"discovery_status": 301}, "discovery-redirects"),
        ({"discovery_status": 401}, "discovery-refused"),
        ({"discovery_status": 500}, "discovery-status"),
        ({"discovery": b"<html></html>"}, "discovery-shape"),
        ({"discovery": {"services": {}}}, "discovery-shape"),
        ({"media_type": "text/html"}, "discovery-media-type"),
        ({"services": [SERVICE, SERVICE]}, "service-twice"),
        ({"services": service(description=...)}, "service-member-missing"),
        ({"services": service(hook="")}, "service-member-missing"),
        ({"services": service(id="x sign")}, "service-id"),
        ({"services": service(prefetch={})}, "prefetch-empty"),
        ({"services": service(prefetch={"patient": 7})}, "prefetch-template"),
        ({"services": service(prefetch={"patient": "/Patient/{{context.patientId}}"})}, "prefetch-not-relative"),
        ({"services": service(prefetch={"patient": "https://x.example.org/Patient/1"})}, "prefetch-not-relative"),
        ({"services": service(prefetch={"patient": "Patient/{{Patient.id}}"})}, "prefetch-token"),
        ({"services": service(prefetch={"orders": "X?y={{context.draftOrders}}"})}, "prefetch-token-object"),
        ({"date": formatdate(1_000_000_000, usegmt=True)}, "clock-skew"),
        ({"slash_status": 308}, "slash-redirects"),
        ({"unknown_status": 200}, "unknown-service"),
        ({"broken_status": 500}, "broken-body-5xx"),
        ({"broken_status": 200}, "broken-body-accepted"),
        ({"broken_body": b"Traceback (most recent call last)"}, "error-leaks"),
        ({"preflight_status": 401}, "cors-needs-token"),
        ({"preflight_status": 301}, "cors-preflight"),
        ({"origin": "https://other.example.org"}, "cors-origin"),
        ({"allowed_headers": "*"}, "cors-headers"),
        ({"cors_on_errors": False}, "cors-on-errors"),
        ({"any_origin": True, "credentials": True}, "cors-credentials"),
        ({"call_status": 401}, "call-refused"),
        ({"call_status": 412}, "call-412"),
        ({"call_status": 500}, "call-status"),
        ({"cards": {}}, "answer"),
        ({"cards": {"cards": [{**CARD, "summary": "x" * 140}]}}, "answer"),
        ({"cards": {"cards": [{**CARD, "indicator": "hard-stop"}]}}, "answer"),
    ],
    ids=lambda value: value if isinstance(value, str) else next(iter(value)),
)
def test_a_planted_fault_is_named(ills, code):
    assert code in codes(Health(**ills))


@pytest.mark.parametrize(
    ("ills", "code"),
    [
        ({"services": []}, "discovery-empty"),
        ({"services": [*service(), {**SERVICE, "hook": "order-select"}]}, "service-id-shared"),
        ({"services": service(title=...)}, "service-title"),
        ({"services": service(prefetch={"a": "X?_include=y"})}, "prefetch-uncommon"),
        ({"services": service(prefetch={"a": "X?y=" + "z" * 5_000})}, "prefetch-long"),
        ({"services": service(hook="patient-view")}, "call-none"),
        ({"slash_status": 404}, "slash-refused"),
        ({"get_status": 200}, "get-on-service"),
        ({"unknown_status": 400}, "unknown-service"),
        ({"broken_body": {}}, "error-shape"),
        ({"any_origin": True}, "cors-any-origin"),
    ],
    ids=lambda value: value if isinstance(value, str) else next(iter(value)),
)
def test_a_weak_spot_is_noted(ills, code):
    assert code in codes(Health(**ills), Level.NOTE)


def test_nothing_there():
    (only,) = found("http://127.0.0.1:9")
    assert only.code == "discovery-unreachable"


def test_https_asked_of_a_server_without_it():
    with serving(Health()) as url:
        (only,) = found(url.replace("http://", "https://"))
    assert only.code in ("tls-not-trusted", "discovery-unreachable")
