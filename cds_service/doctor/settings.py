"""This installation's own settings: clients and their keys, FHIR servers, database, content."""

from collections.abc import Callable, Iterator
from urllib.parse import urlsplit

import requests

from cds_service.clients.keys import JwkSetUnusableError, PublicKey, fetch, keys_of_file, read_jwk_set
from cds_service.clients.registry import read_registrations
from cds_service.content.check import check
from cds_service.dialects.fit import families
from cds_service.doctor.asking import LOOPBACK
from cds_service.doctor.diagnosis import Diagnosis, fault, fine, note
from cds_service.domain.client import Registration
from cds_service.domain.errors import LedgerUnavailable, SettingsBroken
from cds_service.domain.facts import Unavailable
from cds_service.domain.request import FhirAccess
from cds_service.fhir.client import Limits, make_fetch
from cds_service.ledger.opening import open_ledger
from cds_service.settings import Settings

_WHY_NOT_READ = {
    "timeout": ("fhir-timeout", "does not answer in time", "Look at the network between, and CDS_FHIR_DEADLINE_MS."),
    "server-error": ("fhir-unreachable", "cannot be reached, or fails", "Look at its address, its TLS and its log."),
    "address-not-allowed": (
        "fhir-private",
        "has an address of a private network",
        "Say so: fhir_private = true of the client, or CDS_FHIR_PRIVATE.",
    ),
    "unreadable": ("fhir-no-json", "does not answer with JSON", "Is this the base URL of a FHIR server?"),
    "not-found": ("fhir-not-found", "has no CapabilityStatement at metadata", "Is this the base URL?"),
}
KEY_OF = {"ES256": "P-256", "ES384": "P-384", "ES512": "P-521"}


def check_settings(settings: Settings, key: Callable[[], bytes]) -> Iterator[Diagnosis]:
    """Everything the settings name.

    Args:
        settings: of this installation.
        key: the pseudonym key, or SettingsBroken.
    """
    yield from _address(settings)
    registrations: tuple[Registration, ...] = ()
    try:
        registrations = _registered(settings)
    except SettingsBroken as error:
        yield fault("clients-file", str(error), "Correct the clients file; its keys are explained in the README.")
    for one in registrations:
        yield from _keys(one)
        for server in one.fhir_servers:
            yield from _fhir_server(server, settings, private=one.fhir_private)
        if one.fhir_servers and not one.fhir_client_id:
            yield note(
                "fhir-client-id",
                f"Client {one.name}: any access token is used that comes with its calls, whomever it was issued to.",
                "Write our client id at its FHIR servers as fhir_client_id.",
            )
        if not one.fhir_servers:
            yield note("fhir-none", f"Client {one.name}: no FHIR server is read.", "Its prefetch must be complete.")
    if registrations:
        yield fine("clients", f"{len(registrations)} clients are registered.")
    yield from _content(settings)
    yield from _database(settings, key)


def _registered(settings: Settings) -> tuple[Registration, ...]:
    if settings.clients_file is None:
        return ()
    return read_registrations(settings.clients_file, dialects=families(), public_keys_allowed=settings.test_setup)


def _address(settings: Settings) -> Iterator[Diagnosis]:
    host = urlsplit(settings.public_url).hostname or ""
    public = bool(host) and host not in LOOPBACK
    if settings.clients_file is not None and not settings.public_url:
        yield fault(
            "public-url-missing",
            "CDS_PUBLIC_URL is not set: behind a proxy no token would be for the URL that the service sees.",
            "Set it to the address clients use.",
        )
    if public and not settings.public_url.startswith("https://"):
        yield fault("public-url-http", "CDS_PUBLIC_URL is http.", "Put TLS in front, and write https.")
    if settings.is_open and public:
        yield fault("open-mode", "Open mode at a public address: anybody is answered.", "Set CDS_CLIENTS_FILE.")
    elif settings.is_open:
        yield note("open-mode", "Open mode: anybody who can reach the service is answered.", "Fine for trying out.")
    if settings.test_setup and public:
        yield fault("test-setup", "CDS_TEST_SETUP at a public address: anybody can sign as the Sandbox.", "Unset it.")
    if "*" in settings.cors_origins and public:
        yield note("cors-any-origin", "CDS_CORS_ORIGINS allows every origin.", "List those of your clients.")


def _keys(one: Registration) -> Iterator[Diagnosis]:
    found: dict[str, PublicKey] = {}
    if one.jwk_set_file is not None:
        try:
            found |= keys_of_file(one.jwk_set_file)
        except JwkSetUnusableError as error:
            yield fault("keys-file", f"Client {one.name}: its JWK Set cannot be used: {error}.", "Ask for it again.")
    with requests.Session() as session:
        for url in one.jwk_set_urls:
            try:
                found |= read_jwk_set(fetch(session, url))
            except JwkSetUnusableError as error:
                yield fault(
                    "keys-unreachable",
                    f"Client {one.name}: the JWK Set at {urlsplit(url).hostname} cannot be used: {error}.",
                    "Ask the client's operators, and look at the firewall between.",
                )
    if not found:
        yield fault("keys-none", f"Client {one.name}: no usable key.", "It needs signing keys with a kid.")
    kinds = {key.kind for key in found.values()}
    usable = [name for name in one.algorithms if KEY_OF.get(name, "RSA" if name[0] in "RP" else "Ed25519") in kinds]
    if found and not usable:
        yield fault(
            "keys-algorithms",
            f"Client {one.name}: none of its algorithms ({', '.join(one.algorithms)}) fits its keys.",
            "Agree on one of the kind of its keys.",
        )


def _fhir_server(server: str, settings: Settings, *, private: bool) -> Iterator[Diagnosis]:
    host = urlsplit(server).hostname
    fetched = make_fetch(
        (server,), Limits(seconds=5.0), settings.fhir_ca_file, private=private or settings.fhir_private
    )(FhirAccess(server=server), {"metadata": "metadata"})["metadata"]
    if not isinstance(fetched, Unavailable):
        yield fine("fhir", f"The FHIR server at {host} answers.")
    elif fetched.why == "refused":
        yield fine("fhir", f"The FHIR server at {host} answers, and wants a token.")
    else:
        code, says, mend = _WHY_NOT_READ.get(fetched.why, ("fhir", f"cannot be read ({fetched.why})", "See its log."))
        yield fault(code, f"The FHIR server at {host} {says}.", mend)


def _content(settings: Settings) -> Iterator[Diagnosis]:
    report = check(settings.content_path)
    for one in report.faults[:10]:
        yield fault("content", f"Content: {one}.", "Correct it, or use the release as it was shipped.")
    for one in report.notices[:10]:
        yield note("content", f"Content: {one}.", "Worth a look before go-live.")
    if not report.faults:
        yield fine("content", "The content release is complete and consistent.")


def _database(settings: Settings, key: Callable[[], bytes]) -> Iterator[Diagnosis]:
    try:
        pseudonym_key = key()
    except SettingsBroken as error:
        yield fault("pseudonym-key", str(error), "Without it nobody's records can be told apart.")
        return
    try:
        with open_ledger(settings.database_url, pseudonym_key=pseudonym_key) as ledger:
            ledger.ping()
    except (LedgerUnavailable, SettingsBroken) as error:
        yield fault("database", str(error), "The service answers, but nothing would be recorded.")
    else:
        yield fine("database", "A decision could be committed now.")
