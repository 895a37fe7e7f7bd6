"""Earlier use of the reviewed drug and its running orders, from the drugs on record (knowledge 2.8, rulings 11, 21)."""

from collections.abc import Sequence
from datetime import date

from cds_service.domain.course import Exposure, PriorUse, RunningOrder, prior_use
from cds_service.domain.facts import Standing
from cds_service.domain.orders import Form
from cds_service.domain.supply import later
from cds_service.domain.units import decimal
from cds_service.fhir.lexicon import Lexicon
from cds_service.fhir.medicines import Taken

_COUNTED = {"active", "completed", "stopped", "on-hold", "ended"}


def read_prior_use(taken: Sequence[Taken], lexicon: Lexicon, as_of: date, missing: tuple[str, ...]) -> PriorUse:
    """How long the patient has been on the reviewed drug; `missing` sections make it a lower bound.

    Args:
        taken: every drug on record but the drafts' own earlier versions.
        lexicon: which of them are the reviewed drug.
        as_of: T.
        missing: sections of the record that were not, or not fully, to be had.
    """
    exposures, undated = [], []
    for one in taken:
        if one.form is not Form.ORAL or one.record.status not in _COUNTED or not lexicon.is_subject(one.classes):
            continue
        exposure = _exposure(one, lexicon, as_of)
        if exposure is None:
            undated.append("medications" if one.record.kind == "request" else "statements")
        else:
            exposures.append(exposure)
    return prior_use(exposures, as_of, lexicon.reading.course, tuple(dict.fromkeys((*missing, *undated))))


def _exposure(one: Taken, lexicon: Lexicon, as_of: date) -> Exposure | None:
    if one.since is None:
        return Exposure(first=one.ended, last=one.ended) if one.ended is not None else None
    if one.ended is not None:
        return Exposure(first=one.since, last=one.ended)
    if one.record.status == "active":
        return Exposure(first=one.since, last=as_of)
    return Exposure(first=one.since, last=later(one.since, lexicon.reading.course.unknown_completed_days - 1))


def read_running(taken: Sequence[Taken], lexicon: Lexicon, replaces: str) -> tuple[RunningOrder, ...]:
    """Other orders of the reviewed drug that count as current; `replaces` is what the reviewed order renews."""
    return tuple(
        RunningOrder(
            reference=one.record.reference,
            oral=one.form is Form.ORAL,
            ends=one.ended,
            replaced=bool(replaces) and one.record.reference == replaces,
            since=one.since,
            per_day_mg=decimal(one.doses.per_day_mg) if one.doses and one.doses.per_day_mg is not None else None,
            dose_from_text=one.doses is not None and one.doses.from_text,
        )
        for one in taken
        if one.record.kind == "request" and one.standing is Standing.CURRENT and lexicon.is_subject(one.classes)
    )
