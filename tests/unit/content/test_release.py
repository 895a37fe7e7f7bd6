"""The release of this repository itself: no fault, and quick to load."""

import time
from pathlib import Path

from cds_service.content.check import check
from cds_service.content.load import load

HOOKS = Path(__file__).parents[3] / "hooks"


def test_it_has_no_faults():
    assert check(HOOKS).faults == ()


def test_it_loads_quickly():
    started = time.process_time()
    content = load(HOOKS)
    assert time.process_time() - started < 2  # seconds of the processor; about 0.1 measured
    assert content.rules
    assert content.alternatives
