"""Drugs of the drafts and of the record: which, since when, and whether they count as current (knowledge 2.5).

Version-neutral. Gaps: `medication-missing` (no drug at all), `medication-unresolved` (a reference that leads nowhere
and has no display), `status-missing`.
"""

import re
from datetime import date, timedelta

import msgspec

from cds_service.domain.dates import DateInterval
from cds_service.domain.dosage import Intake, Part, intake, parts
from cds_service.domain.facts import Drug, Gap, Standing
from cds_service.domain.instructions import Contents
from cds_service.domain.orders import Form, PlannedDays
from cds_service.domain.supply import later, plan
from cds_service.domain.terminology import Classes
from cds_service.fhir.lexicon import Lexicon, texts_of
from cds_service.fhir.product import contents_in, read_product
from cds_service.fhir.records import Medicine, OrderRecord, Resolve, Sourced

_VOID = {"entered-in-error", "cancelled", "draft", "not-taken", "intended", "not-done"}
_UNGIVEN = {"proposal", "option"}
# With codes of medicationrequest-status-reason. Words of a chart, not of a card: they are matched, never shown.
_NOT_TOLERATED = re.compile(r"allerg|adverse|intoleran|side.effect|\bsalg\b|\bsintol\b", re.IGNORECASE)
_INEFFECTIVE = re.compile(r"ineffective|not effective|lack of eff|no effect|treatment failure", re.IGNORECASE)


class Taken(msgspec.Struct, frozen=True, gc=False):
    """A drug on record, read.

    Attributes:
        since: first day. ended: last day, computed from the planned days or stated; `None` when neither can be had.
        form: of the reviewed drug; oral for any other. doses: worked out where a rule may ask for them.
    """

    sourced: Sourced
    record: OrderRecord
    classes: Classes
    coded: bool
    standing: Standing
    since: date | None
    ended: date | None
    form: Form
    doses: Intake | None

    @property
    def drug(self) -> Drug:
        """As Facts keep it."""
        why = self.record.stopped_because.text if self.record.stopped_because else ""
        stopped = why and self.standing is not Standing.CURRENT
        return Drug(
            classes=self.classes,
            standing=self.standing,
            origin=self.sourced.origin,
            since=self.since,
            ended=self.ended,
            not_tolerated=bool(stopped and _NOT_TOLERATED.search(why)),
            ineffective=bool(stopped and _INEFFECTIVE.search(why)),
            coded=self.coded,
        )


def read_taken(sourced: Sourced, lexicon: Lexicon, resolve: Resolve, as_of: date) -> tuple[Taken | None, Gap | None]:
    """A request, statement or administration of the record; `None` when it says nothing about taking a drug."""
    version = sourced.version
    record = version.order(sourced.resource)
    if record.status in _VOID or record.refused or record.intent in _UNGIVEN:
        return None, None
    medicine = version.medicine(sourced.resource, resolve, lexicon.terminology)
    named = sourced.resource.resource_type
    if medicine is None:
        return None, Gap(why=f"{named}: medication-missing")
    if not medicine.resolved and not medicine.concept.text.strip():
        return None, Gap(why=f"{named}: medication-unresolved")
    classes, ignored = drug_classes(sourced, medicine, lexicon)
    if ignored:
        return None, None
    gap = None if record.status else Gap(why=f"{named}: status-missing")
    taken = _taken(sourced, record, medicine, classes, lexicon, as_of)
    return (taken, gap) if taken else (None, gap)


def drug_classes(sourced: Sourced, medicine: Medicine, lexicon: Lexicon) -> tuple[Classes, bool]:
    """The value sets of a drug, and whether it is one that only acts where it is applied (then it is ignored)."""
    classes = lexicon.drug(medicine)
    reading = lexicon.reading
    if not any(name in classes for name in reading.ignored_sets):
        return classes, False
    texts = sourced.version.texts(sourced.resource, lexicon.terminology)
    routes = [text for route in texts.routes for text in (route.text, *(coding.display for coding in route.codings))]
    if lexicon.words((*routes, *texts_of(medicine), medicine.form)).isdisjoint(reading.ignored_when):
        return classes, False
    left = {name: match for name, match in classes.items() if name not in reading.ignored_sets}
    return left, not left


def _taken(
    sourced: Sourced,
    record: OrderRecord,
    medicine: Medicine,
    classes: Classes,
    lexicon: Lexicon,
    as_of: date,
) -> Taken | None:
    coded = lexicon.is_coded(medicine)
    matters = bool(classes) or not coded  # of any other drug no rule asks how long it is taken
    version = sourced.version
    instructions = version.instructions(sourced) if matters else ()
    starts = [one.bounds_start.earliest for one in instructions if one.bounds_start]
    since = min(starts) if starts else _first(record.began, record.written)
    if since is not None and since > as_of and not _possible(record, as_of):
        return None
    doses: Intake | None = None
    ended = record.ended.latest if record.ended else None
    form = Form.ORAL
    if matters and (record.kind == "request" or lexicon.is_subject(classes)):
        form, contents = _product(sourced, medicine, classes, lexicon)
        worked = parts(instructions, contents, None)
        doses = intake(worked)
        if ended is None:
            planned = plan(
                worked,
                doses,
                version.supply(sourced),
                contents,
                form=form,
                as_of=since or as_of,
                limits=lexicon.reading.course,
            )
            ended = _end(since, planned, worked)
    return Taken(
        sourced=sourced,
        record=record,
        classes=classes,
        coded=coded,
        standing=_standing(record, since, ended, lexicon, as_of),
        since=since,
        ended=ended,
        form=form,
        doses=doses,
    )


def _product(sourced: Sourced, medicine: Medicine, classes: Classes, lexicon: Lexicon) -> tuple[Form, Contents]:
    if lexicon.is_subject(classes):
        texts = sourced.version.texts(sourced.resource, lexicon.terminology)
        read = read_product(medicine, classes, texts, lexicon)
        return read.form, read.contents
    return Form.ORAL, contents_in(texts_of(medicine))


def _first(*days: DateInterval | None) -> date | None:
    return next((day.earliest for day in days if day is not None), None)


def _possible(record: OrderRecord, as_of: date) -> bool:
    """Whether a partial date leaves room for a start on or before the day."""
    day = record.began or record.written
    return day is not None and day.earliest <= as_of


def _end(since: date | None, planned: PlannedDays, worked: tuple[Part, ...]) -> date | None:
    if since is not None and planned.days is not None:
        return later(since, planned.days - 1)
    ends = [part.instruction.bounds_end for part in worked]
    known = [end.latest for end in ends if end is not None]
    return max(known) if known and len(known) == len(ends) else None


def _standing(record: OrderRecord, since: date | None, ended: date | None, lexicon: Lexicon, as_of: date) -> Standing:
    reading = lexicon.reading
    match record.kind, record.status:
        case "request", "active":
            lapsed = ended is not None and (as_of - ended).days > reading.course.lapsed_after_days
            return Standing.PAST if lapsed else Standing.CURRENT
        case "statement", "active":
            return Standing.PAST if ended is not None and ended < as_of else Standing.CURRENT
        case "administration", "in-progress":
            return Standing.CURRENT
        case "administration", "completed":
            window = timedelta(hours=reading.administered_within_hours)
            given = ended or since
            return Standing.CURRENT if given is not None and as_of - window <= given else Standing.PAST
        case _:
            return Standing.PAST
