"""Actions -> FHIR resources in the version of the draft they stand beside, each checked before it leaves.

A create is a new draft; an update is the prescriber's whole draft with the change; a delete needs no resource. What
cannot be made valid is never sent: its suggestion is left out, the card and its words stay.
"""

import logging
from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import date
from typing import Any

from cds_service.domain.card import Action, Card, Suggestion
from cds_service.domain.content import Content
from cds_service.domain.errors import ContentBroken
from cds_service.domain.facts import Facts
from cds_service.domain.orders import Create, Delete, DrugOrder, Reason, Replace, ServiceOrder, Update
from cds_service.domain.steps import Gathered, Write
from cds_service.fhir.writing import dstu2, r4, r5, stu3
from cds_service.fhir.writing.changed_order import changed_order
from cds_service.fhir.writing.form import Around, Form, InvalidError, Plain
from cds_service.fhir.writing.valid import checked, mended, rehearsed

FORMS: Mapping[str, Form] = {form.NAME: form for form in (dstu2, stu3, r4, r5)}
log = logging.getLogger(__name__)


def make_write(content: Content, expected: Iterable[str] = ()) -> Write:
    """The step that gives actions their resources; every order of the release is tried here first, in every version.

    Args:
        content: the release.
        expected: FHIR versions, beside R4, whose models of `fhir.resources` are imported now (0.1 s each) rather than
            by the first call that needs them: those clients are registered with.

    Raises:
        ContentBroken: an order of the release does not become a valid resource.
    """
    fully = {r4.NAME, *expected}
    faults = tuple(
        f"alternative {alternative.id}, order {choice}, in FHIR {form.NAME}: {fault}"
        for form in FORMS.values()
        for alternative in content.alternatives.values()
        for choice, order in alternative.orders.items()
        if isinstance(order, DrugOrder | ServiceOrder) and (fault := _fault(order, form, fully=form.NAME in fully))
    )
    if faults:
        raise ContentBroken(faults)

    def write(cards: tuple[Card, ...], gathered: Gathered) -> tuple[Card, ...]:
        """Return the cards with resources; an action that cannot be made valid takes its suggestion with it."""
        return tuple(_card(card, gathered) if card.suggestions else card for card in cards)

    return write


def _fault(order: DrugOrder | ServiceOrder, form: Form, *, fully: bool) -> str:
    """Why an order of the release, beside a draft with everything that is copied, is not valid; empty when it is."""
    stated = Reason(classes=dict.fromkeys(order.treats), element="reasonCode", index=0)  # type: ignore[arg-type] # names only
    sample = replace(order, inferred_reasons=("Condition/1",))
    try:
        resource = _new_order(sample, date(2000, 1, 1), Around(form.SAMPLE, "Patient/1", (stated,)), form)
        (rehearsed if fully else checked)(resource, form)
    except InvalidError as error:
        return str(error)
    return ""


def _new_order(order: DrugOrder | ServiceOrder, authored_on: date, around: Around, form: Form) -> Plain:
    if isinstance(order, ServiceOrder):
        return form.service_order(order, authored_on, around)
    return form.drug_order(order, authored_on, around)


def _card(card: Card, gathered: Gathered) -> Card:
    suggestions = tuple(
        written for suggestion in card.suggestions if (written := _suggestion(suggestion, gathered)) is not None
    )
    return replace(card, suggestions=suggestions, selection_behavior=card.selection_behavior if suggestions else "")


def _suggestion(suggestion: Suggestion, gathered: Gathered) -> Suggestion | None:
    try:
        actions = tuple(replace(action, resource=_resource(action, gathered)) for action in suggestion.actions)
    except InvalidError as error:  # its message names elements, never what they hold
        log.warning("Suggestion %s is left out, no valid resource: %s", suggestion.alternative, error)
        return None
    return replace(suggestion, actions=actions)


def _resource(action: Action, gathered: Gathered) -> bytes:
    """The resource of an action; empty for a delete.

    Raises:
        InvalidError: there is no valid one.
    """
    patient = f"Patient/{gathered.drafts.patient_id}"
    match action.proposal:
        case Delete():
            return b""
        case Create(order=order, position=position, authored_on=authored_on):
            form = FORMS[gathered.drafts.version_at(position)]
            around = Around(_draft_at(position, gathered), patient, _facts_at(position, gathered).order.reasons)
            return checked(_new_order(order, authored_on, around, form), form)
        case Replace(order=order, position=position, authored_on=authored_on, reference=reference):
            form = FORMS[gathered.drafts.version_at(position)]
            draft = _draft_at(position, gathered)
            around = Around(draft, patient, _facts_at(position, gathered).order.reasons)
            made = _new_order(order, authored_on, around, form)
            if f"{made['resourceType']}/{draft.get('id')}" != reference:
                raise InvalidError("id", "is not that of the order under review")
            return checked(made | {"id": draft["id"]}, form)
        case Update(change=change, position=position, reference=reference):
            form = FORMS[gathered.drafts.version_at(position)]
            draft = mended(_draft_at(position, gathered), form)
            if f"{draft['resourceType']}/{draft.get('id')}" != reference:
                raise InvalidError("id", "is not that of the order under review")
            draft.setdefault(form.SUBJECT, {"reference": patient})
            return checked(changed_order(draft, change, _facts_at(position, gathered).order, form), form)


def _facts_at(position: int, gathered: Gathered) -> Facts:
    return next(facts for facts in gathered.facts if facts.order.position == position)


def _draft_at(position: int, gathered: Gathered) -> dict[str, Any]:
    raw = gathered.drafts.raw
    return dict((raw[position] if position < len(raw) else None) or {})
