"""Decisions to measure with: one as a call on a reviewed order leaves behind, one as most calls do, about another drug.

Counts (rules, problems, drugs, cards) are those of a full release and a well-filled record; nothing in them is real.
"""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from itertools import count
from uuid import UUID

from cds_service.domain.card import Action, Card, Link, Source, Suggestion
from cds_service.domain.course import PriorUse
from cds_service.domain.dates import Age, Certainty, DateInterval
from cds_service.domain.decision import Assessment, Decision, Ruling
from cds_service.domain.facts import Drug, Facts, Known, Measurement, Origin, Place, Problem, ProblemStatus, Standing
from cds_service.domain.orders import (
    Create,
    DaysFrom,
    Delete,
    Dose,
    DrugOrder,
    Form,
    PlannedDays,
    ReviewedOrder,
)
from cds_service.domain.outcome import Basis, Finding, Indicator, NotApplicable, NotAssessed, Offer, Outcome, Unfit
from cds_service.domain.terminology import Classes, Coding, How, Match

RULES, ALTERNATIVES, PROBLEMS, DRUGS, MEASUREMENTS, CARDS = 29, 17, 8, 9, 5, 3
RECEIVED = datetime(2026, 6, 15, 9, tzinfo=UTC)
RESOURCE = (
    b'{"resourceType":"MedicationRequest","status":"draft","intent":"order","subject":{"reference":"Patient/7"},'
    b'"medicationCodeableConcept":{"coding":[{"system":"http://codes.example","code":"104"}],"text":"A drug 10 mg"},'
    b'"authoredOn":"2026-06-15","dosageInstruction":[{"text":"1 tablet three times a day","timing":{"repeat":'
    b'{"boundsDuration":{"value":10,"unit":"d","code":"d"},"frequency":3,"period":1,"periodUnit":"d"}},'
    b'"doseAndRate":[{"doseQuantity":{"value":10,"unit":"mg","code":"mg"}}]}],'
    b'"dispenseRequest":{"quantity":{"value":30,"unit":"tablet","code":"{tbl}"}}}'
)
DETAIL = "**Why**: what is wrong for this patient, the reason, what to do instead, on which facts it rests. " * 9

_numbers = count(1)


def _uuid() -> str:
    return str(UUID(int=next(_numbers)))


def _classes(number: int) -> Classes:
    match = Match(how=How.CODE, label="A label of ours", system="http://codes.example", code=str(10_000 + number))
    return {f"value-set-{number}": match}


def _origin(kind: str, number: int) -> Origin:
    return Origin(place=Place.PREFETCH, reference=f"{kind}/{number}-of-the-record")


def _facts() -> Facts:
    known = DateInterval.of("2026-05-01")
    problems = tuple(
        Problem(classes=_classes(number), status=ProblemStatus.ACTIVE, origin=_origin("Condition", number), onset=known)
        for number in range(PROBLEMS)
    )
    drugs = tuple(
        Drug(
            classes=_classes(number),
            standing=Standing.CURRENT,
            origin=_origin("MedicationRequest", number),
            since=date(2026, 1, 2),
        )
        for number in range(DRUGS)
    )
    measurements = tuple(
        Measurement(
            classes=_classes(number),
            value=Decimal("59.5"),
            unit="mL/min",
            origin=_origin("Observation", number),
            taken=known,
        )
        for number in range(MEASUREMENTS)
    )
    return Facts(
        as_of=RECEIVED.date(),
        order=_order(),
        age=Age(minimum=70, maximum=70, precision="day", under_six_months=Certainty.NO, under_31_days=Certainty.NO),
        sex="female",
        problems=Known(items=problems),
        medications=Known(items=drugs),
        statements=Known(),
        allergies=Known(),
        observations=Known(items=measurements),
        services=Known(),
        encounter=Known(),
        prior_use=PriorUse(),
    )


def _order() -> ReviewedOrder:
    return ReviewedOrder(
        reference="MedicationRequest/draft-1",
        position=0,
        label="5 mg tablet",
        form=Form.ORAL,
        dose=Dose(per_day_mg=Decimal(15), single_mg=Decimal(5), units_per_day=Decimal(3), steps="5 mg × 3 per day"),
        planned=PlannedDays(days=30, source=DaysFrom.BOUNDS),
        strength_mg=Decimal(5),
        is_tablet=True,
    )


def _outcome(number: int) -> Outcome:
    if number < CARDS:
        basis = tuple(
            Basis(label="A fact", section="problems", date="2026-05-01", reference=f"Condition/{turn}-of-the-record")
            for turn in range(3)
        )
        return Finding(variant="plain", values={"age": 70, "days": 30, "names": ("one", "another")}, basis=basis)
    return NotAssessed(missing=("allergies",)) if number % 14 == 13 else NotApplicable(because="not-on-record")


def _suggestion() -> Suggestion:
    order = DrugOrder(
        name="a drug",
        regimen="10 mg three times daily",
        codings=(Coding(system="http://codes.example", code="104", display="A drug"),),
        text="A drug 10 mg",
        dosage_text="1 tablet three times a day",
        dose_value=Decimal(10),
        dose_unit="mg",
        frequency=3,
        period=1,
        period_unit="d",
        days=10,
        quantity=30,
        quantity_unit="{tbl}",
        route=Coding(system="http://codes.example", code="oral"),
        note="Our own words about it",
    )
    create = Create(order=order, position=0, description="Order it for ten days", authored_on=RECEIVED.date())
    delete = Delete(reference="MedicationRequest/draft-1", description="Take the order out")
    actions = (Action(proposal=create, resource=RESOURCE), Action(proposal=delete))
    return Suggestion(uuid=_uuid(), label="Order this instead", alternative="an-alternative", actions=actions)


def _card(number: int, suggestions: tuple[Suggestion, ...]) -> Card:
    return Card(
        uuid=_uuid(),
        summary="What it says in one line, with the age of the patient and the days of the order",
        detail=DETAIL,
        indicator=Indicator.WARNING,
        source=Source(label="Us", url="https://source.example", topic=Coding(system="urn:x", code=f"rule-{number}")),
        suggestions=suggestions,
        selection_behavior="at-most-one" if suggestions else "",
        override_reasons=tuple(Coding(system="urn:r", code=f"reason-{reason}", display="Why") for reason in range(4)),
        links=(Link(label="A source", url="https://evidence.example/of-it"),) * 2,
    )


def _assessment() -> Assessment:
    rulings = tuple(Ruling(rule=f"rule-{number}", version="1.0.0", outcome=_outcome(number)) for number in range(RULES))
    verdicts = {
        f"alternative-{number}": Offer(values={"days": 14}) if number < 2 else Unfit(because="not-this-indication")
        for number in range(ALTERNATIVES)
    }
    return Assessment(facts=_facts(), exemptions=(), rulings=rulings, verdicts=verdicts)


_ASSESSMENT = _assessment()


def quiet() -> Decision:
    """A call without any order of the reviewed drug: nothing assessed, no card; most calls are like this."""
    return Decision(
        id=_uuid(),
        received_at=RECEIVED,
        answered_at=RECEIVED + timedelta(milliseconds=2.5),
        hook="order-sign",
        service_id="x-order-sign",
        hook_instance=_uuid(),
        client="https://ehr.example",
        user="ab" * 32,
        patient="cd" * 32,
        encounter="ef" * 32,
        fhir_version="R4",
        body_sha256="ab" * 32,
        assessments=(),
        incomplete={},
        cards=(),
        content_version="1.2.3",
        content_sha256="cd" * 32,
        software_version="0.1.0",
    )


def advising() -> Decision:
    """A call with one reviewed order, three cards and two suggestions."""
    cards = (_card(0, (_suggestion(), _suggestion())), *(_card(number, ()) for number in range(1, CARDS)))
    return replace(quiet(), assessments=(_ASSESSMENT,), cards=cards)
