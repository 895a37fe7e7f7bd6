"""Decisions and accesses as FHIR R4 AuditEvent, in the patterns of IHE's Basic Audit Log Patterns (BALP 1.1).

Every decision is a read of a patient's record on behalf of a user, asked for by a client; every access is an export or
a query of this record. People and encounters stand in them as pseudonyms: identifiers without a system, typed as such.
"""

from collections.abc import Iterator, Mapping
from typing import Any

from cds_service.domain.decision import Access, Decision
from cds_service.domain.outcome import Finding

Resource = dict[str, Any]
DICOM = "http://dicom.nema.org/resources/ontology/DCM"
TYPES = "http://terminology.hl7.org/CodeSystem/audit-event-type"
ENTITIES = "http://terminology.hl7.org/CodeSystem/audit-entity-type"
ROLES = "http://terminology.hl7.org/CodeSystem/object-role"
SOURCES = "http://terminology.hl7.org/CodeSystem/security-source-type"
PARTICIPATION = "http://terminology.hl7.org/CodeSystem/v3-ParticipationType"
BALP_ENTITIES = "https://profiles.ihe.net/ITI/BALP/CodeSystem/BasicAuditEntityType"
INTERACTIONS = "http://hl7.org/fhir/restful-interaction"
PSEUDONYM = "keyed pseudonym"
OBSERVER = "cds-service"
SUCCESS, MINOR, SERIOUS = "0", "4", "8"
REFUSED, FAULT = 400, 500


def of_decision(decision: Decision) -> Resource:
    """One event for a decision, card or not."""
    shown = [card.source.topic.code for card in decision.shown]
    return {
        "resourceType": "AuditEvent",
        "id": decision.id,
        "type": _coding(TYPES, "rest", "RESTful Operation"),
        "subtype": [_coding(INTERACTIONS, "operation", "operation"), {"code": decision.hook}],
        "action": "E",
        "period": {"start": decision.received_at.isoformat(), "end": decision.answered_at.isoformat()},
        "recorded": decision.answered_at.isoformat(),
        "outcome": _outcome(decision.status),
        "outcomeDesc": f"HTTP {decision.status}, {len(shown)} cards shown",
        "agent": list(_agents(decision)),
        "source": _source(),
        "entity": list(_entities(decision, shown)),
    }


def of_access(access: Access) -> Resource:
    """One event for an access to this record."""
    exported = access.what in {"export", "replay"}
    code, display = ("110106", "Export") if exported else ("110112", "Query")
    return {
        "resourceType": "AuditEvent",
        "id": access.id,
        "type": _coding(DICOM, code, display),
        "subtype": [{"code": access.what}],
        "action": "R",
        "recorded": access.at.isoformat(),
        "outcome": SUCCESS,
        "agent": [
            {"type": _concept(PARTICIPATION, "IRCP", "information recipient"), "altId": access.who, "requestor": True}
        ],
        "source": _source(),
        "entity": [
            {
                "type": _coding(ENTITIES, "2", "System Object"),
                "role": _coding(ROLES, "13", "Security Resource"),
                "name": "ledger of decisions",
                "detail": _details({**access.query, "records": str(access.records), "through": access.through}),
            }
        ],
    }


def _agents(decision: Decision) -> Iterator[Resource]:
    client = decision.client or "(open mode, no token)"
    yield {"type": _concept(DICOM, "110153", "Source Role ID"), "name": client, "requestor": not decision.user}
    yield {"type": _concept(DICOM, "110152", "Destination Role ID"), "name": OBSERVER, "requestor": False}
    if decision.user:
        recipient = _concept(PARTICIPATION, "IRCP", "information recipient")
        yield {"type": recipient, "who": _pseudonym(decision.user), "requestor": True}


def _entities(decision: Decision, shown: list[str]) -> Iterator[Resource]:
    if decision.patient:
        yield {
            "what": _pseudonym(decision.patient),
            "type": _coding(ENTITIES, "1", "Person"),
            "role": _coding(ROLES, "1", "Patient"),
        }
    if decision.encounter:
        yield {
            "what": _pseudonym(decision.encounter),
            "type": _coding(ENTITIES, "2", "System Object"),
            "role": _coding(ROLES, "20", "Job"),
            "name": "encounter",
        }
    yield {
        "what": {"identifier": {"value": decision.hook_instance}},
        "type": _coding(BALP_ENTITIES, "XrequestId", "X-Request-Id"),
    }
    fired = [one.rule for made in decision.assessments for one in made.rulings if isinstance(one.outcome, Finding)]
    told = {
        "service": decision.service_id,
        "tenant": decision.tenant,
        "mode": decision.mode,
        "rules that spoke": " ".join(dict.fromkeys(fired)),
        "cards shown": " ".join(shown),
        "not to be had": " ".join(decision.incomplete),
        "degraded": " ".join(decision.degraded),
        "content release": f"{decision.content_version} SHA-256 {decision.content_sha256}",
        "software version": decision.software_version,
    }
    yield {
        "what": {"identifier": {"value": decision.id}},
        "type": _coding(ENTITIES, "2", "System Object"),
        "role": _coding(ROLES, "4", "Domain Resource"),
        "name": "decision",
        "detail": _details(told),
    }


def _outcome(status: int) -> str:
    return SUCCESS if status < REFUSED else MINOR if status < FAULT else SERIOUS


def _details(told: Mapping[str, str]) -> list[Resource]:
    return [{"type": name, "valueString": value} for name, value in told.items() if value]


def _pseudonym(value: str) -> Resource:
    return {"identifier": {"type": {"text": PSEUDONYM}, "value": value}}


def _source() -> Resource:
    return {"observer": {"display": OBSERVER}, "type": [_coding(SOURCES, "4", "Application Server")]}


def _coding(system: str, code: str, display: str) -> Resource:
    return {"system": system, "code": code, "display": display}


def _concept(system: str, code: str, display: str) -> Resource:
    return {"coding": [_coding(system, code, display)]}
