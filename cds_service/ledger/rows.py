"""Decisions and Feedback -> rows of the tables, made in the thread that asks for the commit."""

from collections.abc import Callable, Mapping, Sequence
from datetime import timedelta
from typing import Any

from sqlalchemy import Table

from cds_service.domain.decision import Decision, Feedback
from cds_service.domain.outcome import NotAssessed, RuleFailed
from cds_service.ledger.record import encode_decision
from cds_service.ledger.tables import accepted_suggestions, cards, decisions, feedback, suggestions

Row = Mapping[str, Any]
Rows = Mapping[Table, Sequence[Row]]

MICROSECOND = timedelta(microseconds=1)
UNSTORABLE = {0: "\N{REPLACEMENT CHARACTER}"} | dict.fromkeys(range(0xD800, 0xE000), "\N{REPLACEMENT CHARACTER}")


def storable(text: str) -> str:
    """A text both databases can hold: neither takes lone surrogates, PostgreSQL no zero character."""
    return text if text.isascii() and "\0" not in text else text.translate(UNSTORABLE)


def decision_rows(decision: Decision, pseudonym: Callable[[str, str], str]) -> Rows:
    """One row for the decision, one for each card, one for each suggestion."""
    return {
        decisions: [_decision(decision, encode_decision(decision, pseudonym))],
        cards: [
            {
                "uuid": card.uuid,
                "decision": decision.id,
                "position": position,
                "rule": card.source.topic.code,
                "indicator": card.indicator.value,
                "summary": card.summary,
                "received_at": decision.received_at,
                "client": storable(decision.client),
            }
            for position, card in enumerate(decision.cards)
        ],
        suggestions: [
            {
                "uuid": suggestion.uuid,
                "card": card.uuid,
                "position": position,
                "alternative": suggestion.alternative,
            }
            for card in decision.cards
            for position, suggestion in enumerate(card.suggestions)
        ],
    }


def _decision(decision: Decision, record: str) -> Row:
    outcomes = [ruling.outcome for assessment in decision.assessments for ruling in assessment.rulings]
    return {
        "id": decision.id,
        "received_at": decision.received_at,
        "answered_at": decision.answered_at,
        "duration_us": (decision.answered_at - decision.received_at) // MICROSECOND,
        "hook": decision.hook,
        "service_id": decision.service_id,
        "hook_instance": storable(decision.hook_instance),
        "client": storable(decision.client),
        "user_pseudonym": decision.user,
        "patient_pseudonym": decision.patient,
        "encounter_pseudonym": decision.encounter,
        "fhir_version": decision.fhir_version,
        "body_sha256": decision.body_sha256,
        "content_version": decision.content_version,
        "content_sha256": decision.content_sha256,
        "software_version": decision.software_version,
        "status": decision.status,
        "mode": decision.mode,
        "incomplete": bool(decision.incomplete),
        "not_assessed": sum(isinstance(outcome, NotAssessed) for outcome in outcomes),
        "failed": sum(isinstance(outcome, RuleFailed) for outcome in outcomes),
        "order_count": len(decision.assessments),
        "card_count": len(decision.cards),
        "record": record,
    }


def feedback_rows(items: Sequence[Feedback], orphans: frozenset[str]) -> Rows:
    """One row for each feedback, one for each accepted suggestion.

    Args:
        items: feedback of one request.
        orphans: ids of those items whose card this service did not send to this client.
    """
    return {
        feedback: [
            {
                "id": item.id,
                "received_at": item.received_at,
                "service_id": item.service_id,
                "client": storable(item.client),
                "card": storable(item.card),
                "orphan": item.id in orphans,
                "outcome": item.outcome,
                "outcome_at": item.outcome_at,
                "reason_code": storable(item.reason_code),
                "reason_system": storable(item.reason_system),
                "has_comment": item.has_comment,
            }
            for item in items
        ],
        accepted_suggestions: [
            {"feedback": item.id, "position": position, "suggestion": storable(suggestion)}
            for item in items
            for position, suggestion in enumerate(item.accepted)
        ],
    }
