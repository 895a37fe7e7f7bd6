"""The whole service over HTTP, for the requirement suites."""

import pytest

from tests.acceptance.conftest import make_service
from tests.contract.calls import HOOKS, STORIES, story


@pytest.fixture(scope="session")
def service(tmp_path_factory):
    return make_service(tmp_path_factory.mktemp("contract"))


@pytest.fixture
def client(service):
    return service.test_client()


@pytest.fixture(scope="session")
def answers(service):
    """Every story on every hook: (story, hook) -> (request, answer)."""
    asked = {(name, hook): story(name, hook) for name in STORIES for hook in HOOKS}
    client = service.test_client()
    return {
        key: (request, client.post(f"/cds-services/diazepam-{key[1]}", json=request).json)
        for key, request in asked.items()
    }


@pytest.fixture(scope="session")
def cards(answers):
    """(request, card) of every card of every answer."""
    found = [(request, card) for request, answer in answers.values() for card in answer["cards"]]
    assert len(found) > 50
    return found
