"""The metrics of one worker, for Prometheus; `exposition` adds up those of all workers.

What cannot be counted (the disk of the metrics is full, say) is told in the log and costs no call its answer.

Every label has few values, all of our own making: ids of rules and services, names of sections, tokens of reasons,
registered names of clients. Nothing that a request brings becomes a label. What a call counts is bound beforehand, so
that a call only adds. `deploy/README.md` says what each is for.
"""

import logging
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from functools import wraps
from typing import TYPE_CHECKING, Any, ParamSpec

from cds_service.domain.decision import Assessment, Decision
from cds_service.domain.facts import Place
from cds_service.domain.outcome import Finding, Indicator, NotAssessed, RuleFailed

if TYPE_CHECKING:
    from prometheus_client import CollectorRegistry

log = logging.getLogger(__name__)
P = ParamSpec("P")
SECONDS = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5)  # 500 ms: what CDS Hooks asks for
OTHER = "other"
_OUTCOMES: Mapping[type, str] = {Finding: "finding", NotAssessed: "not-assessed", RuleFailed: "failed"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Metrics:
    """Where to tell what happened.

    Attributes:
        registry: of this process. decided: a hook call was evaluated and its decision kept.
        responded: endpoint and status of a request to the API. ledger: something worth counting in the ledger.
        shed: a call was refused for overload.
        read: resource type, outcome and seconds of a read of a FHIR server.
        breaker: client, place of the server in its list, whether it is let alone.
        ledger_is: whether the database cannot be written; records that wait; records put aside.
    """

    registry: "CollectorRegistry"
    decided: Callable[[Decision], None]
    responded: Callable[[str | None, int], None]
    ledger: Callable[[str], None]
    shed: Callable[[], None]
    read: Callable[[str, str, float], None]
    breaker: Callable[[str, int, bool], None]
    ledger_is: Callable[[bool, int, int], None]


def make_metrics(services: Iterable[str], rules: Iterable[str], version: str, content_version: str) -> Metrics:
    """The metrics of this process.

    Args:
        services: ids of the CDS Services on offer.
        rules: ids of the rules of the content release.
        version: of the software.
        content_version: of the release.
    """
    # Imported late: the library decides on import whether one process counts or several, `exposition` tells it.
    from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram  # noqa: PLC0415 - see above

    registry = CollectorRegistry()

    def counter(name: str, told: str, *labels: str) -> Counter:
        return Counter(name, told, labels, registry=registry)

    responses = counter("cds_responses", "Answers of the API by endpoint and HTTP status.", "endpoint", "status")
    ledger = counter("cds_ledger_events", "Records spooled, delivered, rejected, unrecorded; checkpoints.", "event")
    reads = counter("cds_fhir_reads", "Reads of FHIR servers by resource type and outcome.", "type", "outcome")
    seconds = Histogram(
        "cds_fhir_read_seconds", "How long a read of a FHIR server took.", registry=registry, buckets=SECONDS
    )
    resting = Gauge(
        "cds_fhir_breaker_open", "FHIR server is let alone after failures (1), by client and place in its list.",
        ("client", "server"), registry=registry, multiprocess_mode="livemax",
    )  # fmt: skip
    down = Gauge(
        "cds_ledger_database_down", "The ledger's database cannot be written (1).",
        registry=registry, multiprocess_mode="livemax",
    )  # fmt: skip
    waiting = Gauge(
        "cds_ledger_spool_records", "Records that wait in the spool.", registry=registry, multiprocess_mode="livesum"
    )
    rejected = Gauge(
        "cds_ledger_rejected_records", "Records put aside, for somebody to look at.",
        registry=registry, multiprocess_mode="livemax",
    )  # fmt: skip
    release = Gauge(
        "cds_release", "Always 1: the versions in use.",
        ("software", "content"), registry=registry, multiprocess_mode="livemax",
    )  # fmt: skip
    release.labels(version, content_version).set(1)

    answered: dict[tuple[str | None, int], Counter] = {}  # few: our endpoints, our statuses

    def responded(endpoint: str | None, status: int) -> None:
        bound = answered.get((endpoint, status))
        if bound is None:
            bound = answered[endpoint, status] = responses.labels(endpoint or OTHER, status)
        bound.inc()

    def read(about: str, outcome: str, spent: float) -> None:
        reads.labels(about, outcome).inc()
        seconds.observe(spent)

    def ledger_is(database_down: bool, spooled: int, aside: int) -> None:
        down.set(database_down)
        waiting.set(spooled)
        rejected.set(aside)

    return Metrics(
        registry=registry,
        decided=_harmless(_decided(registry, tuple(services), tuple(rules))),
        responded=_harmless(responded),
        ledger=_harmless(lambda event: ledger.labels(event).inc()),
        shed=_harmless(counter("cds_shed", "Calls refused because too many came.").inc),
        read=_harmless(read),
        breaker=_harmless(lambda client, number, is_open: resting.labels(client, number).set(is_open)),
        ledger_is=_harmless(ledger_is),
    )


def _harmless(count: Callable[P, object]) -> Callable[P, None]:
    """What counts, and never costs a call its answer: the decision is kept already, and the prescriber waits."""

    @wraps(count)
    def counted(*told: P.args, **named: P.kwargs) -> None:
        try:
            count(*told, **named)
        except Exception as error:  # noqa: BLE001 - whatever it is, a number is worth less than an answer
            log.error("Something could not be counted (%s); the metrics show too little", type(error).__name__)

    return counted


def _decided(
    registry: "CollectorRegistry", services: tuple[str, ...], rules: tuple[str, ...]
) -> Callable[[Decision], None]:
    """What counts an evaluated hook call."""
    from prometheus_client import Counter, Histogram  # noqa: PLC0415 - see make_metrics

    took = Histogram(
        "cds_hook_call_seconds",
        "From the body's arrival to the decision.",
        ("service",),
        registry=registry,
        buckets=SECONDS,
    )
    orders = Counter("cds_orders_reviewed", "Orders that were reviewed.", registry=registry)
    cards = Counter("cds_cards", "Cards of evaluated calls by indicator.", ("indicator",), registry=registry)
    ruled = _ruled(registry, rules)
    gaps = Counter("cds_gaps", "Sections of the record that were not to be had.", ("section", "why"), registry=registry)
    read = Counter(
        "cds_sections_read", "Sections not prefetched but read from the FHIR server.", ("section",), registry=registry
    )
    less = Counter("cds_degraded", "Answers that were less than they should be.", ("reason",), registry=registry)
    of_service = {one: took.labels(one) for one in services}
    of_indicator = {one: cards.labels(one.value) for one in Indicator}

    def decided(decision: Decision) -> None:
        of_service[decision.service_id].observe(decision.duration_us / 1_000_000)
        if decision.assessments:
            orders.inc(len(decision.assessments))
            ruled(decision.assessments)
        for card in decision.cards:
            of_indicator[card.indicator].inc()
        for section, why in decision.incomplete.items():
            gaps.labels(section, why).inc()
        for section, place in decision.origins.items():
            if place == Place.FHIR_READ:
                read.labels(section).inc()
        for reason in decision.degraded:
            less.labels(reason.value).inc()

    return decided


def _ruled(registry: "CollectorRegistry", rules: tuple[str, ...]) -> Callable[[tuple[Assessment, ...]], None]:
    """What counts rulings; a rule that had nothing to say is not counted: its number follows from that of orders."""
    from prometheus_client import Counter  # noqa: PLC0415 - see make_metrics

    rulings = Counter(
        "cds_rulings",
        "Rules that spoke (finding), could not tell (not-assessed) or broke (failed).",
        ("rule", "outcome"),
        registry=registry,
    )
    bound: Mapping[tuple[str, type], Any] = {
        (rule, kind): rulings.labels(rule, name) for rule in (*rules, OTHER) for kind, name in _OUTCOMES.items()
    }

    def ruled(assessments: tuple[Assessment, ...]) -> None:
        for assessment in assessments:
            for ruling in assessment.rulings:
                kind = type(ruling.outcome)
                if kind in _OUTCOMES:
                    (bound.get((ruling.rule, kind)) or bound[OTHER, kind]).inc()

    return ruled
