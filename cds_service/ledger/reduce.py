"""What of resources and references may be kept: an allow-list. Whatever is not named here is not stored.

Of an order that was sent, kept are its codes, dose, timing, dispense figures, status and intent. Left out are subject,
encounter, requester, performer, identifiers, ids, notes, every free text and display, references, extensions, contained
resources: an update sends the prescriber's whole draft back, with all that it may hold.
"""

import re
from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any

import msgspec

from cds_service.domain.facts import Encounter
from cds_service.domain.outcome import Basis
from cds_service.ledger.tagged import Mirror

Pseudonym = Callable[[str, str], str]
Json = Any  # a JSON value: checked piece by piece
Keep = Callable[[Json], Json]  # what is kept of a value, `None` for nothing


# References -----------------------------------------------------------------------------------------------------------

BY_ID = {"Patient": "patient", "Encounter": "encounter"}  # pseudonyms of the bare id, as in the hook's context
BY_REFERENCE = {"Practitioner", "PractitionerRole", "RelatedPerson", "Person"}  # of `Type/id`, as the context's user
_PEOPLE = re.compile(rf"(?:^|/)(?:{'|'.join(sorted({*BY_ID, *BY_REFERENCE}))})/")


def reduce_reference(reference: str, pseudonym: Pseudonym) -> str:
    """`Encounter/7` -> `Encounter/<pseudonym>`; `Condition/7` as it is.

    The pseudonym is the one the decision itself carries, so that the two can be seen to be the same.
    """
    kind, identifier = _parts(reference)
    if kind in BY_ID:
        return f"{kind}/{pseudonym(BY_ID[kind], identifier)}"
    if kind in BY_REFERENCE:
        return f"{kind}/{pseudonym('user', f'{kind}/{identifier}')}"
    return reference


def _parts(reference: str) -> tuple[str, str]:
    """Type and id, of a relative or an absolute reference, with or without a version."""
    head, _, identifier = reference.partition("/_history/")[0].rpartition("/")
    return head.rpartition("/")[2], identifier


def without_people(assessment: Mirror, pseudonym: Pseudonym) -> None:
    """Put pseudonyms into the references of an assessment, as it is about to be written; all other references stay."""
    encounter = assessment.facts.encounter
    if getattr(encounter, "items", ()):
        encounter.items = tuple([_encounter(one, pseudonym) for one in encounter.items])
    for ruling in assessment.rulings:
        if isinstance(ruling, msgspec.Raw):  # says nothing of anybody, see `record`
            continue
        for said in (ruling.outcome, ruling.spoken):
            basis: tuple[Basis, ...] = getattr(said, "basis", ())
            if any(_PEOPLE.search(one.reference) for one in basis):
                said.basis = tuple([_basis(one, pseudonym) for one in basis])


def _basis(basis: Basis, pseudonym: Pseudonym) -> Basis:
    return replace(basis, reference=reduce_reference(basis.reference, pseudonym))


def _encounter(encounter: Encounter, pseudonym: Pseudonym) -> Encounter:
    origin = replace(encounter.origin, reference=reduce_reference(encounter.origin.reference, pseudonym))
    return replace(encounter, origin=origin)


# Resources ------------------------------------------------------------------------------------------------------------


def reduce_resource(resource: bytes) -> bytes:
    """What is kept of a resource, as canonical JSON: 2.50 is written 2.5.

    Raises:
        msgspec.DecodeError: it is not JSON, so it cannot have been sent.
    """
    return _writer.encode(_RESOURCE(_reader.decode(resource)) or {})


_reader: msgspec.json.Decoder[Json] = msgspec.json.Decoder()
_writer = msgspec.json.Encoder(order="sorted")

LARGEST_NUMBER = 2**53 - 1  # every whole number up to this is a number of RFC 8785, which knows doubles only
SMALLEST_FRACTION = 1e-5  # below it the canonical spelling changes, and no order means so little


def _like(pattern: str) -> Keep:
    shape = re.compile(pattern, re.ASCII)
    return lambda value: value if isinstance(value, str) and shape.fullmatch(value) else None


def _number(value: Json) -> Json:
    if isinstance(value, bool) or not isinstance(value, int | float) or abs(value) > LARGEST_NUMBER:
        return None
    if value == int(value):
        return int(value)
    return value if abs(value) >= SMALLEST_FRACTION else None


def _flag(value: Json) -> Json:
    return value if isinstance(value, bool) else None


def _only(members: Mapping[str, Keep]) -> Keep:
    """An object, or a list of such objects, with these members; what is then empty goes, too."""

    def keep(value: Json) -> Json:
        if isinstance(value, list):
            return [kept for item in value if isinstance(item, dict) and (kept := keep(item))] or None
        if not isinstance(value, dict):
            return None
        return {
            name: kept
            for name, one in value.items()
            if (member := members.get(name)) is not None and (kept := member(one)) is not None
        } or None

    return keep


def _each(item: Keep) -> Keep:
    """A list of simple values, or one of them."""

    def keep(value: Json) -> Json:
        if isinstance(value, list):
            return [kept for one in value if (kept := item(one)) is not None] or None
        return item(value)

    return keep


_token = _like(r"[a-z][a-z-]{0,31}")  # status, intent, priority: FHIR's own short words
_code = _like(r"[A-Za-z0-9._:/%{}\[\]-]{1,64}")  # no blanks: a code, never a sentence
_system = _like(r"[A-Za-z][A-Za-z0-9+.-]*:[A-Za-z0-9._:/#?=-]{1,200}")
_moment = _like(r"\d{4}(-\d{2}(-\d{2}(T[0-9:.]{5,18}(Z|[+-]\d{2}:\d{2})?)?)?)?")
_time_of_day = _like(r"\d{2}:\d{2}(:\d{2})?")

_CODING = _only({"system": _system, "code": _code})
_CONCEPT = _only({"coding": _CODING})
_CODEABLE_REFERENCE = _only({"concept": _CONCEPT})  # R5
_QUANTITY = _only({"value": _number, "comparator": _like(r"[<>]=?|ad"), "system": _system, "code": _code})
_RANGE = _only({"low": _QUANTITY, "high": _QUANTITY})
_RATIO = _only({"numerator": _QUANTITY, "denominator": _QUANTITY})
_PERIOD = _only({"start": _moment, "end": _moment})
_REPEAT = _only(
    dict.fromkeys(("boundsDuration", "boundsQuantity"), _QUANTITY)
    | dict.fromkeys(("durationUnit", "durationUnits", "periodUnit", "periodUnits"), _like(r"[a-z]{1,3}"))
    | {"boundsPeriod": _PERIOD, "boundsRange": _RANGE, "timeOfDay": _each(_time_of_day)}
    | {"dayOfWeek": _each(_token), "when": _each(_like(r"[A-Z]{1,6}(\.[a-z]{1,6})?"))}
    | dict.fromkeys(
        ("count", "countMax", "duration", "durationMax", "frequency", "frequencyMax", "period", "periodMax", "offset"),
        _number,
    )
)
_TIMING = _only({"repeat": _REPEAT, "code": _CONCEPT, "event": _each(_moment)})
_DOSE = {
    "type": _CONCEPT,
    "doseQuantity": _QUANTITY,
    "doseRange": _RANGE,
    "rateQuantity": _QUANTITY,
    "rateRange": _RANGE,
    "rateRatio": _RATIO,
}
_DOSAGE = _only(
    _DOSE
    | dict.fromkeys(("route", "method", "site", "siteCodeableConcept", "additionalInstruction"), _CONCEPT)
    | dict.fromkeys(("asNeededCodeableConcept", "asNeededFor"), _CONCEPT)
    | dict.fromkeys(("maxDosePerAdministration", "maxDosePerLifetime"), _QUANTITY)
    | {
        "sequence": _number,
        "timing": _TIMING,
        "asNeededBoolean": _flag,
        "asNeeded": _flag,
        "doseAndRate": _only(_DOSE),
        "maxDosePerPeriod": _RATIO,
    }
)
_DISPENSE = _only(
    {
        "validityPeriod": _PERIOD,
        "numberOfRepeatsAllowed": _number,
        "quantity": _QUANTITY,
        "expectedSupplyDuration": _QUANTITY,
        "dispenseInterval": _QUANTITY,
        "initialFill": _only({"quantity": _QUANTITY, "duration": _QUANTITY}),
    }
)
_RESOURCE = _only(
    dict.fromkeys(("status", "intent", "priority"), _token)
    | dict.fromkeys(("authoredOn", "dateWritten", "occurrenceDateTime", "orderedOn"), _moment)
    | dict.fromkeys(("medicationCodeableConcept", "category", "reasonCode", "reasonCodeableConcept"), _CONCEPT)
    | dict.fromkeys(("statusReason", "courseOfTherapyType", "performerType", "bodySite"), _CONCEPT)
    | dict.fromkeys(("medication", "reason"), _CODEABLE_REFERENCE)
    | dict.fromkeys(("dosageInstruction", "dosage"), _DOSAGE)
    | dict.fromkeys(("occurrenceTiming", "scheduledTiming"), _TIMING)
    | {
        "resourceType": _like(r"[A-Z][A-Za-z]{1,63}"),
        "doNotPerform": _flag,
        "code": _only({"coding": _CODING, "concept": _CONCEPT}),
        "occurrencePeriod": _PERIOD,
        "quantityQuantity": _QUANTITY,
        "dispenseRequest": _DISPENSE,
        "substitution": _only({"allowedBoolean": _flag, "allowedCodeableConcept": _CONCEPT}),
    }
)
