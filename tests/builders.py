"""Builders of Facts for the spec tests: say only what matters to the case, everything else is known and empty.

`facts(age=70, order=order(days=30), problems=[problem("stroke-acute", onset="2026-05-01")])`
"""

from collections.abc import Iterable
from datetime import date
from decimal import Decimal

from cds_service.domain.course import PriorUse, RunningOrder
from cds_service.domain.dates import Age, Certainty, DateInterval
from cds_service.domain.facts import (
    Allergy,
    Drug,
    Encounter,
    Facts,
    Gap,
    Known,
    Measurement,
    Origin,
    Place,
    Problem,
    ProblemStatus,
    Service,
    Standing,
    Unavailable,
)
from cds_service.domain.orders import DaysFrom, Dose, DoseUnknown, Form, PlannedDays, Reason, ReviewedOrder
from cds_service.domain.terminology import Coding, How, Match

T = date(2026, 6, 15)  # the order date of every spec test that does not say otherwise
RXNORM = "http://www.nlm.nih.gov/research/umls/rxnorm"
ORIGIN = Origin(place=Place.PREFETCH, reference="Condition/1")


def classes(*value_sets: str, label: str = "", text: bool = False, code: str = "c") -> dict[str, Match]:
    """Membership of value sets, by code unless `text`."""
    how = How.TEXT if text else How.CODE
    return {
        name: Match(how=how, label=label or name, system="" if text else "s", code="" if text else code)
        for name in value_sets
    }


def age(
    years: int,
    *,
    maximum: int | None = None,
    under_six_months: Certainty = Certainty.NO,
    under_31_days: Certainty = Certainty.NO,
) -> Age:
    """An age in completed years; give `maximum` for a partial birth date."""
    return Age(
        minimum=years,
        maximum=years if maximum is None else maximum,
        precision="day" if maximum is None else "year",
        under_six_months=under_six_months,
        under_31_days=under_31_days,
    )


def order(
    *,
    days: int | None = 10,
    source: DaysFrom = DaysFrom.BOUNDS,
    form: Form = Form.ORAL,
    per_day_mg: str | None = "10",
    single_mg: str | None = "5",
    mg_per_kg: str | None = None,
    steps: str = "5 mg × 2 per day",
    dose_from_text: bool = False,
    dose_unknown: str = "",
    reasons: Iterable[str] = (),
    reasons_text: bool = False,
    reasons_unconfirmed: bool = False,
    reasons_lost: int = 0,
    mentions: Iterable[str] = (),
    repeats: int = 0,
    reference: str = "MedicationRequest/draft-1",
    position: int = 0,
    regular: bool = True,
    stepped: bool = False,
    single_dose: bool = False,
    as_needed: bool = False,
    outlasts: bool = False,
    at_maximum_use: bool = False,
    validity_only: bool = False,
    doubts: Iterable[str] = (),
    is_tablet: bool = True,
    product: str | None = "197591",
    strength_mg: str | None = "5",
    selected: bool = True,
    starts: date | None = None,
    replaces: str = "",
) -> ReviewedOrder:
    """An oral tablet order of 5 mg twice daily for 10 days, without a reason, unless said otherwise."""
    dose: Dose | DoseUnknown
    if dose_unknown:
        dose = DoseUnknown(because=dose_unknown)
    else:
        dose = Dose(
            per_day_mg=None if per_day_mg is None else Decimal(per_day_mg),
            single_mg=None if single_mg is None else Decimal(single_mg),
            single_mg_per_kg=None if mg_per_kg is None else Decimal(mg_per_kg),
            units_per_day=Decimal(2),
            steps=steps,
            from_text=dose_from_text,
        )
    return ReviewedOrder(
        reference=reference,
        position=position,
        label="diazepam 5 mg tablet",
        form=form,
        dose=dose,
        planned=PlannedDays(
            days=days,
            source=source if days is not None else DaysFrom.UNKNOWN,
            repeats=repeats,
            outlasts_course=outlasts,
            at_maximum_use=at_maximum_use,
            validity_only=validity_only,
        ),
        product=None if product is None else Coding(system=RXNORM, code=product, display="diazepam 5 MG Oral Tablet"),
        strength_mg=None if strength_mg is None else Decimal(strength_mg),
        single_dose=single_dose,
        as_needed=as_needed,
        regular=regular,
        stepped=stepped,
        is_tablet=is_tablet,
        reasons=tuple(
            Reason(
                classes=classes(name, text=reasons_text),
                element="reasonCode",
                index=index,
                unconfirmed=reasons_unconfirmed,
            )
            for index, name in enumerate(reasons)
        )
        + tuple(
            Reason(classes={}, element="reasonReference", index=index, resolved=False) for index in range(reasons_lost)
        ),
        mentions=frozenset(mentions),
        doubts=tuple(doubts),
        selected=selected,
        starts=starts,
        replaces=replaces,
    )


def problem(
    *value_sets: str,
    label: str = "",
    past: bool = False,
    onset: str = "",
    recorded: str = "",
    ended: str = "",
    text: bool = False,
    unconfirmed: bool = False,
    reference: str = "Condition/1",
    code: str = "c",
) -> Problem:
    """An active, confirmed, coded, undated problem unless said otherwise."""
    return Problem(
        classes=classes(*value_sets, label=label, text=text, code=code),
        status=ProblemStatus.PAST if past else ProblemStatus.ACTIVE,
        origin=Origin(place=Place.PREFETCH, reference=reference),
        unconfirmed=unconfirmed,
        onset=DateInterval.of(onset) if onset else None,
        recorded=DateInterval.of(recorded) if recorded else None,
        ended=DateInterval.of(ended) if ended else None,
    )


def drug(
    *value_sets: str,
    label: str = "",
    standing: Standing = Standing.CURRENT,
    since: str = "",
    ended: str = "",
    in_draft: bool = False,
    text: bool = False,
    not_tolerated: bool = False,
    ineffective: bool = False,
    coded: bool = True,
    reference: str = "MedicationRequest/1",
) -> Drug:
    """A current, coded drug on record unless said otherwise."""
    return Drug(
        classes=classes(*value_sets, label=label, text=text),
        standing=standing,
        origin=Origin(place=Place.PREFETCH, reference=reference),
        since=date.fromisoformat(since) if since else None,
        ended=date.fromisoformat(ended) if ended else None,
        in_draft=in_draft,
        not_tolerated=not_tolerated,
        ineffective=ineffective,
        coded=coded,
    )


def allergy(
    *value_sets: str,
    label: str = "",
    intolerance: bool = False,
    criticality: str = "",
    reactions: Iterable[str] = (),
    recorded: str = "",
    unconfirmed: bool = False,
    text: bool = False,
) -> Allergy:
    """A recorded, confirmed, coded allergy to something of the value sets."""
    return Allergy(
        classes=classes(*value_sets, label=label, text=text),
        origin=Origin(place=Place.PREFETCH, reference="AllergyIntolerance/1"),
        intolerance=intolerance,
        criticality=criticality,
        reactions=tuple(reactions),
        recorded=DateInterval.of(recorded) if recorded else None,
        unconfirmed=unconfirmed,
    )


def measurement(
    value_set: str, value: str, unit: str, *, taken: str = "2026-06-01", comparator: str = "", code: str = "c"
) -> Measurement:
    """A final numeric observation in its canonical unit."""
    return Measurement(
        classes=classes(value_set, code=code),
        value=Decimal(value),
        unit=unit,
        origin=ORIGIN,
        comparator=comparator,
        taken=DateInterval.of(taken) if taken else None,
    )


def encounter(encounter_class: str, *value_sets: str) -> Encounter:
    """The encounter of the call: `emer`, `imp`, `amb` …"""
    return Encounter(encounter_class=encounter_class, classes=classes(*value_sets), origin=ORIGIN)


def running(
    *,
    per_day_mg: str | None = "10",
    ends: str | None = "2026-12-31",
    oral: bool = True,
    replaced: bool = False,
    dose_from_text: bool = False,
    reference: str = "MedicationRequest/7",
) -> RunningOrder:
    """Another diazepam order on record, 10 mg a day until the end of the year unless said otherwise."""
    return RunningOrder(
        reference=reference,
        oral=oral,
        ends=date.fromisoformat(ends) if ends else None,
        replaced=replaced,
        since=date(2026, 6, 1),
        per_day_mg=None if per_day_mg is None else Decimal(per_day_mg),
        dose_from_text=dose_from_text,
    )


def facts(
    *,
    age: Age | int | None = 45,
    sex: str = "female",
    order: ReviewedOrder | None = None,
    siblings: Iterable[ReviewedOrder] = (),
    drafts: Iterable[Drug] = (),
    problems: Iterable[Problem] | str = (),
    medications: Iterable[Drug] | str = (),
    statements: Iterable[Drug] | str = (),
    allergies: Iterable[Allergy] | str = (),
    observations: Iterable[Measurement] | str = (),
    services: Iterable[Service] | str = (),
    encounter: Iterable[Encounter] | str = (),
    prior_use: PriorUse | None = None,
    running: Iterable[RunningOrder] = (),
    weight_kg: str | None = None,
    as_of: date = T,
) -> Facts:
    """Facts of a 45-year-old woman on whom everything is known and nothing is on record, unless said otherwise.

    A section given as a string is `Unavailable` for that reason; one given as `Known` is taken as it is.
    """
    return Facts(
        as_of=as_of,
        order=order if order is not None else _DEFAULT_ORDER,
        age=_AGE(age) if isinstance(age, int) else age,
        sex=sex,
        siblings=tuple(siblings),
        drafts=tuple(drafts),
        problems=_section(problems),
        medications=_section(medications),
        statements=_section(statements),
        allergies=_section(allergies),
        observations=_section(observations),
        services=_section(services),
        encounter=_section(encounter),
        prior_use=prior_use or PriorUse(),
        running=tuple(running),
        weight_kg=None if weight_kg is None else Decimal(weight_kg),
    )


def partly(*items):
    """A section of which not everything could be read."""
    return Known(items=items, gaps=(Gap(why="unreadable"),))


def _section(items):
    if isinstance(items, Known):
        return items
    return Unavailable(why=items) if isinstance(items, str) else Known(items=tuple(items))


_AGE = age
_DEFAULT_ORDER = order()
