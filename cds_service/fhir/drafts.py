"""The context's Bundle of draft orders, as tolerant as real clients need, with its raw JSON kept for writing answers.

Entries may be null, lack a resource or an id; the Bundle may lack its type; lists may be objects. An order about
another patient is passed over in silence.
"""

from collections.abc import Mapping
from typing import Any

import msgspec

from cds_service.domain.errors import NotConformant
from cds_service.domain.facts import Place
from cds_service.fhir.mend import mended, plain
from cds_service.fhir.r4 import subject_of
from cds_service.fhir.records import Sourced
from cds_service.fhir.references import is_about
from cds_service.fhir.shapes import Resource

_EVALUATED = {"draft", "active", "on-hold", ""}
AT = "context.draftOrders"


class Draft(msgspec.Struct, frozen=True, gc=False):
    """One order of the Bundle that is evaluated; `position` counts the Bundle's entries from 0."""

    position: int
    sourced: Sourced


class Drafts(msgspec.Struct, frozen=True):
    """The draft Bundle.

    Attributes:
        orders: medication orders that are evaluated (knowledge 2.1), in order. services: requests for services.
        known: references of every medication order of the Bundle: their versions on record are not other orders.
        raw: each entry's resource as plain JSON by position, `None` where there is none; floats are `Decimal`.
        index: Medications and Conditions of the Bundle by reference and full URL.
        older: orders of a type that only an older FHIR version has.
        patient_id: whose orders these are, for answers to a draft that does not say so.
    """

    orders: tuple[Draft, ...] = ()
    services: tuple[Sourced, ...] = ()
    known: frozenset[str] = frozenset()
    raw: tuple[Mapping[str, Any] | None, ...] = ()
    index: Mapping[str, Resource] = msgspec.field(default_factory=dict)
    older: tuple[Resource, ...] = ()
    patient_id: str = ""


def read_drafts(raw: bytes, patient_id: str) -> Drafts:
    """Read the Bundle; no bytes at all, and null, are an empty one.

    Raises:
        NotConformant: it is no Bundle with a list of entries.
    """
    try:
        bundle = plain(raw) if raw.strip() else None
    except ValueError:
        raise NotConformant("The draft orders are not JSON text; send a Bundle.", at=AT) from None
    if bundle is None:
        return Drafts()
    entries = bundle.get("entry") if isinstance(bundle, dict) else None
    if not isinstance(bundle, dict) or bundle.get("resourceType") != "Bundle":
        raise NotConformant("The draft orders are not a Bundle; send resourceType Bundle.", at=AT)
    if entries is not None and not isinstance(entries, list):
        if not isinstance(entries, dict):
            raise NotConformant("Bundle.entry is not a list; send a list of entries.", at=f"{AT}.entry")
        entries = [entries]
    return _sorted_out(entries or [], patient_id)


def _sorted_out(entries: list[Any], patient_id: str) -> Drafts:
    orders, services, kept, older = [], [], [], []
    known: set[str] = set()
    index: dict[str, Resource] = {}
    for position, entry in enumerate(entries):
        value = entry.get("resource") if isinstance(entry, dict) else None
        kept.append(value if isinstance(value, dict) else None)
        resource, unread = _converted(value) if isinstance(value, dict) else (None, ())
        if resource is None:
            continue
        named = f"{resource.resource_type}/{resource.id}" if resource.id else ""
        match resource.resource_type:
            case "Medication" | "Condition":
                full_url = entry.get("fullUrl")
                index.update({name: resource for name in (named, full_url) if name and isinstance(name, str)})
            case "MedicationRequest" if is_about(subject_of(resource), patient_id):
                if named in known:
                    continue  # sent twice
                known |= {named} - {""}
                if _is_evaluated(resource):
                    orders.append(Draft(position, Sourced(resource, Place.CONTEXT, unread)))
            case "ServiceRequest" if is_about(subject_of(resource), patient_id):
                services.append(Sourced(resource, Place.CONTEXT, unread))
            case "MedicationOrder":
                older.append(resource)
            case _:
                pass
    return Drafts(tuple(orders), tuple(services), frozenset(known), tuple(kept), index, tuple(older), patient_id)


def _converted(value: dict[str, Any]) -> tuple[Resource | None, tuple[str, ...]]:
    try:
        return msgspec.convert(value, Resource), ()
    except msgspec.ValidationError:
        return mended(value, Resource)


def _is_evaluated(order: Resource) -> bool:
    status, intent = order.status.strip().casefold(), order.intent.strip().casefold()
    return status in _EVALUATED and intent != "option" and not order.do_not_perform
