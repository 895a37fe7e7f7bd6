"""What a search was for, told by the `self` link of its Bundle: the only thing that an empty one says of itself.

A client may send prefetch under keys of its own. A Bundle that holds resources is recognised by these; an empty one
only where its `self` link is a search of ours, or a wider one: the same type, this patient, nothing that narrows it
further. Otherwise nobody can tell what there is none of. Source: FHIR R4, "RESTful API", the `self` link of searches.
"""

from collections.abc import Iterable, Mapping
from urllib.parse import parse_qsl, urlsplit

from cds_service.fhir.references import relative

# Parameters that shape the answer and leave out no match; `_summary` is not among them, nor is any that turns pages.
NEUTRAL = {"_format", "_pretty", "_sort", "_total", "_include", "_revinclude", "_elements", "_count"}
OF_PATIENT = {"patient", "patient:Patient", "subject", "subject:Patient"}
LONGEST = 32_000
MOST_PARAMETERS = 50


def section_searched(urls: Iterable[str], queries: Mapping[str, str], patient_id: str) -> str:
    """The section that an empty answer to a search says all about; empty where that cannot be told.

    Args:
        urls: `self` links of the Bundle; one is expected.
        queries: section -> our own relative query for this patient, in the client's FHIR version.
        patient_id: of the context.
    """
    listed = tuple(urls)
    if len(listed) != 1 or len(listed[0]) > LONGEST:
        return ""
    try:
        parts = urlsplit(listed[0])
        given = parse_qsl(parts.query, keep_blank_values=True, max_num_fields=MOST_PARAMETERS)
    except ValueError:
        return ""
    kind, of_path = _searched(parts.path)
    for section, query in queries.items():
        own_kind, _, own = query.partition("?")
        if own and own_kind == kind and _covers(given, of_path, dict(parse_qsl(own)), patient_id):
            return section
    return ""


def _searched(path: str) -> tuple[str, str]:
    """The type that is searched, and the patient in whose compartment: `Condition`, `Patient/1/Condition`."""
    *above, last = path.removesuffix("/_search").rstrip("/").split("/")
    patient = f"Patient/{above[-1]}" if len(above) > 1 and above[-2] == "Patient" else ""
    return last, patient


def _covers(given: list[tuple[str, str]], of_path: str, own: Mapping[str, str], patient_id: str) -> bool:
    """Whether whatever our own search finds is found by the given one, too."""
    patients = [of_path] if of_path else []
    for name, value in given:
        if name in OF_PATIENT:
            patients.append(value if "/" in value else f"Patient/{value}")
        elif name in NEUTRAL:
            if name == "_count" and value.strip("0") == "":
                return False
        elif name not in own or not _holds(value, own[name]):
            return False
    return bool(patients) and all(relative(one) == f"Patient/{patient_id}" for one in patients)


def _holds(value: str, own: str) -> bool:
    """Whether a list of tokens holds all of ours; a code without its system stands for that of any."""
    tokens = set(value.split(","))
    return all(token in tokens or token.rpartition("|")[2] in tokens for token in own.split(","))
