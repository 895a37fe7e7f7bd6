"""One hook call, on one page: this is also the order in which to read the code.

`web/calls` → **HookRequest** → `fhir/gather` → **Facts** → `engine/assess` (rules of `hooks/`) → `engine/recommend`
(alternatives of `hooks/`) → `engine/present` → **Cards** → `dialects` → `ledger` → `web/wire`.

Data goes one way. What is concrete (FHIR, dialect, ledger) comes in through the ports of `Steps`; `app` fills them.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Protocol
from uuid import UUID

from cds_service import __version__
from cds_service.domain.card import Card
from cds_service.domain.content import Content
from cds_service.domain.decision import Assessment, Decision
from cds_service.domain.errors import AllRulesFailed, DataMissing
from cds_service.domain.facts import Facts
from cds_service.domain.request import HookRequest
from cds_service.engine.assess import assess
from cds_service.engine.present import present
from cds_service.engine.recommend import recommend


@dataclass(frozen=True, slots=True, kw_only=True)
class Gathered:
    """What `fhir/gather` brings back: Facts for each reviewed order, and the drafts for writing answers.

    Attributes:
        facts: one for each order of the reviewed drug, in the order of the Bundle; empty when there is none.
        incomplete: section -> token of why it was not to be had.
        drafts: the drafts as `fhir/` read them; nobody else looks inside.
    """

    facts: tuple[Facts, ...]
    incomplete: Mapping[str, str] = field(default_factory=dict)
    fhir_version: str = ""
    drafts: Any = None


class Write(Protocol):
    """Give every action of the cards its FHIR resource, in the client's version (`fhir/write`)."""

    def __call__(self, cards: tuple[Card, ...], gathered: Gathered) -> tuple[Card, ...]: ...  # noqa: D102


@dataclass(frozen=True, slots=True, kw_only=True)
class Steps:
    """The ports of a hook call."""

    content: Content
    gather: Callable[[HookRequest], Gathered]
    write: Write
    fit: Callable[[tuple[Card, ...]], tuple[Card, ...]]
    commit: Callable[[Decision], None]
    pseudonym: Callable[[str, str], str]  # (kind, identifier) -> keyed pseudonym
    clock: Callable[[], datetime]
    new_uuid: Callable[[], UUID]


def answer(request: HookRequest, steps: Steps) -> Decision:
    """Evaluate one hook call and commit the decision; its cards are the answer.

    Raises:
        DataMissing: needed patient data were not to be had (recorded, status 412).
        AllRulesFailed: not one rule could be run (recorded, status 500).
        LedgerUnavailable: the decision could not be committed.
    """
    content = steps.content
    try:
        gathered = steps.gather(request)
    except DataMissing as missing:
        steps.commit(
            _decision(
                request, steps, Gathered(facts=(), incomplete=dict.fromkeys(missing.what, "missing")), (), (), 412
            )
        )
        raise
    assessments = tuple(assess(facts, content) for facts in gathered.facts)
    assessments, suggestions = recommend(assessments, content, steps.new_uuid)
    cards = present(assessments, suggestions, gathered.incomplete, content, steps.new_uuid)
    cards = steps.fit(steps.write(cards, gathered))
    failed = any(assessment.every_rule_failed for assessment in assessments)
    decision = _decision(request, steps, gathered, assessments, () if failed else cards, 500 if failed else 200)
    steps.commit(decision)
    if failed:
        raise AllRulesFailed("No rule could be run on this request; the reason is in the service's log.")
    return decision


def _decision(
    request: HookRequest,
    steps: Steps,
    gathered: Gathered,
    assessments: tuple[Assessment, ...],
    cards: tuple[Card, ...],
    status: int,
) -> Decision:
    release = steps.content.release
    return Decision(
        id=str(steps.new_uuid()),
        received_at=request.received_at,
        answered_at=steps.clock(),
        hook=request.hook,
        service_id=request.service_id,
        hook_instance=request.hook_instance,
        client=request.client,
        user=steps.pseudonym("user", request.user),
        patient=steps.pseudonym("patient", request.patient_id),
        encounter=steps.pseudonym("encounter", request.encounter_id),
        fhir_version=gathered.fhir_version,
        body_sha256=request.body_sha256,
        assessments=assessments,
        incomplete=gathered.incomplete,
        cards=cards,
        content_version=release.version,
        content_sha256=release.sha256,
        software_version=__version__,
        status=status,
    )
