"""An offered alternative -> what its suggestion does to the draft orders, creates first.

A patient already on the drug for long is never stopped: the order is not replaced, a new one stands
beside a taper.
"""

from dataclasses import replace

from cds_service.domain.content import Alternative, Content
from cds_service.domain.decision import Assessment
from cds_service.domain.orders import Create, Delete, Dose, DrugOrder, OrderChange, Proposal, ServiceOrder, Update
from cds_service.domain.outcome import Offer
from cds_service.engine.words import plain


def actions(alternative: Alternative, offered: list[tuple[Assessment, Offer]], content: Content) -> list[Proposal]:
    """What the suggestion does, creates first; empty when it cannot be done to these drafts."""
    drafts = [(assessment, offer) for assessment, offer in offered if assessment.facts.order.reference]
    match alternative.kind:
        case "drug" | "combination":
            return _substitution(alternative, offered, content)
        case "service":
            return _creates(alternative, *offered[0], content)
        case "cancel":
            return [_delete(alternative, assessment) for assessment, _ in drafts]
        case _:
            return [
                update
                for assessment, offer in drafts
                if (update := _update(alternative, assessment, offer)) is not None
            ]


def _substitution(
    alternative: Alternative, offered: list[tuple[Assessment, Offer]], content: Content
) -> list[Proposal]:
    first, offer = offered[0]
    actions = _creates(alternative, first, offer, content)
    for assessment, _ in offered:
        if not assessment.facts.order.reference:
            continue  # a draft without an id cannot be taken out: the new order stands alone
        if not assessment.facts.prior_use.continuing:
            actions.append(_delete(alternative, assessment))
            continue
        taper = _taper(assessment, content)
        if taper is None:
            return []  # never a new drug beside an unchanged long-term order
        actions.append(taper)
    return actions


def _taper(assessment: Assessment, content: Content) -> Proposal | None:
    for name, verdict in assessment.verdicts.items():
        alternative = content.alternatives[name]
        if alternative.kind == "taper" and isinstance(verdict, Offer):
            return _update(alternative, assessment, verdict)
    return None


def _creates(alternative: Alternative, assessment: Assessment, offer: Offer, content: Content) -> list[Proposal]:
    if alternative.kind == "combination":
        parts = [(content.alternatives[part], assessment.verdicts[part]) for part in alternative.of]
        return [
            create
            for part, verdict in parts
            if isinstance(verdict, Offer)
            for create in _creates(part, assessment, verdict, content)
        ]
    order = alternative.orders[offer.choice]
    facts = assessment.facts
    if isinstance(order, OrderChange):
        return []
    if not facts.stated_reasons(*order.treats):
        inferred = facts.active_problems(*order.treats).items
        order = replace(order, inferred_reasons=tuple(p.origin.reference for p in inferred if p.origin.reference))
    if isinstance(order, DrugOrder):
        note = " ".join((order.note, *(say(alternative.notes[name], offer) for name in offer.notes))).strip()
        order = replace(order, note=note)
    return [
        Create(
            order=order,
            position=facts.order.position,
            description=_description(alternative, offer),
            authored_on=facts.as_of,
        )
    ]


def _update(alternative: Alternative, assessment: Assessment, offer: Offer) -> Proposal | None:
    change = alternative.orders[offer.choice]
    if isinstance(change, DrugOrder | ServiceOrder):
        return None
    order = assessment.facts.order
    days = offer.values.get("days")
    change = replace(
        change,
        days=days if isinstance(days, int) else change.days,
        units_per_day=change.units_per_day
        if change.dose_value is not None
        else order.dose.units_per_day
        if isinstance(order.dose, Dose)
        else None,
        note=say(change.note, offer) if change.note else "",
    )
    return Update(
        change=change, position=order.position, reference=order.reference, description=_description(alternative, offer)
    )


def _delete(alternative: Alternative, assessment: Assessment) -> Proposal:
    order = assessment.facts.order
    described = alternative.labels.get("delete", alternative.label)
    return Delete(reference=order.reference, description=plain(described.format(order=order.label)))


def say(template: str, offer: Offer) -> str:
    """A label, description or note in plain text, filled with the offer's values."""
    return plain(template.format_map({name: str(value) for name, value in offer.values.items()}))


def _description(alternative: Alternative, offer: Offer) -> str:
    return say(alternative.labels.get(f"describe-{offer.choice}", alternative.description), offer)
