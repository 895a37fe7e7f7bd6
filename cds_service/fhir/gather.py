"""A hook call -> Facts: context first, then prefetch, then what is still missing from the FHIR server.

Nothing is read, fetched or demanded when the drafts hold no order of the reviewed drug. Each section of the record is
`Known` (with gaps) or `Unavailable`, with one of these tokens of `hooks/phrases.toml`, `[unavailable]`:

    not-sent    neither prefetched, nor is there an access to the FHIR server
    incomplete  the client said that there is more, or that something went wrong
    unreadable  what the FHIR server sent is not JSON
    and whatever the fetch port says: `no-access`, `timeout`, `refused` … (`client` lists them)

The drafts may be incomplete too, as `drafts`: `medication-unresolved` when it cannot be known what is ordered.
"""

from collections.abc import Callable, Mapping, Sequence, Set
from datetime import date, tzinfo
from typing import NamedTuple

from msgspec.structs import replace

from cds_service.domain.content import Content
from cds_service.domain.errors import DataMissing, NotConformant
from cds_service.domain.facts import NEVER_SENT, Drug, Place, SectionName, Standing, Unavailable
from cds_service.domain.request import FhirAccess, HookRequest
from cds_service.domain.steps import Gathered
from cds_service.domain.terminology import NO_CLASSES, Classes
from cds_service.fhir.client import Fetch, Fetched
from cds_service.fhir.drafts import Draft, Drafts, read_drafts
from cds_service.fhir.facts_in import Record, read_facts
from cds_service.fhir.lexicon import Lexicon, lexicon
from cds_service.fhir.medicines import drug_classes
from cds_service.fhir.prefetch_in import INCOMPLETE, Received, assign_empty, receive_pages, receive_prefetch
from cds_service.fhir.records import Medicine, Resolve, Sourced
from cds_service.fhir.references import relative, resolve
from cds_service.fhir.reviewed import Subject
from cds_service.fhir.shapes import Resource, many
from cds_service.fhir.templates import queries
from cds_service.fhir.versions import DEFAULT, VERSIONS, told_beside

Queries = Callable[[Content, HookRequest, str], Mapping[str, str]]


class Named(NamedTuple):
    """A draft with its drug (`None` when it names none) and the value sets of that."""

    draft: Draft
    medicine: Medicine | None
    classes: Classes

    @property
    def unresolved(self) -> bool:
        """Whether the drug is a reference that leads nowhere."""
        return self.medicine is not None and not self.medicine.resolved


MOST_MEDICATIONS = 10  # Medication resources fetched for one call; a reference beyond them counts by its display
MOST_REVIEWED = 10  # orders of one call; each is held against all others
UNRESOLVED = "medication-unresolved"


def make_gather(
    content: Content,
    fetch: Fetch,
    zone: tzinfo,
    today: Callable[[], date],
    ask: Queries = queries,
    *,
    never_sent: frozenset[str] = frozenset(),
) -> Callable[[HookRequest], Gathered]:
    """The step from request to Facts.

    Args:
        content: the release; what reading needs of it is prepared here, once.
        fetch: reads of the client's FHIR server.
        zone: the calendar in which instants of the record are days.
        today: today's date in that zone, for an order without a date.
        ask: section -> relative FHIR query for this request, in a FHIR version.
        never_sent: sections that the client is registered as never sending.
    """
    words = lexicon(content)
    needed = _needed(content)

    def gather(request: HookRequest) -> Gathered:
        drafts = read_drafts(request.drafts, request.patient_id, request.fhir_version)
        received = Received(request.patient_id, request.encounter_id)
        received.index.update(drafts.index)
        named = _named(drafts.orders, words, received)
        drafts = _settled(drafts, received, request)
        if not any(one.unresolved or words.is_subject(one.classes) for one in named):
            return Gathered(facts=(), fhir_version=_spoken(drafts), drafts=drafts)
        receive_prefetch(request.prefetch, received)
        if received.empty:
            assign_empty(received, ask(content, request, received.version.NAME))
        received.index.update(drafts.index)  # a Medication beside the draft stands before a prefetched one
        named, lost = _resolved(named, words, received, request, fetch)
        subjects = _subjects(named, words, request)
        if not any(subject.selected for subject in subjects):
            return Gathered(facts=(), incomplete=lost, fhir_version=_spoken(drafts), drafts=drafts)
        sent = {name for name in SectionName if _is_answered(received, name)}
        drafts = _settled(drafts, received, request)
        unavailable = _complete(received, request, fetch, lambda: ask(content, request, received.version.NAME))
        unavailable |= dict.fromkeys(never_sent & unavailable.keys(), NEVER_SENT)
        if SectionName.PATIENT in unavailable:
            raise DataMissing(
                "The Patient is neither prefetched nor readable from the FHIR server; send it as prefetch.",
                what=("patient",),
            )
        drafts = _settled(drafts, received, request)
        record = Record(
            lexicon=words,
            zone=zone,
            drafts=drafts,
            received=received,
            resolve=_resolver(received),
            unavailable=unavailable,
            subjects=subjects,
            others=_others(named, subjects, words),
        )
        return Gathered(
            facts=read_facts(record, today()),
            incomplete={name: why for name, why in unavailable.items() if name in needed} | lost,
            origins=_origins(sent, unavailable, request),
            fhir_version=drafts.version_at(subjects[0].draft.position),
            drafts=drafts,
        )

    return gather


def _needed(content: Content) -> frozenset[str]:
    """Sections that the release looks at; the patient always."""
    return content.needs | {SectionName.PATIENT}


def _spoken(drafts: Drafts) -> str:
    """The FHIR version of the first draft order; empty when there is none."""
    return drafts.version_at(drafts.orders[0].position) if drafts.orders else ""


def _settled(drafts: Drafts, received: Received, request: HookRequest) -> Drafts:
    """The drafts, those that do not surely tell their version with that of everything around them.

    What is received from now on is read in the registered version, else in that of the first draft.
    """
    told = [order.told for order in drafts.orders]
    if not all(one.sure for one in told):
        record = (sourced for found in received.found.values() for sourced in found)
        server = request.fhir.server if request.fhir else ""
        drafts = replace(drafts, otherwise=told_beside(told, record, server))
    received.version = VERSIONS.get(request.fhir_version or _spoken(drafts), DEFAULT)
    return drafts


def _resolver(received: Received) -> Resolve:
    def named(reference: str, contained: Sequence[Resource]) -> Resource | None:
        return resolve(reference, contained, received.index)

    return named


def _named(orders: Sequence[Draft], words: Lexicon, received: Received) -> list[Named]:
    resolver, named = _resolver(received), []
    for draft in orders:
        sourced = draft.sourced
        medicine = sourced.version.medicine(sourced.resource, resolver, words.terminology)
        named.append(Named(draft, medicine, NO_CLASSES if medicine is None else words.drug(medicine)))
    return named


def _resolved(
    named: list[Named], words: Lexicon, received: Received, request: HookRequest, fetch: Fetch
) -> tuple[list[Named], dict[str, str]]:
    """The drafts' drugs with prefetch and the FHIR server as help; and whether one stays unknown altogether."""
    orders = [one.draft for one in named]
    if any(one.unresolved for one in named):
        named = _named(orders, words, received)
        lost = [one.draft.sourced for one in named if one.unresolved]
        if lost and _fetch_medications(lost, received, request.fhir, fetch):
            named = _named(orders, words, received)
    nameless = any(one.unresolved and one.medicine and not one.medicine.concept.text.strip() for one in named)
    return named, {"drafts": UNRESOLVED} if nameless else {}


def _fetch_medications(orders: Sequence[Sourced], received: Received, access: FhirAccess | None, fetch: Fetch) -> bool:
    """Fetch the Medications that orders refer to, and say whether anything came."""
    if access is None:
        return False
    references = [named.reference for order in orders if (named := order.version.drug_reference(order.resource))]
    below = [one for one in references if "://" not in one or one.startswith(access.server.rstrip("/") + "/")]
    asked = dict.fromkeys(name for one in below if (name := relative(one)).startswith("Medication/"))
    wanted = {name: name for name in list(asked)[:MOST_MEDICATIONS]}
    if not wanted:
        return False
    before = len(received.index)
    for answer in fetch(access, wanted).values():
        if not isinstance(answer, Unavailable):
            receive_pages(answer, "", received)
    return len(received.index) > before


def _subjects(named: Sequence[Named], words: Lexicon, request: HookRequest) -> tuple[Subject, ...]:
    chosen = None if request.selections is None else {relative(one) for one in request.selections} - {""}
    subjects: list[Subject] = []
    for draft, medicine, classes in named:
        if medicine is not None and words.is_subject(classes):
            resource = draft.sourced.resource
            if len(subjects) == MOST_REVIEWED:
                raise NotConformant(
                    f"More than {MOST_REVIEWED} orders of the reviewed drug stand in one call; send fewer.",
                    at="context",
                )
            selected = chosen is None or f"{resource.resource_type}/{resource.id}" in chosen
            subjects.append(Subject(draft, medicine, classes, selected))
    return tuple(subjects)


def _others(named: Sequence[Named], subjects: Sequence[Subject], words: Lexicon) -> tuple[Drug, ...]:
    """The other drugs of the drafts: all of them would be taken with the reviewed one."""
    reviewed = {subject.draft.position for subject in subjects}
    others = []
    for draft, medicine, _ in named:
        if medicine is None or draft.position in reviewed:
            continue
        classes, ignored = drug_classes(draft.sourced, medicine, words)
        if ignored:
            continue
        others.append(
            Drug(
                classes=classes,
                standing=Standing.CURRENT,
                origin=draft.sourced.origin,
                in_draft=True,
                coded=words.is_coded(medicine),
            )
        )
    return tuple(others)


def _complete(
    received: Received, request: HookRequest, fetch: Fetch, ask: Callable[[], Mapping[str, str]]
) -> dict[str, str]:
    """Fetch what prefetch left open, and tell which sections are still not, or not fully, known, and why."""
    missing = [name for name in SectionName if not _is_answered(received, name)]
    if not request.encounter_id and SectionName.ENCOUNTER in missing:
        missing.remove(SectionName.ENCOUNTER)  # the call has no encounter: none is not unknown
    unavailable = {str(name): received.incomplete.get(name, "not-sent") for name in missing}
    if missing and request.fhir is not None:
        wanted = {name: query for name, query in ask().items() if name in unavailable}
        answers = fetch(request.fhir, wanted) if wanted else {}
        for name, answer in answers.items():
            if name in unavailable:
                _take_in(name, answer, received, unavailable)
        _fetch_named(received, request.fhir, fetch)
    return unavailable


def _origins(sent: Set[SectionName], unavailable: Mapping[str, str], request: HookRequest) -> dict[str, str]:
    """Where each section that is to be had was looked for; that a call has no encounter, its context says."""
    origins = {str(name): str(Place.PREFETCH if name in sent else Place.FHIR_READ) for name in SectionName}
    if not request.encounter_id and SectionName.ENCOUNTER not in sent:
        origins[SectionName.ENCOUNTER] = str(Place.CONTEXT)
    return {name: place for name, place in origins.items() if name not in unavailable}


def _is_answered(received: Received, name: str) -> bool:
    if name == SectionName.PATIENT:
        return bool(received.found.get(name))
    return name in received.answered and name not in received.incomplete


def _take_in(name: str, answer: Fetched, received: Received, unavailable: dict[str, str]) -> None:
    if isinstance(answer, Unavailable):
        unavailable[name] = answer.why
        return
    sent, gaps = received.found.pop(name, []), received.gaps.pop(name, [])  # the fetched takes the place of a part sent
    received.incomplete.pop(name, None)
    receive_pages(answer, name, received)
    if _is_answered(received, name):
        unavailable.pop(name)
        return
    unavailable[name] = received.incomplete.get(name, INCOMPLETE)
    if not received.found.get(name) and sent:
        received.found[name], received.gaps[name] = sent, gaps


def _fetch_named(received: Received, access: FhirAccess, fetch: Fetch) -> None:
    """Fetch the Medications of orders on record that are known by reference alone."""
    orders = [sourced for name in ("medications", "statements") for sourced in received.found.get(name, [])]
    nameless = [
        order
        for order in orders
        if (named := order.version.drug_reference(order.resource)) is not None
        and not named.display
        and resolve(named.reference, many(order.resource.contained), received.index) is None
    ]
    if nameless:
        _fetch_medications(nameless, received, access, fetch)
