"""Only what the allow-list names is kept of a resource; ids of people become pseudonyms."""

import json

import msgspec
import pytest

from cds_service.ledger.reduce import reduce_reference, reduce_resource
from tests.unit.ledger.samples import KEPT, RESOURCE

CANARY = "canary 7f3a"

DRAFT = {
    "resourceType": "MedicationRequest",
    "status": "draft",
    "intent": "order",
    "authoredOn": "2026-06-15T09:00:00+02:00",
    "medicationCodeableConcept": {
        "coding": [{"system": "http://www.nlm.nih.gov/research/umls/rxnorm", "code": "197590"}]
    },
    "reasonCode": [{"coding": [{"system": "http://snomed.info/sct", "code": "45352006"}]}],
    "dosageInstruction": [
        {
            "sequence": 1,
            "asNeededBoolean": False,
            "timing": {
                "repeat": {
                    "boundsPeriod": {"start": "2026-06-15", "end": "2026-06-25"},
                    "frequency": 3,
                    "period": 1,
                    "periodUnit": "d",
                    "timeOfDay": ["08:00:00"],
                    "when": ["MORN", "AFT.early"],
                    "dayOfWeek": ["mon"],
                }
            },
            "route": {"coding": [{"system": "http://snomed.info/sct", "code": "26643006"}]},
            "doseAndRate": [{"doseQuantity": {"value": 5, "system": "http://unitsofmeasure.org", "code": "mg/{tbl}"}}],
            "maxDosePerPeriod": {"numerator": {"value": 15, "code": "mg"}, "denominator": {"value": 1, "code": "d"}},
        }
    ],
    "dispenseRequest": {
        "numberOfRepeatsAllowed": 0,
        "quantity": {"value": 30},
        "expectedSupplyDuration": {"value": 10, "code": "d"},
    },
}


def reduced(resource):
    return json.loads(reduce_resource(json.dumps(resource).encode()))


def planted(value):
    """The value with the canary in every string, and in members that FHIR has and that it has not."""
    if isinstance(value, dict):
        extra = dict.fromkeys(("text", "display", "id", "unit", "extension", "canary"), CANARY)
        return {name: planted(member) for name, member in value.items()} | extra
    if isinstance(value, list):
        return [*map(planted, value), CANARY, {"valueString": CANARY}]
    return CANARY if isinstance(value, str) else value


def test_codes_dose_timing_and_supply_are_kept():
    assert reduced(DRAFT) == DRAFT


def test_a_canary_in_any_string_is_not_kept():
    kept = json.dumps(reduced(planted(DRAFT)))
    assert CANARY not in kept
    assert '"frequency": 3' in kept


@pytest.mark.parametrize(
    "name",
    [
        "id", "meta", "implicitRules", "text", "contained", "extension", "modifierExtension", "identifier", "subject",
        "encounter", "requester", "performer", "recorder", "note", "insurance", "groupIdentifier", "priorPrescription",
        "basedOn", "supportingInformation", "reasonReference", "reportedReference", "medicationReference", "language",
    ],
)  # fmt: skip
@pytest.mark.parametrize(
    "value", ["canary", {"reference": "Patient/canary", "display": "canary"}, [{"text": "canary"}]]
)
def test_what_is_not_named_is_not_kept(name, value):
    assert reduced(DRAFT | {name: value}) == DRAFT


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("status", "call her son"),
        ("status", {"text": "canary"}),
        ("authoredOn", "on Monday"),
        ("resourceType", "a type"),
        ("doNotPerform", "canary"),
        ("medicationCodeableConcept", "canary"),
        ("medicationCodeableConcept", {"coding": [{"system": "http://x", "code": "two words"}]}),
        ("medicationCodeableConcept", {"coding": [{"system": "not a system", "code": ["x"]}]}),
        ("dispenseRequest", {"quantity": {"value": "canary", "comparator": "about"}}),
        ("dosageInstruction", ["canary", [["canary"]], None]),
    ],
)
def test_a_value_of_another_shape_is_not_kept(name, value):
    assert "canary" not in json.dumps(reduced({name: value}))
    assert "her" not in json.dumps(reduced({name: value}))
    assert name == "medicationCodeableConcept" or reduced({name: value}) == {}


def test_it_is_written_canonically():
    assert reduce_resource(RESOURCE) == KEPT
    assert reduce_resource(KEPT) == KEPT


@pytest.mark.parametrize(
    ("sent", "kept"),
    [
        ("2.50", b"2.5"),
        ("30.0", b"30"),
        ("3e1", b"30"),
        ("-0.0", b"0"),
        ("0.00001", b"0.00001"),
        ("9007199254740991", b"9007199254740991"),
    ],
)
def test_numbers_are_those_of_rfc_8785(sent, kept):
    assert reduce_resource(b'{"dispenseRequest":{"quantity":{"value":%s}}}' % sent.encode()) == (
        b'{"dispenseRequest":{"quantity":{"value":%s}}}' % kept
    )


@pytest.mark.parametrize("number", ["9007199254740993", "1e300", "1e-9", "true"])
def test_numbers_no_order_can_mean_are_not_kept(number):
    assert reduce_resource(b'{"dispenseRequest":{"quantity":{"value":%s}}}' % number.encode()) == b"{}"


@pytest.mark.parametrize("resource", [b"[]", b'"canary"', b"null", b"7"])
def test_what_is_no_object_leaves_nothing(resource):
    assert reduce_resource(resource) == b"{}"


def test_what_is_not_json_was_never_sent():
    with pytest.raises(msgspec.DecodeError):
        reduce_resource(b"{")


@pytest.mark.parametrize(
    ("reference", "kept"),
    [
        ("Condition/7", "Condition/7"),
        ("", ""),
        ("urn:uuid:7", "urn:uuid:7"),
        ("Encounter/7", "Encounter/<encounter 7>"),
        ("Patient/7", "Patient/<patient 7>"),
        ("Practitioner/7", "Practitioner/<user Practitioner/7>"),
        ("PractitionerRole/7", "PractitionerRole/<user PractitionerRole/7>"),
        ("https://ehr.example/fhir/Patient/7", "Patient/<patient 7>"),
        ("https://ehr.example/fhir/Patient/7/_history/2", "Patient/<patient 7>"),
    ],
)
def test_people_and_encounters_are_named_by_the_pseudonym_of_the_decision(reference, kept):
    assert reduce_reference(reference, lambda kind, identifier: f"<{kind} {identifier}>") == kept
