"""The clients file: one commented TOML file names every CDS Client that may call, and how it is to be treated.

::

    [[client]]
    name = "ehr-a"                                        # letters, digits, hyphens: in logs, metrics and the ledger
    issuer = "https://ehr.example.org"                    # `iss` of its tokens, compared exactly
    jwk_set_urls = ["https://ehr.example.org/jwks.json"]  # where its keys are published; also the only `jku` allowed
    jwk_set_file = "ehr-a.jwks.json"                      # or: keys handed over, a path beside the clients file
    algorithms = ["ES384", "RS384"]
    audiences = []                                        # accepted beside the URL that was called
    tenants = []                                          # `tenant` claims accepted; empty: any, or none
    fhir_servers = ["https://ehr.example.org/fhir/r4"]    # the only servers read on its behalf
    fhir_client_id = ""                                   # ours there: an access token for another is not used
    fhir_private = false                                  # true: those servers have addresses of a private network
    fhir_version = ""                                     # DSTU2, STU3, R4, R5; empty: told from the resources
    dialect = "generic"                                   # a family of cds_service/dialects
    gaps = "412"                                          # without the Patient: 412, card or empty
    never_sends = []                                      # prefetch keys it never sends: no card about those
    override_reasons = { "urn:ehr-a:reason|7" = "risk-benefit-ratio" }  # its own, in HL7's codes; without system: "7"
    override_extensions = ["org.example.ehr.reason"]      # extensions of its feedback that hold the reason
    shadow = []                                           # rule ids recorded but not shown; ["*"]: all
    thresholds = { prolonged-duration = { warning_from = 22 } }
    indicators = { prolonged-duration = { months = "warning" } }
"""

import re
import tomllib
from decimal import Decimal
from pathlib import Path
from typing import Any, Literal
from urllib.parse import urlsplit

import msgspec

from cds_service.domain.client import Registration
from cds_service.domain.errors import SettingsBroken
from cds_service.domain.provenance import Tuning

ASYMMETRIC = frozenset({"ES256", "ES384", "ES512", "RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "EdDSA"})
USUAL_ALGORITHMS = ("ES384", "RS384", "ES256", "RS256")
FHIR_VERSIONS = frozenset({"", "DSTU2", "STU3", "R4", "R5"})
SANDBOX_ISSUER = "https://sandbox.cds-hooks.org"  # its private key is published: anyone can sign as it
MOST_CLIENTS = 1_000
NAME = re.compile(r"[a-z0-9](?:[a-z0-9-]{0,62}[a-z0-9])?")


class _Entry(msgspec.Struct, forbid_unknown_fields=True):
    """One `[[client]]` as written."""

    name: str
    issuer: str
    jwk_set_urls: tuple[str, ...] = ()
    jwk_set_file: str = ""
    algorithms: tuple[str, ...] = USUAL_ALGORITHMS
    audiences: tuple[str, ...] = ()
    tenants: tuple[str, ...] = ()
    fhir_servers: tuple[str, ...] = ()
    fhir_client_id: str = ""
    fhir_private: bool = False
    fhir_version: str = ""
    dialect: str = "generic"
    gaps: Literal["card", "412", "empty"] = "412"
    never_sends: tuple[str, ...] = ()
    override_reasons: dict[str, str] = {}
    override_extensions: tuple[str, ...] = ()
    shadow: tuple[str, ...] = ()
    thresholds: dict[str, dict[str, int | Decimal]] = {}
    indicators: dict[str, dict[str, str]] = {}


class _File(msgspec.Struct, forbid_unknown_fields=True):
    """The clients file as written."""

    client: tuple[_Entry, ...]


def read_registrations(
    path: Path, *, dialects: frozenset[str], public_keys_allowed: bool = False
) -> tuple[Registration, ...]:
    """The registrations of a clients file.

    Args:
        path: the file.
        dialects: names of the client families there are.
        public_keys_allowed: a test set-up: a client whose private key anybody can have (the Sandbox) may be registered.

    Raises:
        SettingsBroken: the file cannot be used; every fault of it is named, with what to write instead.
    """
    try:
        table: dict[str, Any] = tomllib.loads(path.read_text(encoding="utf-8"), parse_float=Decimal)
        entries = msgspec.convert(table, _File).client
    except (OSError, UnicodeDecodeError) as error:
        raise SettingsBroken(f"The clients file {path.name} cannot be read ({type(error).__name__}).") from None
    except tomllib.TOMLDecodeError as error:
        raise SettingsBroken(f"The clients file {path.name} is not TOML: {error}.") from None
    except msgspec.ValidationError as error:
        raise SettingsBroken(f"The clients file {path.name}: {error}.") from None
    faults = _twice([entry.name for entry in entries], "name") + _twice([entry.issuer for entry in entries], "issuer")
    if not entries or len(entries) > MOST_CLIENTS:
        faults.append(f"it should list 1 to {MOST_CLIENTS} clients")
    for entry in entries:
        faults += [f"client {entry.name}: {fault}" for fault in _faults(entry, path, dialects, public_keys_allowed)]
    if faults:
        listed = "\n".join(f"- {fault}" for fault in faults)
        raise SettingsBroken(f"The clients file {path.name} cannot be used:\n{listed}")
    return tuple(_registration(entry, path) for entry in entries)


def _faults(entry: _Entry, path: Path, dialects: frozenset[str], public_keys_allowed: bool) -> list[str]:
    file, symmetric = entry.jwk_set_file, sorted(set(entry.algorithms) - ASYMMETRIC)
    urls = {name: getattr(entry, name) for name in ("jwk_set_urls", "fhir_servers")}
    plain = {name: all(_is_https(url, public_keys_allowed) for url in listed) for name, listed in urls.items()}
    wanted = {  # what to write instead -> whether it is right as it is
        "its name should be 1 to 64 small letters, digits and hyphens": NAME.fullmatch(entry.name),
        "issuer should be the `iss` of its tokens, without blanks around it": entry.issuer.strip()
        == entry.issuer
        != "",
        "anyone can sign as the CDS Hooks Sandbox: set CDS_TEST_SETUP=true, or take this client out": (
            public_keys_allowed or entry.issuer != SANDBOX_ISSUER
        ),
        "it needs jwk_set_urls or jwk_set_file, or no token of it can be checked": entry.jwk_set_urls or file,
        "its jwk_set_file is not there; the path is taken from the folder of the clients file": (
            not file or (path.parent / file).is_file()
        ),
        "each of jwk_set_urls should be an https URL without user, query or fragment": plain["jwk_set_urls"],
        "each of fhir_servers should be an https base URL without user, query or fragment": plain["fhir_servers"],
        f"algorithms should be of {', '.join(sorted(ASYMMETRIC))}; not {', '.join(symmetric) or 'empty'}": (
            entry.algorithms and not symmetric
        ),
        "fhir_client_id should be our client id at its FHIR servers, without blanks around it": (
            entry.fhir_client_id.strip() == entry.fhir_client_id
        ),
        "fhir_version should be DSTU2, STU3, R4, R5 or empty": entry.fhir_version in FHIR_VERSIONS,
        f"there is no dialect {entry.dialect}; there are {', '.join(sorted(dialects))}": entry.dialect in dialects,
    }
    return [fault for fault, right in wanted.items() if not right]


def _is_https(url: str, plain_allowed: bool) -> bool:
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError:
        return False
    schemes = ("https", "http") if plain_allowed else ("https",)
    bare = not (parts.query or parts.fragment or "@" in parts.netloc or "\\" in url or "?" in url or "#" in url)
    return parts.scheme in schemes and bool(parts.hostname) and port != 0 and bare


def _twice(values: list[str], what: str) -> list[str]:
    return [f"two clients have the {what} {value}" for value in sorted({v for v in values if values.count(v) > 1})]


def _registration(entry: _Entry, path: Path) -> Registration:
    rules = dict.fromkeys((*entry.thresholds, *entry.indicators, *(name for name in entry.shadow if name != "*")))
    return Registration(
        name=entry.name,
        issuer=entry.issuer,
        jwk_set_urls=entry.jwk_set_urls,
        jwk_set_file=path.parent / entry.jwk_set_file if entry.jwk_set_file else None,
        algorithms=entry.algorithms,
        audiences=frozenset(entry.audiences),
        tenants=frozenset(entry.tenants),
        fhir_servers=entry.fhir_servers,
        fhir_client_id=entry.fhir_client_id,
        fhir_private=entry.fhir_private,
        fhir_version=entry.fhir_version,
        dialect=entry.dialect,
        gaps=entry.gaps,
        never_sends=frozenset(entry.never_sends),
        override_reasons=entry.override_reasons,
        override_extensions=entry.override_extensions,
        tunings={
            rule: Tuning(
                params=entry.thresholds.get(rule, {}),
                indicators=entry.indicators.get(rule, {}),
                shadow=True if rule in entry.shadow else None,
            )
            for rule in rules
        },
        all_in_shadow="*" in entry.shadow,
    )
