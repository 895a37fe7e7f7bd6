"""Every requirement of README.md is pinned to a test, and every pin is a requirement."""

import ast
import re
from pathlib import Path

TESTS = Path(__file__).parents[1]
ROW = re.compile(r"^\| ([A-Z]+-\d[\d/]*) \|", re.MULTILINE)


def stated():
    return ROW.findall((Path(__file__).parent / "README.md").read_text(encoding="utf-8"))


def pins(source):
    """The ids in `pytest.mark.requirement(…)` of a module."""
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr == "requirement":
            yield from (argument.value for argument in node.args if isinstance(argument, ast.Constant))


def pinned():
    return {pin for path in TESTS.rglob("test_*.py") for pin in pins(path.read_text(encoding="utf-8"))}


def test_each_stands_once():
    assert len(stated()) == len(set(stated())) > 120


def test_each_has_a_test():
    assert set(stated()) - pinned() == set()


def test_each_pin_is_stated():
    """Other documents may state more, under prefixes of their own."""
    prefixes = {one.partition("-")[0] for one in stated()}
    assert {pin for pin in pinned() if pin.partition("-")[0] in prefixes} - set(stated()) == set()


def test_pins_are_found():
    assert list(pins('@pytest.mark.requirement("A-1", "B-2")\ndef test_x(): ...')) == ["A-1", "B-2"]
