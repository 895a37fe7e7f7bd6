"""What each CDS Client is answered with: its content, the servers read for it, its dialect, its policy for gaps.

`make_steps_of` prepares `Steps` for every registered client at start, so that a call only looks them up. Clients that
agreed to the same things share what is expensive.
"""

from collections.abc import Callable, Mapping
from datetime import date, datetime
from functools import partial
from uuid import UUID
from zoneinfo import ZoneInfo

from cds_service.content.tune import tuned
from cds_service.dialects.fit import make_fit, read
from cds_service.dialects.reasons import reason_table
from cds_service.domain.card import Card
from cds_service.domain.client import Client, Registration
from cds_service.domain.content import Content
from cds_service.domain.decision import Decision
from cds_service.domain.errors import ContentBroken
from cds_service.domain.reasons import ReasonTable
from cds_service.domain.steps import Gathered, Steps, Write
from cds_service.fhir.client import Limits, Told, make_fetch
from cds_service.fhir.gather import make_gather
from cds_service.fhir.templates import KEY_OF_SECTION
from cds_service.fhir.write import make_write
from cds_service.settings import Settings
from cds_service.telemetry.metrics import Metrics
from cds_service.web.invariants import hold

StepsOf = Callable[[Client], Steps]
ANYBODY = Registration(name="", issuer="")  # open mode: the common shape, the servers of the settings


def make_steps_of(
    settings: Settings,
    content: Content,
    registrations: tuple[Registration, ...],
    commit: Callable[[Decision], None],
    pseudonym: Callable[[str, str], str],
    clock: Callable[[], datetime],
    new_uuid: Callable[[], UUID],
    metrics: Metrics | None = None,
) -> StepsOf:
    """Client -> the steps of its calls.

    Raises:
        ContentBroken: a client chose what the content does not let it choose, or names a key there is not.
    """
    zone = ZoneInfo(settings.time_zone)
    write = make_write(content, {one.fhir_version for one in registrations})
    faults: list[str] = []

    def today() -> date:
        return clock().astimezone(zone).date()

    def steps(one: Registration) -> Steps:
        own = _content(content, one, faults)
        fetch = make_fetch(
            one.fhir_servers if one.name else settings.fhir_servers,
            Limits(seconds=settings.fhir_deadline_ms / 1_000),
            ca_file=settings.fhir_ca_file,
            private=one.fhir_private or settings.fhir_private or settings.test_setup,
            told=None if metrics is None else Told(metrics.read, partial(metrics.breaker, one.name)),
        )
        return Steps(
            content=own,
            gather=make_gather(own, fetch, zone, today, never_sent=_sections(one, faults)),
            fit=make_fit(read(one.dialect), own.phrases),
            write=partial(_written, write),
            dialect=one.dialect,
            gaps=one.gaps,
            mode="shadow" if one.all_in_shadow else "live",
            commit=commit,
            pseudonym=pseudonym,
            clock=clock,
            new_uuid=new_uuid,
        )

    prepared: Mapping[str, Steps] = {one.name: steps(one) for one in (ANYBODY, *registrations)}
    if faults:
        raise ContentBroken(tuple(faults))

    def steps_of(client: Client) -> Steps:
        return prepared[client.name]

    return steps_of


def contents_of(content: Content, registrations: tuple[Registration, ...]) -> Mapping[str, Content]:
    """Issuer -> the content that this client is answered from; `""` for anybody else.

    Raises:
        ContentBroken: a client chose what the content does not let it choose.
    """
    faults: list[str] = []
    found = {one.issuer: _content(content, one, faults) for one in (*registrations, ANYBODY)}
    if faults:
        raise ContentBroken(tuple(faults))
    return found


def make_reasons_of(content: Content, registrations: tuple[Registration, ...]) -> Callable[[Client], ReasonTable]:
    """Client -> how it tells why a card was overridden.

    Raises:
        ContentBroken: a client registered a reason to mean what HL7 has no code for.
    """
    faults: list[str] = []
    tables = {
        one.name: reason_table(read(one.dialect).feedback, one, content.standard_reasons, faults)
        for one in (ANYBODY, *registrations)
    }
    if faults:
        raise ContentBroken(tuple(faults))
    return lambda client: tables[client.name]


def _written(write: Write, cards: tuple[Card, ...], gathered: Gathered) -> tuple[Card, ...]:
    return hold(write(cards, gathered))


def _content(content: Content, one: Registration, faults: list[str]) -> Content:
    """The content as this client chose it within its bounds."""
    found: list[str] = []
    own = tuned(content, one.tunings, name=one.name or "open", faults=found)
    faults += [f"client {one.name}: {fault}" for fault in found]
    return own


def _sections(one: Registration, faults: list[str]) -> frozenset[str]:
    """The sections behind the prefetch keys that a client never sends."""
    keys = {key: str(section) for section, key in KEY_OF_SECTION.items()}
    faults += [
        f"client {one.name}: never_sends has {key}, which is no prefetch key; there are {', '.join(keys)}"
        for key in sorted(one.never_sends - keys.keys())
    ]
    return frozenset(keys[key] for key in one.never_sends if key in keys)
