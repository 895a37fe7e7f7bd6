"""Builders of hook calls: resources as clients send them, and the gather step over a fake FHIR server."""

import json
from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

from cds_service.domain.facts import Unavailable
from cds_service.domain.request import FhirAccess, HookRequest
from cds_service.fhir.gather import make_gather
from tests.unit.fhir.content import CONTENT, RXNORM

TODAY = date(2026, 6, 15)
ZONE = ZoneInfo("Pacific/Auckland")
FHIR = FhirAccess(server="https://fhir.example.org/r4", access_token="secret")
SECTIONS = ("patient", "problems", "medications", "statements", "allergies", "observations", "services", "encounter")


def order(code="197591", text="", **more):
    """A complete R4 draft of 5 mg twice daily for 10 days; keyword `x=None` takes element x away."""
    concept = {"coding": [{"system": RXNORM, "code": code}]} if code else {}
    made = {
        "resourceType": "MedicationRequest",
        "id": "draft-1",
        "status": "draft",
        "intent": "order",
        "subject": {"reference": "Patient/p1"},
        "authoredOn": "2026-06-15",
        "medicationCodeableConcept": concept | ({"text": text} if text else {}),
        "dosageInstruction": [dosage()],
    }
    made |= more
    return {name: value for name, value in made.items() if value is not None}


def dosage(value=5, unit="mg", *, code=None, frequency=2, period=1, period_unit="d", days=10, **more):
    """One dosage instruction."""
    quantity = {"value": value, "unit": unit, "code": unit if code is None else code}
    repeat = {"frequency": frequency, "period": period, "periodUnit": period_unit}
    if days:
        repeat["boundsDuration"] = {"value": days, "unit": "day", "code": "d"}
    made = {"timing": {"repeat": repeat}, "doseAndRate": [{"doseQuantity": quantity}]} | more
    return {name: value for name, value in made.items() if value is not None}


def bundle(*resources, **more):
    return {"resourceType": "Bundle", "entry": [{"resource": one} for one in resources]} | more


def patient(**more):
    return {"resourceType": "Patient", "id": "p1", "birthDate": "1970-01-01", "gender": "female"} | more


def about(kind, number, **more):
    """A resource of the patient."""
    whose = {"patient" if kind == "AllergyIntolerance" else "subject": {"reference": "Patient/p1"}}
    return {"resourceType": kind, "id": f"{kind}-{number}"} | whose | more


def prefetch(**values):
    """A complete prefetch in which nothing but the patient is on record."""
    empty = dict.fromkeys(("conditions", "medications", "statements", "allergies", "labs", "services"))
    return {"patient": patient()} | empty | values


def request(drafts, sent=None, *, selections=None, fhir=None, encounter="", raw_prefetch=None):
    raw = raw_prefetch if raw_prefetch is not None else (None if sent is None else json.dumps(sent).encode())
    return HookRequest(
        received_at=datetime(2026, 6, 15, 1, tzinfo=UTC),
        hook="order-sign",
        service_id="s",
        hook_instance="i",
        user="Practitioner/1",
        patient_id="p1",
        encounter_id=encounter,
        drafts=drafts if isinstance(drafts, bytes) else json.dumps(drafts).encode(),
        selections=selections,
        prefetch=raw,
        fhir=fhir,
    )


class Server:
    """A FHIR server: section or reference -> resources, or a token of why not; remembers what it was asked."""

    def __init__(self, **answers):
        self.answers, self.asked = answers, []

    def __call__(self, access, queries):
        self.asked.append(dict(queries))
        return {name: self._answer(name) for name in queries}

    def _answer(self, name):
        answer = self.answers.get(name.replace("/", "_").replace("-", "_"), "no-access")
        return Unavailable(why=answer) if isinstance(answer, str) else tuple(json.dumps(one).encode() for one in answer)


def queries(content, asked, version):
    return {name: f"{name}?patient={asked.patient_id}" for name in SECTIONS}


def no_server(access, wanted):
    raise AssertionError("nothing may be fetched")


def gather(asked, fetch=no_server, content=CONTENT, today=TODAY):
    return make_gather(content, fetch, ZONE, lambda: today, queries)(asked)


def facts(*drafts, sent=None, **more):
    """The Facts of the only reviewed order."""
    gathered = gather(request(bundle(*drafts), prefetch(**(sent or {})), **more))
    assert len(gathered.facts) == 1
    return gathered.facts[0]
