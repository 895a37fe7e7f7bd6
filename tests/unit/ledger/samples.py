"""Decisions and feedback to put into a ledger: nothing about them is real."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from itertools import count
from uuid import UUID

from cds_service.domain.card import Action, Card, Link, Source, Suggestion
from cds_service.domain.content import Exemption
from cds_service.domain.decision import Access, Assessment, Decision, Degraded, Feedback, ReleaseUsed, Ruling
from cds_service.domain.facts import Encounter, Origin, Place
from cds_service.domain.orders import Create, Delete, DrugOrder, OrderChange, Update
from cds_service.domain.outcome import (
    Basis,
    Declined,
    Finding,
    Indicator,
    NotApplicable,
    NotAssessed,
    Offer,
    PassedOver,
    RuleFailed,
    Unfit,
)
from cds_service.domain.request import TokenClaims
from cds_service.domain.terminology import Coding
from tests.builders import T, drug, facts, measurement, order, problem

KEY = bytes(range(32))
RECEIVED = datetime(2026, 6, 15, 9, tzinfo=UTC)
NEW_ORDER = DrugOrder(
    name="a drug",
    regimen="2.5 mg three times daily",
    codings=(Coding(system="http://codes.example", code="1", display="A drug"),),
    text="A drug 10 mg",
    dosage_text="1 tablet three times a day",
    dose_value=Decimal("2.50"),
    dose_unit="mg",
    frequency=3,
    period=1,
    period_unit="d",
    days=10,
    quantity=30,
    quantity_unit="{tbl}",
    route=Coding(system="http://codes.example", code="oral"),
    note="Our own words",
    treats=frozenset({"spasm", "anxiety", "pain"}),
)
RESOURCE = (
    b'{"resourceType":"MedicationRequest","id":"draft-1","status":"draft","intent":"order",'
    b'"subject":{"reference":"Patient/7"},"note":[{"text":"Call her son"}],'
    b'"dosageInstruction":[{"text":"one","doseAndRate":[{"doseQuantity":{"value":2.50,"unit":"mg","code":"mg"}}]}]}'
)
KEPT = (
    b'{"dosageInstruction":[{"doseAndRate":[{"doseQuantity":{"code":"mg","value":2.5}}]}],"intent":"order",'
    b'"resourceType":"MedicationRequest","status":"draft"}'
)

_numbers = count(1)


def uuid() -> str:
    """Another id each time, the same ones in each run."""
    return str(UUID(int=next(_numbers)))


def card(*, rule: str = "older-adult", suggestions: tuple[Suggestion, ...] = ()) -> Card:
    """A card of a rule."""
    return Card(
        uuid=uuid(),
        summary="Summary of it",
        detail="**Why**: 2 × 5 mg “daily”",
        indicator=Indicator.WARNING,
        source=Source(
            label="Us", url="https://source.example", topic=Coding(system="urn:x", code=rule, display="Title")
        ),
        suggestions=suggestions,
        selection_behavior="at-most-one" if suggestions else "",
        override_reasons=(Coding(system="urn:r", code="benefit"),),
        links=(Link(label="A source", url="https://evidence.example"),),
    )


def suggestion(resource: bytes = RESOURCE) -> Suggestion:
    """A suggestion with an action of each kind."""
    return Suggestion(
        uuid=uuid(),
        label="Do this instead",
        alternative="baclofen",
        actions=(
            Action(
                proposal=Create(order=NEW_ORDER, position=0, description="A new order", authored_on=T),
                resource=resource,
            ),
            Action(
                proposal=Update(
                    change=OrderChange(days=5, dose_value=Decimal(2)),
                    position=0,
                    reference="MedicationRequest/draft-1",
                    description="Shorter",
                ),
                resource=resource,
            ),
            Action(proposal=Delete(reference="MedicationRequest/draft-1", description="Out")),
        ),
    )


def assessment() -> Assessment:
    """Everything a ruling or a verdict can be, once."""
    basis = (
        Basis(label="Stroke", section="problems", reference="Condition/1"),
        Basis(label="Emergency", section="encounter", reference="Encounter/enc-7"),
    )
    finding = Finding(variant="plain", values={"age": 70, "drugs": ("a", "b"), "name": "x"}, basis=basis)
    return Assessment(
        facts=facts(
            age=70,
            order=order(reasons=["spasm"], mentions=["z", "a"], doubts=["dose-text"]),
            siblings=[order(dose_unknown="no-dose", reference="MedicationRequest/draft-2", position=1)],
            problems=[problem("stroke", onset="2026-05")],
            medications=[drug("opioids", since="2026-01-02")],
            observations=[measurement("egfr", "59.50", "mL/min/{1.73_m2}", comparator="<")],
            allergies="no-access",
            encounter=[
                Encounter(
                    encounter_class="emer",
                    classes={},
                    origin=Origin(place=Place.FHIR_READ, reference="https://ehr.example/fhir/Encounter/enc-7"),
                )
            ],
        ),
        exemptions=(Exemption(id="palliative", because="hospice"),),
        rulings=(
            Ruling(rule="older-adult", version="1", outcome=finding),
            Ruling(rule="b", version="1", outcome=NotApplicable(because="exempt", by="palliative"), spoken=finding),
            Ruling(rule="c", version="2", outcome=NotAssessed(missing=("allergies",))),
            Ruling(rule="d", version="1", outcome=RuleFailed(error="KeyError")),
        ),
        verdicts={
            "baclofen": Offer(values={"n": 3}, also=(PassedOver(because="x", choice="y"),)),
            "ssri": Declined(because="bleeding", values={"drug": "w"}),
            "taper": Unfit(because="new-course"),
        },
    )


def decision(**changes) -> Decision:
    """A decision with two cards and a suggestion."""
    made = Decision(
        id=uuid(),
        received_at=RECEIVED,
        answered_at=RECEIVED + timedelta(milliseconds=2.5),
        duration_us=2_480,
        hook="order-sign",
        service_id="x-order-sign",
        hook_instance="d1577c69-dfbe-44ad-ba6d-3e05e953b2ea",
        client="https://ehr.example",
        tenant="north",
        claims=TokenClaims(issuer="https://ehr.example", subject="ehr", key_id="k-1"),
        dialect="generic",
        user="user-pseudonym",
        patient="patient-pseudonym",
        encounter="encounter-pseudonym",
        fhir_version="R4",
        body_sha256="ab" * 32,
        assessments=(assessment(),),
        incomplete={"allergies": "no-access"},
        origins={"problems": "prefetch", "medications": "fhir-read"},
        cards=(card(suggestions=(suggestion(),)), card(rule="long-term-use")),
        content_version="1.2.3",
        content_sha256="cd" * 32,
        software_version="0.1.0",
        degraded=(Degraded.SECTION_MISSING,),
    )
    made = replace(made, **changes)  # a token of its own for each, as every call has
    if made.claims is None or "claims" in changes:
        return made
    return replace(made, claims=replace(made.claims, token_id=f"t-{made.id}"))


def again(made: Decision) -> Decision:
    """The same decision once more, its call signed anew: what refuses it is the ledger, not its token."""
    claims = made.claims
    return made if claims is None else replace(made, claims=replace(claims, token_id=uuid()))


def feedback(card_uuid: str, **changes) -> Feedback:
    """Somebody overrode a card."""
    made = Feedback(
        id=uuid(),
        received_at=RECEIVED + timedelta(minutes=5),
        service_id="x-order-sign",
        client="https://ehr.example",
        card=card_uuid,
        outcome="overridden",
        outcome_at=RECEIVED + timedelta(minutes=4),
        reason_code="patient-refused",
        reason_system="urn:r",
        has_comment=True,
    )
    return replace(made, **changes)


def access(**changes) -> Access:
    """Somebody listed decisions."""
    made = Access(
        id=uuid(),
        at=RECEIVED,
        who="auditor-1",
        through="console",
        what="list",
        query={"hook": "order-sign", "patient": "patient-pseudonym"},
        records=20,
    )
    return replace(made, **changes)


def release(**changes) -> ReleaseUsed:
    """A content release came into use."""
    made = ReleaseUsed(
        id=uuid(),
        at=RECEIVED,
        version="1.2.3",
        date=T,
        sha256="cd" * 32,
        reviewers=("A reviewer",),
        sign_off="Outstanding.",
        software_version="0.1.0",
        rules={"older-adult": "1.0.0"},
        alternatives={"baclofen": "1.0.0"},
        evidence={"E1": "V1"},
        value_sets={"stroke": "1.0.0"},
    )
    return replace(made, **changes)


def as_recorded(made: Decision) -> Decision:
    """The sample as it must come back: each resource reduced to `KEPT`, the encounter's id gone from its facts."""
    cards = tuple(
        replace(
            one,
            suggestions=tuple(
                replace(
                    offered,
                    actions=tuple(
                        replace(action, resource=KEPT if action.resource else b"") for action in offered.actions
                    ),
                )
                for offered in one.suggestions
            ),
        )
        for one in made.cards
    )
    return replace(made, cards=cards)
