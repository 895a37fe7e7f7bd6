"""Prefetch: what is none, what is not known, what is another patient's; by content, not by key (PRE-07 to PRE-16)."""

import json

import pytest

from cds_service.domain.errors import DataMissing, NotConformant
from cds_service.domain.facts import Gap, Known, Unavailable
from cds_service.fhir.prefetch_in import Received, receive_prefetch
from tests.unit.fhir.calls import FHIR, Server, about, bundle, gather, order, patient, prefetch, request
from tests.unit.fhir.content import SNOMED

STROKE = about("Condition", 1, code={"coding": [{"system": SNOMED, "code": "230690007"}]})


def outcome(severity="error"):
    return {"resourceType": "OperationOutcome", "issue": [{"severity": severity}]}


def beside(*resources, mode="outcome", severity="warning", **more):
    made = bundle(*resources, **more)
    made["entry"].append({"resource": outcome(severity), "search": {"mode": mode}})
    return made


def problems(value, key="conditions", fetch=None, fhir=None):
    sent = prefetch()
    del sent["conditions"]
    asked = request(bundle(order()), sent | {key: value} if key else sent, fhir=fhir)
    gathered = gather(asked, fetch) if fetch else gather(asked)
    return gathered.facts[0].problems


INCOMPLETE, NOT_SENT = Unavailable(why="incomplete"), Unavailable(why="not-sent")


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        (None, Known()),
        ({"resourceType": "Bundle", "type": "searchset"}, Known()),
        (bundle(total=0), Known()),
        (bundle(total=3), INCOMPLETE),
        (outcome(), INCOMPLETE),
        (outcome("warning"), INCOMPLETE),
        (beside(total=0), Known()),  # ruling 42
        (beside(total=0, severity="error"), INCOMPLETE),
        (beside(total=0, mode="match"), INCOMPLETE),
        (beside(), INCOMPLETE),  # no total
        (bundle(link=[{"relation": "next", "url": "https://x"}]), INCOMPLETE),
        ([], NOT_SENT),
        ("text", NOT_SENT),
        (7, NOT_SENT),
        ({}, NOT_SENT),
        ({"resourceType": "Questionnaire"}, NOT_SENT),
    ],
)
def test_none_is_not_the_same_as_not_known(value, expected):
    assert problems(value) == expected


def test_a_missing_key_is_not_known():
    assert problems(None, key="") == NOT_SENT


@pytest.mark.parametrize("value", [None, bundle(), outcome()])
def test_nothing_under_an_unknown_key_says_nothing(value):
    assert problems(value, key="site-specific-7") == NOT_SENT


@pytest.mark.parametrize("key", ["site-specific-7", "labs", "conditions"])
@pytest.mark.parametrize("value", [bundle(STROKE), STROKE, bundle(STROKE) | {"type": "searchset", "total": 1}])
def test_what_a_value_holds_tells_its_section(key, value):
    found = problems(value, key=key)
    assert [problem.origin.reference for problem in found.items] == ["Condition/Condition-1"]
    assert found.gaps == ()


@pytest.mark.parametrize(
    "value",
    [
        beside(STROKE, total=1),
        bundle(STROKE, total=2),
        bundle(STROKE, link=[{"relation": "next", "url": "https://x"}]),
        bundle(STROKE, outcome()),
    ],
)
def test_a_part_is_used_and_said_to_be_a_part(value):
    found = problems(value)
    assert len(found.items) == 1
    assert found.gaps == (Gap(why="incomplete"),)


def test_included_resources_do_not_answer_for_their_kind():
    sent = bundle()
    sent["entry"] = [{"resource": STROKE, "search": {"mode": "include"}}]
    found = problems(sent, key="medications")
    assert len(found.items) == 1
    assert found.gaps == (Gap(why="not-sent"),)


def test_another_patients_record_is_ignored_and_said():
    other = STROKE | {"subject": {"reference": "Patient/p2"}}
    assert problems(bundle(other)) == Known(gaps=(Gap(why="Condition: another-patient"),))
    assert len(problems(bundle(STROKE | {"subject": {"reference": "https://h/Patient/p1"}})).items) == 1


def test_one_bad_resource_is_a_gap_and_the_others_count():
    bad = STROKE | {"id": "bad", "onsetDateTime": 2020}
    worse = STROKE | {"id": "worse", "verificationStatus": 7}
    found = problems(bundle(bad, STROKE, worse, 7))
    assert [problem.origin.reference for problem in found.items] == ["Condition/bad", "Condition/Condition-1"]
    assert {gap.why for gap in found.gaps} == {
        "Condition.onsetDateTime: unreadable",
        "Condition.verificationStatus: unreadable",
        "incomplete",
    }


def test_an_odd_value_under_one_key_costs_no_other():
    sent = prefetch(conditions=bundle(STROKE), odd=[1], odder="x")
    found = gather(request(bundle(order()), sent)).facts[0]
    assert len(found.problems.items) == 1
    assert found.medications == Known()


def test_nulls_inside_a_resource_are_absent():
    assert problems(bundle(STROKE | {"onsetDateTime": None, "clinicalStatus": None})).gaps == ()


@pytest.mark.parametrize("raw", [b"[]", b"7", b"{", b'"x"'])
def test_what_is_no_object_is_refused(raw):
    with pytest.raises(NotConformant):
        gather(request(bundle(order()), raw_prefetch=raw))


# The patient ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("sent", [None, {}, {"patient": None}, {"patient": outcome()}, {"patient": bundle()}])
def test_without_a_patient_there_is_no_assessment(sent):
    with pytest.raises(DataMissing) as missing:
        gather(request(bundle(order()), sent))
    assert missing.value.what == ("patient",)


def test_another_patient_is_refused():
    with pytest.raises(NotConformant):
        gather(request(bundle(order()), prefetch(patient=patient(id="p2"))))
    nameless = {name: value for name, value in patient().items() if name != "id"}
    assert gather(request(bundle(order()), prefetch(patient=nameless))).facts[0].sex == "female"
    assert gather(request(bundle(order()), prefetch(patient=bundle(patient())))).facts[0].sex == "female"


# The FHIR server ------------------------------------------------------------------------------------------------------


def test_only_what_prefetch_left_open_is_fetched():
    server = Server(problems=[bundle(STROKE)])
    found = problems(outcome(), fetch=server, fhir=FHIR)
    assert len(found.items) == 1
    assert found.gaps == ()
    assert found.items[0].origin.place == "fhir-read"
    assert server.asked == [{"problems": "problems?patient=p1"}]


def test_everything_can_be_fetched():
    server = Server(
        patient=[patient()],
        problems=[bundle(STROKE), bundle(STROKE | {"id": "2"})],
        **{name: [bundle()] for name in ("medications", "statements", "allergies", "observations", "services")},
    )
    gathered = gather(request(bundle(order()), fhir=FHIR), server)
    assert len(gathered.facts[0].problems.items) == 2
    assert gathered.incomplete == {}
    assert len(server.asked) == 1


@pytest.mark.parametrize("why", ["timeout", "refused", "no-access"])
def test_a_failed_read_says_why(why):
    assert problems(None, key="", fetch=Server(problems=why), fhir=FHIR) == Unavailable(why=why)


def test_a_failed_read_leaves_the_part_that_was_sent():
    found = problems(bundle(STROKE, total=2), fetch=Server(problems="timeout"), fhir=FHIR)
    assert len(found.items) == 1
    assert found.gaps == (Gap(why="timeout"),)


def test_a_page_that_is_no_json_or_not_the_last():
    def garbage(access, wanted):
        return dict.fromkeys(wanted, (b"<html>",))

    assert problems(None, key="", fetch=garbage, fhir=FHIR) == Unavailable(why="unreadable")
    more = bundle(STROKE, link=[{"relation": "next", "url": "https://x"}])
    assert problems(None, key="", fetch=Server(problems=[more]), fhir=FHIR).gaps == (Gap(why="incomplete"),)
    assert problems(None, key="", fetch=Server(problems=[more, bundle(STROKE)]), fhir=FHIR).gaps == ()


def test_a_patient_that_cannot_be_fetched_is_missing():
    with pytest.raises(DataMissing):
        gather(request(bundle(order()), {}, fhir=FHIR), Server(patient="timeout"))


def test_medications_on_record_known_by_reference_alone_are_fetched():
    named = about("MedicationRequest", 1, status="active", medicationReference={"reference": "Medication/9"})
    sent = prefetch(medications=bundle(named))
    del sent["conditions"]
    server = Server(
        Medication_9=[{"resourceType": "Medication", "id": "9", "code": {"text": "oxycodone"}}], problems=[bundle()]
    )
    found = gather(request(bundle(order()), sent, fhir=FHIR), server).facts[0]
    assert [list(drug.classes) for drug in found.medications.items] == [["opioids"]]


def test_an_access_is_not_used_when_prefetch_is_complete():
    server = Server()
    gather(request(bundle(order()), prefetch(), fhir=FHIR), server)
    assert server.asked == []


def test_nothing_of_the_patient_is_in_the_gaps():
    sent = prefetch(
        conditions=bundle(STROKE | {"id": "JANE", "onsetDateTime": {"JANE": "ROE"}, "code": ["JANE", "ROE"]})
    )
    found = gather(request(bundle(order()), sent)).facts[0]
    assert "ROE" not in json.dumps([gap.why for gap in found.problems.gaps])
    assert found.problems.gaps


@pytest.mark.requirement("REQ-15")
@pytest.mark.parametrize("second", ['{"resourceType": "Bundle"}', '{"resourceType": 1}'])
def test_a_key_that_stands_twice_is_refused(second):
    raw = b'{"conditions": null, "conditions": %s}' % second.encode()
    with pytest.raises(NotConformant, match="two members of one name"):
        receive_prefetch(raw, Received("p"))


@pytest.mark.requirement("REQ-11")
def test_what_nests_beyond_reading_is_refused():
    deep = b'{"resourceType": "Bundle", "entry": {"resource": ' * 2_000 + b"1" + b"}}" * 2_000
    with pytest.raises(NotConformant, match="nested too deeply"):
        receive_prefetch(b'{"conditions": %s}' % deep, Received("p"))
