"""One draft order of the reviewed drug -> `ReviewedOrder`: product, dose, planned days, reasons, words.

Knowledge 2.2 to 2.9, version-neutral. Doubts, tokens of `hooks/phrases.toml`, `[doubts]`, besides those of `product`:

    dose-unknown      no daily dose could be worked out (`DoseUnknown.because` says why: see `domain/instructions`)
    strength-unknown  … because the strength of the product is not known
    dose-from-text    the dose, or part of it, stands in free text only
    days-from-text    the same for the planned days
    weight-unknown    mg per kg, and no body weight on record
    weight-stale      mg per kg, and the last body weight is too old
    order-unreadable  an element of the order was not readable and was left out
"""

from datetime import date
from decimal import Decimal
from typing import NamedTuple

from cds_service.domain.dosage import Intake, intake, parts
from cds_service.domain.instructions import NO_FREQUENCY, NO_STRENGTH, NO_WEIGHT
from cds_service.domain.orders import DaysFrom, Dose, DoseUnknown, Form, PlannedDays, Reason, ReviewedOrder
from cds_service.domain.supply import plan
from cds_service.domain.terminology import NO_CLASSES, Classes, Vocabulary
from cds_service.domain.units import decimal
from cds_service.fhir.drafts import Draft
from cds_service.fhir.lexicon import Lexicon
from cds_service.fhir.product import ProductRead, read_product
from cds_service.fhir.records import Medicine, OrderTexts, Resolve, Sourced
from cds_service.fhir.references import relative
from cds_service.fhir.shapes import many, reference_of
from cds_service.fhir.versions import version_of

_VOID = {"entered-in-error", "refuted"}
_UNCONFIRMED = {"unconfirmed", "provisional", "differential"}


class Subject(NamedTuple):
    """A draft that was recognised as an order of the reviewed drug."""

    draft: Draft
    medicine: Medicine
    classes: Classes
    selected: bool


def order_date(subject: Subject, today: date) -> tuple[date, bool]:
    """T, and whether it had to be assumed: the order's date as written, else today (knowledge 2.3)."""
    sourced = subject.draft.sourced
    written = sourced.version.order(sourced.resource).written
    return (today, True) if written is None else (written.within(today), False)


def read_order(
    subject: Subject,
    lexicon: Lexicon,
    resolve: Resolve,
    as_of: date,
    weight: tuple[Decimal | None, str],
) -> ReviewedOrder:
    """The order as the prescriber wrote it; `weight` is (kg, token of why there is none)."""
    sourced = subject.draft.sourced
    version = sourced.version
    record = version.order(sourced.resource)
    texts = version.texts(sourced.resource, lexicon.terminology)
    product = read_product(subject.medicine, subject.classes, texts, lexicon)
    instructions = version.instructions(sourced)
    worked = parts(instructions, product.contents, weight[0])
    taken = intake(worked)
    planned = plan(
        worked,
        taken,
        version.supply(sourced),
        product.contents,
        form=product.form,
        as_of=as_of,
        limits=lexicon.reading.course,
    )
    dose = _dose(taken, product.form)
    return ReviewedOrder(
        reference=reference_of(sourced.resource),
        position=subject.draft.position,
        label=product.label,
        form=product.form,
        dose=dose,
        planned=planned,
        product=product.product.coding if product.product else None,
        strength_mg=product.contents.strength_mg,
        single_dose=taken.single_dose,
        as_needed=taken.as_needed,
        regular=taken.regular,
        stepped=taken.stepped,
        is_tablet=product.tablet,
        reasons=_reasons(sourced, lexicon, resolve),
        mentions=_mentions(texts, lexicon),
        doubts=_doubts(product, taken, dose, planned, weight[1], bool(sourced.unread)),
        starts=min((one.bounds_start.earliest for one in instructions if one.bounds_start), default=None),
        replaces=relative(record.replaces),
        selected=subject.selected,
    )


def _dose(taken: Intake, form: Form) -> Dose | DoseUnknown:
    per_kg = taken.single_mg_per_kg
    timeless = taken.missing == NO_FREQUENCY and form is not Form.ORAL  # an injection without a rhythm is given once
    weightless = taken.missing == NO_WEIGHT and per_kg is not None
    if taken.missing and not timeless and not weightless:
        return DoseUnknown(because=taken.missing)
    return Dose(
        per_day_mg=None if taken.per_day_mg is None else decimal(taken.per_day_mg),
        single_mg=None if taken.single_mg is None else decimal(taken.single_mg),
        single_mg_per_kg=None if per_kg is None else decimal(per_kg),
        units_per_day=None if taken.units_per_day is None else decimal(taken.units_per_day),
        steps=taken.steps,
        from_text=taken.from_text,
    )


def _doubts(
    product: ProductRead,
    taken: Intake,
    dose: Dose | DoseUnknown,
    planned: PlannedDays,
    weight: str,
    unread: bool,
) -> tuple[str, ...]:
    doubts = list(product.doubts)
    if isinstance(dose, DoseUnknown):
        doubts.append("strength-unknown" if dose.because == NO_STRENGTH else "dose-unknown")
    elif dose.from_text:
        doubts.append("dose-from-text")
    if taken.missing == NO_WEIGHT:
        doubts.append(weight)
    if planned.source is DaysFrom.TEXT:
        doubts.append("days-from-text")
    if unread:
        doubts.append("order-unreadable")
    return tuple(dict.fromkeys(doubts))


def _reasons(sourced: Sourced, lexicon: Lexicon, resolve: Resolve) -> tuple[Reason, ...]:
    """Stated reasons; those that belong to no value set stand with empty classes, so that "no reason" stays true."""
    read = []
    contained = many(sourced.resource.contained)
    for reason in sourced.version.reasons(sourced.resource, lexicon.terminology):
        classes, unconfirmed = lexicon.terminology.classify(reason.concept, Vocabulary.REASON), False
        found = resolve(reason.reference, contained) if reason.reference else None
        if found is not None and found.resource_type == "Condition":
            record = version_of(found, sourced.version).condition(found, None, lexicon.terminology)
            stated = lexicon.terminology.classify(record.concept, Vocabulary.REASON)
            classes = NO_CLASSES if record.verification in _VOID else stated
            unconfirmed = record.verification in _UNCONFIRMED
        resolved = reason.element == "reasonCode" or found is not None
        read.append(
            Reason(
                classes=classes,
                element=reason.element,
                index=reason.index,
                resolved=resolved,
                unconfirmed=unconfirmed,
            )
        )
    return tuple(read)


def _mentions(texts: OrderTexts, lexicon: Lexicon) -> frozenset[str]:
    marker = lexicon.reading.own_note_marker
    notes = [note for note in texts.notes if not marker or marker not in note]
    return lexicon.words([*texts.instructions, *notes]) & frozenset(lexicon.reading.order_words)
