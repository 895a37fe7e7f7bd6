"""The overview: how much was advised, what people did with it, how complete and how quick the answers were."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import replace
from datetime import date

from flask import Blueprint, abort, render_template, request

from cds_service.console.audit.charts import Chart, lines, stacked
from cds_service.console.audit.filters import day_of
from cds_service.console.audit.guard import note, opens_to
from cds_service.console.audit.ports import Ports
from cds_service.domain.audit import DayFigures, Role, RuleFigures

PERIODS = ("7", "14", "30", "90")
USUAL = "14"


def add_overview(pages: Blueprint, ports: Ports) -> None:
    """Add the page to a blueprint."""

    @pages.get("/overview")
    @opens_to(Role.AUDITOR)
    def overview() -> str:
        now = ports.clock()
        last, period = day_of(request.args.get("last", ""), "last") or now.date(), request.args.get("days", USUAL)
        if period not in PERIODS:
            abort(400, f"“days” should be one of {', '.join(PERIODS)}.")
        days = ports.questions.days(last, int(period), now)
        whole = added(days)
        note(ports, "overview", {"last": last, "days": period}, whole.decisions)
        return render_template(
            "audit/overview.html",
            days=days,
            whole=whole,
            rules=sorted(whole.rules.items(), key=lambda one: -one[1].shown),
            titles={rule.id: rule.title for rule in ports.content.rules},
            charts=charts_of(days),
            last=last,
            period=period,
            periods=PERIODS,
        )


def added(days: Sequence[DayFigures]) -> DayFigures:
    """All days together."""
    rules: dict[str, RuleFigures] = {}
    latencies: Counter[int] = Counter()
    for one in days:
        latencies.update(one.latencies)
        for rule, figures in one.rules.items():
            rules[rule] = rules.get(rule, RuleFigures()) + figures
    return replace(
        days[0],
        decisions=sum(one.decisions for one in days),
        orders=sum(one.orders for one in days),
        degraded=sum(one.degraded for one in days),
        refused=sum(one.refused for one in days),
        rules=rules,
        latencies=latencies,
    )


def charts_of(days: Sequence[DayFigures]) -> tuple[Chart, ...]:
    """Four charts of the same days."""
    across: list[date] = [one.day for one in days]
    cards = [one.cards for one in days]
    return (
        lines(
            "burden",
            "Cards for 100 reviewed orders",
            "cards",
            across,
            [("Cards", "a", [one.cards_per_100 if one.orders else None for one in days])],
        ),
        stacked(
            "outcomes",
            "What became of the cards",
            "cards",
            across,
            [
                ("accepted", "good", [one.accepted for one in cards]),
                ("overridden", "warn", [one.overridden for one in cards]),
                ("ignored", "mute", [one.ignored for one in cards]),
                ("still open", "open", [one.waiting for one in cards]),
            ],
        ),
        lines(
            "degraded",
            "Degraded answers",
            "percent",
            across,
            [("Degraded", "warn", [one.degraded_percent if one.decisions else None for one in days])],
        ),
        lines(
            "latency",
            "Time to answer, milliseconds",
            "ms",
            across,
            [
                ("half within", "a", [one.quantile_ms(0.5) for one in days]),
                ("95 % within", "warn", [one.quantile_ms(0.95) for one in days]),
                ("99 % within", "crit", [one.quantile_ms(0.99) for one in days]),
            ],
        ),
    )
