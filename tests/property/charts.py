"""Hook requests drawn at random: a chart and draft orders of diazepam in FHIR R4, for the whole way from JSON to cards.

`requests()` draws what clients send: tablets, liquids, injections and rescue forms, doses as numbers or in words, with
and without an end; problems, drugs, reactions and labs of every value set of the release; earlier diazepam, so that
some patients take it regularly.
"""

import copy
from functools import cache

from hypothesis import strategies as st

from fhir_fixtures.build import SEARCHES, record, request
from fhir_fixtures.resources import SYSTEMS, condition, medication_request, quantity
from tests.property.patients import INDICATIONS, release, seldom, sets_of

SHORT = {system: short for short, system in SYSTEMS.items()}
PATIENT = "patient-drawn"
EARLIER = ["2023-01-10", "2025-03-01", "2025-07-01", "2026-03-01", "2026-05-01", "2026-06-10", "2026-06-14"]
TABLETS = ["rxnorm:197590", "rxnorm:197591", "rxnorm:197589", "rxnorm:3322", "diazepam 5 mg tablet", "Valium"]
LIQUIDS = ["rxnorm:309843", "rxnorm:309844"]
INJECTIONS = ["rxnorm:309845", "rxnorm:1807459"]
RESCUES = ["rxnorm:801961", "rxnorm:2272613"]
WORDS = {  # what records say without a code
    "problem": ["muscle spasm", "anxiety", "chronic back pain", "stroke", "fell at home", "pregnant", "COPD", "wart"],
    "drug": ["oxycodone 5 mg", "baclofen 10 mg tablet", "sertraline 50 mg", "gabapentin", "an unknown remedy"],
}


@cache
def codes_of(name):
    """The codes of a value set that a chart can hold, as `system:code`."""
    found = [f"{SHORT[one.system]}:{one.code}" for one in release().value_set_codes[name] if one.system in SHORT]
    return tuple(dict.fromkeys(found))


@st.composite
def codes(draw, kind, names=()):
    """A code of any value set of a kind, of `names` as often as of all others together; or, now and then, words."""
    if draw(st.integers(0, 9)) == 0:
        return draw(st.sampled_from(WORDS[kind]))
    every = [name for name in sets_of(kind) if codes_of(name)]
    name = draw(st.one_of(st.sampled_from(list(names)), st.sampled_from(every)) if names else st.sampled_from(every))
    return draw(st.sampled_from(codes_of(name)))


# Draft orders of diazepam ---------------------------------------------------------------------------------------------

PLAIN = st.fixed_dictionaries(
    {
        "drug": st.sampled_from(TABLETS),
        "dose": st.sampled_from([2, 2.5, 5, 7.5, 10, 20]),
        "times": st.sampled_from([1, 2, 3, 4]),
    },
    optional={
        "days": st.sampled_from([1, 7, 10, 14, 15, 21, 28, 29, 60, 120, 121, 365]),
        "quantity": st.sampled_from([10, 21, 30, 60, 90, 180]),
        "repeats": st.sampled_from([0, 1, 3]),
        "supply_days": st.sampled_from([7, 14, 30, 90]),
        "as_needed": st.booleans(),
        "authored": st.sampled_from(["2026-06-15T08:00:00-05:00", "2026-06", "2026-06-14"]),
        "text": st.sampled_from(["as directed", "5 mg twice daily for 30 days", "1 tablet at bedtime x 2 months"]),
    },
)
UNUSUAL = st.one_of(
    st.fixed_dictionaries(
        {"drug": st.sampled_from(TABLETS), "dose": st.sampled_from([0.5, 1, 2]), "unit": st.just("{tablet}")},
        optional={"times": st.sampled_from([1, 2, 3]), "days": st.sampled_from([10, 30]), "quantity": st.just(60)},
    ),
    st.fixed_dictionaries(
        {"drug": st.sampled_from(LIQUIDS), "dose": st.sampled_from([1, 2.5, 5]), "unit": st.just("mL")},
        optional={
            "every_hours": st.sampled_from([6, 8, 12]),
            "count": st.sampled_from([1, 20, 90]),
            "quantity": st.just(150),
            "quantity_unit": st.just("mL"),
        },
    ),
    st.fixed_dictionaries(
        {"drug": st.sampled_from([*INJECTIONS, *RESCUES]), "dose": st.sampled_from([5, 10, 25])},
        optional={
            "times": st.sampled_from([1, 2]),
            "route": st.sampled_from(["snomed:47625008", "snomed:37161004"]),
            "repeats": st.just(2),
        },
    ),
    st.fixed_dictionaries(
        {"drug": st.sampled_from(TABLETS)},
        optional={
            "text_only": st.sampled_from(
                ["5 mg twice daily for 10 days", "1 tab at night", "10 mg 4 times a day for 2 months", "half a tablet"]
            ),
            "quantity": st.just(30),
            "repeats": st.just(5),
        },
    ),
)


def dosage_shapes():
    """What else a Dosage may hold, each as a change to the plain one."""
    days = st.sampled_from([7, 20, 40, 130])
    return st.one_of(
        days.map(lambda number: {"boundsRange": {"low": quantity(number - 5, "d"), "high": quantity(number, "d")}}),
        st.sampled_from(["2026-06-20", "2026-08-30", "2026-10-15"]).map(
            lambda end: {"boundsPeriod": {"start": "2026-06-15", "end": end}}
        ),
        st.just({"frequencyMax": 4}),
        st.just({"when": ["MORN", "NIGHT"]}),
        st.just({"dayOfWeek": ["mon", "thu"]}),
    )


@st.composite
def diazepam(draw, number=1, status="draft"):
    """A draft order of diazepam, or with another `status` one on record."""
    told = draw(st.one_of(PLAIN, PLAIN, UNUSUAL)) | {"id": f"{status}-{number}"}
    if status == "draft":
        told["reasons"] = draw(st.lists(codes("problem", INDICATIONS), max_size=2))
    made = medication_request(told, f"Patient/{PATIENT}", status=status)
    for dosage in made.get("dosageInstruction", []):
        repeat = dosage.get("timing", {}).get("repeat")
        if repeat is not None and draw(st.integers(0, 3)) == 0:
            shape = draw(dosage_shapes())
            if "when" in shape:
                repeat.pop("frequency", None)
            if any(name.startswith("bounds") for name in shape):
                repeat.pop("boundsDuration", None)
            repeat |= shape
        if draw(st.integers(0, 9)) == 0:
            dosage["maxDosePerPeriod"] = {"numerator": quantity(10, "mg"), "denominator": quantity(1, "d")}
    if "dosageInstruction" in made and draw(st.integers(0, 7)) == 0:
        _second_instruction(made, draw(st.booleans()))
    if draw(st.integers(0, 9)) == 0:
        _contained(made)
    if "dispenseRequest" in made and draw(st.integers(0, 7)) == 0:
        made["dispenseRequest"]["initialFill"] = {"duration": quantity(3, "d")}
    return made


def _second_instruction(order, in_steps):
    first = order["dosageInstruction"][0]
    second = copy.deepcopy(first)
    order["dosageInstruction"].append(second)
    if in_steps:
        first["sequence"], second["sequence"] = 1, 2


def _contained(order):
    drug = order.pop("medicationCodeableConcept")
    order["contained"] = [{"resourceType": "Medication", "id": "med", "code": drug}]
    order["medicationReference"] = {"reference": "#med"}


# The chart ------------------------------------------------------------------------------------------------------------


def conditions():
    return st.fixed_dictionaries(
        {"code": codes("problem", INDICATIONS)},
        optional={
            "onset": st.sampled_from(EARLIER),
            "ended": st.sampled_from(EARLIER[-3:]),
            "status": st.sampled_from(["active", "resolved", "remission"]),
            "verification": st.sampled_from(["confirmed", "unconfirmed", "refuted"]),
        },
    )


def other_drugs():
    return st.fixed_dictionaries(
        {"drug": codes("drug", ["opioids", "ssri", "baclofen"]), "dose": st.just(1), "unit": st.just("{tablet}")},
        optional={
            "times": st.just(1),
            "days": st.sampled_from([10, 90]),
            "authored": st.sampled_from(EARLIER),
            "status": st.sampled_from(["active", "completed", "stopped", "on-hold"]),
            "stopped_because": st.sampled_from(["adverse effect", "ineffective"]),
        },
    )


EARLIER_DIAZEPAM = st.fixed_dictionaries(
    {
        "drug": st.sampled_from(TABLETS[:4]),
        "dose": st.sampled_from([2, 5, 10]),
        "times": st.sampled_from([1, 2]),
        "authored": st.sampled_from(EARLIER[1:]),
        "status": st.sampled_from(["active", "active", "completed", "stopped"]),
    },
    optional={"days": st.sampled_from([7, 30, 60, 90, 180]), "quantity": st.just(60)},
)
LABS = st.one_of(
    st.fixed_dictionaries(
        {
            "code": st.just("loinc:98979-8"),
            "value": st.sampled_from([12, 29, 45, 75]),
            "unit": st.just("mL/min/{1.73_m2}"),
            "taken": st.sampled_from(EARLIER),
        }
    ),
    st.fixed_dictionaries(
        {
            "code": st.just("loinc:75626-2"),
            "value": st.sampled_from([0, 3, 9]),
            "unit": st.just("{score}"),
            "taken": st.sampled_from(EARLIER),
        }
    ),
)


def numbered(kind, listed):
    return [one | {"id": f"{kind}-{number}"} for number, one in enumerate(listed, 1)]


@st.composite
def stories(draw, *, regular=False):
    """A story in the short form of `fhir_fixtures`, but for the drafts, which are FHIR already."""
    birth = draw(st.sampled_from(["1985-02-03", "1985-02-03", "1950-07-01", "1961", "2001-12-01", "2015-05-05", None]))
    taken = st.lists(EARLIER_DIAZEPAM, min_size=1, max_size=3)
    earlier = draw(taken if regular else seldom(taken))
    prescribed = [*draw(seldom(st.lists(other_drugs(), max_size=3))), *earlier]
    stated = st.fixed_dictionaries({"drug": codes("drug", ["opioids"])}, optional={"since": st.sampled_from(EARLIER)})
    reacted = st.fixed_dictionaries({"code": codes("drug", ["baclofen", "ssri", "benzodiazepines-other"])})
    told = {
        "patient": {"gender": draw(st.sampled_from(["female", "male", None])), "birth_date": birth},
        "encounter": {"class": draw(st.sampled_from(["AMB", "AMB", "EMER", "IMP"]))},
        "conditions": numbered("condition", draw(st.lists(conditions(), max_size=4))),
        "medications": numbered("medication", prescribed),
        "statements": numbered("statement", draw(seldom(st.lists(stated, max_size=2)))),
        "allergies": numbered("allergy", draw(seldom(st.lists(reacted, max_size=1)))),
        "labs": numbered("lab", draw(seldom(st.lists(LABS, max_size=2)))),
        "prefetch": {"omit": draw(seldom(st.lists(st.sampled_from(SEARCHES), max_size=1)))},
    }
    drafts = [draw(diazepam(number)) for number in range(1, draw(st.sampled_from([2, 2, 2, 3])))]
    beside = draw(seldom(st.lists(other_drugs(), max_size=1)))
    asked = [medication_request(one, f"Patient/{PATIENT}", status="draft") for one in numbered("beside", beside)]
    return told, [*drafts, *(one | {"status": "draft"} for one in asked)]


@st.composite
def requests(draw, *, regular=False):
    """The body of an order-sign call, ready to be changed; `regular`: mostly of people who took diazepam before."""
    told, drafts = draw(stories(regular=regular))
    body = request("drawn", told | {"drafts": []}, "order-sign", record(told, PATIENT))
    body["context"]["draftOrders"]["entry"] = [{"resource": one} for one in drafts]
    return body


def unrelated_condition():
    """A problem that no rule knows."""
    made = condition({"id": "unrelated", "code": "verruca"}, f"Patient/{PATIENT}")
    made["code"]["coding"] = [{"system": SYSTEMS["snomed"], "code": "57019003", "display": "Verruca vulgaris"}]
    return made


def unrelated_order():
    """A coded drug that no rule knows, prescribed and running."""
    made = medication_request({"id": "unrelated", "drug": "amoxicillin"}, f"Patient/{PATIENT}", status="active")
    made["medicationCodeableConcept"]["coding"] = [{"system": SYSTEMS["rxnorm"], "code": "723"}]
    return made
