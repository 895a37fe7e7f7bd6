"""Drafts of the reviewed drug: recognising it, its form and strength, dose, days, reasons (knowledge 2.1 to 2.9)."""

from decimal import Decimal

import pytest

from cds_service.domain.orders import DaysFrom, Dose, DoseUnknown, Form
from tests.unit.fhir.calls import about, bundle, dosage, facts, gather, order, prefetch, request
from tests.unit.fhir.content import ICD, LOINC, RXNORM, SNOMED

PILL = {"value": 1, "unit": "{pill}", "code": "{pill}"}


def read(**more):
    return facts(order(**more)).order


def coded(*codings, text=""):
    return {"coding": [{"system": system, "code": code} for system, code in codings]} | ({"text": text} if text else {})


@pytest.mark.parametrize(
    "concept",
    [
        coded((RXNORM, "3322")),
        coded(("urn:oid:2.16.840.1.113883.6.88 ", "197591")),
        coded((SNOMED, "387264003")),
        coded(("urn:oid:1.2.3", "99"), text="Diazepam 5 mg tablet"),
        {"text": "VALIUM 5 MG"},
        {"coding": [{"display": "diazepam"}]},
        {"coding": {"system": RXNORM, "code": "197591"}},
    ],
)
def test_the_reviewed_drug_is_recognised(concept):
    assert read(medicationCodeableConcept=concept)


@pytest.mark.parametrize(
    "text",
    ["nordazepam", "chlordiazepoxide", "no diazepam", "not diazepam", "nor-diazepam", "desmethyl-diazepam", "", "x"],
)
def test_other_drugs_and_denials_are_not(text):
    asked = request(bundle(order(code="", text=text)), prefetch())
    assert gather(asked).facts == ()


@pytest.mark.parametrize(
    ("status", "intent", "evaluated"),
    [
        ("draft", "order", True),
        ("active", "order", True),
        ("on-hold", "proposal", True),
        (None, None, True),
        ("draft", "option", False),
        ("cancelled", "order", False),
        ("completed", "order", False),
        ("stopped", "order", False),
        ("entered-in-error", "order", False),
    ],
)
def test_which_drafts_are_evaluated(status, intent, evaluated):
    asked = request(bundle(order(status=status, intent=intent)), prefetch())
    assert bool(gather(asked).facts) is evaluated


def test_an_order_not_to_give_the_drug_is_none():
    assert gather(request(bundle(order(doNotPerform=True)), prefetch())).facts == ()


@pytest.mark.parametrize(
    ("subject", "evaluated"),
    [
        ({"reference": "Patient/p1"}, True),
        ({"reference": "https://h/r4/Patient/p1/_history/2"}, True),
        (None, True),
        ({"reference": "urn:uuid:0"}, True),
        ({"reference": "Patient/p2"}, False),
        ({"reference": "https://h/r4/Patient/p2"}, False),
        ({"reference": "Group/p1"}, False),
    ],
)
def test_orders_about_another_patient_are_passed_over(subject, evaluated):
    assert bool(gather(request(bundle(order(subject=subject)), prefetch())).facts) is evaluated


# Form and strength ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("more", "form"),
    [
        ({"code": "3322"}, Form.ORAL),
        ({"code": "801961"}, Form.RESCUE),
        ({"code": "309845"}, Form.PARENTERAL),
        ({"code": "3322", "route": coded((SNOMED, "37161004"))}, Form.RESCUE),
        ({"code": "3322", "route": coded((SNOMED, "47625008"))}, Form.PARENTERAL),
        ({"code": "3322", "route": {"text": "rectal"}}, Form.RESCUE),
        ({"code": "", "text": "diazepam injection"}, Form.PARENTERAL),
        ({"code": "3322", "route": coded((SNOMED, "26643006")), "text": "diazepam injection"}, Form.ORAL),
        ({"code": "197591", "text": "diazepam rectal"}, Form.ORAL),
        ({"code": "197591", "route": coded((SNOMED, "37161004"))}, Form.ORAL),
    ],
)
def test_form_by_product_code_then_route_then_words(more, form):
    route = more.pop("route", None)
    assert read(**more, dosageInstruction=[dosage(route=route)]).form is form


@pytest.mark.parametrize(
    ("text", "strength"),
    [
        ("diazepam 2 mg tablet", "2"),
        ("Diazepam 7.5 MG capsule", "7.5"),
        ("diazepam 5 MG/ML oral solution", "5"),
        ("diazepam 5 mg/5 mL solution", "1"),
        ("0.5 ML diazepam 5 MG/ML", "2.5"),
        ("diazepam 2000 mcg", "2"),
        ("diazepam", None),
        ("diazepam 2 mg or 5 mg", None),
    ],
)
def test_strength_in_a_name(text, strength):
    found = read(code="", text=text).strength_mg
    assert found == (None if strength is None else Decimal(strength))


def test_strength_of_the_medication_resource_and_its_ingredient():
    medication = {
        "resourceType": "Medication",
        "id": "m",
        "ingredient": [
            {
                "itemCodeableConcept": coded((RXNORM, "3322")),
                "strength": {"numerator": {"value": 2, "code": "mg"}, "denominator": {"value": 1, "code": "{tbl}"}},
            }
        ],
    }
    one = order(
        medicationCodeableConcept=None,
        medicationReference={"reference": "#m"},
        contained=[medication],
        dosageInstruction=[dosage(3, "tablet", code="")],
    )
    assert facts(one).order.dose.per_day_mg == 12


@pytest.mark.parametrize(
    ("concept", "disagrees"),
    [
        (coded((RXNORM, "197591"), text="lorazepam 1 mg"), True),
        (coded((RXNORM, "6470"), text="diazepam 5 mg"), True),
        (coded((RXNORM, "197591"), (RXNORM, "6470")), True),
        (coded((RXNORM, "197591"), text="diazepam 10 mg tablet"), True),
        (coded((RXNORM, "197591"), text="diazepam 5 mg tablet (replaces lorazepam)"), False),
        (coded((RXNORM, "999999"), text="diazepam 5 mg"), False),
        (coded((RXNORM, "197591"), text="Diazepam 5 MG Oral Tablet"), False),
    ],
)
def test_code_and_text_that_disagree_are_a_doubt(concept, disagrees):
    assert ("code-text-disagree" in read(medicationCodeableConcept=concept).doubts) is disagrees


def test_a_label_never_comes_from_the_chart():
    assert read(code="", text="diazepam 5 mg <b>for Jane Roe</b>").label == "diazepam 5 mg"
    assert read(text="anything diazepam").label == "diazepam 5 mg tablet"


# Dose -----------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("one", "per_day"),
    [
        (dosage(5), "10"),
        (dosage(5000, "ug"), "10"),
        (dosage(0.005, "g"), "10"),
        (dosage(1, "tablet", code=""), "10"),
        (dosage(1, "{pill}"), "10"),
        (dosage(1, "", code="1"), "10"),
        (dosage(1, "tablet", code="385055001"), "10"),
        (dosage(10, frequency=1, period=6, period_unit="h"), "40"),
        (dosage(10, frequency=1, period=8, period_unit="h"), "30"),
        (dosage(7, frequency=1, period=1, period_unit="wk"), "1"),
        (
            dosage(5, frequency=None, period=None, period_unit=None, timing={"code": {"text": "three times daily"}}),
            "15",
        ),
        (dosage(5, timing={"code": {"coding": [{"code": "QID"}]}}), "20"),
        (dosage(5, timing={"code": {"coding": [{"code": "Q8H"}]}}), "15"),
        (dosage(5, timing={"repeat": {"frequency": 1, "frequencyMax": 3, "period": 1, "periodUnit": "d"}}), "15"),
        (dosage(5, timing={"repeat": {"frequency": 1, "period": 4, "periodMax": 6, "periodUnit": "h"}}), "30"),
        (dosage(5, timing={"repeat": {"timeOfDay": ["08:00:00", "20:00:00"]}}), "10"),
        (dosage(5, timing={"repeat": {"when": ["MORN", "NOON", "HS"]}}), "15"),
        (
            dosage(7, timing={"repeat": {"frequency": 1, "period": 1, "periodUnit": "d", "dayOfWeek": ["mon", "wed"]}}),
            "2",
        ),
        (
            dosage(
                7, timing={"repeat": {"frequency": 1, "period": 1, "periodUnit": "wk", "dayOfWeek": ["mon", "wed"]}}
            ),
            "2",
        ),
        (dosage(doseAndRate={"doseQuantity": {"value": 5, "code": "mg"}}), "10"),
        (dosage(doseAndRate=None, doseQuantity={"value": 5, "code": "mg"}), "10"),
        (
            dosage(
                doseAndRate=[{"doseRange": {"low": {"value": 2, "code": "mg"}, "high": {"value": 5, "code": "mg"}}}]
            ),
            "10",
        ),
        (
            dosage(
                10,
                maxDosePerPeriod={"numerator": {"value": 15, "code": "mg"}, "denominator": {"value": 24, "code": "h"}},
            ),
            "15",
        ),
        (
            dosage(
                5, maxDosePerPeriod={"numerator": {"value": 50, "code": "mg"}, "denominator": {"value": 1, "code": "d"}}
            ),
            "10",
        ),
        (dosage(5, asNeededBoolean=True), "10"),
    ],
)
def test_the_daily_dose(one, per_day):
    found = read(dosageInstruction=[one])
    assert isinstance(found.dose, Dose)
    assert found.dose.per_day_mg == Decimal(per_day)
    assert not found.dose.from_text
    assert not found.doubts


@pytest.mark.parametrize(
    ("more", "because", "doubt"),
    [
        ({"dosageInstruction": None}, "no-dose", "dose-unknown"),
        ({"dosageInstruction": [dosage(5, "", code="")]}, "unit-ambiguous", "dose-unknown"),
        ({"dosageInstruction": [dosage(1, "puff")]}, "unit-unknown", "dose-unknown"),
        ({"code": "3322", "dosageInstruction": [dosage(1, "tablet", code="")]}, "strength-unknown", "strength-unknown"),
        ({"dosageInstruction": [dosage(timing=None)]}, "no-frequency", "dose-unknown"),
        ({"dosageInstruction": [dosage(period=8, period_unit="")]}, "no-frequency", "dose-unknown"),
        ({"dosageInstruction": [dosage(1e7)]}, "unreadable", "dose-unknown"),
        ({"dosageInstruction": [dosage(frequency=0)]}, "unreadable", "dose-unknown"),
        ({"dosageInstruction": [dosage(-5)]}, "unreadable", "dose-unknown"),
        ({"dosageInstruction": [dosage(frequency="often")]}, "unreadable", "dose-unknown"),
        ({"dosageInstruction": [{"text": "as directed"}]}, "no-dose", "dose-unknown"),
        ({"dosageInstruction": [{"text": "5 mg in the morning and 10 mg at night"}]}, "text-unclear", "dose-unknown"),
        ({"code": "309844", "dosageInstruction": [dosage(1, "tablet", code="")]}, "unit-unknown", "dose-unknown"),
        ({"dosageInstruction": [dosage(5), dosage(1, "puff")]}, "unit-unknown", "dose-unknown"),
    ],
)
def test_a_dose_that_cannot_be_told(more, because, doubt):
    found = read(**more)
    assert found.dose == DoseUnknown(because=because)
    assert doubt in found.doubts


def test_one_of_a_tablet_without_a_unit_is_a_tablet_when_no_tablet_of_one_mg_is_sold():
    assert read(dosageInstruction=[dosage(1, "", code="")]).dose.per_day_mg == 10


def test_a_liquid_is_counted_in_ml():
    found = read(code="309844", dosageInstruction=[dosage(2, "mL")])
    assert (found.dose.per_day_mg, found.dose.units_per_day) == (20, 4)


@pytest.mark.parametrize(
    ("text", "per_day", "days"),
    [
        ("Take 1 tablet (5 mg) by mouth twice daily for 10 days", "10", 10),
        ("2 tabs q8h x 2 weeks", "30", 14),
        ("5 mg bid, do not exceed 5 mg per day", "5", None),
        ("20 mg a day in divided doses", "20", None),
    ],
)
def test_a_dose_in_words_only_is_labelled(text, per_day, days):
    found = read(dosageInstruction=[{"text": text}])
    assert found.dose.per_day_mg == Decimal(per_day)
    assert found.dose.from_text
    assert "dose-from-text" in found.doubts
    assert found.planned.days == days
    assert ("days-from-text" in found.doubts) is (days is not None)


def test_concurrent_instructions_add_up_and_remarks_are_nothing():
    both = read(dosageInstruction=[dosage(5), dosage(2, frequency=1), {"text": "with food"}])
    assert both.dose.per_day_mg == 12
    assert both.dose.steps == "5 mg × 2 per day + 2 mg × 1 per day"


def test_consecutive_steps_take_the_highest_dose_and_add_their_days():
    steps = [dosage(5, sequence=1, days=7), dosage(2, sequence=2, days=7)]
    found = read(dosageInstruction=steps)
    assert (found.dose.per_day_mg, found.planned.days, found.stepped) == (10, 14, True)


@pytest.mark.parametrize(
    "timing",
    [{"repeat": {"count": 1}}, {"event": ["2026-06-15"]}, {"code": {"text": "STAT"}}, {"code": {"text": "once"}}],
)
def test_a_single_dose(timing):
    found = read(dosageInstruction=[dosage(timing=timing)])
    assert found.single_dose
    assert not found.regular
    assert (found.dose.per_day_mg, found.dose.single_mg) == (None, 5)
    assert (found.planned.days, found.planned.source) == (1, DaysFrom.SINGLE_DOSE)


@pytest.mark.parametrize("text", ["once daily", "once a day", "once every evening"])
def test_once_with_a_rhythm_is_no_single_dose(text):
    found = read(dosageInstruction=[dosage(timing={"code": {"text": text}})])
    assert not found.single_dose
    assert found.dose.per_day_mg == 5


def weight(value, taken, unit="kg"):
    return about(
        "Observation",
        taken,
        status="final",
        code=coded((LOINC, "29463-7")),
        valueQuantity={"value": value, "code": unit},
        effectiveDateTime=taken,
    )


@pytest.mark.parametrize(
    ("taken", "born", "mg", "doubt"),
    [
        ("2026-03-17", "2015-01-01", 2, None),  # 90 days
        ("2026-03-16", "2015-01-01", None, "weight-stale"),
        ("2026-05-16", "2025-01-01", 2, None),  # 30 days, under two
        ("2026-05-15", "2025-01-01", None, "weight-stale"),
        (None, "2015-01-01", None, "weight-unknown"),
    ],
)
def test_mg_per_kg_needs_a_recent_weight(taken, born, mg, doubt):
    one = order(code="309845", dosageInstruction=[dosage(0.1, "mg/kg", timing=None)])
    sent = {"patient": {"resourceType": "Patient", "id": "p1", "birthDate": born}}
    sent["labs"] = bundle(weight(20000, taken, "g")) if taken else None
    read_facts = facts(one, sent=sent)
    found = read_facts.order
    assert read_facts.weight_kg == (None if doubt else 20)
    assert found.dose.single_mg_per_kg == Decimal("0.1")
    assert found.dose.single_mg == mg
    assert [name for name in found.doubts if name.startswith("weight")] == ([doubt] if doubt else [])


# Days -----------------------------------------------------------------------------------------------------------------


def bounded(**bounds):
    return [dosage(timing={"repeat": {"frequency": 2, "period": 1, "periodUnit": "d"} | bounds})]


def dispensed(**more):
    return {"dosageInstruction": [dosage(days=None)], "dispenseRequest": more}


@pytest.mark.parametrize(
    ("more", "days", "source"),
    [
        ({"dosageInstruction": bounded(boundsDuration={"value": 2, "code": "wk"})}, 14, DaysFrom.BOUNDS),
        ({"dosageInstruction": bounded(boundsDuration={"value": 36, "unit": "hours"})}, 2, DaysFrom.BOUNDS),
        ({"dosageInstruction": bounded(boundsRange={"low": {"value": 3, "code": "d"}})}, 3, DaysFrom.BOUNDS),
        (
            {"dosageInstruction": bounded(boundsPeriod={"start": "2026-06-15", "end": "2026-06-28"})},
            14,
            DaysFrom.BOUNDS,
        ),
        ({"dosageInstruction": bounded(boundsPeriod={"end": "2026-06-16"})}, 2, DaysFrom.BOUNDS),
        ({"dosageInstruction": bounded(boundsPeriod={"start": "2026-06"})}, None, DaysFrom.UNKNOWN),
        (
            {"dosageInstruction": bounded(boundsPeriod={"start": "2026-03-01", "end": "2026-07-01"})},
            120,
            DaysFrom.BOUNDS,
        ),
        ({"dosageInstruction": bounded(count=7)}, 4, DaysFrom.COUNT),
        ({"dosageInstruction": bounded(count=7, countMax=9)}, 5, DaysFrom.COUNT),
        (dispensed(expectedSupplyDuration={"value": 10, "code": "d"}), 10, DaysFrom.SUPPLY_DURATION),
        (
            dispensed(expectedSupplyDuration={"value": 10, "code": "d"}, numberOfRepeatsAllowed=2),
            30,
            DaysFrom.SUPPLY_DURATION,
        ),
        (
            dispensed(
                expectedSupplyDuration={"value": 10, "code": "d"}, initialFill={"duration": {"value": 5, "code": "d"}}
            ),
            15,
            DaysFrom.SUPPLY_DURATION,
        ),
        (dispensed(quantity={"value": 21, "unit": "tablet"}), 11, DaysFrom.SUPPLY_QUANTITY),
        (dispensed(quantity={"value": 20}, numberOfRepeatsAllowed=1), 20, DaysFrom.SUPPLY_QUANTITY),
        (dispensed(quantity={"value": 100, "code": "mg"}), 10, DaysFrom.SUPPLY_QUANTITY),
        (dispensed(), None, DaysFrom.UNKNOWN),
        (dispensed(quantity={"value": "1e999999"}), None, DaysFrom.UNKNOWN),
    ],
)
def test_planned_days(more, days, source):
    planned = read(**more).planned
    assert (planned.days, planned.source) == (days, source)


def test_the_quantity_of_an_as_needed_order_lasts_at_maximum_use():
    more = dispensed(quantity={"value": 20, "unit": "tablet"})
    more["dosageInstruction"] = [dosage(days=None, asNeededBoolean=True)]
    assert read(**more).planned.at_maximum_use


def test_tablets_of_unknown_strength_still_give_days():
    found = read(
        code="3322",
        dosageInstruction=[dosage(1, "tablet", code="", days=None)],
        dispenseRequest={"quantity": {"value": 30, "unit": "tablets"}},
    )
    assert found.planned.days == 15


def test_a_validity_period_is_only_a_note():
    planned = read(**dispensed(validityPeriod={"end": "2027-06-15"})).planned
    assert (planned.days, planned.validity_only) == (None, True)


def test_rescue_forms_are_no_course_and_injections_without_a_rhythm_are_one_day():
    rescue = read(
        code="801961", dosageInstruction=[dosage(10, timing=None)], dispenseRequest={"quantity": {"value": 2}}
    )
    assert (rescue.planned.days, rescue.planned.source) == (None, DaysFrom.NOT_A_COURSE)
    injection = read(code="309845", dosageInstruction=[dosage(10, timing=None)])
    assert (injection.planned.days, injection.planned.source) == (1, DaysFrom.SINGLE_DOSE)
    assert (injection.dose.per_day_mg, injection.dose.single_mg) == (None, 10)


# The rest of the order ------------------------------------------------------------------------------------------------


def test_reasons_by_code_by_reference_and_by_text():
    problem = about("Condition", 1, code=coded((ICD, "m62838")))
    refuted = about("Condition", 2, code=coded((ICD, "M62838")), verificationStatus={"coding": [{"code": "refuted"}]})
    one = order(
        reasonCode={"text": "anxiety before MRI"},
        reasonReference=[
            {"reference": "Condition/Condition-1"},
            {"reference": "#in"},
            {"reference": "Condition/gone", "display": "muscle spasm"},
            {"reference": "Condition/Condition-2"},
        ],
        contained=[{"resourceType": "Condition", "id": "in", "code": coded((ICD, "F41.1"))}],
    )
    reasons = facts(one, sent={"conditions": bundle(problem, refuted)}).order.reasons
    assert [(sorted(reason.classes), reason.element, reason.index, reason.resolved) for reason in reasons] == [
        (["anxiety-disorders", "procedure"], "reasonCode", 0, True),
        (["muscle-spasm"], "reasonReference", 0, True),
        (["anxiety-disorders"], "reasonReference", 1, True),
        (["muscle-spasm"], "reasonReference", 2, False),
        ([], "reasonReference", 3, True),
    ]


@pytest.mark.parametrize(("verification", "unconfirmed"), [("provisional", True), ("confirmed", False)])
def test_a_reason_may_rest_on_an_unconfirmed_problem(verification, unconfirmed):
    problem = about("Condition", 1, code=coded((ICD, "M62838")))
    problem["verificationStatus"] = {"coding": [{"code": verification}]}
    one = order(reasonReference=[{"reference": "Condition/Condition-1"}])
    (reason,) = facts(one, sent={"conditions": bundle(problem)}).order.reasons
    assert reason.unconfirmed is unconfirmed


def test_a_course_may_begin_later_than_the_order():
    assert read().starts is None
    later = dosage(days=None)
    later["timing"]["repeat"]["boundsPeriod"] = {"start": "2026-07-01", "end": "2026-07-10"}
    assert str(read(dosageInstruction=[later]).starts) == "2026-07-01"


def test_words_of_the_order_but_not_of_our_own_notes():
    assert read(note=[{"text": "start taper"}]).mentions == {"taper-words"}
    assert read(note=[{"text": "agree a taper (Added by us.)"}]).mentions == frozenset()
    assert read(dosageInstruction=[dosage(patientInstruction="taper as discussed")]).mentions == {"taper-words"}


def test_the_order_it_renews():
    assert read(priorPrescription={"reference": "https://h/MedicationRequest/7"}).replaces == "MedicationRequest/7"


@pytest.mark.parametrize(
    ("written", "as_of", "assumed"),
    [
        ("2026-06-10T23:30:00-10:00", "2026-06-10", False),
        ("2026-06", "2026-06-15", False),
        ("2025", "2025-12-31", False),
        (None, "2026-06-15", True),
        ("yesterday", "2026-06-15", True),
        ("0001-01-01", "2026-06-15", True),
        ("9999-12-31", "2026-06-15", True),
    ],
)
def test_the_order_date_is_the_date_as_written(written, as_of, assumed):
    found = facts(order(authoredOn=written))
    assert (found.as_of.isoformat(), found.date_assumed) == (as_of, assumed)
