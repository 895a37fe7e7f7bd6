"""One hook call, on one page: this is also the order in which to read the code.

`web/calls` → **HookRequest** → `fhir/gather` → **Facts** → `engine/assess` (rules of `hooks/`) → `engine/recommend`
(alternatives of `hooks/`) → `engine/present` → **Cards** → `dialects`, `fhir/write` → `ledger` → `web/wire`.

Data goes one way. What is concrete (FHIR, dialect, ledger) comes in through the ports of `Steps`; `app` fills them.
"""

from cds_service import __version__
from cds_service.domain.card import Card
from cds_service.domain.decision import Assessment, Decision, Degraded
from cds_service.domain.errors import AllRulesFailed, DataMissing, RequestRefused
from cds_service.domain.outcome import RuleFailed
from cds_service.domain.request import HookRequest
from cds_service.domain.steps import Gathered, Steps, Write
from cds_service.engine.assess import assess
from cds_service.engine.present import patient_unknown, present
from cds_service.engine.recommend import recommend

__all__ = ["Gathered", "Steps", "Write", "answer"]


def answer(request: HookRequest, steps: Steps) -> Decision:
    """Evaluate one hook call and commit the decision, fault or not; its cards are the answer.

    Raises:
        DataMissing: needed patient data were not to be had (recorded, status 412), and this client is to be told so.
        RequestRefused: the FHIR inside contradicts the request (recorded, status 422).
        AllRulesFailed: not one rule could be run (recorded, status 500, like any fault of ours).
        LedgerUnavailable: the decision could not be committed.
    """
    gathered, status = Gathered(facts=()), 500
    assessments: tuple[Assessment, ...] = ()
    cards: tuple[Card, ...] = ()
    try:
        gathered = steps.gather(request)
        assessments = tuple(assess(facts, steps.content) for facts in gathered.facts)
        if any(assessment.every_rule_failed for assessment in assessments):
            raise AllRulesFailed("No rule could be run on this request; the service's log says why.")
        assessments, advice = recommend(assessments, steps.content, steps.new_uuid)
        drafted = present(assessments, advice, gathered.incomplete, steps.content, steps.new_uuid)
        cards, status = steps.write(steps.fit(drafted), gathered), 200
    except DataMissing as missing:
        gathered, status = Gathered(facts=(), incomplete=dict.fromkeys(missing.what, "missing")), 412
        if steps.gaps == "412":
            raise
        said = patient_unknown(steps.content, steps.new_uuid) if steps.gaps == "card" else ()
        cards, status = steps.write(steps.fit(said), gathered), 200
    except RequestRefused:
        status = 422
        raise
    finally:  # whatever became of it, the decision is in the ledger before the answer leaves
        decision = _decision(request, steps, gathered, assessments, cards, status)
        steps.commit(decision)
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
        duration_us=(steps.clock_ns() - request.received_ns) // 1_000 if request.received_ns else 0,
        hook=request.hook,
        service_id=request.service_id,
        hook_instance=request.hook_instance,
        client=request.client,
        tenant=request.tenant,
        claims=request.claims,
        dialect=steps.dialect,
        user=steps.pseudonym("user", request.user),
        patient=steps.pseudonym("patient", request.patient_id),
        encounter=steps.pseudonym("encounter", request.encounter_id),
        fhir_version=gathered.fhir_version,
        body_sha256=request.body_sha256,
        assessments=assessments,
        incomplete=gathered.incomplete,
        origins=gathered.origins,
        cards=cards,
        content_version=release.version,
        content_sha256=release.sha256,
        software_version=__version__,
        status=status,
        mode=steps.mode,
        degraded=_degraded(gathered, assessments, status),
    )


def _degraded(gathered: Gathered, assessments: tuple[Assessment, ...], status: int) -> tuple[Degraded, ...]:
    failed = any(isinstance(ruling.outcome, RuleFailed) for one in assessments for ruling in one.rulings)
    reasons = {
        Degraded.SECTION_MISSING: bool(gathered.incomplete),
        Degraded.RULE_FAILED: failed,
        Degraded.FAULT: status >= 500,
    }
    return tuple(reason for reason, holds in reasons.items() if holds)
