"""Prefetch and fetched pages -> resources by section of Facts, recognised by what they hold, not by their key.

Only for a null or an empty Bundle, which hold nothing, does the key tell what it is about; under a key of the client's
own an empty Bundle's `self` link may (`assign_empty`), a null says nothing. A section is *answered* when
the client said all there is; an OperationOutcome, a further page or a larger total make it `incomplete`; otherwise it
was not sent. One unreadable resource is a gap of its section and never costs the others.
"""

from collections.abc import Collection, Iterable, Mapping, Sequence
from contextlib import suppress
from typing import Any, NamedTuple

import msgspec

from cds_service.domain.errors import NotConformant
from cds_service.domain.facts import Gap, Place
from cds_service.fhir.mend import mended, plain
from cds_service.fhir.records import Sourced, Version
from cds_service.fhir.references import is_about
from cds_service.fhir.self_links import section_searched
from cds_service.fhir.shapes import Entry, Resource, many
from cds_service.fhir.templates import KEY_OF_SECTION
from cds_service.fhir.versions import DEFAULT, SECTION_OF, subject_of, version_of

SECTION_OF_KEY = {key: str(section) for section, key in KEY_OF_SECTION.items()}  # our own prefetch keys
INCOMPLETE = "incomplete"
# Without these it cannot be said whether a resource counts: where they are unreadable the whole resource is left out.
DECISIVE = {"status", "verificationStatus", "clinicalStatus", "doNotPerform", "intent", "subject", "patient"} | {
    "taken",
    "wasNotTaken",
    "notGiven",
    "wasNotGiven",
    "adherence",
}
_MILD = {"information", "warning", "success"}
_INDEXED = {"Medication", "Condition"}
MOST_EMPTY = 50  # empty Bundles under keys of the client's own whose links are looked at
TWICE = "prefetch has two members of one name; send each once."
DEEP = "prefetch is nested too deeply."


class _Key:
    """A prefetch key that equals only itself: two of one name both stay, and so can be told."""

    __slots__ = ("text",)

    def __init__(self, text: str) -> None:
        self.text = text


_prefetch = msgspec.json.Decoder(dict[_Key, Resource | None], dec_hook=lambda _, text: _Key(text))
_raw_prefetch = msgspec.json.Decoder(dict[_Key, msgspec.Raw], dec_hook=lambda _, text: _Key(text))
_resource = msgspec.json.Decoder(Resource)


class Arrived(NamedTuple):
    """One entry of a Bundle, or a value that is no Bundle: the resource and the places of it that were unreadable."""

    resource: Resource
    full_url: str = ""
    mode: str = ""
    unread: tuple[str, ...] = ()


class Received(msgspec.Struct):
    """Everything received about a patient.

    Attributes:
        found: resources by section. answered: sections of which the client said all there is.
        incomplete: sections with a token of why there is more. gaps: what could not be read, by section.
        index: Medications and Conditions by reference and full URL. empty: Bundles without anything in them, of which
            the key does not tell what there is none of.
        version: reads the resources that do not tell their own FHIR version.
    """

    patient_id: str
    encounter_id: str = ""
    version: Version = DEFAULT
    found: dict[str, list[Sourced]] = msgspec.field(default_factory=dict)
    answered: set[str] = msgspec.field(default_factory=set)
    incomplete: dict[str, str] = msgspec.field(default_factory=dict)
    gaps: dict[str, list[Gap]] = msgspec.field(default_factory=dict)
    index: dict[str, Resource] = msgspec.field(default_factory=dict)
    empty: list[Resource] = msgspec.field(default_factory=list)


def receive_prefetch(raw: bytes | None, received: Received) -> None:
    """Sort the whole `prefetch` member.

    Raises:
        NotConformant: it is not a JSON object, has a key twice, nests too deeply, or holds another patient.
    """
    if raw is None:
        return
    try:
        values = _prefetch.decode(raw)
    except msgspec.DecodeError:
        _receive_strange(raw, received)
        return
    except RecursionError:
        raise NotConformant(DEEP, at="prefetch") from None
    _insist_on_once(values)
    for key, value in values.items():
        arrived = None if value is None else [Arrived(value)]
        _take(arrived, SECTION_OF_KEY.get(key.text, ""), Place.PREFETCH, received)


def _insist_on_once(keys: Collection[_Key]) -> None:
    if len({key.text for key in keys}) != len(keys):
        raise NotConformant(TWICE, at="prefetch")


def _receive_strange(raw: bytes, received: Received) -> None:
    """What does not have FHIR's shapes, value by value; reading that is recursive, unlike the usual one."""
    with suppress(msgspec.DecodeError):  # no object, which is told below
        _insist_on_once(_raw_prefetch.decode(raw))
    try:
        _receive_mended(raw, received)
    except RecursionError:
        raise NotConformant(DEEP, at="prefetch") from None


def _receive_mended(raw: bytes, received: Received) -> None:
    try:
        values = plain(raw)
    except ValueError:
        raise NotConformant("prefetch is not JSON text; send a JSON object.", at="prefetch") from None
    if values is None:
        return
    if not isinstance(values, dict):
        raise NotConformant("prefetch is not a JSON object; send an object of prefetch keys.", at="prefetch")
    for key, value in values.items():
        if value is None:
            _take(None, SECTION_OF_KEY.get(key, ""), Place.PREFETCH, received)
        elif isinstance(value, dict):
            _take(_mended_value(value), SECTION_OF_KEY.get(key, ""), Place.PREFETCH, received)


def assign_empty(received: Received, queries: Mapping[str, str]) -> None:
    """Let what the `self` links of empty Bundles say count as answered.

    Args:
        received: what was prefetched.
        queries: section -> our own query for this patient.
    """
    for bundle in received.empty:
        own = (link.url for link in many(bundle.link) if link.relation == "self")
        section = section_searched(own, queries, received.patient_id)
        if section:
            received.answered.add(section)


def receive_pages(pages: Iterable[bytes], section: str, received: Received) -> None:
    """Sort what was fetched for a section; a page that is not JSON leaves the section incomplete."""
    arrived: list[Arrived] = []
    for raw in pages:
        try:
            arrived.append(Arrived(_resource.decode(raw)))
        except msgspec.DecodeError:
            try:
                value = plain(raw)
            except (ValueError, RecursionError):
                value = None
            if not isinstance(value, dict):
                received.incomplete[section] = "unreadable"
                return
            arrived += _mended_value(value)
    _take(arrived, section, Place.FHIR_READ, received)


def _mended_value(value: dict[str, Any]) -> list[Arrived]:
    """The value, or for a Bundle its mended shell followed by each entry, mended on its own."""
    if value.get("resourceType") != "Bundle":
        resource, unread = mended(value, Resource)
        return [Arrived(resource, unread=unread)] if resource is not None else []
    entries = value.get("entry")
    shell, _ = mended({name: part for name, part in value.items() if name != "entry"}, Resource)
    arrived = [Arrived(shell)] if shell is not None else []
    for entry in entries if isinstance(entries, list) else [entries]:
        if entry is None:
            continue
        one, unread = mended(entry, Entry)
        if one is None or one.resource is None:
            if unread:  # something stood here that is no resource: whatever it was, it is missing
                arrived.append(Arrived(Resource(resource_type="OperationOutcome")))
            continue
        places = tuple(place.removeprefix("resource.") for place in unread)
        arrived.append(Arrived(one.resource, one.full_url, one.search.mode if one.search else "", places))
    return arrived


def _take(values: Sequence[Arrived] | None, own: str, place: Place, received: Received) -> None:
    """Sort one value (for fetched ones: all its pages); `None` is a JSON null."""
    if values is None:
        if own and own != "patient":
            received.answered.add(own)
        return
    sections: set[str] = set()
    totals: list[int | None] = []
    outcomes: list[bool] = []  # whether each is of the harmless kind
    matches, cut = 0, False
    for arrived in _opened(values):
        resource = arrived.resource
        kind = resource.resource_type
        if kind == "Bundle":
            totals.append(_total(resource))
            cut = any(link.relation == "next" for link in many(resource.link))
        elif kind == "OperationOutcome":
            outcomes.append(arrived.mode == "outcome" and _is_mild(resource))
        elif kind:
            section = _keep(arrived, place, received)
            if arrived.mode != "include":
                matches += 1
                sections.add("" if kind == "MedicationAdministration" else section)
    sections.discard("")
    harmless = all(outcomes) and not matches and bool(totals) and all(total == 0 for total in totals)  # ruling 42
    short = max((total for total in totals if total is not None), default=0) > matches
    about = sections or ({own} if own and not matches and (totals or outcomes) else set())
    if cut or short or (outcomes and not harmless):
        received.incomplete |= dict.fromkeys(about, INCOMPLETE)
        return
    received.answered |= about
    if totals and not (own or matches) and len(received.empty) < MOST_EMPTY:
        received.empty.append(values[0].resource)


def _opened(values: Sequence[Arrived]) -> Iterable[Arrived]:
    for value in values:
        yield value
        entries = value.resource.entry
        for entry in (entries,) if isinstance(entries, Entry) else entries:
            if entry is not None and entry.resource is not None:
                yield Arrived(entry.resource, entry.full_url, entry.search.mode if entry.search else "")


def _total(bundle: Resource) -> int | None:
    total = bundle.total
    return int(total) if total is not None and total.is_finite() and total.adjusted() < 10 else None


def _is_mild(outcome: Resource) -> bool:
    issues = many(outcome.issue)
    return bool(issues) and all(issue.severity in _MILD for issue in issues)


def _keep(arrived: Arrived, place: Place, received: Received) -> str:
    """File one resource under its section and return the section; empty for a type that no section holds."""
    resource = arrived.resource
    kind = resource.resource_type
    section = SECTION_OF.get(kind, "")
    if kind in _INDEXED:
        if resource.id:
            received.index.setdefault(f"{kind}/{resource.id}", resource)
        if arrived.full_url:
            received.index.setdefault(arrived.full_url, resource)
    if not section:
        return ""
    if kind == "Patient":
        _check_patient(resource, received.patient_id)
    elif kind == "Encounter" and resource.id not in ("", received.encounter_id):
        return ""
    elif not is_about(subject_of(resource), received.patient_id):
        received.gaps.setdefault(section, []).append(Gap(why=f"{kind}: another-patient"))
        return section
    if arrived.unread:
        elements = {spot.split(".", 1)[0] for spot in arrived.unread}
        received.gaps.setdefault(section, []).extend(
            Gap(why=f"{kind}.{element}: unreadable") for element in sorted(elements)
        )
        if elements & DECISIVE:
            return section
    sourced = Sourced(resource, place, version_of(resource, received.version), arrived.unread)
    received.found.setdefault(section, []).append(sourced)
    return section


def _check_patient(patient: Resource, patient_id: str) -> None:
    if patient.id and patient.id != patient_id:
        raise NotConformant(
            "A Patient was sent whose id is not context.patientId; send the patient in context.", at="prefetch"
        )
