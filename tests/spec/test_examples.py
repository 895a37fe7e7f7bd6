"""Every worked example of the spec tests holds."""

import importlib
from pathlib import Path

import pytest

from cds_service.domain.outcome import Finding
from tests.spec.release import judged, rules, said


def examples():
    for path in sorted(Path(__file__).parent.glob("test_*.py")):
        if path.stem != Path(__file__).stem:
            yield from getattr(importlib.import_module(f"tests.spec.{path.stem}"), "EXAMPLES", ())


@pytest.mark.parametrize("example", [pytest.param(one, id=f"{one.of}: {one.case}") for one in examples()])
def test_example(example):
    if example.of in rules():
        assert said(example.of, example.facts) == example.says
    else:
        speaking = {name: Finding(variant=next(iter(rules()[name].variants))) for name in example.findings}
        assert judged(example.of, example.facts, speaking) == example.says
