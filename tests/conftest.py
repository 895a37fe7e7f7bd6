"""What all tests share: a clock in a zone that is not UTC, and golden files that can be written anew."""

import os
import time

import pytest
from hypothesis import settings

# Property tests draw the same examples each time; `--hypothesis-profile=long` looks further, elsewhere each time.
settings.register_profile("short", max_examples=120, deadline=None, derandomize=True, database=None)
settings.register_profile("long", max_examples=5000, deadline=None, derandomize=False, database=None, print_blob=True)
settings.load_profile("short")


def pytest_addoption(parser):
    parser.addoption("--write-golden", action="store_true", help="write the golden answers anew instead of comparing")
    parser.addoption("--tamperings", type=int, default=200, help="how many random changes of a ledger must be found")
    parser.addoption("--write-examples", action="store_true", help="write hooks/examples.toml anew from the spec tests")


@pytest.fixture(autouse=True, scope="session")
def _zone_that_is_not_utc():
    """Zone faults show only where local time is not UTC."""
    before = os.environ.get("TZ")
    os.environ["TZ"] = "Pacific/Auckland"
    time.tzset()
    yield
    if before is None:
        del os.environ["TZ"]
    else:
        os.environ["TZ"] = before
    time.tzset()


@pytest.fixture
def write_golden(request):
    return request.config.getoption("--write-golden")
