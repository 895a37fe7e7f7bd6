"""The whole service, as an EHR meets it: over HTTP, on a fresh database, with a fixed clock."""

import itertools
from datetime import UTC, datetime
from uuid import UUID

import pytest

from cds_service.app import create_app
from cds_service.settings import Settings

NOW = datetime(2026, 6, 15, 21, 30, tzinfo=UTC)  # already 16 June in Auckland: the order date must not care
FHIR_SERVER = "https://fhir.example.org/r4"


def make_service(folder, **settings):
    numbers = itertools.count(1)
    return create_app(
        Settings(
            database_url=f"sqlite:///{folder / 'ledger.db'}",
            pseudonym_key_file=folder / "pseudonym.key",
            fhir_servers=(FHIR_SERVER,),
            fhir_deadline_ms=5_000,  # these tests ask what is answered; on a busy machine a thread may start late
            **settings,
        ),
        clock=lambda: NOW,
        new_uuid=lambda: UUID(int=next(numbers), version=4),
    )


@pytest.fixture(scope="session")
def service(tmp_path_factory):
    """One service for all stories: nothing of one call may show in another."""
    return make_service(tmp_path_factory.mktemp("service"))


@pytest.fixture
def client(service):
    return service.test_client()
