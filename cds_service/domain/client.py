"""Who calls: a CDS Client, as the door has recognised it."""

from dataclasses import dataclass

from cds_service.domain.request import TokenClaims


@dataclass(frozen=True, slots=True, kw_only=True)
class Client:
    """A CDS Client.

    Attributes:
        issuer: the `iss` of its tokens; empty for whoever calls without one in open mode.
        tenant: which of its organisations calls, where the token says.
        claims: of the verified token; `None` in open mode.
        fhir_version: the version it is registered with; empty to tell it from the resources.
    """

    issuer: str = ""
    tenant: str = ""
    claims: TokenClaims | None = None
    fhir_version: str = ""


ANONYMOUS = Client()
