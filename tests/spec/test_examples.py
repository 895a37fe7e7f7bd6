"""Every worked example of the spec tests holds, and the release holds them all: `hooks/examples.toml`.

Write that file anew with `pytest tests/spec --write-examples`, and read the difference before you keep it.
"""

import importlib
import json
import tomllib
from collections import Counter
from pathlib import Path

import pytest

from cds_service.domain.decision import Assessment, Ruling
from cds_service.domain.outcome import Finding
from cds_service.domain.trace import State
from cds_service.engine.trace import trace
from tests.spec.release import HOOKS, content, judged, outcome, rules, said, verdict

FILE = HOOKS / "examples.toml"
HEAD = """\
# Worked examples of the rules and alternatives, and the statements the service began with, each with its tests.
# Written from the spec tests by `pytest tests/spec --write-examples`; do not edit. A test fails when this is stale.
"""


def examples():
    for path in sorted(Path(__file__).parent.glob("test_*.py")):
        if path.stem != Path(__file__).stem:
            yield from getattr(importlib.import_module(f"tests.spec.{path.stem}"), "EXAMPLES", ())


def speaking(example):
    """The findings that an alternative is told of."""
    return {name: Finding(variant=next(iter(rules()[name].variants))) for name in example.findings}


def readable(example):
    """What is said of the case, in words without tokens."""
    rule = rules().get(example.of)
    if rule is not None:
        rulings = (Ruling(rule=rule.id, version=rule.version, outcome=outcome(rule.id, example.facts)),)
        (told,) = _traced(example, rulings=rulings).rules
        return f"{told.indicator}: {told.says}" if told.state is State.SPEAKS else f"{told.state}: {told.because}"
    verdicts = {example.of: verdict(example.of, example.facts, speaking(example))}
    (told,) = _traced(example, verdicts=verdicts).alternatives
    state = State.OFFERED if told.state is State.FIT else told.state
    return f"{state}: {told.because}" if told.because else str(state)


def _traced(example, **said_of_it):
    assessment = Assessment(facts=example.facts, exemptions=(), **{"rulings": (), "verdicts": {}, **said_of_it})
    (one,) = trace((assessment,), (), content())
    return one


def written():
    """The text that the file must have."""
    lines = [HEAD, "examples = ["]
    order = [*rules(), *content().alternatives]  # rules in the order of the decision table
    cases = sorted(examples(), key=lambda one: order.index(one.of))
    lines += [f"  {_table(of=one.of, case=one.case, says=readable(one))}," for one in cases]
    lines += ["]", "", "statements = ["]
    statements = tomllib.loads((Path(__file__).parent / "statements.toml").read_text(encoding="utf-8"))
    for id_, one in statements.items():
        told = {"id": id_, "says": one["says"], "realised_by": one["realised_by"], "tests": one["tests"]}
        lines.append(f"  {_table(**told, note=one.get('note', ''))},")
    return "\n".join((*lines, "]", ""))


def _table(**members):
    """An inline table; a JSON text or list of texts is one of TOML as well."""
    return "{ " + ", ".join(f"{name} = {json.dumps(one, ensure_ascii=False)}" for name, one in members.items()) + " }"


@pytest.mark.parametrize("example", [pytest.param(one, id=f"{one.of}: {one.case}") for one in examples()])
def test_example(example):
    if example.of in rules():
        assert said(example.of, example.facts) == example.says
    else:
        assert judged(example.of, example.facts, speaking(example)) == example.says


def test_the_release_holds_them(request):
    text = written()
    if request.config.getoption("--write-examples"):
        FILE.write_text(text, encoding="utf-8")
    assert FILE.is_file(), "no examples yet: run with --write-examples and read them"
    assert FILE.read_text(encoding="utf-8") == text, "hooks/examples.toml is stale: pytest tests/spec --write-examples"


def test_every_rule_and_alternative_has_some():
    shown = Counter(example.of for example in examples())
    assert set(shown) == {*rules(), *content().alternatives}
    assert min(shown.values()) >= 2
