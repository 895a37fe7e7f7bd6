"""What the console asks, over both databases: every page of a search, and who may come in."""

from dataclasses import replace
from datetime import timedelta

import pytest

from cds_service.domain.audit import Filters, Role
from cds_service.domain.errors import SettingsBroken
from cds_service.ledger import open_ledger
from cds_service.ledger.accounts.accounts import Accounts
from cds_service.ledger.accounts.sessions import Lifetimes
from cds_service.ledger.questions.questions import Questions
from cds_service.ledger.questions.search import listed
from tests.databases import database_url, postgres_url, sqlite_url  # noqa: F401  fixtures
from tests.ledgers import fill, opened
from tests.unit.ledger.samples import KEY, RECEIVED, card, decision, feedback

# ruff: noqa: F811  the fixtures are imported and then named as arguments

PASSWORD = "a long enough password"
SEARCHES = {
    "all": (Filters(), lambda one: True),
    "rule": (Filters(rule="long-term-use"), lambda one: "long-term-use" in [card.rule for card in one.cards]),
    "indicator": (Filters(indicator="warning"), lambda one: one.cards),
    "accepted": (Filters(outcome="accepted"), lambda one: "accepted" in [card.outcome for card in one.cards]),
    "ignored": (Filters(outcome="none"), lambda one: "" in [card.outcome for card in one.cards]),
    "ignored rule": (Filters(rule="older-adult", outcome="none"), lambda one: False),
    "silent": (Filters(state="silent"), lambda one: not one.cards),
    "client": (Filters(client="a", state="silent"), lambda one: not one.cards),
    "period": (Filters(since=RECEIVED + timedelta(seconds=20)), lambda one: one.received_at.second >= 20),
    "nothing": (Filters(rule="long-term-use", hook="order-select"), lambda one: False),
}


@pytest.fixture
def filled(database_url):
    with open_ledger(database_url, pseudonym_key=KEY) as ledger:
        fill(ledger, 30)
        late = decision(received_at=RECEIVED + timedelta(seconds=3), client="a", cards=())
        ledger.commit(late)  # as from the spool: received long before its place in the log
        twice = (card(rule="older-adult"), card(rule="older-adult"))
        ledger.commit(decision(received_at=RECEIVED + timedelta(seconds=40), client="a", cards=twice))
        ledger.commit_feedback(tuple(feedback(one.uuid, client="a", accepted=()) for one in twice))
    return database_url


@pytest.mark.parametrize("looked_at", [4, 20_000])
def test_pages_hold_every_decision_that_fits_once_and_latest_first(filled, looked_at):
    with opened(filled) as database, database.read.connect() as connection:
        every = listed(connection, Filters(), 1_000).lines
        assert len(every) == 32
        for name, (asked, fits) in SEARCHES.items():
            found, pages, wanted = [], 0, asked
            while pages < 100:
                page = listed(connection, wanted, 3, most_looked_at=looked_at)
                found += page.lines
                pages += 1
                assert len(page.lines) <= 3
                if page.after is None:
                    break
                wanted = replace(wanted, after=page.after)
            assert found == [one for one in every if fits(one)], name


def test_what_somebody_searches_for_can_be_anything(filled):
    with opened(filled) as database:
        questions = Questions(database, filled)
        for odd in ("\0", "\ud800", "'; DROP TABLE log; --", "%", "x" * 10_000):
            assert questions.listed(Filters(client=odd, rule=odd, hook=odd, release=odd), 5).lines == ()
            assert questions.decision_of(odd) is None
            assert questions.whole(odd) is None


def test_clients_are_told_without_reading_every_decision(filled):
    with opened(filled) as database:
        assert Questions(database, filled).clients() == ("a",)


def test_accounts_and_sessions(filled):
    now = RECEIVED
    lives = Lifetimes(idle=timedelta(minutes=30), whole=timedelta(hours=10))
    with opened(filled) as database:
        accounts = Accounts(database, KEY, lives, lambda: now)
        assert not accounts.there_are()
        accounts.add("vera", PASSWORD, [Role.AUDITOR])
        assert accounts.there_are()
        for name, password, roles in (
            ("vera", PASSWORD, [Role.AUDITOR]),
            ("V", PASSWORD, [Role.AUDITOR]),
            ("a", PASSWORD, []),
        ):
            with pytest.raises(SettingsBroken):
                accounts.add(name, password, roles)
        secret = accounts.sign_in(" Vera ", PASSWORD, "192.0.2.1")
        assert accounts.person(secret).roles == {Role.AUDITOR}
        assert accounts.person("\ud800") is None
        assert accounts.sign_in("\ud800\0", PASSWORD, "") is None
        accounts.set_roles("vera", [Role.ADMINISTRATOR])
        assert accounts.person(secret) is None
        other = accounts.sign_in_from("https://id.example", "vera", [Role.AUDITOR])
        accounts.set_active("vera", active=False)
        assert accounts.person(other).roles == {Role.AUDITOR}  # another vera, whom somebody else vouches for
        assert accounts.sign_in("vera", PASSWORD, "") is None
        with pytest.raises(SettingsBroken):
            accounts.set_active("nobody", active=True)


def test_many_attempts_from_many_addresses_shut_a_name_and_many_names_an_address(filled):
    lives = Lifetimes(idle=timedelta(), whole=timedelta())
    with opened(filled) as database:
        accounts = Accounts(database, KEY, lives, lambda: RECEIVED)
        accounts.add("vera", PASSWORD, [Role.AUDITOR])
        from cds_service.ledger.accounts import attempts

        for number in range(attempts.MOST_OF_NAME):
            with accounts._writing() as connection:
                about = {accounts._hashed(one): most for one, most in attempts.limits("vera", str(number)).items()}
                assert attempts.count(connection, about, [f"{number}-{place}" for place in range(3)], RECEIVED)
        assert accounts.sign_in("vera", PASSWORD, "192.0.2.1") is None


@pytest.mark.parametrize("password", ["short", "aaaaaaaaaaaaaaaaaaaa", "verena1234567890123"[:17], "x" * 300])
def test_a_password_that_is_easily_guessed_is_refused(password):
    from cds_service.ledger.accounts.passwords import insist_on_good

    with pytest.raises(SettingsBroken):
        insist_on_good(password, "verena1234")
