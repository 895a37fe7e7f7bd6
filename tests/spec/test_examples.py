"""Every worked example of the spec tests holds, and the release carries the same ones for its readers.

`pytest tests/spec/test_examples.py --write-examples` writes `hooks/examples.toml` anew.
"""

import importlib
import json
import tomllib
from collections import Counter
from pathlib import Path

import pytest

from cds_service.domain.outcome import Finding
from tests.spec.release import HOOKS, alternatives, judged, rules, said

STATEMENTS = Path(__file__).parent / "statements.toml"
HEAD = """\
# Worked examples of rules and alternatives, and the statements the release has to realise, each with its tests. Written
# from the spec tests by `pytest tests/spec/test_examples.py --write-examples`; never edited by hand.
"""


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


def test_every_rule_and_alternative_has_examples():
    told = Counter(example.of for example in examples())
    assert set(told) == {*rules(), *alternatives()}
    assert min(told.values()) >= 2


def test_the_release_carries_the_examples_and_statements(request):
    path, text = HOOKS / "examples.toml", written()
    if request.config.getoption("--write-examples"):
        path.write_text(text, encoding="utf-8")
    assert path.read_text(encoding="utf-8") == text, "stale: run with --write-examples, and read the difference"


def written():
    """`hooks/examples.toml`: rules in the order of the decision table, then alternatives."""
    order = [*rules(), *alternatives()]
    cases = sorted(examples(), key=lambda one: order.index(one.of))
    blocks = [_block("examples", {"of": one.of, "case": one.case, "says": one.says}) for one in cases]
    for name, told in tomllib.loads(STATEMENTS.read_text(encoding="utf-8")).items():
        kept = {"id": name} | {key: told[key] for key in ("says", "realised_by", "tests")}
        blocks.append(_block("statements", kept | {"note": told.get("note", "")}))
    return "\n".join([HEAD, *blocks])


def _block(table, members):
    lines = [f"{key} = {json.dumps(value, ensure_ascii=False)}\n" for key, value in members.items()]
    return f"[[{table}]]\n{''.join(lines)}"
