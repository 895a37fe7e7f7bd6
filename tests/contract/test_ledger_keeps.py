"""One suite over both databases: what is committed is kept, found again, and says nothing about anybody."""

import json
import threading
from dataclasses import replace
from datetime import UTC, datetime, timedelta, timezone

import pytest
from sqlalchemy import text

from cds_service.domain.errors import LedgerUnavailable
from cds_service.ledger import open_ledger
from cds_service.ledger.reading import Wanted
from cds_service.ledger.screening import make_screen
from cds_service.ledger.tables import IN_ORDER
from tests.databases import database_url, postgres_url, sqlite_url  # noqa: F401  fixtures
from tests.unit.ledger.samples import KEY, RECEIVED, RESOURCE, again, as_recorded, card, decision, feedback, suggestion


@pytest.fixture
def ledger(database_url):  # noqa: F811  a fixture
    with open_ledger(database_url, pseudonym_key=KEY) as opened:
        yield opened


def every_value(ledger):
    """(table, column, value as text) of all that is stored."""
    with ledger._database.read.connect() as connection:
        for table in IN_ORDER:
            for row in connection.execute(text(f"SELECT * FROM {table.name}")).mappings():
                for column, value in row.items():
                    yield table.name, column, str(value)


# Decisions ------------------------------------------------------------------------------------------------------------


def test_a_decision_is_kept_as_it_was(ledger):
    made = decision()
    ledger.commit(made)
    kept = ledger.decision(made.id)
    expected = as_recorded(made)
    assert replace(kept.decision, assessments=()) == replace(expected, assessments=())
    assert kept.decision.assessments[0].verdicts == made.assessments[0].verdicts
    assert json.loads(kept.record)["decision"]["id"] == made.id


def test_its_columns_tell_what_lists_need(ledger):
    made = decision()
    ledger.commit(made)
    (line,) = ledger.decisions()
    assert (line.id, line.hook, line.client, line.status, line.mode) == (
        made.id, "order-sign", "https://ehr.example", 200, "live",
    )  # fmt: skip
    assert (line.user, line.patient, line.encounter) == (made.user, made.patient, made.encounter)
    assert (line.received_at, line.duration_us) == (RECEIVED, 2_480)
    assert (line.incomplete, line.not_assessed, line.failed) == (True, 1, 1)
    assert (line.order_count, line.card_count) == (1, 2)


def test_a_call_without_an_answer_is_kept_too(ledger):
    made = decision(status=412, assessments=(), cards=(), incomplete={"patient": "missing"}, client="", encounter="")
    ledger.commit(made)
    assert ledger.decision(made.id).decision == made


def test_unknown_ids_are_not_found(ledger):
    assert ledger.decision("nobody's") is None
    assert ledger.card("nobody's") is None
    assert ledger.card("\0") is None
    assert ledger.feedback_of("nobody's") == ()
    assert ledger.decisions() == ()


def test_moments_are_utc_whatever_zone_they_came_in(ledger):
    there = timezone(timedelta(hours=-5))
    made = decision(received_at=RECEIVED.astimezone(there), answered_at=RECEIVED.astimezone(there))
    ledger.commit(made)
    (line,) = ledger.decisions(Wanted(since=RECEIVED, until=RECEIVED + timedelta(microseconds=1)))
    assert line.received_at == RECEIVED
    assert line.received_at.tzinfo is UTC
    assert ledger.card(made.cards[0].uuid).received_at == RECEIVED


def test_a_moment_without_a_zone_is_refused(ledger):
    naive = datetime(2026, 6, 15)  # noqa: DTZ001  that is the point
    with pytest.raises(LedgerUnavailable):
        ledger.commit(decision(received_at=naive, answered_at=naive))
    assert ledger.decisions() == ()


def test_decisions_are_listed_latest_first_and_page_by_page(ledger):
    made = [decision(received_at=RECEIVED + timedelta(hours=hour)) for hour in range(5)]
    for one in made:
        ledger.commit(one)
    first = ledger.decisions(Wanted(at_most=2))
    second = ledger.decisions(Wanted(at_most=2, below=first[-1].leaf_index))
    assert [line.id for line in first + second] == [one.id for one in made[:0:-1]]


@pytest.mark.parametrize(
    ("wanted", "found"),
    [
        (Wanted(), 3),
        (Wanted(hook="order-sign"), 2),
        (Wanted(client=""), 1),
        (Wanted(client="https://ehr.example"), 2),
        (Wanted(since=RECEIVED + timedelta(hours=1)), 2),
        (Wanted(until=RECEIVED + timedelta(hours=1)), 1),
        (Wanted(hook="order-sign", since=RECEIVED + timedelta(hours=1)), 1),
        (Wanted(hook="nothing"), 0),
    ],
)
def test_decisions_are_found_by_hook_client_and_time(ledger, wanted, found):
    ledger.commit(decision())
    ledger.commit(decision(hook="order-select", received_at=RECEIVED + timedelta(hours=1)))
    ledger.commit(decision(client="", received_at=RECEIVED + timedelta(hours=2)))
    assert len(ledger.decisions(wanted)) == found


def test_a_card_leads_to_its_decision_and_suggestions(ledger):
    offered = (suggestion(), suggestion())
    made = decision(cards=(card(), card(rule="long-term-use", suggestions=offered)))
    ledger.commit(made)
    kept = ledger.card(made.cards[1].uuid)
    assert (kept.decision, kept.position, kept.rule, kept.indicator) == (made.id, 1, "long-term-use", "warning")
    assert (kept.summary, kept.client) == ("Summary of it", "https://ehr.example")
    assert list(kept.suggestions.items()) == [(one.uuid, "baclofen") for one in offered]


def test_a_decision_is_committed_once(ledger):
    made = decision()
    ledger.commit(made)
    with pytest.raises(LedgerUnavailable) as refused:
        ledger.commit(again(made))
    assert made.id not in str(refused.value)
    assert len(ledger.decisions()) == 1


def test_many_threads_commit_together_and_a_bad_row_costs_nobody_else(ledger):
    twice = decision()
    ledger.commit(twice)
    refused, made = [], [[decision() for _ in range(10)] for _ in range(8)]

    def commit(mine):
        for one in mine:
            ledger.commit(one)
            try:
                ledger.commit(again(twice))
            except LedgerUnavailable as error:
                refused.append(error)

    threads = [threading.Thread(target=commit, args=(mine,)) for mine in made]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    assert len(refused) == 80
    assert {line.id for line in ledger.decisions()} == {one.id for mine in made for one in mine} | {twice.id}


def test_what_was_committed_is_there_after_closing(database_url):  # noqa: F811  a fixture
    made = decision()
    with open_ledger(database_url, pseudonym_key=KEY) as first:
        first.commit(made)
    with open_ledger(database_url, pseudonym_key=KEY) as second:
        assert second.decision(made.id).decision.id == made.id


def test_odd_text_from_outside_is_kept_readably(ledger):
    made = decision(hook_instance="a\0b", client="c\0")
    ledger.commit(made)
    (line,) = ledger.decisions()
    assert (line.hook_instance, line.client) == ("a\N{REPLACEMENT CHARACTER}b", "c\N{REPLACEMENT CHARACTER}")
    assert ledger.decision(made.id).decision.hook_instance == "a\0b"


# Feedback -------------------------------------------------------------------------------------------------------------


def test_feedback_joins_its_card(ledger):
    made = decision()
    ledger.commit(made)
    first = feedback(made.cards[0].uuid)
    second = feedback(made.cards[0].uuid, outcome="accepted", accepted=("b", "a"), reason_code="", has_comment=False)
    other = feedback(made.cards[1].uuid)
    assert ledger.commit_feedback((first, second, other)) == frozenset()
    kept = ledger.feedback_of(made.cards[0].uuid)
    assert [one.feedback for one in kept] == [first, second]
    assert not any(one.orphan for one in kept)


def test_feedback_on_nobodys_card_is_kept_as_an_orphan(ledger):
    made = decision()
    ledger.commit(made)
    known, unknown, odd = feedback(made.cards[0].uuid), feedback("nobody's"), feedback("\0\ud800")
    assert ledger.commit_feedback((known, unknown, odd)) == {unknown.id, odd.id}
    (kept,) = ledger.feedback_of("nobody's")
    assert kept.orphan
    assert ledger.feedback_of("\0\ud800")[0].orphan


def test_feedback_on_another_clients_card_is_an_orphan(ledger):
    made = decision()
    ledger.commit(made)
    strange = feedback(made.cards[0].uuid, client="https://other.example")
    assert ledger.commit_feedback((strange,)) == {strange.id}


def test_a_batch_of_feedback_is_kept_wholly_or_not_at_all(ledger):
    first, second = feedback("a"), feedback("b")
    ledger.commit_feedback((first,))
    with pytest.raises(LedgerUnavailable):
        ledger.commit_feedback((second, first))
    assert ledger.feedback_of("b") == ()


def test_no_feedback_is_nothing_to_commit(ledger):
    assert ledger.commit_feedback(()) == frozenset()


def test_too_much_feedback_is_refused(ledger):
    with pytest.raises(ValueError, match="At most 500"):
        ledger.commit_feedback(tuple(feedback(str(number)) for number in range(501)))


# Nothing identifies anybody -------------------------------------------------------------------------------------------

CANARY = "canary7f3a"


def planted(value):
    """The JSON value with the canary in every string and beside every member."""
    if isinstance(value, dict):
        extra = dict.fromkeys(("text", "display", "id", "note", "subject", "unit", "x"), CANARY + " of the ward")
        return {name: planted(member) for name, member in value.items()} | extra
    if isinstance(value, list):
        return [*map(planted, value), f"{CANARY} {CANARY}"]
    return f"{CANARY} {value}" if isinstance(value, str) else value


def test_a_canary_in_what_was_sent_is_in_no_column_of_any_table(ledger):
    resource = json.dumps(planted(json.loads(RESOURCE))).encode()
    assert resource.count(CANARY.encode()) > 20
    made = decision(cards=(card(suggestions=(suggestion(resource),)),))
    (assessed,) = made.assessments
    (encounter,) = assessed.facts.encounter.items
    encounter = replace(encounter, origin=replace(encounter.origin, reference=f"Encounter/{CANARY}"))
    finding = assessed.rulings[0].outcome
    basis = tuple(
        replace(finding.basis[0], reference=f"{kind}/{CANARY}") for kind in ("Patient", "Encounter", "Practitioner")
    )
    facts = replace(assessed.facts, encounter=replace(assessed.facts.encounter, items=(encounter,)))
    ruling = replace(assessed.rulings[1], outcome=replace(finding, basis=basis), spoken=replace(finding, basis=basis))
    made = replace(
        made,
        assessments=(replace(assessed, facts=facts, rulings=(ruling,)),),
        user=ledger.pseudonym("user", f"Practitioner/{CANARY}"),
        patient=ledger.pseudonym("patient", CANARY),
        encounter=ledger.pseudonym("encounter", CANARY),
    )
    ledger.commit(made)
    ledger.commit_feedback((feedback(made.cards[0].uuid),))
    stored = list(every_value(ledger))
    assert {table for table, _, _ in stored} == {"log", "decisions", "cards", "suggestions", "feedback"}
    assert [found for found in stored if CANARY in found[2]] == []
    assert f"Encounter/{made.encounter}" in ledger.decision(made.id).record
    assert f"Patient/{made.patient}" in ledger.decision(made.id).record
    assert f"Practitioner/{made.user}" in ledger.decision(made.id).record


def test_of_a_comment_only_our_own_words_are_kept(database_url):  # noqa: F811  a fixture
    said = feedback("c", comment=f"Hospice, says {CANARY}")
    with open_ledger(database_url, pseudonym_key=KEY) as ledger:
        ledger.commit_feedback((said,))
        assert ledger.feedback_of("c")[0].feedback.comment == ""
    with open_ledger(database_url, pseudonym_key=KEY, screen=make_screen(["hospice"])) as ledger:
        ledger.commit_feedback((replace(said, id="other"),))
        assert ledger.feedback_of("c")[1].feedback.comment == "hospice …"
        assert [found for found in every_value(ledger) if CANARY in found[2]] == []
