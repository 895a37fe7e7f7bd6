"""The body of a hook call -> `HookRequest`: the envelope is checked, the FHIR inside stays raw for `fhir/`.

Nothing is demanded beyond CDS Hooks, nothing unknown is looked at: unknown members, also of the context, and any
`extension` are ignored.
"""

import hashlib
import logging
from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any

import msgspec
from msgspec import UNSET

from cds_service.domain.client import Client
from cds_service.domain.content import Hook
from cds_service.domain.errors import NotConformant
from cds_service.domain.request import FhirAccess, HookRequest
from cds_service.web.body import check_strict, joined, members
from cds_service.web.context_type import ContextReader
from cds_service.web.envelope import Envelope, UsableAccess
from cds_service.web.explain import refusal, schema_of

log = logging.getLogger(__name__)

ReadCall = Callable[[bytes, Client, datetime, int], HookRequest]

_SMALL = ("hook", "hookInstance", "fhirServer", "fhirAuthorization", "context")
_envelope = msgspec.json.Decoder(Envelope)
_usable = msgspec.json.Decoder(UsableAccess)
_ENVELOPE_SCHEMA = schema_of(Envelope)


def make_read_call(hook: Hook, max_depth: int) -> ReadCall:
    """What turns the body of a call to this service into a request.

    Args:
        hook: the service.
        max_depth: how deep JSON may nest.

    Raises:
        ContentBroken: the context's schema asks for what cannot be checked.
    """
    context = ContextReader(hook)

    def read_call(body: bytes, client: Client, received_at: datetime, received_ns: int) -> HookRequest:
        found = members(body)
        for name in ("context", "fhirAuthorization"):
            if name in found:
                check_strict(name, found[name], max_depth)
        envelope = _read_envelope(found)
        if envelope.hook != hook.hook:
            raise NotConformant(f"This service is for the hook {hook.hook}; send that, or call another.", at="hook")
        fields = _read_context(found["context"], context, hook)
        selections = fields.get(hook.selections_at) if hook.selections_at else None
        return HookRequest(
            received_at=received_at,
            hook=hook.hook,
            service_id=hook.service_id,
            hook_instance=envelope.hook_instance,
            user=fields.get("userId", ""),
            patient_id=fields["patientId"],
            encounter_id=fields.get("encounterId", ""),
            drafts=bytes(fields.get(hook.orders_at, b"")),
            selections=None if selections is None else tuple(selections),
            prefetch=_read_prefetch(found.get("prefetch")),
            fhir=_read_access(envelope, found, fields["patientId"], client),
            client=client.issuer,
            tenant=client.tenant,
            claims=client.claims,
            fhir_version=client.fhir_version,
            received_ns=received_ns,
            body_sha256=hashlib.sha256(body).hexdigest(),
        )

    return read_call


def _read_envelope(found: Mapping[str, bytes]) -> Envelope:
    small = joined(found, _SMALL)
    try:
        envelope = _envelope.decode(small)
    except msgspec.DecodeError:
        raise refusal(small, _ENVELOPE_SCHEMA) from None
    return envelope


def _read_context(raw: bytes, context: ContextReader, hook: Hook) -> dict[str, Any]:
    try:
        return context.read(raw)
    except msgspec.DecodeError:
        raise refusal(raw, hook.context_schema, at="context") from None


def _read_prefetch(raw: bytes | None) -> bytes | None:
    """The prefetch; null and no member at all mean that none was sent."""
    if raw is None or raw == b"null":
        return None
    if not raw.startswith(b"{"):
        raise NotConformant("prefetch should be an object.", at="prefetch")
    return raw


def _read_access(envelope: Envelope, found: Mapping[str, bytes], patient_id: str, client: Client) -> FhirAccess | None:
    """Where more may be read; `None` also where the authorization is amiss: then its token is not used."""
    server = "" if envelope.fhir_server is UNSET else envelope.fhir_server.strip()
    if envelope.fhir_authorization is UNSET:
        return FhirAccess(server=server) if server else None
    if not server:
        raise NotConformant("fhirServer is missing; fhirAuthorization is of no use without it.", at="fhirServer")
    try:
        usable = _usable.decode(found["fhirAuthorization"])
    except msgspec.DecodeError:
        return None
    if usable.patient not in (UNSET, "", patient_id):
        return None
    ours = client.registration.fhir_client_id if client.registration is not None else ""
    if ours and usable.subject != ours:
        log.warning(
            "Client %s: an access token for another fhir_client_id than the registered is not used", client.name
        )
        return None
    return FhirAccess(server=server, access_token=usable.access_token, scope=usable.scope)
