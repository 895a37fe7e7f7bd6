"""A playground over the real release and the whole service, its ledger in memory."""

import pytest

from cds_service.app import LEDGER, create_app
from cds_service.console.playground.choices import choices_of
from cds_service.content.load import load
from cds_service.settings import PACKAGED_CONTENT, Settings


@pytest.fixture(scope="session")
def choices():
    return choices_of(load(PACKAGED_CONTENT))


@pytest.fixture(scope="module")
def app(tmp_path_factory):
    """The whole service, in open mode."""
    folder = tmp_path_factory.mktemp("playground")
    made = create_app(Settings(database_url=f"sqlite:///{folder}/ledger.db"))
    yield made
    made.extensions[LEDGER].close()


@pytest.fixture
def client(app):
    return app.test_client()
