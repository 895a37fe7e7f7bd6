"""Which FHIR version a resource is in. Nothing in CDS Hooks names it (CTX-05), so it is told from what is there.

For reading, each resource by itself: an element that one version alone has decides, else the version of the call. For
writing, each draft by itself: its type, else the client's registered version, else the marks of R4 and STU3 that it
bears, of which one slip against several never decides; a draft without any takes the version of the drafts beside it,
of the record, of the FHIR server's URL. The server's CapabilityStatement is not asked: a large read before the others
could start, for what the resources say anyway.
"""

import itertools
import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any, NamedTuple

from cds_service.fhir import dstu2, r4, r5, stu3
from cds_service.fhir.records import Sourced, Version
from cds_service.fhir.shapes import Resource

VERSIONS: Mapping[str, Version] = {version.NAME: version for version in (dstu2, stu3, r5, r4)}
ORDERS = frozenset({"MedicationRequest", "MedicationOrder"})
SERVICES = frozenset({"ServiceRequest", "ProcedureRequest"})
SECTION_OF: Mapping[str, str] = {
    kind: section for version in VERSIONS.values() for kind, section in version.SECTION_OF.items()
}
DEFAULT: Version = r4
_FIRST = {kind: version for version in (dstu2, stu3, r5, r4) for kind in version.SECTION_OF}  # R4 wherever it has it
_OWN: Mapping[str, tuple[tuple[Callable[[Resource], bool], Version], ...]] = {
    kind: tuple((version.OWN[kind], version) for version in VERSIONS.values() if kind in version.OWN)
    for kind in SECTION_OF
}
_ALIKE = (stu3.NAME, r4.NAME)  # both write a MedicationRequest with a medicationCodeableConcept
_LATER = frozenset({"encounter", "statusReason", "doNotPerform", "reportedBoolean", "reportedReference"})  # since R4
_EARLIER = frozenset({"context", "definition"})  # STU3
_DIRECT = frozenset({"doseQuantity", "doseRange"})  # in the dosage itself
_SINCE_R4 = "http://terminology.hl7.org/"
_IN_URL = re.compile(r"/(dstu2|r2|stu3|r3|r4|r5)(?:/|$)", re.IGNORECASE)
_OF_URL = {"dstu2": "DSTU2", "r2": "DSTU2", "stu3": "STU3", "r3": "STU3", "r4": "R4", "r5": "R5"}


class Told(NamedTuple):
    """What a draft tells of its version: its name, empty for nothing, and whether that is sure."""

    name: str = ""
    sure: bool = False


def version_of(resource: Resource, default: Version) -> Version:
    """The version that reads a resource as it is meant; `default` is that of the call."""
    kind = resource.resource_type
    is_own = default.OWN.get(kind)
    if is_own is not None and is_own(resource):
        return default
    for is_own, version in _OWN.get(kind, ()):
        if is_own(resource):
            return version
    return default if kind in default.SECTION_OF else _FIRST.get(kind, default)


def subject_of(resource: Resource) -> str:
    """The reference to the patient (`subject` or `patient`); empty when there is none."""
    subject = resource.subject or resource.patient
    return subject.reference if subject else ""


def told_by_draft(draft: Mapping[str, Any], setting: str) -> Told:
    """The version of a draft medication order, plain JSON, and of a client that is registered with one.

    Args:
        draft: the order.
        setting: the client's registered version, or empty.
    """
    if draft.get("resourceType") != "MedicationRequest":
        return Told(dstu2.NAME, sure=True)
    if isinstance(draft.get("medication"), dict):
        return Told(r5.NAME, sure=True)
    if setting in _ALIKE:
        return Told(setting, sure=True)
    requester = set().union(*_objects(draft.get("requester")))  # names of what it holds
    dosage = set().union(*_objects(draft.get("dosageInstruction")))
    direct = not _DIRECT.isdisjoint(dosage)
    later = len(_LATER & draft.keys()) + ("doseAndRate" in dosage) + ("reference" in requester)
    later += _is_recent(draft.get("category"))
    earlier = len(_EARLIER & draft.keys()) + ("agent" in requester) + direct
    if not later and not earlier:
        return Told()
    return Told(stu3.NAME if earlier > later else r4.NAME, sure=later > 0 or earlier > direct)


def told_beside(drafts: Sequence[Told], record: Iterable[Sourced], server: str) -> str:
    """The version of MedicationRequests that do not surely tell their own, from what came with them.

    Args:
        drafts: what all drafts tell.
        record: resources of the record.
        server: base URL of the FHIR server, or empty.
    """
    in_url = _IN_URL.search(server)
    names = itertools.chain(
        (told.name for told in drafts if told.sure),
        (version.NAME for one in record if (version := _showing(one.resource)) is not None),
        (_OF_URL[in_url[1].casefold()],) if in_url else (),
        (told.name for told in drafts),
    )
    return next((name for name in names if name in _ALIKE), r4.NAME)


def _is_recent(category: object) -> bool:
    """Whether a category is a list, or of a code system that came with R4."""
    if not isinstance(category, dict):
        return isinstance(category, list)
    return any(str(one.get("system", "")).startswith(_SINCE_R4) for one in _objects(category.get("coding")))


def _showing(resource: Resource) -> Version | None:
    return next((version for is_own, version in _OWN.get(resource.resource_type, ()) if is_own(resource)), None)


def _objects(value: object) -> list[Mapping[str, Any]]:
    return [one for one in (value if isinstance(value, list) else [value]) if isinstance(one, dict)]
