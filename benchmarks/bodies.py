"""The two hook calls that are measured: a usual small one, and one with a long record in its prefetch."""

import copy
import json
from typing import Any

from cds_service.console.stories import hook_request

STORY = "older-adult-spasm-30-days"
RESOURCES = 200
NARRATIVE = "<div>" + "<p>What the chart shows a person, and no rule reads.</p>" * 32 + "</div>"


def small() -> bytes:
    """The story as it is, some 4 kB."""
    return json.dumps(hook_request(STORY, "order-sign"), separators=(",", ":")).encode()


def large() -> bytes:
    """The story with `RESOURCES` further resources in prefetch, some 550 kB."""
    request = hook_request(STORY, "order-sign")
    prefetch = request["prefetch"]
    for key, make, number in (
        ("conditions", _condition, RESOURCES - 140),
        ("medications", _prescription, 60),
        ("labs", _measurement, 80),
    ):
        patient = request["context"]["patientId"]
        bundle = prefetch[key] = copy.deepcopy(prefetch[key])
        entries = bundle.setdefault("entry", [])
        entries += [{"resource": make(at) | _common(at, patient)} for at in range(number)]
        bundle["total"] = len(entries)
    return json.dumps(request, separators=(",", ":")).encode()


def _common(at: int, patient: str) -> dict[str, Any]:
    return {
        "id": f"further-{at}",
        "meta": {"versionId": "1", "lastUpdated": "2026-05-01T10:00:00Z"},
        "text": {"status": "generated", "div": NARRATIVE},
        "subject": {"reference": f"Patient/{patient}"},
    }


def _concept(system: str, code: str, display: str) -> dict[str, Any]:
    return {"coding": [{"system": system, "code": code, "display": display}], "text": display}


def _condition(at: int) -> dict[str, Any]:
    return {
        "resourceType": "Condition",
        "clinicalStatus": _concept("http://terminology.hl7.org/CodeSystem/condition-clinical", "active", "Active"),
        "verificationStatus": _concept(
            "http://terminology.hl7.org/CodeSystem/condition-ver-status", "confirmed", "Confirmed"
        ),
        "code": _concept("http://snomed.info/sct", f"44054{at:03}", "Diabetes mellitus"),
        "onsetDateTime": f"20{at % 26:02}-03-01",
    }


def _prescription(at: int) -> dict[str, Any]:
    return {
        "resourceType": "MedicationRequest",
        "status": "completed" if at % 2 else "active",
        "intent": "order",
        "medicationCodeableConcept": _concept(
            "http://www.nlm.nih.gov/research/umls/rxnorm", f"8610{at:02}", "metformin"
        ),
        "authoredOn": f"20{at % 26:02}-04-01",
        "dosageInstruction": [
            {"text": "1 tablet twice daily", "timing": {"repeat": {"frequency": 2, "period": 1, "periodUnit": "d"}}}
        ],
    }


def _measurement(at: int) -> dict[str, Any]:
    return {
        "resourceType": "Observation",
        "status": "final",
        "code": _concept("http://loinc.org", "4548-4", "Hemoglobin A1c"),
        "effectiveDateTime": f"20{at % 26:02}-05-01",
        "valueQuantity": {"value": 6.5, "unit": "%", "system": "http://unitsofmeasure.org", "code": "%"},
    }
