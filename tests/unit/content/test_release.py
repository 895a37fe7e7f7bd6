"""The release of this repository itself: no fault, and quick to load."""

import time
from pathlib import Path

from cds_service.content.check import check
from cds_service.content.load import load

HOOKS = Path(__file__).parents[3] / "hooks"


def test_it_has_no_faults():
    assert check(HOOKS).faults == ()


def test_it_loads_quickly():
    started = time.perf_counter()
    content = load(HOOKS)
    assert time.perf_counter() - started < 2  # about 0.1 s measured; the machine may be busy
    assert content.rules
    assert content.alternatives
