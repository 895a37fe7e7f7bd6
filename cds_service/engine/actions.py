"""An offered alternative -> what its suggestion does to the draft orders, creates first.

A patient already on the drug for long is never stopped: the order is not replaced, a new one stands
beside a taper.
"""

from dataclasses import replace
from decimal import Decimal

from cds_service.domain.content import Alternative, Content
from cds_service.domain.decision import Assessment
from cds_service.domain.facts import Facts
from cds_service.domain.orders import (
    Create,
    Delete,
    Dose,
    DrugOrder,
    OrderChange,
    Proposal,
    ReviewedOrder,
    ServiceOrder,
    Update,
)
from cds_service.domain.outcome import Offer
from cds_service.domain.reading import Product
from cds_service.engine.labels import order_words, say
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
            return [_delete(assessment, content) for assessment, _ in drafts]
        case _:
            return [
                update
                for assessment, offer in drafts
                if (update := _update(alternative, assessment, offer, content)) is not None
            ]


def _substitution(
    alternative: Alternative, offered: list[tuple[Assessment, Offer]], content: Content
) -> list[Proposal]:
    first, offer = offered[0]
    actions = _creates(alternative, first, offer, content)
    for assessment, _ in offered:
        named = bool(assessment.facts.order.reference)
        if not assessment.facts.prior_use.continuing:  # a draft without an id cannot be taken out
            actions += [_delete(assessment, content)] if named else []
            continue
        taper = _taper(assessment, content) if named else None
        if taper is None:
            return []  # never a new drug beside an unchanged long-term order
        actions.append(taper)
    return actions


def _taper(assessment: Assessment, content: Content) -> Proposal | None:
    for name, verdict in assessment.verdicts.items():
        alternative = content.alternatives[name]
        if alternative.kind == "taper" and isinstance(verdict, Offer):
            return _update(alternative, assessment, verdict, content)
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
        order = replace(order, inferred_reasons=_inferred(facts, order.treats))
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


def _inferred(facts: Facts, treats: frozenset[str]) -> tuple[str, ...]:
    """The problems from which the reason was inferred; unconfirmed ones only where there is no other."""
    problems = facts.active_problems(*treats).items
    sure = tuple(problem for problem in problems if not problem.unconfirmed) or problems
    return tuple(dict.fromkeys(problem.origin.reference for problem in sure if problem.origin.reference))


def _update(alternative: Alternative, assessment: Assessment, offer: Offer, content: Content) -> Proposal | None:
    change = alternative.orders[offer.choice]
    if isinstance(change, DrugOrder | ServiceOrder):
        return None
    order = assessment.facts.order
    days = offer.values.get("days")
    product = _other_product(change, order, content)
    change = replace(
        change,
        days=days if isinstance(days, int) else change.days,
        product=product.coding if product else None,
        product_text=change.product_text if product else "",
        units_per_day=_units_per_day(change, order, product),
        note=say(change.note, offer) if change.note else "",
    )
    return Update(
        change=change, position=order.position, reference=order.reference, description=_description(alternative, offer)
    )


def _other_product(change: OrderChange, order: ReviewedOrder, content: Content) -> Product | None:
    """The product to change to, where the order is a coded tablet of another strength."""
    if change.product is None or order.product is None or not order.is_tablet:
        return None
    product = content.products[(change.product.system, change.product.code)]
    return None if product.strength_mg == order.strength_mg else replace(product, coding=change.product)


def _units_per_day(change: OrderChange, order: ReviewedOrder, product: Product | None) -> Decimal | None:
    """Product units in 24 h with the change made."""
    if change.dose_value is None or change.frequency is None:
        return order.dose.units_per_day if isinstance(order.dose, Dose) else None
    strength = product.strength_mg if product else order.strength_mg
    return change.dose_value * change.frequency / strength if strength else None


def _delete(assessment: Assessment, content: Content) -> Proposal:
    order = assessment.facts.order
    described = content.phrases.sentences["take-out-order"].format(order=order.label)
    return Delete(reference=order.reference, description=plain(described))


def _description(alternative: Alternative, offer: Offer) -> str:
    return say(alternative.description, offer, order_words(alternative, offer))
