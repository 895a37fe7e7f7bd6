"""A token is good for one call: not in another worker, not after a restart, not in the same moment."""

import threading
from dataclasses import replace

import pytest
from sqlalchemy import func, select

from cds_service.domain.errors import TokenReplayed
from cds_service.domain.request import TokenClaims
from cds_service.ledger.opening import open_database, open_ledger
from cds_service.ledger.tables import decisions, tokens
from tests.databases import database_url, postgres_url, sqlite_url  # noqa: F401 - fixtures
from tests.unit.ledger.samples import decision, feedback

KEY = b"k" * 32
NOW = 1_781_559_000


def signed(id_, token_id="j-1", issuer="https://ehr.example.org", expires_at=NOW + 300):
    claims = TokenClaims(issuer=issuer, token_id=token_id, expires_at=expires_at)
    return replace(decision(), id=id_, cards=(), claims=claims)


def count(url, table):
    database = open_database(url)
    try:
        with database.read.connect() as connection:
            return connection.execute(select(func.count()).select_from(table)).scalar()
    finally:
        database.close()


@pytest.mark.requirement("AUTH-08")
def test_the_second_use_is_refused_and_leaves_nothing(database_url):  # noqa: F811
    with open_ledger(database_url, pseudonym_key=KEY) as ledger:
        ledger.commit(signed("d-1"))
        with pytest.raises(TokenReplayed):
            ledger.commit(signed("d-2"))
        ledger.commit(signed("d-3", token_id="j-2"))
        ledger.commit(signed("d-4", issuer="https://other.example.org"))
    assert count(database_url, decisions) == 3


@pytest.mark.requirement("AUTH-08")
def test_another_worker_and_a_restart_know_it_too(database_url):  # noqa: F811
    with open_ledger(database_url, pseudonym_key=KEY) as one, open_ledger(database_url, pseudonym_key=KEY) as other:
        one.commit(signed("d-1"))
        with pytest.raises(TokenReplayed):
            other.commit(signed("d-2"))
    with open_ledger(database_url, pseudonym_key=KEY) as later, pytest.raises(TokenReplayed):
        later.commit(signed("d-3"))


@pytest.mark.requirement("AUTH-08")
def test_of_many_at_once_one_wins(database_url):  # noqa: F811
    won, lost = [], []
    with open_ledger(database_url, pseudonym_key=KEY) as one, open_ledger(database_url, pseudonym_key=KEY) as other:

        def attempt(number):
            try:
                (one if number % 2 else other).commit(signed(f"d-{number}"))
            except TokenReplayed:
                lost.append(number)
            else:
                won.append(number)

        threads = [threading.Thread(target=attempt, args=(number,)) for number in range(16)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    assert (len(won), len(lost)) == (1, 15)
    assert count(database_url, decisions) == 1


def test_a_call_without_a_token_claims_nothing(database_url):  # noqa: F811
    with open_ledger(database_url, pseudonym_key=KEY) as ledger:
        ledger.commit(replace(decision(), id="d-1", cards=(), claims=None))
        ledger.commit(replace(decision(), id="d-2", cards=(), claims=None))
    assert count(database_url, tokens) == 0


def test_feedback_uses_one_up_as_well(database_url):  # noqa: F811
    claims = TokenClaims(issuer="https://ehr.example.org", token_id="j-1", expires_at=NOW + 300)
    items = (replace(feedback("c-1"), id="f-1"), replace(feedback("c-1"), id="f-2"))
    with open_ledger(database_url, pseudonym_key=KEY) as ledger:
        ledger.commit_feedback(items, claims)
        with pytest.raises(TokenReplayed):
            ledger.commit_feedback((replace(feedback("c-1"), id="f-3"),), claims)
        with pytest.raises(TokenReplayed):
            ledger.commit(signed("d-1"))


def test_long_expired_ones_are_forgotten(database_url):  # noqa: F811
    with open_ledger(database_url, pseudonym_key=KEY) as ledger:
        ledger.commit(signed("d-1", "old", expires_at=NOW))
        ledger.commit(signed("d-2", "recent", expires_at=NOW + 3_000))
        assert count(database_url, tokens) == 2
        ledger.commit(signed("d-3", "new", expires_at=NOW + 3_700))
    assert count(database_url, tokens) == 2
