"""Ledgers filled for tests, verified, and changed behind their back."""

import contextlib
from dataclasses import replace
from datetime import timedelta

from cds_service.ledger import open_ledger
from cds_service.ledger.opening import open_database
from cds_service.ledger.proof.checkpoints import Policy, make_checkpoint, public_key_file
from cds_service.ledger.proof.published import published
from cds_service.ledger.proof.signing import load_public_keys
from cds_service.ledger.proof.sources import DatabaseSource
from cds_service.ledger.proof.verify import verify
from tests.unit.ledger.samples import KEY, RECEIVED, access, card, decision, feedback, release, suggestion

PATIENT, HURRIED = 60.0, 0.1  # seconds a call waits for its commit: of a database nothing hinders, and of one held up


@contextlib.contextmanager
def hurried(ledger):
    """Who commits waits only shortly here: for use where the database is held up, and only there.

    What nothing hinders is to be committed at once, but on a machine that others use, too, that may take its time.
    """
    before, ledger._writer._wait_seconds = ledger._writer._wait_seconds, HURRIED
    yield
    ledger._writer._wait_seconds = before


def policy_in(folder, **changes):
    """A policy with its key and its folder of checkpoints under a folder."""
    made = Policy(key_file=folder / "signing.key", folder=folder / "published", clock=lambda: RECEIVED)
    return replace(made, **changes)


def fill(ledger, decisions=10):
    """Records of every kind: decisions with and without cards, feedback on them, accesses, a release."""
    ledger._writer.write([ledger._entry(release())])
    for number in range(decisions):
        offered = (card(suggestions=(suggestion(), suggestion())), card(rule="long-term-use"))
        made = decision(
            cards=offered if number % 2 else (), received_at=RECEIVED + timedelta(seconds=number), client="a"
        )
        ledger.commit(made)
        if made.cards:
            ledger.commit_feedback(
                (
                    feedback(made.cards[0].uuid, client="a", accepted=(made.cards[0].suggestions[0].uuid, "other")),
                    feedback("nobody's", client="a"),
                )
            )
        ledger.commit_access(access())


def filled(url, policy, decisions=10, checkpoint_after=None):
    """A filled and closed ledger with a checkpoint of the first so many decisions, and one of all."""
    with open_ledger(url, pseudonym_key=KEY) as ledger:
        if checkpoint_after is not None:
            fill(ledger, checkpoint_after)
            make_checkpoint(ledger._database, policy)
        fill(ledger, decisions - (checkpoint_after or 0))
        make_checkpoint(ledger._database, policy)


@contextlib.contextmanager
def opened(url):
    """The database itself."""
    database = open_database(url)
    try:
        yield database
    finally:
        database.close()


def verified(url, policy, *, with_published=True):
    """The report on a ledger, as `cds-service ledger verify` makes it."""
    with opened(url) as database, database.read.connect() as connection:
        notes = published(policy.folder) if with_published else ()
        keys = load_public_keys(public_key_file(policy.key_file))
        return verify(DatabaseSource(connection, database.dialect), keys, notes)
