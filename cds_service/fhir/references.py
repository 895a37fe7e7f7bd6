"""References between resources: whose they are about, and which resource they name."""

import re
from collections.abc import Mapping, Sequence

from cds_service.fhir.shapes import Resource

_NAMED = re.compile(r"(?:^|/)([A-Z][A-Za-z]{1,40})/([A-Za-z0-9.\-]{1,64})(?:/_history/[^/]*)?$")


def relative(reference: str) -> str:
    """`Type/id` of a relative or absolute reference; empty for one that is neither (`#1`, `urn:…`)."""
    named = _NAMED.search(reference)
    return f"{named[1]}/{named[2]}" if named else ""


def is_about(reference: str, patient_id: str) -> bool:
    """Whether a record is about the patient, or does not say about whom.

    A reference that names no resource by its id (`urn:uuid:…`, contained) is given the benefit of the doubt.
    """
    if not reference or reference == f"Patient/{patient_id}":
        return True
    named = relative(reference)
    return not named or named == f"Patient/{patient_id}"


def resolve(reference: str, contained: Sequence[Resource], index: Mapping[str, Resource]) -> Resource | None:
    """The resource a reference names: contained, by the full URL it was sent under, or by `Type/id`."""
    if reference.startswith("#"):
        return next((one for one in contained if one.id.removeprefix("#") == reference[1:]), None)
    return index.get(reference) or index.get(relative(reference)) if reference else None
