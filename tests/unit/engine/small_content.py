"""A content release small enough to read: the engine knows no medicine, so neither do its tests."""

from collections.abc import Callable, Mapping
from datetime import date
from decimal import Decimal
from typing import Any

from cds_service.domain.content import (
    Alternative,
    Content,
    Evidence,
    Exemption,
    Exemptions,
    Phrases,
    Release,
    Rule,
    Variant,
)
from cds_service.domain.course import CourseLimits
from cds_service.domain.orders import DrugOrder, OrderChange
from cds_service.domain.outcome import Finding, Indicator, Offer, Outcome
from cds_service.domain.reading import Reading
from cds_service.domain.terminology import Coding, Terminology

DRUG = DrugOrder(
    name="x",
    regimen="5 mg thrice",
    codings=(Coding(system="s", code="x", display="x"),),
    text="drug x 5 mg tablet",
    dosage_text="5 mg",
    dose_value=Decimal(5),
    dose_unit="mg",
    frequency=3,
    period=1,
    period_unit="d",
    days=14,
    quantity=42,
    quantity_unit="tablet",
    route=Coding(system="s", code="oral"),
    note="A note.",
    treats=frozenset({"cramp"}),
)


def rule(
    rule_id: str,
    outcome: Outcome | Callable[..., Outcome] | Exception,
    *,
    indicator: str = "warning",
    order: int = 1,
    offers: tuple[str, ...] = (),
    gives_way_to: Mapping[str, str] | None = None,
    unless: Mapping[str, tuple[str, ...]] | None = None,
    summary: str = "Summary of {name}",
) -> Rule:
    def evaluate(facts: Any, params: Any) -> Outcome:
        if isinstance(outcome, Exception):
            raise outcome
        return outcome(facts) if callable(outcome) else outcome

    return Rule(
        id=rule_id,
        version="1",
        title=f"Title of {rule_id}",
        order=order,
        needs=(),
        evidence=("EV-1", "EV-3"),
        override_reasons=("why-not",),
        offers=offers,
        variants={
            "plain": Variant(
                indicator=Indicator(indicator),
                summary=summary,
                problem="The problem with {name}.",
                why="Because.",
                instead="Something else.",
            )
        },
        points={"point": "A further point on {name}."},
        silent={"no": "No reason to speak."},
        gives_way_to=gives_way_to or {},
        unless=unless or {},
        value_sets=(),
        params=None,
        evaluate=evaluate,
    )


def finding(name: str | tuple[str, ...] = "it", **more: Any) -> Finding:
    return Finding(variant="plain", values={"name": name}, **more)


def alternative(
    name: str,
    verdict: Any = None,
    *,
    kind: str = "drug",
    slots: tuple[str, ...] = ("drug",),
    of: tuple[str, ...] = (),
    orders: Mapping[str, Any] | None = None,
    **more: Any,
) -> Alternative:
    def check(facts: Any, findings: Any, params: Any) -> Any:
        if isinstance(verdict, Exception):
            raise verdict
        return Offer() if verdict is None else verdict

    return Alternative(
        id=name,
        version="1",
        title=name.upper(),
        kind=kind,
        slots=slots,
        of=of,
        needs=(),
        evidence=("EV-2",),
        label=f"Replace with {name}",
        label_continuing=f"Start {name} and taper",
        labels={"special": "{label}, specially"},
        description=f"Order {name}",
        points={"point": "Watch this."},
        notes={"note": "Noted."},
        blocked={"kidney": "kidney value {egfr}"},
        orders={"default": DRUG} if orders is None else orders,
        value_sets=(),
        params=None,
        check=check,
        **more,
    )


CHANGE = OrderChange(days=14, note="Taper after {covered} days.")


def content(
    *rules: Rule,
    alternatives: tuple[Alternative, ...] = (),
    matrix: Mapping[str, Mapping[str, str]] | None = None,
    strictest: frozenset[str] = frozenset(),
    exempt: tuple[str, ...] | Exception = (),
) -> Content:
    def holding(facts: Any, params: Any) -> tuple[Exemption, ...]:
        if isinstance(exempt, Exception):
            raise exempt
        return tuple(Exemption(id=name, because="stated") for name in exempt)

    return Content(
        release=Release(version="1", date=date(2026, 1, 1), reviewers=(), sha256="0" * 64),
        hooks=(),
        rules=rules,
        alternatives={one.id: one for one in alternatives},
        exemptions=Exemptions(names={}, matrix=matrix or {}, strictest=strictest, params=None, holding=holding),
        reading=Reading(
            **{
                **dict.fromkeys(Reading.__dataclass_fields__),
                "course": CourseLimits(**dict.fromkeys(CourseLimits.__dataclass_fields__, 1)),
            }
        ),
        terminology=Terminology(codes={}),
        value_set_codes={},
        products={},
        evidence={
            "EV-1": _evidence("EV-1", "V1"),
            "EV-2": _evidence("EV-2", "V2"),
            "EV-3": _evidence("EV-3", "V3"),
        },
        override_reasons={"why-not": Coding(system="r", code="why-not", display="Why not")},
        phrases=Phrases(
            headings={"why": "Why", "instead": "Instead", "based-on": "Based on", "not-checked": "Not checked"},
            sections={"problems": "problem list", "statements": "medication statements"},
            missing={"kidney": "kidney function"},
            unavailable={},
            doubts={},
            basis={"birth-date": "birth date"},
            sentences={
                "days": "{days} days",
                "one-day": "1 day",
                "order-date": "ordered {date}",
                "order-date-assumed": "ordered {date} (assumed)",
                "from-text": "from free text",
                "unconfirmed": "unconfirmed",
                "not-offered": "{alternative} not offered: {reason}.",
                "worth-considering": "{alternative} may be considered: {reason}.",
                "choices-left": "Or else: {choices}.",
                "not-changeable": "{alternative} cannot be drafted: the order has no id.",
                "another-stays": "{alternative} cannot be drafted: another order stays.",
                "take-out-by-hand": "Take the order out by hand.",
                "take-out-order": "Take out {order}",
                "failed-summary": "Part of the check could not be run",
                "failed-detail": "These checks failed:",
                "further-points": "Further points on this order",
            },
            footer="The footer.",
        ),
        source_label="Source",
        source_url="https://example.org/",
        topic_system="urn:topic",
    )


def _evidence(name: str, verified: str) -> Evidence:
    return Evidence(
        id=name, claim="c", citation="c", label=name, url=f"https://example.org/{name}", strength="s", verified=verified
    )
