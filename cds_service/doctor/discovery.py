"""The discovery document of any CDS service, held to CDS Hooks 2.0."""

import re
from collections.abc import Iterator, Mapping
from typing import Any

from cds_service.console.untrusted import items, members, plain
from cds_service.doctor.asking import Asking, Got, NoAnswerError
from cds_service.doctor.diagnosis import Diagnosis, fault, fine, note

PATH = "/cds-services"
_ID = re.compile(r"[A-Za-z0-9._-]+")
_TOKEN = re.compile(r"\{\{\s*([^}]*?)\s*\}\}")
_TOKENS = re.compile(
    r"context\.[A-Za-z][A-Za-z0-9]*|userPractitionerId|userPractitionerRoleId|userPatientId|userRelatedPersonId"
)
_TEMPLATE = re.compile(r"[A-Z][A-Za-z]+(/|\?|$)")
_OBJECTS = ("draftOrders", "medications", "selections")
LONGEST_QUERY = 4_000


def services_of(got: Got) -> list[Mapping[str, Any]]:
    """The services a discovery document lists, as far as they are objects."""
    return [members(one) for one in items(members(got.json).get("services"))]


def check_discovery(asking: Asking) -> Iterator[Diagnosis]:
    """The document itself, and each service in it."""
    try:
        got = asking.get("GET", PATH)
    except NoAnswerError as error:
        yield _unreachable(error)
        return
    if 300 <= got.status < 400:
        yield fault("discovery-redirects", f"{PATH} redirects ({got.status}).", "Serve it where it is asked for.")
        return
    if got.status == 404:
        yield fault(
            "discovery-missing",
            f"There is no {PATH} below this URL.",
            "Give the base URL of the service, or serve discovery there: the path is fixed.",
        )
        return
    if got.status in (401, 403):
        yield fault("discovery-refused", f"Discovery answers {got.status}.", "Open it, or give the doctor a token.")
        return
    if got.status != 200:
        yield fault("discovery-status", f"Discovery answers {got.status}.", "See the service's log.")
        return
    yield from _document(got)


def _unreachable(error: NoAnswerError) -> Diagnosis:
    match error.kind:
        case "tls":
            return fault(
                "tls-not-trusted",
                f"The TLS certificate is not trusted, or is for another name ({error}).",
                "Install the whole chain for the public name; give --ca for an authority of your own.",
            )
        case "timeout":
            return fault("discovery-timeout", "Discovery does not answer in time.", "Is the service overloaded?")
        case _:
            return fault(
                "discovery-unreachable",
                f"Nothing answers at this address ({error}).",
                "Start the service, check host, port and firewall.",
            )


def _document(got: Got) -> Iterator[Diagnosis]:
    if not isinstance(members(got.json).get("services"), list):
        yield fault(
            "discovery-shape",
            "The discovery document is not a JSON object with an array `services`.",
            "Is this the base URL of a CDS service, and not of a page or a proxy?",
        )
        return
    if not got.headers.get("content-type", "").lower().startswith("application/json"):
        yield fault("discovery-media-type", "Discovery is not sent as application/json.", "Set the Content-Type.")
    listed = services_of(got)
    if not listed:
        yield note("discovery-empty", "No service is offered.", "Switch one on.")
    pairs = [(plain(one.get("id")), plain(one.get("hook"))) for one in listed]
    for pair in sorted({pair for pair in pairs if pairs.count(pair) > 1}):
        yield fault("service-twice", f"The service {pair[0]} is listed twice for {pair[1]}.", "Give each its own id.")
    for name in sorted({name for name, _ in pairs if len({hook for id_, hook in pairs if id_ == name}) > 1}):
        yield note("service-id-shared", f"The id {name} stands on several hooks.", "Some clients keep only the last.")
    for one in listed:
        yield from _service(one)
    yield fine("discovery", f"Discovery lists {len(listed)} services.")


def _service(one: Mapping[str, Any]) -> Iterator[Diagnosis]:
    name = plain(one.get("id")) or "without an id"
    for member in ("id", "hook", "description"):
        if not isinstance(one.get(member), str) or not one[member].strip():
            yield fault("service-member-missing", f"Service {name} has no {member}.", f"Add {member}: it is required.")
    if isinstance(one.get("id"), str) and one["id"] and not _ID.fullmatch(one["id"]):
        yield fault("service-id", f"The id {name} does not fit into a URL.", "Use letters, digits, `-`, `.`, `_`.")
    if not one.get("title"):
        yield note("service-title", f"Service {name} has no title.", "Add one: people choose by it.")
    prefetch = one.get("prefetch")
    if prefetch in ({}, None) and "prefetch" in one:
        yield fault("prefetch-empty", f"Service {name} has an empty prefetch.", "Leave the member out.")
    for key, template in members(prefetch).items():
        yield from _template(name, plain(key), template)


def _template(name: str, key: str, template: object) -> Iterator[Diagnosis]:
    if not isinstance(template, str) or not template.strip():
        yield fault("prefetch-template", f"{name}: the prefetch of {key} is no text.", "Write a FHIR query.")
        return
    if "://" in template.partition("?")[0] or template.startswith("/") or not _TEMPLATE.match(template):
        yield fault(
            "prefetch-not-relative",
            f"{name}: the prefetch of {key} is not a relative read or search.",
            "Write Type/id or Type?…, without a host or a slash before it.",
        )
    for token in _TOKEN.findall(template):
        if not _TOKENS.fullmatch(token):
            yield fault(
                "prefetch-token",
                f"{name}: the prefetch of {key} uses {{{{{plain(token)}}}}}, which clients of 2.0 do not resolve.",
                "Use {{context.<field>}} of the hook, or a user token.",
            )
        elif token.partition(".")[2] in _OBJECTS:
            yield fault("prefetch-token-object", f"{name}: {key} uses an object as a token.", "Use a plain field.")
    if "_include" in template or "_revinclude" in template or re.search(r"[?&][A-Za-z]+\.[A-Za-z]", template):
        yield note("prefetch-uncommon", f"{name}: {key} asks for more than the common subset.", "Many clients refuse.")
    if len(template) > LONGEST_QUERY:
        yield note("prefetch-long", f"{name}: the prefetch of {key} is very long.", "Some servers cut URLs.")
