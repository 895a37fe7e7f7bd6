"""What is written: whole orders, valid in the draft's own version, or nothing (ACT-03 to ACT-10, ruling 44)."""

import copy
import json
from dataclasses import replace
from datetime import date
from decimal import Decimal
from functools import cache
from types import SimpleNamespace

import pytest
from fhir.resources import get_fhir_model_class as r5_model
from fhir.resources.R4B import get_fhir_model_class as r4_model
from fhir.resources.STU3 import get_fhir_model_class as stu3_model

from cds_service.domain.card import Action, Card, Source, Suggestion
from cds_service.domain.errors import ContentBroken
from cds_service.domain.orders import Create, Delete, DrugOrder, OrderChange, ServiceOrder, Update
from cds_service.domain.outcome import Indicator
from cds_service.domain.terminology import Coding
from cds_service.fhir.write import make_write
from cds_service.fhir.writing import dstu2
from tests.unit.fhir import test_dstu2, test_r5, test_stu3
from tests.unit.fhir.calls import bundle, dosage, gather, order, prefetch, request
from tests.unit.fhir.content import CONTENT, ICD, RXNORM, SNOMED

VERSIONS = ("DSTU2", "STU3", "R4", "R5")
MODELS = {"STU3": stu3_model, "R4": r4_model, "R5": r5_model}
DRAFTS = {"DSTU2": test_dstu2.draft, "STU3": test_stu3.draft, "R4": order, "R5": test_r5.draft}
UCUM = "http://unitsofmeasure.org"
DAYS_14 = {"value": 14, "unit": "day", "system": UCUM, "code": "d"}
DRUG = DrugOrder(
    name="calmol",
    regimen="5 mg three times daily",
    codings=(Coding(system=RXNORM, code="1", display="calmol"),),
    text="calmol 5 mg tablet",
    dosage_text="5 mg three times daily",
    dose_value=Decimal(5),
    dose_unit="mg",
    frequency=3,
    period=1,
    period_unit="d",
    days=14,
    quantity=42,
    quantity_unit="tablet",
    route=Coding(system=SNOMED, code="26643006", display="Oral route"),
    note="Review after a week.",
    treats=frozenset({"muscle-spasm"}),
)
SERVICE = ServiceOrder(
    coding=Coding(system=SNOMED, code="91251008", display="Physical therapy procedure"),
    text="Physical therapy",
    treats=frozenset({"muscle-spasm"}),
)
SPASM, ANXIETY = (
    {"coding": [{"system": ICD, "code": code}], "text": "in the client's words"} for code in ("M62.838", "F41.1")
)
_SOURCE = Source(label="l", url="https://example.org", topic=Coding(system="s", code="t"))


@cache
def write():
    return make_write(CONTENT)


def written(draft, proposal, sent=None, beside=()):
    """The resource of the only action as JSON; `None` when the suggestion was left out."""
    gathered = gather(request(bundle(*beside, draft), prefetch(**(sent or {}))))
    suggestion = Suggestion(uuid="u", label="l", alternative="a", actions=(Action(proposal=proposal),))
    card = Card(uuid="c", summary="s", detail="d", indicator=Indicator.INFO, source=_SOURCE, selection_behavior="any")
    (answer,) = write()((replace(card, suggestions=(suggestion,)),), gathered)
    if not answer.suggestions:
        assert answer.selection_behavior == ""
        return None
    resource = answer.suggestions[0].actions[0].resource
    found = json.loads(resource, parse_float=Decimal) if resource else b""
    assert not found or is_valid(gathered.drafts.version_at(len(beside)), found, resource)
    return found


def is_valid(version, found, raw):
    assert "null" not in raw.decode()
    if version == "DSTU2":
        dstu2.judge(raw)
    else:
        MODELS[version](found["resourceType"]).model_validate_json(raw)
    return True


def create(made=DRUG, **more):
    return Create(order=replace(made, **more), position=0, description="d", authored_on=date(2026, 6, 15))


def update(draft, **change):
    reference = f"{draft['resourceType']}/{draft['id']}"
    return Update(change=OrderChange(**change), position=0, reference=reference, description="d")


def with_reasons(version, *concepts, reference=None):
    """Elements of a draft that state reasons."""
    match version:
        case "DSTU2":
            return {"reasonCodeableConcept": concepts[0]} if concepts else {"reasonReference": reference}
        case "R5":
            references = [{"reference": reference}] if reference else []
            return {"reason": references + [{"concept": one} for one in concepts]}
        case _:
            return {"reasonCode": list(concepts)} | ({"reasonReference": [reference]} if reference else {})


# New orders -----------------------------------------------------------------------------------------------------------

TIMING = {"repeat": {"boundsDuration": DAYS_14, "frequency": 3, "period": 1, "periodUnit": "d"}}
ROUTE = {"coding": [{"system": SNOMED, "code": "26643006", "display": "Oral route"}]}
DOSE = {"value": 5, "unit": "mg", "system": UCUM, "code": "mg"}
MEDICINE = {"coding": [{"system": RXNORM, "code": "1", "display": "calmol"}], "text": "calmol 5 mg tablet"}
SUPPLY = {"quantity": {"value": 42, "unit": "tablet"}, "expectedSupplyDuration": DAYS_14}
TEXT = "5 mg three times daily"
NEW = {
    "DSTU2": {
        "resourceType": "MedicationOrder",
        "status": "draft",
        "dateWritten": "2026-06-15",
        "patient": {"reference": "Patient/p1"},
        "prescriber": {"reference": "Practitioner/1"},
        "encounter": {"reference": "Encounter/e1"},
        "reasonCodeableConcept": SPASM,
        "note": "Review after a week.",
        "medicationCodeableConcept": MEDICINE,
        "dosageInstruction": [
            {
                "text": TEXT,
                "timing": {"repeat": {"boundsQuantity": DAYS_14, "frequency": 3, "period": 1, "periodUnits": "d"}},
                "route": ROUTE,
                "doseQuantity": DOSE,
            }
        ],
        "dispenseRequest": SUPPLY,
    },
    "STU3": {
        "resourceType": "MedicationRequest",
        "status": "draft",
        "intent": "order",
        "authoredOn": "2026-06-15",
        "subject": {"reference": "Patient/p1"},
        "requester": {"agent": {"reference": "Practitioner/1"}},
        "context": {"reference": "Encounter/e1"},
        "reasonCode": [SPASM],
        "note": [{"text": "Review after a week."}],
        "medicationCodeableConcept": MEDICINE,
        "dosageInstruction": [{"text": TEXT, "timing": TIMING, "route": ROUTE, "doseQuantity": DOSE}],
        "dispenseRequest": SUPPLY,
    },
    "R4": {
        "resourceType": "MedicationRequest",
        "status": "draft",
        "intent": "order",
        "authoredOn": "2026-06-15",
        "subject": {"reference": "Patient/p1"},
        "requester": {"reference": "Practitioner/1"},
        "encounter": {"reference": "Encounter/e1"},
        "reasonCode": [SPASM],
        "note": [{"text": "Review after a week."}],
        "medicationCodeableConcept": MEDICINE,
        "dosageInstruction": [
            {"text": TEXT, "timing": TIMING, "route": ROUTE, "doseAndRate": [{"doseQuantity": DOSE}]}
        ],
        "dispenseRequest": SUPPLY | {"numberOfRepeatsAllowed": 0},
    },
    "R5": {
        "resourceType": "MedicationRequest",
        "status": "draft",
        "intent": "order",
        "authoredOn": "2026-06-15",
        "subject": {"reference": "Patient/p1"},
        "requester": {"reference": "Practitioner/1"},
        "encounter": {"reference": "Encounter/e1"},
        "reason": [{"concept": SPASM}],
        "note": [{"text": "Review after a week."}],
        "medication": {"concept": MEDICINE},
        "dosageInstruction": [
            {"text": TEXT, "timing": TIMING, "route": ROUTE, "doseAndRate": [{"doseQuantity": DOSE}]}
        ],
        "dispenseRequest": SUPPLY | {"numberOfRepeatsAllowed": 0},
    },
}
COPIED = {
    "DSTU2": {"prescriber": {"reference": "Practitioner/1"}, "encounter": {"reference": "Encounter/e1"}},
    "STU3": {"requester": {"agent": {"reference": "Practitioner/1"}}, "context": {"reference": "Encounter/e1"}},
    "R4": {"requester": {"reference": "Practitioner/1"}, "encounter": {"reference": "Encounter/e1"}},
    "R5": {"requester": {"reference": "Practitioner/1"}, "encounter": {"reference": "Encounter/e1"}},
}


def draft_of(version, **more):
    return DRAFTS[version]() | COPIED[version] | more


@pytest.mark.parametrize("version", VERSIONS)
def test_a_new_order(version):
    reasons = with_reasons(version, *([SPASM] if version == "DSTU2" else [ANXIETY, SPASM]))
    assert written(draft_of(version, **reasons), create()) == NEW[version]


@pytest.mark.parametrize("version", VERSIONS)
def test_a_new_request_for_a_service(version):
    kind = {"DSTU2": "ProcedureRequest", "STU3": "ProcedureRequest"}.get(version, "ServiceRequest")
    code = {"coding": [{"system": SNOMED, "code": "91251008", "display": "Physical therapy procedure"}]}
    code |= {"text": "Physical therapy"}
    expected = {"resourceType": kind, "status": "draft", "subject": {"reference": "Patient/p1"}}
    if version == "DSTU2":
        named = {"orderer": {"reference": "Practitioner/1"}, "encounter": {"reference": "Encounter/e1"}}
        expected |= {"code": code, "orderedOn": "2026-06-15", **named}
    else:
        expected |= {"intent": "order", "authoredOn": "2026-06-15", **COPIED[version]}
        expected["code"] = {"concept": code} if version == "R5" else code
    expected |= with_reasons(version, SPASM)
    assert written(draft_of(version, **with_reasons(version, SPASM)), create(SERVICE)) == expected


@pytest.mark.parametrize("version", VERSIONS)
def test_a_new_order_as_needed_with_a_limit(version):
    (found,) = written(draft_of(version), create(as_needed=True, max_dose_per_day=Decimal("7.5")))["dosageInstruction"]
    limit = found["maxDosePerPeriod"]
    assert found["asNeeded" if version == "R5" else "asNeededBoolean"] is True
    assert (limit[0] if version == "R5" else limit)["numerator"]["value"] == Decimal("7.5")


@pytest.mark.parametrize("version", VERSIONS)
def test_reasons_by_reference_and_inferred_ones(version):
    problem = {"resourceType": "Condition", "id": "c", "code": SPASM}
    draft = draft_of(version, **with_reasons(version, reference={"reference": "Condition/c"}))
    found = written(draft, create(inferred_reasons=("Condition/x",)), {"conditions": bundle(problem)})
    both = [{"reference": "Condition/c"}, {"reference": "Condition/x"}]
    match version:
        case "DSTU2":
            assert found["reasonReference"] == both[0]  # there may be one
            inferred = written(draft_of(version), create(inferred_reasons=("Condition/x",)))
            assert inferred["reasonReference"] == both[1]
        case "R5":
            assert found["reason"] == [{"reference": one} for one in both]
        case _:
            assert found["reasonReference"] == both


@pytest.mark.parametrize("version", VERSIONS)
def test_what_the_draft_does_not_say_usably_is_not_copied(version):
    odd = {name: {"reference": "#inside"} for name in COPIED[version]}
    if version == "STU3":
        odd["requester"] = {"agent": {"reference": "#inside"}}
    whose = "patient" if version == "DSTU2" else "subject"
    found = written(DRAFTS[version](**odd, **{whose: {"display": "somebody"}}), create())
    assert found[whose] == {"reference": "Patient/p1"}
    assert found.keys().isdisjoint(odd)


@pytest.mark.parametrize("version", VERSIONS)
def test_the_patient_is_named_as_the_draft_does(version):
    whose = "patient" if version == "DSTU2" else "subject"
    named = {"reference": "https://ehr.example/fhir/Patient/p1", "display": "P."}
    assert written(DRAFTS[version](**{whose: named}), create())[whose] == named


# Changed orders -------------------------------------------------------------------------------------------------------


def differences(before, after, at=""):
    """Paths at which two JSON values differ."""
    if isinstance(before, dict) and isinstance(after, dict):
        names = sorted(before.keys() | after.keys())
        return {path for name in names for path in differences(before.get(name), after.get(name), f"{at}.{name}")}
    if isinstance(before, list) and isinstance(after, list) and len(before) == len(after):
        pairs = enumerate(zip(before, after, strict=True))
        return {path for place, (one, other) in pairs for path in differences(one, other, f"{at}.{place}")}
    return set() if before == after else {at.lstrip(".")}


def full(version):
    """A draft with elements that orders have less often, too."""
    common = {
        "meta": {"versionId": "3"},
        "text": {"status": "additional", "div": '<div xmlns="http://www.w3.org/1999/xhtml">x</div>'},
        "identifier": [{"system": "urn:x", "value": "17"}],
        "extension": [{"url": "https://example.org/x", "valueString": "kept"}],
        "dispenseRequest": {
            "numberOfRepeatsAllowed": 3,
            "quantity": {"value": 60, "unit": "tablet"},
            "expectedSupplyDuration": {"value": 30, "unit": "days", "system": UCUM, "code": "d"},
        },
        "note": "as discussed" if version == "DSTU2" else [{"text": "as discussed"}],
    }
    return draft_of(version, **common)


BOUNDS = {"DSTU2": "boundsQuantity"}


@pytest.mark.parametrize("version", VERSIONS)
def test_a_shorter_order_is_the_draft_and_nothing_else_changes(version):
    draft = full(version)
    found = written(draft, update(draft, days=14, units_per_day=Decimal(2), note="Shortened."))
    bound = BOUNDS.get(version, "boundsDuration")
    changed = (
        f"dosageInstruction.0.timing.repeat.{bound}",
        "dispenseRequest.numberOfRepeatsAllowed",
        "dispenseRequest.quantity.value",
        "dispenseRequest.expectedSupplyDuration",
        "note",
    )
    assert {path for path in differences(draft, found) if not path.startswith(changed)} == set()
    assert found["dosageInstruction"][0]["timing"]["repeat"][bound] == DAYS_14
    supply = found["dispenseRequest"]
    assert supply.get("numberOfRepeatsAllowed") == (0 if version in {"R4", "R5"} else None)
    assert (supply["quantity"]["value"], supply["expectedSupplyDuration"]) == (28, DAYS_14)
    notes = ["as discussed", "Shortened."]
    assert found["note"] == ("\n".join(notes) if version == "DSTU2" else [{"text": one} for one in notes])


@pytest.mark.parametrize("version", VERSIONS)
def test_a_lower_dose_of_a_weaker_product(version):
    draft = draft_of(version, dispenseRequest={"quantity": {"value": 30}})
    draft["dosageInstruction"][0] |= {"text": "5 mg twice daily"}
    weaker = Coding(system=RXNORM, code="197590", display="the 2 mg tablet")
    change = {"dose_value": Decimal(2), "frequency": 3, "product": weaker, "units_per_day": Decimal(3)}
    change["dosage_text"] = "2 mg three times daily"
    found = written(draft, update(draft, **change))
    (one,) = found["dosageInstruction"]
    dose = one["doseQuantity"] if version in {"DSTU2", "STU3"} else one["doseAndRate"][0]["doseQuantity"]
    assert dose == {"value": 2, "unit": "mg", "system": UCUM, "code": "mg"}
    assert one["text"] == "2 mg three times daily"
    repeat = one["timing"]["repeat"]
    unit = "periodUnits" if version == "DSTU2" else "periodUnit"
    assert (repeat["frequency"], repeat["period"], repeat[unit]) == (3, 1, "d")
    named = {"coding": [{"system": RXNORM, "code": "197590", "display": "the 2 mg tablet"}], "text": "the 2 mg tablet"}
    assert (found["medication"]["concept"] if version == "R5" else found["medicationCodeableConcept"]) == named
    assert "dispenseRequest" not in found  # for how long it would be is not said


@pytest.mark.parametrize("version", VERSIONS)
def test_a_contained_medication_goes_with_its_reference(version):
    named = {"reference": "#m"}
    drug = {"medication": {"reference": named}} if version == "R5" else {"medicationReference": named}
    medication = {"resourceType": "Medication", "id": "m", "code": {"coding": [{"system": RXNORM, "code": "197591"}]}}
    draft = draft_of(version, contained=[medication], **drug)
    if version != "R5":
        del draft["medicationCodeableConcept"]
    kept = written(draft, update(draft, days=14))
    assert kept["contained"] == [medication]
    product = Coding(system=RXNORM, code="197590", display="x")
    found = written(draft, update(draft, dose_value=Decimal(2), product=product))
    assert found.keys().isdisjoint({"contained", "medicationReference"})
    assert version != "R5" or "reference" not in found["medication"]


def test_texts_that_were_made_from_the_old_order_go():
    generated = {"status": "generated", "div": '<div xmlns="http://www.w3.org/1999/xhtml">x</div>'}
    for version in VERSIONS:
        draft = draft_of(version, text=generated)
        assert "text" not in written(draft, update(draft, days=14))
    draft = draft_of("R5", renderedDosageInstruction="5 mg", effectiveDosePeriod={"start": "2026-06-15"})
    found = written(draft, update(draft, days=14))
    assert found.keys().isdisjoint({"renderedDosageInstruction", "effectiveDosePeriod"})
    assert "renderedDosageInstruction" in written(draft, update(draft, note="Only a note."))


def test_the_product_to_be_supplied_is_that_of_the_order_in_dstu2():
    supply = {"medicationReference": {"reference": "Medication/9"}, "validityPeriod": {"start": "2026-06-15"}}
    draft = draft_of("DSTU2", dispenseRequest=supply)
    product = Coding(system=RXNORM, code="197590", display="x")
    found = written(draft, update(draft, dose_value=Decimal(2), product=product))
    assert found["dispenseRequest"] == {"validityPeriod": {"start": "2026-06-15"}}


@pytest.mark.parametrize("version", VERSIONS)
def test_a_draft_that_does_not_name_the_patient(version):
    whose = "patient" if version == "DSTU2" else "subject"
    draft = DRAFTS[version]()
    del draft[whose]
    assert written(draft, update(draft, days=14))[whose] == {"reference": "Patient/p1"}


def test_a_delete_needs_no_resource():
    assert written(order(), Delete(reference="MedicationRequest/draft-1", description="d")) == b""


def test_each_draft_is_answered_in_its_own_version():
    drafts = [draft_of(version, id=version.lower()) for version in VERSIONS]
    gathered = gather(request(bundle(*drafts), prefetch()))
    change = OrderChange(days=14)
    actions = tuple(
        Action(proposal=Update(change=change, position=place, reference=facts.order.reference, description="d"))
        for place, facts in enumerate(gathered.facts)
    )
    suggestion = Suggestion(uuid="u", label="l", alternative="a", actions=actions)
    card = Card(uuid="c", summary="s", detail="d", indicator=Indicator.INFO, source=_SOURCE, suggestions=(suggestion,))
    (answer,) = write()((card,), gathered)
    resources = [json.loads(action.resource) for action in answer.suggestions[0].actions]
    assert [one["id"] for one in resources] == ["dstu2", "stu3", "r4", "r5"]
    assert resources[0]["resourceType"] == "MedicationOrder"
    assert "doseQuantity" in resources[1]["dosageInstruction"][0]
    assert "concept" in resources[3]["medication"]


# What clients write otherwise -----------------------------------------------------------------------------------------

DIRECT = {
    "timing": {"repeat": {"frequency": 2, "period": 1, "periodUnit": "d"}},
    "doseQuantity": {"value": 5, "code": "mg"},
}


@pytest.mark.parametrize(
    ("version", "odd", "mended"),
    [
        ("R4", {"category": {"text": "Outpatient"}}, {"category": [{"text": "Outpatient"}]}),
        ("R4", {"reasonCode": {"text": "anxiety"}}, {"reasonCode": [{"text": "anxiety"}]}),
        ("R4", {"status": None, "intent": None}, {"status": "draft", "intent": "order"}),
        ("R4", {"note": [], "groupIdentifier": {}}, {"note": None, "groupIdentifier": None}),
        ("STU3", {"category": [{"text": "Outpatient"}]}, {"category": {"text": "Outpatient"}}),
        ("STU3", {"intent": None}, {"intent": "order"}),
        ("R5", {"reason": {"concept": {"text": "anxiety"}}}, {"reason": [{"concept": {"text": "anxiety"}}]}),
        ("DSTU2", {"status": None, "note": " "}, {"status": None, "note": None}),
        ("DSTU2", {"patient": [{"reference": "Patient/p1"}]}, {"patient": {"reference": "Patient/p1"}}),
        ("DSTU2", {"prescriber": None, "requester": {"display": "D."}}, {"prescriber": {"display": "D."}}),
    ],
)
def test_slips_are_mended(version, odd, mended):
    draft = {name: value for name, value in draft_of(version, **odd).items() if value is not None}
    found = written(draft, update(draft, days=14))
    assert {name: found.get(name) for name in mended} == mended


@pytest.mark.parametrize("version", ["STU3", "DSTU2"])
def test_no_repeats_are_left_out_where_zero_is_not_allowed(version):
    draft = draft_of(version, dispenseRequest={"numberOfRepeatsAllowed": 0, "quantity": {"value": 20}})
    found = written(draft, update(draft, note="Only a note."))
    assert found["dispenseRequest"] == {"quantity": {"value": 20}}


def test_doses_move_to_the_place_of_their_version():
    placed = {"doseAndRate": [{"doseQuantity": {"value": 5, "code": "mg"}}]}
    for version in ("R4", "R5"):
        draft = draft_of(version, dosageInstruction=[DIRECT])
        (found,) = written(draft, update(draft, note="x"))["dosageInstruction"]
        assert found["doseAndRate"] == placed["doseAndRate"]
        assert "doseQuantity" not in found
    for version in ("DSTU2", "STU3"):
        draft = draft_of(version, dosageInstruction=[placed])
        (found,) = written(draft, update(draft, note="x"))["dosageInstruction"]
        assert found == {"doseQuantity": {"value": 5, "code": "mg"}}


def test_later_names_in_dstu2_and_earlier_ones_in_r5():
    repeat = {"frequency": 2, "period": 1, "periodUnit": "d", "boundsDuration": {"value": 9, "code": "d"}}
    draft = draft_of(
        "DSTU2", dosageInstruction=[{"timing": {"repeat": repeat}, "additionalInstruction": {"text": "x"}}]
    )
    (found,) = written(draft, update(draft, note="x"))["dosageInstruction"]
    assert found["timing"]["repeat"].keys() == {"frequency", "period", "periodUnits", "boundsQuantity"}
    assert found["additionalInstructions"] == {"text": "x"}
    draft = draft_of("R5", dosageInstruction=[dosage(asNeededCodeableConcept={"text": "spasm"})])
    (found,) = written(draft, update(draft, note="x"))["dosageInstruction"]
    assert found["asNeededFor"] == [{"text": "spasm"}]


@pytest.mark.parametrize(
    ("version", "odd"),
    [
        ("R4", {"unheardOf": "x"}),
        ("R4", {"status": "on-hold", "priority": "whenever"}),
        ("R4", {"dosageInstruction": [DIRECT | {"doseAndRate": [{"doseQuantity": {"value": 7, "code": "mg"}}]}]}),
        ("R4", {"contained": [{"resourceType": "Nonsense", "id": "n"}]}),
        ("R4", {"encounter": [{"reference": "Encounter/1"}, {"reference": "Encounter/2"}]}),
        ("STU3", {"statusReason": {"text": "x"}}),
        ("STU3", {"dosageInstruction": [{"doseAndRate": [{"type": {"text": "ordered"}}]}]}),
        ("R5", {"reasonCode": [{"text": "anxiety"}]}),
        ("DSTU2", {"intent": "order"}),
        ("DSTU2", {"_status": {"id": "x"}}),
        ("DSTU2", {"dateWritten": "15.6.2026"}),
        ("DSTU2", {"identifier": [{"use": "mine"}]}),
        ("DSTU2", {"reasonCodeableConcept": {"text": "x"}, "reasonReference": {"reference": "Condition/1"}}),
        ("DSTU2", {"substitution": {"reason": {"text": "x"}}}),
        ("DSTU2", {"dispenseRequest": {"quantity": {"value": "many"}}}),
        ("DSTU2", {"dosageInstruction": [{"asNeededBoolean": True, "asNeededCodeableConcept": {"text": "x"}}]}),
        ("DSTU2", {"dosageInstruction": [{"maxDosePerPeriod": {"numerator": {"value": 1}}}]}),
    ],
)
def test_what_would_lose_something_is_left_out(version, odd):
    draft = draft_of(version) | odd
    assert written(draft, update(draft, note="x")) is None


def test_a_change_that_fits_one_instruction_is_not_made_to_several():
    draft = order(dosageInstruction=[dosage(sequence=1), dosage(sequence=2)])
    assert written(draft, update(draft, days=14)) is None
    draft = order(dosageInstruction=[dosage(timing={"event": ["2026-06-15"]})])
    assert written(draft, update(draft, days=14)) is None


@pytest.mark.parametrize("expected", [(), ("STU3", "R5")])
def test_an_order_of_the_release_that_is_not_valid_stops_the_start(expected):
    broken = replace(DRUG, route=Coding(system=SNOMED, code="two  spaces"))
    alternative = SimpleNamespace(id="sg-x", orders={"default": broken})
    with pytest.raises(ContentBroken) as refused:
        make_write(replace(CONTENT, alternatives={"sg-x": alternative}), expected)
    assert len(refused.value.faults) == 4
    alternative.orders = {"default": DRUG, "service": SERVICE, "change": OrderChange(days=1)}
    assert make_write(replace(CONTENT, alternatives={"sg-x": alternative}), expected)


def test_nothing_of_the_draft_is_in_the_log(caplog):
    draft = draft_of("DSTU2") | {"dateWritten": "JANE", "status": "ROE", "JANE": {"ROE": 1}}
    gathered_before = copy.deepcopy(draft)
    draft["status"] = "draft"
    assert written(draft, update(draft, days=14)) is None
    assert caplog.records
    assert "JANE" not in caplog.text
    assert gathered_before["JANE"] == draft["JANE"]
