"""The record: problems, drugs, history, allergies, observations, services, encounter (knowledge 2.3 to 2.5, 2.8)."""

from datetime import date, timedelta
from decimal import Decimal

import pytest

from cds_service.domain.facts import Gap, Known, ProblemStatus, Standing, Unavailable
from tests.unit.fhir.calls import TODAY, about, bundle, dosage, facts, gather, order, patient, prefetch, request
from tests.unit.fhir.content import ICD, LOINC, RXNORM, SNOMED, WHO

STROKE = {"coding": [{"system": SNOMED, "code": "230690007"}]}
LORAZEPAM = {"coding": [{"system": RXNORM, "code": "6470"}]}


def status(code):
    return None if code is None else {"coding": [{"code": code}]}


def problem(**more):
    made = about("Condition", 1, code=STROKE) | more
    found = facts(order(), sent={"conditions": bundle({k: v for k, v in made.items() if v is not None})}).problems
    assert found.gaps == ()
    return found.items[0] if found.items else None


def day(back):
    return (TODAY - timedelta(days=back)).isoformat()


# Age ------------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("born", "ages"),
    [
        ("1961-06-15", (65, 65)),
        ("1961-06-16", (64, 64)),
        ("1961", (64, 65)),
        ("1961-06", (64, 65)),
        ("2027-01-01", None),
        ("1700-01-01", None),
        ("soon", None),
        (None, None),
    ],
)
def test_age_from_partial_and_impossible_birth_dates(born, ages):
    age = facts(order(), sent={"patient": {"resourceType": "Patient", "id": "p1", "birthDate": born}}).age
    assert (age and (age.minimum, age.maximum)) == ages


# Problems -------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("clinical", "ended", "expected"),
    [
        ("active", None, ProblemStatus.ACTIVE),
        ("recurrence", None, ProblemStatus.ACTIVE),
        ("relapse", None, ProblemStatus.ACTIVE),
        (None, None, ProblemStatus.ACTIVE),
        (None, "2026-06-15", ProblemStatus.PAST),
        (None, "2026-06-16", ProblemStatus.ACTIVE),
        (None, "2026", ProblemStatus.PAST),
        ("active", "2020-01-01", ProblemStatus.PAST),
        ("inactive", None, ProblemStatus.PAST),
        ("remission", None, ProblemStatus.PAST),
        ("resolved", None, ProblemStatus.PAST),
    ],
)
def test_which_problems_are_over(clinical, ended, expected):
    assert problem(clinicalStatus=status(clinical), abatementDateTime=ended).status is expected


@pytest.mark.parametrize(
    ("verification", "unconfirmed"),
    [
        (None, False),
        ("confirmed", False),
        ("unconfirmed", True),
        ("provisional", True),
        ("differential", True),
        ("refuted", None),
        ("entered-in-error", None),
    ],
)
def test_refuted_problems_do_not_count_and_unconfirmed_ones_say_so(verification, unconfirmed):
    found = problem(verificationStatus=status(verification))
    assert (found and found.unconfirmed) == unconfirmed


@pytest.mark.parametrize(
    ("dates", "onset"),
    [
        ({"onsetDateTime": "2026-05-01T10:00:00Z"}, "2026-05-01"),
        ({"onsetPeriod": {"start": "2026-05"}}, "2026-05"),
        ({"onsetAge": {"value": 40, "code": "a"}}, "2010-01-01 to 2010-12-31"),
        ({"onsetAge": {"value": 6, "unit": "months"}}, "1970-07"),
        ({"onsetString": "long ago"}, "None"),
    ],
)
def test_when_a_problem_began(dates, onset):
    found = str(problem(**dates).onset)
    assert found == onset or onset.startswith(found)


def test_the_recording_date_stands_apart_from_onset():
    found = problem(recordedDate="2026-01-01")
    assert (found.onset, str(found.recorded)) == (None, "2026-01-01")


@pytest.mark.parametrize(
    ("code", "text", "name"),
    [
        ((SNOMED, "230690007"), "", "stroke-acute"),
        ((ICD, "f411"), "", "anxiety-disorders"),
        ((ICD, "F41.10"), "", None),  # ICD-10-CM is exact
        ((WHO, "I64.9"), "", "stroke-acute"),  # WHO ICD-10 by prefix
        ((SNOMED, "1"), "myasthenia gravis", None),  # coded: words do not count
        (("urn:local", "1"), "myasthenia gravis", "myasthenia-gravis"),  # coded in nothing known here
        (None, "myasthenia gravis", "myasthenia-gravis"),
        (None, "denies anxiety", None),
    ],
)
def test_how_problems_match(code, text, name):
    coding = [{"system": code[0], "code": code[1]}] if code else []
    found = problem(code={"coding": coding, "text": text})
    assert (found and list(found.classes)) == ([name] if name else None)


def test_a_condition_without_a_name_is_a_gap():
    found = facts(order(), sent={"conditions": bundle(about("Condition", 1))}).problems
    assert found == Known(items=(), gaps=(Gap(why="Condition: code-missing"),))


# Drugs ----------------------------------------------------------------------------------------------------------------


def on_record(kind="MedicationRequest", drug=LORAZEPAM, **more):
    made = about(kind, 1, status="active", medicationCodeableConcept=drug) | more
    key = "medications" if kind == "MedicationRequest" else "statements"
    made = {name: value for name, value in made.items() if value is not None}
    section = getattr(facts(order(), sent={key: bundle(made)}), key)
    return section.items[0] if section.items else None


@pytest.mark.parametrize(
    ("more", "standing"),
    [
        ({}, Standing.CURRENT),
        ({"intent": "plan"}, Standing.CURRENT),
        ({"intent": "proposal"}, None),
        ({"intent": "option"}, None),
        ({"doNotPerform": True}, None),
        ({"status": "stopped"}, Standing.PAST),
        ({"status": "completed"}, Standing.PAST),
        ({"status": "on-hold"}, Standing.PAST),
        ({"status": "cancelled"}, None),
        ({"status": "draft"}, None),
        ({"status": "entered-in-error"}, None),
        ({"authoredOn": "2026-06-16"}, None),
        ({"authoredOn": "2026-06"}, Standing.CURRENT),
        ({"authoredOn": day(39), "dosageInstruction": [dosage(days=10)]}, Standing.CURRENT),  # ended 30 days ago
        ({"authoredOn": day(40), "dosageInstruction": [dosage(days=10)]}, Standing.PAST),  # lapsed
        ({"authoredOn": day(400)}, Standing.CURRENT),  # no end: never lapses
        ({"dosageInstruction": [dosage(days=10)]}, Standing.CURRENT),  # undated
        (
            {
                "authoredOn": day(40),
                "dosageInstruction": [dosage(1, "tablet", code="", days=None)],
                "dispenseRequest": {"quantity": {"value": 20, "unit": "tablet"}},
            },
            Standing.PAST,
        ),
    ],
)
def test_which_prescriptions_are_current(more, standing):
    found = on_record(**more)
    assert (found and found.standing) == standing


@pytest.mark.parametrize(
    ("more", "standing"),
    [
        ({}, Standing.CURRENT),
        ({"effectivePeriod": {"start": "2020-01-01"}}, Standing.CURRENT),
        ({"effectivePeriod": {"end": "2026-06-15"}}, Standing.CURRENT),
        ({"effectivePeriod": {"end": "2026-06-14"}}, Standing.PAST),
        ({"effectivePeriod": {"start": "2026-07-01"}}, None),
        ({"status": "completed"}, Standing.PAST),
        ({"status": "not-taken"}, None),
        ({"status": "intended"}, None),
    ],
)
def test_which_statements_are_current(more, standing):
    found = on_record("MedicationStatement", **more)
    assert (found and found.standing) == standing


@pytest.mark.parametrize(
    ("more", "standing"),
    [
        ({"status": "in-progress"}, Standing.CURRENT),
        ({"status": "completed", "effectiveDateTime": "2026-06-14"}, Standing.CURRENT),
        ({"status": "completed", "effectiveDateTime": "2026-06-13"}, Standing.PAST),
        ({"status": "not-done"}, None),
    ],
)
def test_which_administrations_are_current(more, standing):
    made = about("MedicationAdministration", 1, medicationCodeableConcept=LORAZEPAM, **more)
    found = facts(order(), sent={"given": bundle(made)}).statements.items
    assert (found[0].standing if found else None) == standing


def test_administrations_alone_do_not_answer_for_statements():
    sent = prefetch(
        given=bundle(about("MedicationAdministration", 1, status="in-progress", medicationCodeableConcept=LORAZEPAM))
    )
    del sent["statements"]
    gathered = gather(request(bundle(order()), sent))
    assert gathered.facts[0].statements.gaps == (Gap(why="not-sent"),)


@pytest.mark.parametrize(
    ("drug", "names", "coded"),
    [
        ({"text": "Oxycodone 5 mg"}, ["opioids"], False),
        ({"text": "something new"}, [], False),
        ({"coding": [{"system": RXNORM, "code": "1"}]}, [], True),
        ({"coding": [{"system": "http://hl7.org/fhir/sid/ndc", "code": "1"}]}, [], False),
    ],
)
def test_unlisted_drugs_stay_and_tell_whether_they_are_coded(drug, names, coded):
    found = on_record(drug=drug)
    assert (sorted(found.classes), found.coded) == (names, coded)


def test_products_that_act_where_they_are_applied_are_ignored():
    assert on_record(drug={"text": "diphenhydramine cream"}) is None
    assert on_record(drug={"text": "diphenhydramine"}, dosageInstruction=[dosage(route={"text": "topical"})]) is None
    assert on_record(drug={"text": "diphenhydramine"}) is not None
    assert on_record(drug={"text": "morphine cream"}) is not None


@pytest.mark.parametrize(
    ("why", "not_tolerated", "ineffective"),
    [("adverse reaction", True, False), ("Ineffective", False, True), ("salg", True, False), ("other", False, False)],
)
def test_why_a_drug_was_stopped(why, not_tolerated, ineffective):
    found = on_record(status="stopped", statusReason={"text": why})
    assert (found.not_tolerated, found.ineffective) == (not_tolerated, ineffective)
    assert not on_record(statusReason={"text": why}).not_tolerated


def test_drugs_that_cannot_be_read_are_gaps():
    nameless = about("MedicationRequest", 1, status="active", medicationReference={"reference": "Medication/1"})
    missing, bare = (
        about("MedicationRequest", 2, status="active"),
        about("MedicationRequest", 3, medicationCodeableConcept=LORAZEPAM),
    )
    found = facts(order(), sent={"medications": bundle(nameless, missing, bare)}).medications
    assert {gap.why for gap in found.gaps} == {
        "MedicationRequest: medication-unresolved",
        "MedicationRequest: medication-missing",
        "MedicationRequest: status-missing",
    }
    assert [drug.standing for drug in found.items] == [Standing.PAST]


# Earlier use ----------------------------------------------------------------------------------------------------------


def used(number, back, *, days=None, kind="MedicationRequest", state="completed", code="197591", **more):
    made = about(kind, number, status=state, medicationCodeableConcept={"coding": [{"system": RXNORM, "code": code}]})
    if kind == "MedicationRequest":
        made |= {"authoredOn": day(back), "dosageInstruction": [dosage(days=days)]}
    return made | more


def history(*resources, **more):
    sent = {"medications": bundle(*(one for one in resources if one["resourceType"] == "MedicationRequest"))}
    sent["statements"] = bundle(*(one for one in resources if one["resourceType"] == "MedicationStatement"))
    return facts(order(**more), sent=sent)


@pytest.mark.parametrize(
    ("resources", "days"),
    [
        ([], 0),
        ([used(1, 28, days=28)], 28),
        ([used(1, 29, days=29)], 29),
        ([used(1, 59)], 30),  # completed, length unknown: 30 days, the last of them 30 days ago
        ([used(1, 60)], 0),  # the run no longer reaches the last 30 days
        ([used(1, 100, state="active")], 100),  # active without an end: until T
        ([used(1, 20, days=5), used(2, 10, days=5)], 10),  # covered days, not calendar days
        ([used(1, 20, days=10), used(2, 15, days=10)], 15),  # overlapping days count once
        ([used(1, 10, days=30)], 10),  # cut at T - 1
        ([used(1, 28, days=28, state="cancelled")], 0),
        ([used(1, 28, days=28, state="unknown")], 0),
        ([used(1, 28, days=28, code="801961")], 0),  # rescue forms do not count
        ([used(1, 28, days=28, code="6470")], 0),
        ([used(1, 0, kind="MedicationStatement", state="active", effectivePeriod={"start": day(40)})], 40),
        ([used(1, 0, kind="MedicationStatement", effectivePeriod={"start": day(40), "end": day(1)})], 40),
    ],
)
def test_covered_days_before_the_order(resources, days):
    found = history(*resources).prior_use
    assert found.covered_days == days
    assert found.continuing is (days > 28)
    assert found.missing == ()


def test_an_undated_order_makes_the_days_a_lower_bound():
    assert history(used(1, 0, days=10, state="active", authoredOn=None) | {"authoredOn": ""}).prior_use.missing == (
        "medications",
    )


def test_sections_that_are_not_known_make_the_days_a_lower_bound():
    sent = prefetch()
    del sent["statements"]
    assert gather(request(bundle(order()), sent)).facts[0].prior_use.missing == ("statements",)


def test_an_order_signed_again_is_itself():
    again = used(1, 100, state="active") | {"id": "draft-1"}
    found = history(again)
    assert found.prior_use.covered_days == 0
    assert found.running == ()
    assert found.medications.items == ()


def test_running_orders():
    found = history(
        used(1, 5, days=30, state="active"),
        used(2, 5, days=30, state="active"),
        used(3, 5, days=30, state="active", code="801961"),
        used(4, 5, days=30),
        priorPrescription={"reference": "MedicationRequest/MedicationRequest-2"},
    ).running
    assert [(one.reference[-1], one.oral, one.replaced) for one in found] == [
        ("1", True, False),
        ("2", True, True),
        ("3", False, False),
    ]
    assert found[0].ends == date(2026, 7, 9)
    assert (found[0].per_day_mg, found[0].dose_from_text) == (10, False)
    assert found[2].ends is None


# Allergies, observations, services, encounter -------------------------------------------------------------------------


def allergy(**more):
    made = about("AllergyIntolerance", 1, code={"text": "Diazepam"}) | more
    return facts(order(), sent={"allergies": bundle(made)}).allergies


@pytest.mark.parametrize(
    ("more", "counts"),
    [
        ({}, True),
        ({"type": "intolerance"}, True),
        ({"code": {"text": "no known allergy to diazepam"}}, False),
        ({"code": {"text": "not allergic to diazepam"}}, False),
        ({"code": {"text": "Allergy: no rash, but anaphylaxis with diazepam"}}, True),
        ({"code": {"text": "peanut"}, "reaction": {"substance": LORAZEPAM}}, True),
        ({"code": {"text": "peanut"}}, False),
        ({"verificationStatus": status("refuted")}, False),
        ({"verificationStatus": status("entered-in-error")}, False),
        ({"clinicalStatus": status("inactive")}, False),
        ({"clinicalStatus": status("resolved")}, False),
    ],
)
def test_which_allergies_count(more, counts):
    assert bool(allergy(**more).items) is counts


def test_kind_and_criticality_of_an_allergy():
    found = allergy(type="intolerance", criticality="low", patient={"reference": "Patient/p1"}).items[0]
    assert (found.intolerance, found.criticality) == (True, "low")
    assert allergy(code=None).gaps == (Gap(why="AllergyIntolerance: substance-missing"),)


@pytest.mark.parametrize(
    ("manifestation", "told"),
    [
        ([{"text": "Hives and facial swelling"}], ("hives",)),
        ([{"coding": [{"system": SNOMED, "code": "247472004", "display": "Hives"}]}], ("hives",)),
        ([{"text": "Rash"}, {"text": "myasthenia gravis worse"}], ("rash", "myasthenia gravis")),
        ([{"text": "no rash"}], ()),
        ([{"text": "told Mrs Miller"}], ()),
    ],
)
def test_reactions_are_told_in_our_words(manifestation, told):
    assert allergy(reaction=[{"manifestation": manifestation}]).items[0].reactions == told


def test_an_allergy_that_is_not_confirmed_says_so():
    assert allergy(verificationStatus=status("unconfirmed")).items[0].unconfirmed
    assert not allergy(verificationStatus=status("confirmed")).items[0].unconfirmed


def measured(code, **more):
    made = about("Observation", 1, status="final", code={"coding": [{"system": LOINC, "code": code}]}) | more
    return facts(order(), sent={"labs": bundle(made)}).observations


@pytest.mark.parametrize(
    ("code", "quantity", "value"),
    [
        ("2160-0", {"value": 88.4, "unit": "umol/L"}, "1"),
        ("2160-0", {"value": 1.2, "code": "mg/dL"}, "1.2"),
        ("29463-7", {"value": 2000, "code": "g"}, "2"),
        ("29463-7", {"value": 100, "code": "[lb_av]"}, "45.359237"),
        ("33914-3", {"value": 45, "unit": "mL/min/1.73m2"}, "45"),
        ("33914-3", {"value": 45, "unit": "mL/min/1.73 m²"}, "45"),
        ("75626-2", {"value": 0, "code": "{score}"}, "0"),
    ],
)
def test_measurements_in_their_canonical_unit(code, quantity, value):
    assert measured(code, valueQuantity=quantity).items[0].value == Decimal(value)


def test_comparators_and_integers():
    assert (
        measured("33914-3", valueQuantity={"value": 60, "comparator": "<", "unit": "mL/min"}).items[0].comparator == "<"
    )
    assert measured("75626-2", valueInteger=4).items[0].value == 4


@pytest.mark.parametrize(
    ("more", "gap"),
    [
        ({"valueQuantity": {"value": 5, "unit": "stone"}}, "Observation: unit-unknown"),
        ({"valueQuantity": {"value": -5, "unit": "kg"}}, "Observation: value-unreadable"),
        ({"valueQuantity": {"value": 10**9, "unit": "kg"}}, "Observation: value-unreadable"),
        ({"valueQuantity": {"value": "NaN", "unit": "kg"}}, "Observation: value-unreadable"),
    ],
)
def test_values_that_cannot_be_read_are_gaps(more, gap):
    assert measured("29463-7", **more) == Known(items=(), gaps=(Gap(why=gap),))


def pressures(*components):
    return [
        {"code": {"coding": [{"system": LOINC, "code": code}]}, "valueQuantity": {"value": value, "unit": unit}}
        for code, value, unit in components
    ]


@pytest.mark.parametrize(
    ("sent", "value"),
    [
        ({"component": pressures(("8462-4", 60, "mmHg"), ("8480-6", 95, "mmHg"))}, 95),
        ({"component": pressures(("8480-6", 95, "mm[Hg]"))[0]}, 95),
        ({"valueQuantity": {"value": 90, "code": "mm[Hg]"}, "component": pressures(("8480-6", 95, "mmHg"))}, 90),
        ({"component": pressures(("8462-4", 60, "mmHg"))}, None),
        ({"component": []}, None),
    ],
)
def test_of_a_panel_the_component_of_its_value_set_counts(sent, value):
    found = measured("85354-9", **sent)
    assert [one.value for one in found.items] == ([] if value is None else [value])
    assert found.gaps == ()


@pytest.mark.parametrize("state", ["preliminary", "entered-in-error", "cancelled", ""])
def test_only_final_observations_count(state):
    assert measured("29463-7", status=state, valueQuantity={"value": 5, "unit": "kg"}) == Known()


def test_an_instant_is_a_day_of_our_calendar():
    found = measured("75626-2", valueInteger=4, issued="2026-06-14T20:00:00Z").items[0]
    assert str(found.taken) == "2026-06-15"
    assert (
        str(measured("75626-2", valueInteger=4, effectiveDateTime="2026-06-14T20:00:00Z").items[0].taken)
        == "2026-06-14"
    )


def test_active_services_and_drafted_ones():
    physio = {"code": {"coding": [{"system": SNOMED, "code": "91251008"}]}}
    done, active = (
        about("ServiceRequest", 1, status="completed", **physio),
        about("ServiceRequest", 2, status="active", **physio),
    )
    found = facts(
        order(), about("ServiceRequest", 3, status="draft", **physio), sent={"services": bundle(done, active)}
    )
    assert [one.origin.reference[-1] for one in found.services.items] == ["3", "2"]


def test_the_encounter_of_the_call_and_no_other():
    one = about("Encounter", 1, **{"class": {"code": "EMER"}, "type": [{"text": "anxiety"}]})
    asked = request(bundle(order()), prefetch(encounter=one), encounter="Encounter-1")
    found = gather(asked).facts[0].encounter.items[0]
    assert (found.encounter_class, list(found.classes)) == ("emer", ["anxiety-disorders"])
    other = gather(request(bundle(order()), prefetch(encounter=one), encounter="e2")).facts[0].encounter
    assert other == Unavailable(why="not-sent")
    assert facts(order()).encounter == Known()


def test_sex_is_one_of_the_administrative_genders():
    assert facts(order(), sent={"patient": patient(gender="Male")}).sex == "male"
    assert facts(order(), sent={"patient": patient(gender="<b>")}).sex == ""
