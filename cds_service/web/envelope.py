r"""The members of a hook call and of feedback as types: what they accept is accepted, anything else is refused.

`msgspec.json.schema` makes the JSON Schemas of them that `explain` reads, so that the two cannot drift apart.
`\Z`-like ends are written `(?![\s\S])`: `$` would let a line break through, and `\Z` is no JSON Schema.
"""

from typing import Annotated, Literal

import msgspec
from msgspec import UNSET, Meta, Raw, UnsetType

END = r"(?![\s\S])"
_HEX = "[0-9a-fA-F]"
UUID_FORM = rf"^{_HEX}{{8}}(-{_HEX}{{4}}){{3}}-{_HEX}{{12}}{END}"
SAID = r"\S"  # not blank

Said = Annotated[str, Meta(pattern=SAID, max_length=1_024, description="should be a text that is not blank")]
Code = Annotated[str, Meta(max_length=256, description="should be a code of at most 256 characters")]
Short = Annotated[str, Meta(pattern=SAID, max_length=256, description="should be a text of 1 to 256 characters")]


class Shape(msgspec.Struct, rename="camel"):
    """Base: camelCase in JSON, unknown members are ignored."""


# A hook call ----------------------------------------------------------------------------------------------------------


class Access(Shape, rename=None):
    """`fhirAuthorization`, as far as a call without it is refused."""

    access_token: Annotated[str, Meta(pattern=SAID, max_length=16_384, description="should be the token, a text")]


class UsableAccess(Access, rename=None):
    """`fhirAuthorization` as CDS Hooks asks for it: only then is the token used."""

    token_type: Annotated[str, Meta(pattern=rf"^[Bb][Ee][Aa][Rr][Ee][Rr]{END}")]
    expires_in: Annotated[int, Meta(gt=0)]
    scope: Annotated[str, Meta(max_length=16_384)]
    subject: Said
    patient: str | UnsetType = UNSET


class Envelope(Shape):
    """A hook call around its context, which has a type of its own for each hook."""

    hook: Short
    hook_instance: Annotated[str, Meta(pattern=UUID_FORM, description="should be a UUID")]
    context: Raw
    fhir_server: Annotated[str, Meta(max_length=2_048, description="should be a URL")] | UnsetType = UNSET
    fhir_authorization: Access | UnsetType = UNSET
    prefetch: Raw | UnsetType = UNSET


# Feedback -------------------------------------------------------------------------------------------------------------


class Accepted(Shape):
    """One accepted suggestion."""

    id: Short


class Reason(Shape):
    """The override reason chosen: a Coding, perhaps one that the client added."""

    code: Code = ""
    system: Annotated[str, Meta(max_length=1_024, description="should be a URI")] = ""


class OlderReason(Reason):
    """A reason where drafts before CDS Hooks 1.1 had it, as one EHR still sends it: a Coding, or around one."""

    reason: Reason | UnsetType = UNSET
    user_comment: Annotated[str, Meta(max_length=65_536)] = ""
    extension: Raw | UnsetType = UNSET


class OverrideReason(Shape):
    """Why a card was overridden."""

    reason: Reason | UnsetType = UNSET
    user_comment: Annotated[str, Meta(max_length=65_536, description="should be a text")] = ""
    extension: Raw | UnsetType = UNSET


_DATE = r"\d{4}-(0[1-9]|1[0-2])-(0[1-9]|[12]\d|3[01])"
_TIME = r"([01]\d|2[0-3]):[0-5]\d:[0-5]\d(\.\d{1,9})?"
INSTANT = rf"^{_DATE}[Tt]{_TIME}([Zz]|[+-]([01]\d|2[0-3]):[0-5]\d){END}"


class Entry(Shape):
    """What a person did with one card."""

    card: Short
    outcome: Annotated[Literal["accepted", "overridden"], Meta(description="should be accepted or overridden")]
    outcome_timestamp: Annotated[
        str, Meta(pattern=INSTANT, description="should be a date and time with zone, 2026-06-15T09:30:00Z say")
    ]
    accepted_suggestions: Annotated[tuple[Accepted, ...], Meta(max_length=100)] = ()
    override_reason: OverrideReason | UnsetType = UNSET
    override_reasons: Raw | UnsetType = UNSET
    extension: Raw | UnsetType = UNSET
