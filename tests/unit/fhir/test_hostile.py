"""Whatever is sent: Facts, or an error of our own; never another exception."""

import copy

from hypothesis import given, settings
from hypothesis import strategies as st

from cds_service.domain.errors import ServiceError
from tests.unit.fhir.calls import about, bundle, dosage, gather, order, patient, prefetch, request
from tests.unit.fhir.content import LOINC, RXNORM, SNOMED

RECORD = prefetch(
    conditions=bundle(
        about(
            "Condition",
            1,
            code={"coding": [{"system": SNOMED, "code": "230690007"}]},
            onsetAge={"value": 3, "code": "a"},
            abatementDateTime="2020",
        )
    ),
    medications=bundle(
        about(
            "MedicationRequest",
            1,
            status="active",
            authoredOn="2026-05-01",
            medicationCodeableConcept={"coding": [{"system": RXNORM, "code": "197591"}]},
            dosageInstruction=[dosage(1, "tablet")],
            dispenseRequest={"quantity": {"value": 30}, "numberOfRepeatsAllowed": 1},
        ),
        total=1,
    ),
    labs=bundle(
        about(
            "Observation",
            1,
            status="final",
            code={"coding": [{"system": LOINC, "code": "29463-7"}]},
            valueQuantity={"value": 70, "code": "kg"},
            effectiveDateTime="2026-06-01",
        )
    ),
)
DRAFTS = bundle(
    order(
        dispenseRequest={"expectedSupplyDuration": {"value": 10, "code": "d"}},
        reasonReference=[{"reference": "Condition/Condition-1"}],
        dosageInstruction=[dosage(text="5 mg twice daily for 10 days", sequence=1)],
    ),
    patient(),
)
ODD = st.sampled_from(
    [
        None,
        "",
        "9" * 400,
        "2026-02-30",
        "9999-12-31",
        "1850-01-01",
        "2200-12",
        0,
        -1,
        1e300,
        10**30,
        0.1,
        True,
        [],
        [[]],
        {},
        [None],
        {"reference": "#"},
        {"value": 1e-9},
        {"value": 999999, "code": "a"},
        "\u0000\ud7ff",
        "½ 1/0 1,000 mg q0h x 0 days",
    ]
)


def places(value, at=()):
    yield at
    items = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for name, item in items:
        yield from places(item, (*at, name))


def changed(value, at, put):
    if not at:
        return put
    made = copy.deepcopy(value)
    spot = made
    for name in at[:-1]:
        spot = spot[name]
    spot[at[-1]] = put
    return made


@settings(max_examples=400, deadline=None)
@given(st.data())
def test_odd_values_anywhere(pick):
    drafts = changed(DRAFTS, pick.draw(st.sampled_from(list(places(DRAFTS)))), pick.draw(ODD))
    sent = changed(RECORD, pick.draw(st.sampled_from(list(places(RECORD)))), pick.draw(ODD))
    try:
        gathered = gather(request(drafts, sent))
    except ServiceError:
        return
    for facts in gathered.facts:
        assert 1850 <= facts.as_of.year <= 2200


def test_an_untouched_call_is_read_whole():
    facts = gather(request(DRAFTS, RECORD)).facts[0]
    assert facts.prior_use.continuing
    assert not facts.order.doubts
    assert facts.problems.items
    assert facts.observations.items
