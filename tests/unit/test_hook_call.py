"""The flow of one call: whatever becomes of it, the decision is committed before the answer leaves."""

from contextlib import suppress
from dataclasses import replace
from datetime import UTC, datetime
from uuid import UUID

import pytest

from cds_service.domain.errors import AllRulesFailed, DataMissing, LedgerUnavailable, NotConformant
from cds_service.domain.request import HookRequest, TokenClaims
from cds_service.domain.steps import Gathered, Steps
from cds_service.hook_call import answer
from tests.builders import facts
from tests.unit.engine.small_content import content, finding, rule

REQUEST = HookRequest(
    received_at=datetime(2026, 6, 15, 9, tzinfo=UTC),
    hook="order-sign",
    service_id="x-order-sign",
    hook_instance="d1577c69-dfbe-44ad-ba6d-3e05e953b2ea",
    user="Practitioner/1",
    patient_id="p1",
    drafts=b"{}",
)


def steps(committed, gather=lambda request: Gathered(facts=(facts(),)), release=None, **more):
    numbers = iter(range(1000))
    made = Steps(
        content=release or content(rule("a", finding())),
        gather=gather,
        write=lambda cards, gathered: cards,
        fit=lambda cards: cards,
        commit=committed.append,
        pseudonym=lambda kind, identifier: f"{kind}-pseudonym" if identifier else "",
        clock=lambda: datetime(2026, 6, 15, 9, 0, 1, tzinfo=UTC),
        new_uuid=lambda: UUID(int=next(numbers)),
    )
    return replace(made, **more)


def raising(error):
    def step(*_):
        raise error

    return step


def test_the_answer_is_the_committed_decision():
    committed = []
    decision = answer(REQUEST, steps(committed))
    assert committed == [decision]
    assert [card.summary for card in decision.cards] == ["Summary of it"]
    assert (decision.status, decision.user, decision.encounter) == (200, "user-pseudonym", "")
    assert decision.content_sha256 == "0" * 64


def test_no_reviewed_order_is_a_decision_too():
    committed = []
    assert answer(REQUEST, steps(committed, gather=lambda request: Gathered(facts=()))).cards == ()
    assert committed[0].status == 200


@pytest.mark.parametrize(
    ("error", "status"),
    [
        (DataMissing("Patient is missing", ("patient",)), 412),
        (NotConformant("Another patient", "prefetch.patient"), 422),
        (ZeroDivisionError(), 500),
    ],
)
def test_a_call_that_cannot_be_answered_is_recorded_with_its_status(error, status):
    committed = []
    with pytest.raises(type(error)):
        answer(REQUEST, steps(committed, gather=raising(error)))
    assert (committed[0].status, committed[0].cards) == (status, ())


def test_missing_data_are_named_in_the_record():
    committed = []
    with pytest.raises(DataMissing):
        answer(REQUEST, steps(committed, gather=raising(DataMissing("m", ("patient",)))))
    assert committed[0].incomplete == {"patient": "missing"}


def test_when_every_rule_fails_there_is_no_answer_and_a_record_of_why():
    committed = []
    with pytest.raises(AllRulesFailed):
        answer(REQUEST, steps(committed, release=content(rule("a", ValueError()), rule("b", ValueError()))))
    assert committed[0].status == 500
    assert all(assessment.every_rule_failed for assessment in committed[0].assessments)


def test_a_fault_after_the_rules_keeps_what_they_said_and_sends_no_card():
    committed = []
    with pytest.raises(KeyError):
        answer(REQUEST, steps(committed, fit=raising(KeyError("x"))))
    assert committed[0].assessments
    assert committed[0].cards == ()


def test_no_answer_leaves_before_the_commit():
    with pytest.raises(LedgerUnavailable):
        answer(REQUEST, steps([], commit=raising(LedgerUnavailable("The ledger cannot be written."))))


def test_the_record_says_who_asked_for_whom_and_how_long_it_took():
    committed = []
    claims = TokenClaims(issuer="https://ehr.example", subject="ehr", key_id="k1", token_id="t1")
    asked = replace(REQUEST, client="https://ehr.example", tenant="north", claims=claims, received_ns=1_000)
    gathered = Gathered(facts=(facts(),), origins={"problems": "prefetch"})
    made = steps(committed, gather=lambda _: gathered, dialect="generic", mode="shadow", clock_ns=lambda: 2_501_000)
    answer(asked, made)
    (kept,) = committed
    assert (kept.client, kept.tenant, kept.claims) == ("https://ehr.example", "north", claims)
    assert (kept.dialect, kept.mode, kept.duration_us) == ("generic", "shadow", 2_500)
    assert kept.origins == {"problems": "prefetch"}


def test_a_clock_that_jumps_back_shortens_no_call():
    committed = []
    back = datetime(2026, 6, 15, 8, tzinfo=UTC)
    answer(replace(REQUEST, received_ns=1), steps(committed, clock=lambda: back, clock_ns=lambda: 5_000_001))
    assert (committed[0].answered_at, committed[0].duration_us) == (back, 5_000)


@pytest.mark.parametrize(
    ("how", "degraded"),
    [
        ({}, ()),
        ({"gather": lambda _: Gathered(facts=(facts(),), incomplete={"allergies": "timeout"})}, ("section-missing",)),
        ({"release": content(rule("a", ValueError()), rule("b", finding()))}, ("rule-failed",)),
        ({"gather": raising(ZeroDivisionError())}, ("fault",)),
        ({"release": content(rule("a", ValueError()))}, ("rule-failed", "fault")),
        ({"gather": raising(DataMissing("m", ("patient",)))}, ("section-missing",)),
        ({"gather": raising(NotConformant("m"))}, ()),
    ],
)
def test_an_answer_that_is_less_than_it_should_be_says_why(how, degraded):
    committed = []
    with suppress(Exception):
        answer(REQUEST, steps(committed, **how))
    assert committed[0].degraded == degraded
