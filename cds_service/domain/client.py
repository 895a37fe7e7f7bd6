"""Who calls: a CDS Client, as the door has recognised it, and what was agreed with it."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from cds_service.domain.provenance import Tuning
from cds_service.domain.request import TokenClaims


@dataclass(frozen=True, slots=True, kw_only=True)
class Registration:
    """One client of the clients file.

    Attributes:
        name: short name, for logs, metrics and the ledger. issuer: `iss` of its tokens.
        jwk_set_urls: where its keys are published; the only `jku` allowed. jwk_set_file: keys handed over.
        algorithms: of its signatures. audiences: accepted beside the URL called. tenants: accepted; empty for any.
        fhir_servers: base URLs that may be read on its behalf. fhir_version: empty to tell it from the resources.
        fhir_client_id: the client id of this service at those servers; empty where it is not known.
        fhir_private: those servers may have addresses of a private network.
        dialect: its family. gaps: what it gets when the Patient is missing: `card`, `412` or `empty`.
        never_sends: prefetch keys it never sends.
        override_reasons: `system|code` of its own override reasons -> HL7's code. override_extensions: names of
            extensions in which it tells them.
        tunings: rule id -> what is chosen for it. all_in_shadow: everything is recorded, nothing shown.
    """

    name: str
    issuer: str
    jwk_set_urls: tuple[str, ...] = ()
    jwk_set_file: Path | None = None
    algorithms: tuple[str, ...] = ()
    audiences: frozenset[str] = frozenset()
    tenants: frozenset[str] = frozenset()
    fhir_servers: tuple[str, ...] = ()
    fhir_client_id: str = ""
    fhir_private: bool = False
    fhir_version: str = ""
    dialect: str = "generic"
    gaps: str = "412"
    never_sends: frozenset[str] = frozenset()
    override_reasons: Mapping[str, str] = field(default_factory=dict)
    override_extensions: tuple[str, ...] = ()
    tunings: Mapping[str, Tuning] = field(default_factory=dict)
    all_in_shadow: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Client:
    """A CDS Client.

    Attributes:
        issuer: the `iss` of its tokens; empty for whoever calls without one in open mode. name: its registered name.
        tenant: which of its organisations calls, where the token says.
        claims: of the verified token; `None` in open mode.
        registration: what was agreed with it; `None` in open mode.
        fhir_version: the version it is registered with; empty to tell it from the resources.
    """

    issuer: str = ""
    name: str = ""
    tenant: str = ""
    claims: TokenClaims | None = None
    registration: Registration | None = None
    fhir_version: str = ""


ANONYMOUS = Client()
