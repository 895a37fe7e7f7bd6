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
from cds_service.fhir.records import Sourced
from cds_service.fhir.references import is_about
from cds_service.fhir.shapes import Resource, reference_of
from cds_service.fhir.versions import DEFAULT, ORDERS, SERVICES, VERSIONS, Told, subject_of, told_by_draft, version_of

_INDEXED = {"Medication", "Condition"}
_EVALUATED = {"draft", "active", "on-hold", ""}
AT = "context.draftOrders"


class Draft(msgspec.Struct, frozen=True, gc=False):
    """One order of the Bundle that is evaluated; `position` counts the Bundle's entries from 0.

    Attributes:
        told: what it tells of its FHIR version.
    """

    position: int
    sourced: Sourced
    told: Told


class Drafts(msgspec.Struct, frozen=True):
    """The draft Bundle.

    Attributes:
        orders: medication orders that are evaluated (knowledge 2.1), in order. services: requests for services.
        known: references of every medication order of the Bundle: their versions on record are not other orders.
        raw: each entry's resource as plain JSON by position, `None` where there is none; floats are `Decimal`.
        index: Medications and Conditions of the Bundle by reference and full URL.
        patient_id: whose orders these are, for answers to a draft that does not say so.
        otherwise: FHIR version of the orders that do not surely tell theirs.
    """

    orders: tuple[Draft, ...] = ()
    services: tuple[Sourced, ...] = ()
    known: frozenset[str] = frozenset()
    raw: tuple[Mapping[str, Any] | None, ...] = ()
    index: Mapping[str, Resource] = msgspec.field(default_factory=dict)
    patient_id: str = ""
    otherwise: str = DEFAULT.NAME

    def version_at(self, position: int) -> str:
        """The FHIR version of the order at a position, in which its answer is written."""
        told = next((order.told for order in self.orders if order.position == position), Told())
        return told.name if told.sure else self.otherwise


def read_drafts(raw: bytes, patient_id: str, setting: str = "") -> Drafts:
    """Read the Bundle; no bytes at all, and null, are an empty one.

    Args:
        raw: the Bundle.
        patient_id: of the context.
        setting: the FHIR version that the client is registered with, if any.

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
    return _sorted_out(entries or [], patient_id, setting)


def _sorted_out(entries: list[Any], patient_id: str, setting: str) -> Drafts:
    values = [value if isinstance(value := _resource_in(entry), dict) else None for entry in entries]
    orders, services = [], []
    known: set[str] = set()
    index: dict[str, Resource] = {}
    for position, value in enumerate(values):
        resource, unread = _converted(value) if value is not None else (None, ())
        if value is None or resource is None:
            continue
        kind, named = resource.resource_type, reference_of(resource)
        if kind in _INDEXED:
            full_url = entries[position].get("fullUrl")
            index.update({name: resource for name in (named, full_url) if name and isinstance(name, str)})
        elif not is_about(subject_of(resource), patient_id):
            continue
        elif kind in ORDERS and named not in known:  # sent twice, it is one
            known |= {named} - {""}
            told = told_by_draft(value, setting)
            sourced = Sourced(resource, Place.CONTEXT, VERSIONS.get(told.name, DEFAULT), unread)
            orders += [Draft(position, sourced, told)] if _is_evaluated(resource) else []
        elif kind in SERVICES:
            version = version_of(resource, VERSIONS.get(setting, DEFAULT))
            services.append(Sourced(resource, Place.CONTEXT, version, unread))
    return Drafts(tuple(orders), tuple(services), frozenset(known), tuple(values), index, patient_id)


def _resource_in(entry: object) -> object:
    return entry.get("resource") if isinstance(entry, dict) else None


def _converted(value: dict[str, Any]) -> tuple[Resource | None, tuple[str, ...]]:
    try:
        return msgspec.convert(value, Resource), ()
    except msgspec.ValidationError:
        return mended(value, Resource)


def _is_evaluated(order: Resource) -> bool:
    status, intent = order.status.strip().casefold(), order.intent.strip().casefold()
    return status in _EVALUATED and intent != "option" and not order.do_not_perform
