"""The drug of an order: its concept, or the Medication that its reference leads to (knowledge 2.1).

A Medication is read under the names of every version, for it may come from another source than the order.
"""

from collections.abc import Sequence
from decimal import Decimal

from cds_service.domain.instructions import Amount
from cds_service.domain.terminology import Concept, Terminology
from cds_service.fhir.datatypes import CodeableConcept, Ingredient, Ratio, Reference
from cds_service.fhir.elements import UnreadableError, amount, concept, words
from cds_service.fhir.records import Medicine, Resolve
from cds_service.fhir.shapes import Resource, many


def medicine_of(
    coded: CodeableConcept | None,
    named: Reference | None,
    order: Resource,
    resolve: Resolve,
    terminology: Terminology,
) -> Medicine | None:
    """The drug of an order that names it by concept or by reference; `None` when by neither.

    Args:
        coded: the concept, which wins.
        named: the reference.
        order: the order, for what is contained in it.
        resolve: finds what a reference names.
        terminology: of the release.
    """
    if coded is not None:
        return Medicine(concept=concept(coded, terminology))
    if named is None:
        return None
    found = resolve(named.reference, many(order.contained))
    if found is None or found.resource_type != "Medication":
        return Medicine(concept=Concept(text=named.display), resolved=False)
    names = concept(found.code, terminology)
    if not names.text and named.display:
        names = Concept(codings=names.codings, text=named.display)
    product = found.product
    ingredients = many(found.ingredient) or (many(product.ingredient) if product else ())
    form = found.form or found.dose_form or (product.form if product else None)
    held = many(found.contained)
    return Medicine(
        concept=names,
        ingredients=tuple(_substance(one, held, resolve, terminology) for one in ingredients),
        strengths=tuple(_strength(one.strength or one.strength_ratio or one.amount) for one in ingredients),
        form=" ".join(words((form,))) if form else "",
    )


def _substance(one: Ingredient, held: Sequence[Resource], resolve: Resolve, terminology: Terminology) -> Concept:
    """What an ingredient is: its concept, that of the resource it refers to, or the words beside the reference."""
    item = one.item
    coded = one.item_codeable_concept or (item.concept if item else None)
    if coded is not None:
        return concept(coded, terminology)
    named = one.item_reference
    if named is None and item is not None:
        inner = item.reference
        named = inner if isinstance(inner, Reference) else Reference(reference=inner, display=item.display)
    if named is None:
        return Concept()
    found = resolve(named.reference, held)
    return concept(found.code, terminology) if found is not None else Concept(text=named.display)


def _strength(ratio: Ratio | None) -> tuple[Amount, Amount] | None:
    try:
        top = amount(ratio.numerator) if ratio else None
        bottom = amount(ratio.denominator) if ratio else None
    except UnreadableError:
        return None
    return (top, bottom or Amount(value=Decimal(1), code="1")) if top else None
