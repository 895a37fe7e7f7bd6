"""A service with a ledger of real decisions and accounts that may read it, for tests of the console."""

import re
from contextlib import contextmanager

from cds_service.app import LEDGER, create_app
from cds_service.domain.audit import Role
from cds_service.ledger.accounts.accounts import Accounts
from cds_service.ledger.accounts.sessions import Lifetimes
from cds_service.ledger.opening import open_database
from cds_service.settings import Settings
from tests.contract.calls import fire, story
from tests.recorded import _feedback

PASSWORDS = {"vera": "correct horse battery", "otto": "staple of the stable door"}
ROLES = {"vera": Role.AUDITOR, "otto": Role.ADMINISTRATOR}
STORIES = ("older-adult-spasm-30-days", "opioid-coprescription", "status-epilepticus-rectal-gel")


def settings_in(folder, **more):
    given = {
        "database_url": f"sqlite:///{folder / 'ledger.db'}",
        "pseudonym_key_file": folder / "pseudonym.key",
        "signing_key_file": folder / "signing.key",
        "checkpoint_folder": folder,
        "checkpoint_records": 1,
    }
    return Settings(**(given | more))


def add_people(settings, clock):
    """Accounts of everybody in `PASSWORDS`."""
    import datetime

    database = open_database(settings.database_url)
    try:
        lives = Lifetimes(idle=datetime.timedelta(), whole=datetime.timedelta())
        accounts = Accounts(database, b"", lives, clock)
        for name, password in PASSWORDS.items():
            accounts.add(name, password, [ROLES[name]])
    finally:
        database.close()


@contextmanager
def audited_app(folder, clock, *, stories=STORIES, **more):
    """The application, its stories fired, its people known."""
    settings = settings_in(folder, **more)
    app = create_app(settings, clock=clock)
    try:
        add_people(settings, clock)
        client = app.test_client()
        sent = {
            (name, "order-sign"): fire(client, story(name, "order-sign"), "order-sign").json["cards"]
            for name in stories
        }
        _feedback(client, sent)
        app.extensions["sent"] = sent
        yield app
    finally:
        app.extensions[LEDGER].close()


def token_of(page):
    """The form token of a page."""
    return re.search(r'name="form_token" value="([^"]+)"', page.get_data(as_text=True))[1]


def sign_in(client, name="vera", password=None, **more):
    page = client.get("/console/sign-in")
    form = {"name": name, "password": password or PASSWORDS.get(name, "?"), "form_token": token_of(page)}
    return client.post("/console/sign-in", data=form | more)
