"""Errors -> status and OperationOutcome. Nothing of the request is quoted, nor of an exception that is not ours.

Our own faults are logged by type and place, never by their text: that may hold what was in the request.
"""

import logging
import traceback
from collections.abc import Mapping
from http import HTTPStatus

import msgspec
from flask import Response, request
from werkzeug.exceptions import HTTPException

from cds_service.domain.errors import (
    AllRulesFailed,
    AnswerBroken,
    DataMissing,
    LedgerUnavailable,
    NotAuthenticated,
    NotConformant,
    NotUnderstood,
    Overloaded,
    RequestRefused,
    ServiceError,
    TokenReplayed,
    TooLarge,
    UnknownService,
    UnsupportedMedia,
)
from cds_service.web.surroundings import request_id

log = logging.getLogger(__name__)

JSON = "application/json"
FRAMES = 4  # of a traceback that are logged
OUR_FAULT = "The service could not answer; the order was not checked. The fault is ours, and logged."

# Error -> HTTP status and FHIR issue type. Source of the 4xx: conformance of CDS Hooks and Da Vinci CRD.
_STATUS: Mapping[type[ServiceError], tuple[int, str]] = {
    NotUnderstood: (400, "structure"),
    NotConformant: (422, "invalid"),
    UnknownService: (404, "not-found"),
    TooLarge: (413, "too-long"),
    UnsupportedMedia: (415, "not-supported"),
    NotAuthenticated: (401, "login"),
    TokenReplayed: (401, "login"),
    DataMissing: (412, "required"),
    AllRulesFailed: (500, "exception"),
    AnswerBroken: (500, "exception"),
    Overloaded: (503, "throttled"),
    LedgerUnavailable: (503, "transient"),
}
_SAID = {
    404: "There is nothing at this address; GET /cds-services lists the CDS Services.",
    405: "This address does not take this method; the header Allow lists those it takes.",
    413: "The body is longer than this service reads.",
}
_CODES = {404: "not-found", 405: "not-supported", 413: "too-long", 415: "not-supported"}


def problem(error: Exception) -> Response:
    """The answer to a call that failed."""
    match error:
        case HTTPException():
            return _http(error)
        case ServiceError() if type(error) in _STATUS:
            status, code = _STATUS[type(error)]
            if status >= 500 and not isinstance(error, Overloaded):  # counted; a flood must not fill the log
                _log(error)
            answer = outcome(status, code, str(error), _expression(error))
            if status == HTTPStatus.UNAUTHORIZED:
                answer.headers["WWW-Authenticate"] = "Bearer"
            if isinstance(error, Overloaded):
                answer.headers["Retry-After"] = "1"
            return answer
        case RecursionError():
            return outcome(400, "structure", "The JSON is nested too deeply.", ())
        case _:
            _log(error)
            return outcome(500, "exception", OUR_FAULT, ())


def outcome(status: int, code: str, text: str, expression: tuple[str, ...] = ()) -> Response:
    """An OperationOutcome with one issue.

    Args:
        status: HTTP status.
        code: FHIR issue type.
        text: for people.
        expression: what it is about: path of a member, or prefetch keys.
    """
    issue: dict[str, object] = {"severity": "error", "code": code, "details": {"text": text}}
    if expression:
        issue["expression"] = expression
    body = msgspec.json.encode({"resourceType": "OperationOutcome", "issue": [issue]})
    return Response(body, status=status, content_type=JSON)


def _expression(error: ServiceError) -> tuple[str, ...]:
    match error:
        case RequestRefused() if error.at:
            return (error.at,)
        case DataMissing():
            return tuple(f"prefetch.{key}" for key in error.what)
        case _:
            return ()


def _http(error: HTTPException) -> Response:
    """What Flask itself refuses; its own texts may quote the request, ours do not."""
    status = error.code or HTTPStatus.INTERNAL_SERVER_ERROR
    said = _SAID.get(status) or f"{HTTPStatus(status).phrase}."
    answer = outcome(status, _CODES.get(status, "invalid" if status < 500 else "exception"), said)
    allowed = getattr(error, "valid_methods", None)
    if allowed:
        answer.headers["Allow"] = ", ".join(sorted(allowed))
    return answer


def _log(error: Exception) -> None:
    frames = traceback.extract_tb(error.__traceback__)[-FRAMES:]
    where = " < ".join(f"{frame.name}:{frame.lineno}" for frame in reversed(frames))
    log.error("Request %s, %s: %s at %s", request_id(), request.endpoint, type(error).__name__, where)
