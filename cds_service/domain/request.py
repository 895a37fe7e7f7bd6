"""A hook call as the web room hands it on: the envelope is checked, the FHIR inside is still raw bytes."""

from dataclasses import dataclass, field
from datetime import datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class FhirAccess:
    """Where further data may be read, and the token for it: in memory for this call only.

    `access_token` is kept out of `repr`, so that no log or traceback can show it.
    """

    server: str
    access_token: str = field(default="", repr=False)
    scope: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class TokenClaims:
    """What the client's token said of the caller, once verified; the token itself is never kept.

    Attributes:
        issuer, subject, token_id: claims `iss`, `sub` and `jti`. key_id: header `kid`.
        expires_at: claim `exp`, seconds since 1970; until then the `jti` is remembered and not accepted again.
    """

    issuer: str
    subject: str = ""
    key_id: str = ""
    token_id: str = ""
    expires_at: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class HookRequest:
    """One triggering of a hook.

    Attributes:
        received_at: UTC, by our clock. received_ns: the same by a clock that only goes forward, in nanoseconds
            (`time.monotonic_ns`); 0 where nobody looked.
        hook: hook name. service_id: the id in the URL. hook_instance: UUID of the triggering.
        user, patient_id, encounter_id: as in the context, checked as FHIR ids; encounter may be empty.
        drafts: the context's Bundle of draft orders, raw JSON.
        selections: `Type/id` of selected drafts; `None` on hooks without selections.
        prefetch: the whole `prefetch` member, raw JSON; `None` when the client sent none.
        fhir: access to the client's FHIR server, if offered.
        client: issuer of the client's token; empty in open mode. tenant: which of its organisations, if it says.
        claims: of the client's verified token; `None` in open mode.
        fhir_version: the version the client is registered with (`DSTU2`, `STU3`, `R4`, `R5`); empty to tell it from
            the resources.
        body_sha256: hex digest of the request body as received.
    """

    received_at: datetime
    hook: str
    service_id: str
    hook_instance: str
    user: str
    patient_id: str
    drafts: bytes
    encounter_id: str = ""
    selections: tuple[str, ...] | None = None
    prefetch: bytes | None = None
    fhir: FhirAccess | None = None
    client: str = ""
    tenant: str = ""
    claims: TokenClaims | None = None
    fhir_version: str = ""
    body_sha256: str = ""
    received_ns: int = 0
