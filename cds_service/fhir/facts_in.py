"""What was received about a patient -> the Facts of one reviewed order, as of its own order date.

Version-neutral. A section that could not be had is `Unavailable`; of one that was only partly had, what there is counts
and a gap says that there is more.
"""

from collections.abc import Callable, Mapping, Sequence
from datetime import date, tzinfo
from decimal import Decimal
from typing import NamedTuple, TypeVar

from cds_service.domain.course import PriorUse
from cds_service.domain.dates import Age, DateInterval, age_on
from cds_service.domain.facts import Drug, Facts, Gap, Known, SectionName, Service, Unavailable
from cds_service.domain.orders import ReviewedOrder
from cds_service.fhir.clinical import (
    body_weight,
    read_allergies,
    read_encounter,
    read_observations,
    read_problems,
    read_services,
)
from cds_service.fhir.drafts import Drafts
from cds_service.fhir.history import read_prior_use, read_running
from cds_service.fhir.lexicon import Lexicon
from cds_service.fhir.medicines import Taken, read_taken
from cds_service.fhir.prefetch_in import Received
from cds_service.fhir.records import Resolve, Sourced, interval
from cds_service.fhir.reviewed import Subject, order_date, read_order
from cds_service.fhir.shapes import reference_of

T = TypeVar("T")
OLDEST = 130  # completed years; a birth date further back is not believable
_SEXES = {"male", "female", "other", "unknown"}
_ORDERED = frozenset({"draft", "active", "on-hold", ""})
_ACTIVE = frozenset({"active"})


class Patient(NamedTuple):
    """Who the order is for, as far as rules may know."""

    birth: DateInterval | None
    sex: str


class Record(NamedTuple):
    """Everything at hand about one call.

    Attributes:
        unavailable: sections that were not, or not fully, to be had -> token of why.
        subjects: drafts of the reviewed drug. others: the other drugs of the drafts.
    """

    lexicon: Lexicon
    zone: tzinfo
    drafts: Drafts
    received: Received
    resolve: Resolve
    unavailable: Mapping[str, str]
    subjects: tuple[Subject, ...]
    others: tuple[Drug, ...]


def read_facts(record: Record, today: date) -> tuple[Facts, ...]:
    """Facts of each selected order of the reviewed drug, in the order of the Bundle."""
    patient = read_patient(record.received)
    return tuple(
        _facts_of(subject, record, patient, *order_date(subject, today))
        for subject in record.subjects
        if subject.selected
    )


def read_patient(received: Received) -> Patient:
    """Birth date and administrative gender."""
    found = received.found.get(SectionName.PATIENT, [])
    resource = found[0].resource if found else None
    sex = resource.gender.strip().casefold() if resource else ""
    return Patient(birth=interval(resource.birth_date) if resource else None, sex=sex if sex in _SEXES else "")


def _facts_of(subject: Subject, record: Record, patient: Patient, as_of: date, assumed: bool) -> Facts:
    lexicon = record.lexicon
    age = _age(patient, as_of)
    observations = _section(
        record, SectionName.OBSERVATIONS, lambda found: read_observations(found, lexicon, record.zone)
    )
    weight = body_weight(observations.items if isinstance(observations, Known) else (), as_of, age, lexicon)
    order = read_order(subject, lexicon, record.resolve, as_of, weight)
    requests, request_gaps = _taken(record, SectionName.MEDICATIONS, as_of)
    stated, stated_gaps = _taken(record, SectionName.STATEMENTS, as_of)
    medications = _section(record, SectionName.MEDICATIONS, lambda _: _drugs(requests, request_gaps))
    statements = _section(record, SectionName.STATEMENTS, lambda _: _drugs(stated, stated_gaps))
    return Facts(
        as_of=as_of,
        date_assumed=assumed,
        weight_kg=weight[0],
        age=age,
        sex=patient.sex,
        order=order,
        siblings=_siblings(subject, record, as_of, weight),
        drafts=record.others,
        problems=_section(
            record, SectionName.PROBLEMS, lambda found: read_problems(found, lexicon, patient.birth, as_of)
        ),
        medications=medications,
        statements=statements,
        allergies=_section(record, SectionName.ALLERGIES, lambda found: read_allergies(found, lexicon)),
        observations=observations,
        services=_section(record, SectionName.SERVICES, lambda found: _services(found, record)),
        encounter=_section(
            record,
            SectionName.ENCOUNTER,
            lambda found: read_encounter(found, lexicon, record.received.encounter_id),
        ),
        prior_use=_prior_use([*requests, *stated], record, as_of, medications, statements),
        running=read_running(requests, lexicon, order.replaces),
    )


def _age(patient: Patient, as_of: date) -> Age | None:
    age = age_on(patient.birth, as_of) if patient.birth else None
    return age if age is not None and age.minimum <= OLDEST else None


def _siblings(
    subject: Subject, record: Record, as_of: date, weight: tuple[Decimal | None, str]
) -> tuple[ReviewedOrder, ...]:
    return tuple(
        read_order(other, record.lexicon, record.resolve, as_of, weight)
        for other in record.subjects
        if other is not subject
    )


def _section(
    record: Record, name: SectionName, read: Callable[[Sequence[Sourced]], Known[T]]
) -> Known[T] | Unavailable:
    received = record.received
    found = received.found.get(name, [])
    why = record.unavailable.get(name)
    if why is not None and not found:
        return Unavailable(why=why)
    known = read(found)
    gaps = (*known.gaps, *received.gaps.get(name, ()), *((Gap(why=why),) if why is not None else ()))
    return Known(items=known.items, gaps=tuple(dict.fromkeys(gaps))) if gaps else known


def _taken(record: Record, name: SectionName, as_of: date) -> tuple[list[Taken], tuple[Gap, ...]]:
    """Drugs on record, without the drafts' own earlier versions (ruling 11)."""
    taken, gaps = [], []
    for sourced in record.received.found.get(name, []):
        if reference_of(sourced.resource) in record.drafts.known:
            continue
        one, gap = read_taken(sourced, record.lexicon, record.resolve, as_of)
        if one is not None:
            taken.append(one)
        if gap is not None:
            gaps.append(gap)
    return taken, tuple(gaps)


def _drugs(taken: Sequence[Taken], gaps: tuple[Gap, ...]) -> Known[Drug]:
    return Known(items=tuple(one.drug for one in taken), gaps=gaps)


def _services(found: Sequence[Sourced], record: Record) -> Known[Service]:
    on_record = read_services(found, record.lexicon, _ACTIVE)
    drafted = read_services(record.drafts.services, record.lexicon, _ORDERED)
    return Known(items=drafted.items + on_record.items, gaps=on_record.gaps)


def _prior_use(
    taken: Sequence[Taken],
    record: Record,
    as_of: date,
    medications: Known[Drug] | Unavailable,
    statements: Known[Drug] | Unavailable,
) -> PriorUse:
    sections = {SectionName.MEDICATIONS: medications, SectionName.STATEMENTS: statements}
    missing = [str(name) for name, one in sections.items() if isinstance(one, Unavailable) or one.gaps]
    return read_prior_use(taken, record.lexicon, as_of, tuple(missing))
