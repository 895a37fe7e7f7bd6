"""What surrounds a call, of any CDS service: TLS, CORS, slashes, clocks, errors."""

from collections.abc import Iterator
from datetime import datetime
from email.utils import parsedate_to_datetime
from urllib.parse import urlsplit

from cds_service.console.untrusted import members
from cds_service.doctor.asking import LOOPBACK, Asking, Got, NoAnswerError
from cds_service.doctor.diagnosis import Diagnosis, fault, fine, note
from cds_service.doctor.discovery import PATH

MOST_SKEW_SECONDS = 60
UNKNOWN = "doctor-asks-for-what-is-not-there"


def check_transport(asking: Asking, service_id: str, origin: str, now: datetime) -> Iterator[Diagnosis]:
    """Everything around a call.

    Args:
        asking: whom to ask.
        service_id: one of its services.
        origin: web origin whose browsers should be allowed; empty to leave CORS alone.
        now: our time, UTC.
    """
    checks = [_tls(asking), _clock(asking, now), _slash(asking), _errors(asking, service_id)]
    for check in [*checks, *([_cors(asking, service_id, origin)] if origin else [])]:
        try:
            yield from check
        except NoAnswerError as error:
            yield fault("no-answer", f"A request got no answer ({error.kind}).", "See the service's and proxy's logs.")


def _tls(asking: Asking) -> Iterator[Diagnosis]:
    parts = urlsplit(asking.base)
    if parts.scheme == "https":
        yield fine("tls", "The address is https, and its certificate is trusted.")
    elif parts.hostname in LOOPBACK:
        yield note("tls-none", "The address is http on this machine.", "Fine for trying out; https for real data.")
    else:
        yield fault("tls-none", "The address is http: patient data would be readable.", "Put TLS in front of it.")


def _clock(asking: Asking, now: datetime) -> Iterator[Diagnosis]:
    sent = asking.get("GET", PATH).headers.get("date", "")
    try:
        theirs = parsedate_to_datetime(sent)
    except (TypeError, ValueError):
        yield note("clock-unknown", "The answer has no Date header.", "Compare the clocks by hand: tokens expire.")
        return
    skew = abs((theirs - now).total_seconds())
    if skew > MOST_SKEW_SECONDS:
        yield fault("clock-skew", f"Its clock and ours differ by {skew:.0f} s.", "Run NTP on both: tokens will fail.")
    else:
        yield fine("clock", "The clocks agree.")


def _slash(asking: Asking) -> Iterator[Diagnosis]:
    got = asking.get("GET", f"{PATH}/")
    if 300 <= got.status < 400:
        yield fault(
            "slash-redirects",
            "A trailing slash is answered with a redirect.",
            "Answer both: a redirect breaks the preflight of browser clients.",
        )
    elif got.status != 200:
        yield note("slash-refused", f"A trailing slash is answered with {got.status}.", "Tolerate it: clients add it.")


def _errors(asking: Asking, service_id: str) -> Iterator[Diagnosis]:
    missing = asking.get("POST", f"{PATH}/{UNKNOWN}", b"{}", Content_Type="application/json")
    if missing.status == 200:
        yield fault("unknown-service", "A service that does not exist answers 200.", "Answer 404.")
    elif missing.status not in (401, 404):
        yield note("unknown-service", f"A service that does not exist answers {missing.status}.", "Answer 404.")
    broken = asking.get("POST", f"{PATH}/{service_id}", b"{not json", Content_Type="application/json")
    yield from _refusal(broken)
    got = asking.get("GET", f"{PATH}/{service_id}")
    if got.status not in (404, 405, 401):
        yield note("get-on-service", f"GET on a service answers {got.status}.", "Answer 405 with Allow.")


def _refusal(got: Got) -> Iterator[Diagnosis]:
    if got.status >= 500:
        yield fault("broken-body-5xx", f"A body that is no JSON is answered with {got.status}.", "Answer 400.")
    elif got.status < 400:
        yield fault("broken-body-accepted", "A body that is no JSON is accepted.", "Answer 400: silence reads as safe.")
    elif got.status != 401 and members(got.json).get("resourceType") != "OperationOutcome":
        yield note("error-shape", "Errors are not told by an OperationOutcome.", "Send one: people read it.")
    if b"Traceback" in got.body or b"<html" in got.body[:200].lower():
        yield fault("error-leaks", "Errors show a page or a traceback.", "Send an OperationOutcome only.")


def _cors(asking: Asking, service_id: str, origin: str) -> Iterator[Diagnosis]:
    for path in (PATH, f"{PATH}/{service_id}", f"{PATH}/{service_id}/feedback"):
        method = "GET" if path == PATH else "POST"
        got = asking.get(
            "OPTIONS",
            path,
            Origin=origin,
            Access_Control_Request_Method=method,
            Access_Control_Request_Headers="authorization,content-type",
        )
        yield from _preflight(got, path, origin)
    error = asking.get("POST", f"{PATH}/{service_id}", b"{not json", Origin=origin, Content_Type="application/json")
    if not _allows(error, origin):
        yield fault("cors-on-errors", "Errors come without CORS headers.", "Add them there too: else nobody sees why.")
    foreign = asking.get("OPTIONS", PATH, Origin="https://attacker.example", Access_Control_Request_Method="GET")
    if foreign.headers.get("access-control-allow-origin") == "https://attacker.example":
        yield note("cors-any-origin", "Every origin is allowed.", "List those of your clients.")
        if foreign.headers.get("access-control-allow-credentials") == "true":
            yield fault("cors-credentials", "Every origin is allowed with credentials.", "Allow no credentials.")


def _allows(got: Got, origin: str) -> bool:
    return got.headers.get("access-control-allow-origin") in (origin, "*")


def _preflight(got: Got, path: str, origin: str) -> Iterator[Diagnosis]:
    if got.status in (401, 403):
        yield fault("cors-needs-token", f"The preflight of {path} wants a token.", "Browsers send none: allow OPTIONS.")
    elif not 200 <= got.status < 300:
        yield fault("cors-preflight", f"The preflight of {path} answers {got.status}.", "Answer OPTIONS with 2xx.")
    elif not _allows(got, origin):
        yield fault("cors-origin", f"{path} does not allow {origin}.", "Add it to CDS_CORS_ORIGINS.")
    else:
        allowed = got.headers.get("access-control-allow-headers", "").lower()
        if "authorization" not in allowed or "content-type" not in allowed:
            yield fault("cors-headers", f"{path} does not allow Authorization and Content-Type by name.", "Name both.")
