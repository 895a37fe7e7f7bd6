"""The registration sheet of a client family: what a person types into that EHR, as Markdown that can be printed.

Everything on it is derived from the service itself (addresses, prefetch, scopes); the family's file adds, under
`[registration]`, where these go and what to ask the vendor for.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from cds_service.dialects.fit import Dialect

FEEDBACK = (
    "The cards offer override reasons in HL7's codes, and feedback is reported in these. Where the client has "
    "reasons of its own, list what they mean under `override_reasons`, and the extensions that hold them, if any, "
    "under `override_extensions`. A reason that is not listed is kept and counted as it was sent."
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Offered:
    """One CDS Service as discovery lists it."""

    id: str
    hook: str
    title: str
    prefetch: Mapping[str, str]


def sheet(dialect: Dialect, base: str, offered: Sequence[Offered]) -> str:
    """The sheet as Markdown.

    Args:
        dialect: the client family.
        base: public base URL of the service, without a slash at its end.
        offered: its services.
    """
    told = dialect.registration
    parts = [
        f"# {told.title}",
        _numbered(told.steps),
        "## Addresses\n\n" + _addresses(base, offered),
        "## Prefetch\n\n" + _prefetch(offered),
        "## Access to FHIR\n\n" + _scopes(offered),
        f"## Tokens\n\n{told.token}\n\n" + _audiences(base, offered),
        "## Feedback\n\n" + FEEDBACK,
        "## For the clients file of this service\n\n" + _clients_file(dialect),
    ]
    if told.good_to_know:
        parts.append("## Good to know\n\n" + "\n".join(f"- {one}" for one in told.good_to_know))
    return "\n\n".join(parts) + "\n"


def _numbered(steps: Sequence[str]) -> str:
    return "\n".join(f"{number}. {step}" for number, step in enumerate(steps, 1))


def _addresses(base: str, offered: Sequence[Offered]) -> str:
    rows = [
        "| what | value |",
        "|---|---|",
        f"| discovery | `{base}/cds-services` |",
        *(f"| {one.hook} | `{base}/cds-services/{one.id}` |" for one in offered),
        *(f"| feedback on {one.hook} | `{base}/cds-services/{one.id}/feedback` |" for one in offered),
    ]
    return "\n".join(rows)


def _prefetch(offered: Sequence[Offered]) -> str:
    """Key and template, those of all hooks together: they are the same but for the encounter."""
    templates = {key: template for one in offered for key, template in one.prefetch.items()}
    lines = [f"`{key}`\n\n```\n{template}\n```" for key, template in templates.items()]
    note = "The keys may be named otherwise: what comes is recognised by what it holds."
    return "\n\n".join([note, *lines])


def _scopes(offered: Sequence[Offered]) -> str:
    types = dict.fromkeys(
        template.partition("?")[0].partition("/")[0] for one in offered for template in one.prefetch.values()
    )
    scopes = " ".join(f"patient/{name}.read" for name in types)
    return (
        "Optional. Where the prefetch is complete nothing is read. To let the service read what is missing, grant "
        f"these scopes (SMART v1; in v2 `.rs` for `.read`):\n\n```\n{scopes}\n```\n\n"
        "The client id under which this service is registered for that stands in each call, as "
        "`fhirAuthorization.subject`. Write it down as `fhir_client_id`: a token meant for another is then not used."
    )


def _audiences(base: str, offered: Sequence[Offered]) -> str:
    listed = "\n".join(f"- `{base}/cds-services/{one.id}`" for one in offered)
    return f"`aud` is the address that is called, to the letter:\n\n{listed}"


def _clients_file(dialect: Dialect) -> str:
    return (
        "```toml\n[[client]]\n"
        'name = "our-ehr"                 # small letters, digits, hyphens\n'
        'issuer = "…"                     # `iss` of its tokens\n'
        'jwk_set_urls = ["https://…"]     # where its public keys are\n'
        'fhir_servers = ["https://…"]     # only where the service may read\n'
        'fhir_client_id = "…"             # our client id there: `fhirAuthorization.subject` of each call\n'
        f'dialect = "{dialect.name}"\n```'
    )
