"""Records of problems, allergies, observations, services and the encounter -> their sections of Facts.

Version-neutral. What belongs to no value set of the release is left out; what cannot be read is a `Gap`.
Gaps end in `code-missing`, `value-unreadable`, `unit-unknown`, `substance-missing`.
"""

import re
from collections.abc import Sequence
from datetime import date, tzinfo
from decimal import Decimal

from cds_service.domain.dates import Age, DateInterval
from cds_service.domain.facts import Allergy, Encounter, Gap, Known, Measurement, Problem, ProblemStatus, Service
from cds_service.domain.terminology import LONGEST_TEXT, NO_CLASSES, Classes, Concept, How, Match, Vocabulary
from cds_service.domain.units import convert
from cds_service.fhir.elements import concept
from cds_service.fhir.lexicon import Lexicon
from cds_service.fhir.records import ConditionRecord, ObservationRecord, Sourced, ValueRecord

_VOID = {"entered-in-error", "refuted"}
_OVER = {"inactive", "remission", "resolved"}
_UNCONFIRMED = {"unconfirmed", "provisional", "differential", "presumed"}
_FINAL = {"final", "amended", "corrected"}
_DENIED = re.compile(r"\b(?:no|not|denies|without)(?: \w+)? (?:allerg|hypersensitiv|intoleran)", re.IGNORECASE)


def read_problems(
    found: Sequence[Sourced], lexicon: Lexicon, birth: DateInterval | None, as_of: date
) -> Known[Problem]:
    """Conditions that count (knowledge 2.4); a problem is over when it is said to be, or ended on or before `as_of`."""
    items, gaps = [], []
    for sourced in found:
        version = sourced.version
        name = version.name(sourced.resource)
        if lexicon.is_unlisted(name):
            continue  # named, and nothing that a rule knows: most of a record
        named = concept(name, lexicon.terminology)
        classes = lexicon.problem(named)
        if not classes and not _empty(named):
            continue
        record = version.condition(sourced.resource, birth, lexicon.terminology)
        if record.verification in _VOID:
            continue
        if not classes:
            gaps.append(Gap(why="Condition: code-missing"))
            continue
        items.append(
            Problem(
                classes=classes,
                status=_status(record, as_of),
                origin=sourced.origin,
                unconfirmed=record.verification in _UNCONFIRMED,
                onset=record.onset,
                recorded=record.recorded,
                ended=record.ended,
            )
        )
    return Known(items=tuple(items), gaps=tuple(dict.fromkeys(gaps)))


def _status(record: ConditionRecord, as_of: date) -> ProblemStatus:
    ended = record.ended is not None and record.ended.within(as_of) <= as_of
    return ProblemStatus.PAST if ended or record.clinical in _OVER else ProblemStatus.ACTIVE


def _empty(concept: Concept) -> bool:
    return not concept.text.strip() and not any(coding.code or coding.display for coding in concept.codings)


def read_allergies(found: Sequence[Sourced], lexicon: Lexicon) -> Known[Allergy]:
    """Allergies and intolerances that stand: substance or a reaction's substance is of a value set."""
    items, gaps = [], []
    for sourced in found:
        record = sourced.version.allergy(sourced.resource, lexicon.terminology)
        if record.verification in _VOID or record.clinical in {"inactive", "resolved"}:
            continue
        if all(_empty(substance) for substance in record.substances):
            gaps.append(Gap(why="AllergyIntolerance: substance-missing"))
            continue
        stated = [one for one in record.substances if not _DENIED.search(one.text[:LONGEST_TEXT])]
        merged = _merged([lexicon.terminology.classify(one, Vocabulary.DRUG) for one in stated])
        if not merged:
            continue
        seen = [lexicon.terminology.classify(one, Vocabulary.REACTION) for one in record.manifestations]
        items.append(
            Allergy(
                classes=merged,
                origin=sourced.origin,
                intolerance=record.type == "intolerance",
                criticality=record.criticality,
                reactions=tuple(dict.fromkeys(match.label for sets in seen for match in list(sets.values())[:1])),
                recorded=record.recorded,
                unconfirmed=record.verification in _UNCONFIRMED,
            )
        )
    return Known(items=tuple(items), gaps=tuple(dict.fromkeys(gaps)))


def _merged(each: Sequence[Classes]) -> Classes:
    joined: dict[str, Match] = {}
    for classes in each:
        for name, match in classes.items():
            if name not in joined or (joined[name].how is How.TEXT and match.how is How.CODE):
                joined[name] = match
    return joined or NO_CLASSES


def read_observations(found: Sequence[Sourced], lexicon: Lexicon, zone: tzinfo) -> Known[Measurement]:
    """Final numeric observations of the release's value sets, in their canonical units."""
    items, gaps = [], []
    for sourced in found:
        version = sourced.version
        name = version.name(sourced.resource)
        if lexicon.is_unlisted(name):
            continue
        classes = lexicon.coded(concept(name, lexicon.terminology), lexicon.watched)
        if not classes:
            continue
        record = version.observation(sourced.resource, lexicon.terminology, zone)
        if record.status not in _FINAL:
            continue
        number = _number_of(record, classes, lexicon)
        if number.value is None:
            if not number.readable:
                gaps.append(Gap(why="Observation: value-unreadable"))
            continue
        unit = lexicon.reading.units.get(next(iter(classes)), "")
        value = convert(number.value, number.unit_code, number.unit, unit) if unit else number.value
        if value is None:
            gaps.append(Gap(why="Observation: unit-unknown"))
            continue
        items.append(
            Measurement(
                classes=classes,
                value=value,
                unit=unit,
                origin=sourced.origin,
                comparator=number.comparator,
                taken=record.taken,
            )
        )
    return Known(items=tuple(items), gaps=tuple(dict.fromkeys(gaps)))


def _number_of(record: ObservationRecord, classes: Classes, lexicon: Lexicon) -> ValueRecord:
    """Its own number, else that of the component of the same value set (a panel of blood pressures, say)."""
    if record.number.value is not None or not record.number.readable:
        return record.number
    watched = frozenset(classes)
    return next((number for concept, number in record.components if lexicon.coded(concept, watched)), record.number)


def body_weight(
    measured: Sequence[Measurement], as_of: date, age: Age | None, lexicon: Lexicon
) -> tuple[Decimal | None, str]:
    """The latest weight in kg when it is recent enough, else the token of why not (knowledge 2.6)."""
    reading = lexicon.reading
    weights = [
        (one.taken.within(as_of), one.value)
        for one in measured
        if reading.weight_set in one.classes
        and one.value
        and one.taken
        and one.taken.earliest <= as_of
        and not one.comparator
    ]
    if not weights:
        return None, "weight-unknown"
    taken, value = max(weights)
    limit = reading.weight_max_age_days
    if age is not None and age.minimum < 2:
        limit = reading.weight_max_age_days_under_two
    return (value, "") if (as_of - taken).days <= limit else (None, "weight-stale")


def read_services(found: Sequence[Sourced], lexicon: Lexicon, statuses: frozenset[str]) -> Known[Service]:
    """Requests for services of the release's value sets, of some statuses."""
    items = []
    for sourced in found:
        status, concept = sourced.version.service(sourced.resource, lexicon.terminology)
        classes = _only(lexicon.problem(concept), lexicon.services) if status in statuses else NO_CLASSES
        if classes:
            items.append(Service(classes=classes, origin=sourced.origin))
    return Known(items=tuple(items))


def read_encounter(found: Sequence[Sourced], lexicon: Lexicon, encounter_id: str) -> Known[Encounter]:
    """The encounter of the call; any other one is not it."""
    items = []
    for sourced in found:
        if sourced.resource.id not in ("", encounter_id):
            continue
        record = sourced.version.encounter(sourced.resource, lexicon.terminology)
        classes = _merged([lexicon.problem(concept) for concept in record.concepts])
        items.append(Encounter(encounter_class=record.encounter_class, classes=classes, origin=sourced.origin))
    return Known(items=tuple(items[:1]))


def _only(classes: Classes, names: frozenset[str]) -> Classes:
    return {name: match for name, match in classes.items() if name in names}
