"""Which version a resource or draft is in (CTX-05), and drugs by reference in each of them (CTX-12)."""

from dataclasses import replace
from types import SimpleNamespace

import pytest

from cds_service.domain.facts import SectionName
from cds_service.domain.request import FhirAccess
from cds_service.fhir.templates import queries, templates
from tests.unit.fhir import test_dstu2, test_r5, test_stu3
from tests.unit.fhir.calls import FHIR, Server, about, bundle, dosage, facts, gather, order, prefetch, request
from tests.unit.fhir.content import CONTENT, RXNORM, SNOMED

DIRECT = [{"timing": {"code": {"text": "BID"}}, "doseQuantity": {"value": 5, "code": "mg"}}]
STROKE = {"coding": [{"system": SNOMED, "code": "230690007"}]}
R4_PROBLEM = about("Condition", 1, code=STROKE, clinicalStatus={"coding": [{"code": "active"}]})
STU3_PROBLEM = about("Condition", 1, code=STROKE, clinicalStatus="active")
SLIP = order(dosageInstruction=DIRECT)  # as STU3 has it, and as some clients of R4 write


def version(draft, sent=None, *, fhir=None, setting="", beside=()):
    asked = request(bundle(draft, *beside), prefetch(**(sent or {})), fhir=fhir)
    return gather(replace(asked, fhir_version=setting)).fhir_version


@pytest.mark.requirement("CTX-05")
@pytest.mark.parametrize(
    ("draft", "expected"),
    [
        (test_dstu2.draft(), "DSTU2"),
        (test_stu3.draft(), "STU3"),
        (order(), "R4"),
        (test_r5.draft(), "R5"),
        (order(dosageInstruction=None), "R4"),  # no dose at all
        (SLIP, "STU3"),
        (order(dosageInstruction=None, context={"reference": "Encounter/1"}), "STU3"),
        (order(dosageInstruction=None, requester={"agent": {"reference": "Practitioner/1"}}), "STU3"),
        (SLIP | {"encounter": {"reference": "Encounter/1"}}, "R4"),  # one slip against one mark
        (SLIP | {"requester": {"reference": "Practitioner/1"}}, "R4"),
        (SLIP | {"category": {"coding": [{"system": "http://terminology.hl7.org/x"}]}}, "R4"),
        (SLIP | {"encounter": {"reference": "Encounter/1"}, "category": {"text": "Outpatient"}}, "R4"),
        (SLIP | {"category": {"text": "Outpatient"}, "reasonCode": {"text": "anxiety"}}, "STU3"),
        (SLIP | {"context": {"reference": "Encounter/1"}, "requester": {"reference": "Practitioner/1"}}, "STU3"),
    ],
)
def test_a_draft_tells_its_version(draft, expected):
    assert version(draft) == expected


@pytest.mark.parametrize("draft", [SLIP, order(dosageInstruction=None)])
def test_what_a_draft_does_not_surely_tell_is_told_by_what_comes_with_it(draft):
    assert version(draft, {"conditions": bundle(R4_PROBLEM)}) == "R4"
    assert version(draft, {"conditions": bundle(STU3_PROBLEM)}) == "STU3"
    assert version(draft, beside=[order(id="2")]) == "R4"
    assert version(draft, beside=[test_stu3.draft() | {"id": "2"}]) == "STU3"
    other_drug = test_stu3.draft() | {"id": "2", "medicationCodeableConcept": {"text": "oxycodone"}}
    assert version(draft, beside=[other_drug]) == "STU3"


@pytest.mark.parametrize(
    ("server", "expected"),
    [
        ("https://ehr.example/api/FHIR/R4", "R4"),
        ("https://ehr.example/stu3/", "STU3"),
        ("https://ehr.example/v/r3/fhir", "STU3"),
        ("https://r4.example/fhir", "STU3"),
        ("https://ehr.example/dstu2", "STU3"),
    ],
)
def test_the_url_of_the_server_is_the_last_hint(server, expected):
    assert version(SLIP, fhir=FhirAccess(server=server)) == expected
    assert version(SLIP, {"conditions": bundle(R4_PROBLEM)}, fhir=FhirAccess(server=server)) == "R4"


@pytest.mark.parametrize(
    ("draft", "setting", "expected"),
    [
        (SLIP, "R4", "R4"),
        (order(), "STU3", "STU3"),
        (test_stu3.draft(), "R4", "R4"),
        (test_dstu2.draft(), "R4", "DSTU2"),  # no other version could read it
        (test_r5.draft(), "R4", "R5"),
        (order(), "DSTU2", "R4"),
        (SLIP, "DSTU2", "STU3"),
        (order(), "R5", "R4"),
    ],
)
def test_the_registered_version_wins_where_it_can_be_meant(draft, setting, expected):
    assert version(draft, setting=setting) == expected


def test_each_resource_of_the_record_is_read_in_its_own_version():
    problems = bundle(
        about("Condition", 1, code=STROKE, recordedDate="2021-01-01"),
        about("Condition", 2, code=STROKE, assertedDate="2022-01-01", clinicalStatus="active"),
        about("Condition", 3, code=STROKE, dateRecorded="2023-01-01", clinicalStatus="active"),
    )
    for draft in (test_dstu2.draft(), test_stu3.draft(), order(), test_r5.draft()):
        found = facts(draft, sent={"conditions": problems}).problems
        assert [str(one.recorded) for one in found.items] == ["2021-01-01", "2022-01-01", "2023-01-01"]


def test_orders_of_several_versions_in_one_bundle():
    drafts = [test_dstu2.draft(), order(id="4"), test_r5.draft() | {"id": "5"}, test_stu3.draft() | {"id": "3"}]
    gathered = gather(request(bundle(*drafts), prefetch()))
    assert [one.order.dose.per_day_mg for one in gathered.facts] == [10, 10, 10, 10]
    assert [gathered.drafts.version_at(place) for place in range(4)] == ["DSTU2", "R4", "R5", "STU3"]
    assert gathered.fhir_version == "DSTU2"


def test_an_unresolved_drug_of_a_draft_that_is_no_order():
    assert gather(request(bundle(about("ServiceRequest", 1)), prefetch())).fhir_version == ""


EVERYTHING = replace(CONTENT, exemptions=replace(CONTENT.exemptions, needs=tuple(SectionName)))
HOOK = SimpleNamespace(context_schema={"properties": {}})


# Queries --------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "orders", "services"),
    [
        ("DSTU2", "MedicationOrder?patient=p1", "ProcedureRequest?patient=p1"),
        ("STU3", "MedicationRequest?patient=p1", "ProcedureRequest?patient=p1&status=active"),
        ("R4", "MedicationRequest?patient=p1", "ServiceRequest?patient=p1&status=active"),
        ("R5", "MedicationRequest?patient=p1", "ServiceRequest?patient=p1&status=active"),
    ],
)
def test_queries_are_those_of_the_version(name, orders, services):
    asked = queries(EVERYTHING, request(bundle()), name)
    assert (asked["medications"], asked["services"]) == (orders, services)
    assert asked["problems"] == "Condition?patient=p1"
    offered = templates(EVERYTHING, HOOK, name)
    assert offered["medications"] == orders.replace("p1", "{{context.patientId}}")


@pytest.mark.parametrize(
    ("draft", "setting", "expected"),
    [
        (test_dstu2.draft(), "", "DSTU2"),
        (test_stu3.draft(), "", "STU3"),
        (order(), "", "R4"),
        (test_r5.draft(), "", "R5"),
        (order(), "R5", "R5"),
        (SLIP, "", "R4"),  # by the URL of the server
    ],
)
def test_the_server_is_asked_in_the_version_of_the_call(draft, setting, expected, monkeypatch):
    asked = []
    monkeypatch.setattr("tests.unit.fhir.calls.queries", lambda content, one, name: asked.append(name) or {})
    gather(replace(request(bundle(draft), {"patient": {"resourceType": "Patient"}}, fhir=FHIR), fhir_version=setting))
    assert asked == [expected]


# Drugs by reference ---------------------------------------------------------------------------------------------------


def named(name, reference, **more):
    referred = {"reference": reference} | more
    if name == "R5":
        return test_r5.draft(medication={"reference": referred})
    made = {"DSTU2": test_dstu2.draft, "STU3": test_stu3.draft, "R4": order}[name](medicationReference=referred)
    return {key: value for key, value in made.items() if key != "medicationCodeableConcept"}


@pytest.mark.requirement("CTX-12")
@pytest.mark.parametrize("name", ["DSTU2", "STU3", "R4", "R5"])
class TestMedicationReference:
    MEDICATION = {  # noqa: RUF012 - never changed
        "resourceType": "Medication",
        "id": "m",
        "code": {"coding": [{"system": RXNORM, "code": "197591"}]},
    }

    def test_contained(self, name):
        assert facts(named(name, "#m") | {"contained": [self.MEDICATION]}).order.product.code == "197591"

    def test_beside_the_draft(self, name):
        assert facts(named(name, "Medication/m"), self.MEDICATION).order.product.code == "197591"

    def test_prefetched(self, name):
        found = facts(named(name, "Medication/m"), sent={"medications": bundle(self.MEDICATION)})
        assert found.order.product.code == "197591"

    def test_on_the_server(self, name):
        server = Server(Medication_m=[self.MEDICATION])
        asked = request(bundle(named(name, "Medication/m")), prefetch(), fhir=FHIR)
        assert gather(asked, server).facts[0].order.product.code == "197591"
        assert server.asked == [{"Medication/m": "Medication/m"}]

    def test_by_its_display_only(self, name):
        order = facts(named(name, "Medication/gone", display="diazepam 5 mg tablet")).order
        assert order.strength_mg == 5
        assert "medication-unresolved" in order.doubts

    def test_not_at_all(self, name):
        gathered = gather(request(bundle(named(name, "Medication/gone")), prefetch()))
        assert gathered.incomplete == {"drafts": "medication-unresolved"}


def test_doses_may_stand_in_both_places():
    both = dosage(5) | {"doseQuantity": {"value": 5, "code": "mg"}}
    assert facts(order(dosageInstruction=[both])).order.dose.per_day_mg == 10
