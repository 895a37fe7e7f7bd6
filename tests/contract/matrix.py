"""Requirement ids -> the tests that are pinned to them, as the table in README.md."""

import ast
import functools
import re
from pathlib import Path

TESTS = Path(__file__).parents[1]
README = Path(__file__).parent / "README.md"
BEGIN, END = "<!-- matrix: begin -->", "<!-- matrix: end -->"
ROW = re.compile(r"^\| ([A-Z]+-\d[\d/]*) \| ((?:SHALL|SHOULD|MAY|RULE)[^|]*) \|", re.MULTILINE)


def stated():
    """(id, level) of every requirement, in the order of the document."""
    return ROW.findall(README.read_text(encoding="utf-8").partition(BEGIN)[0])


def pins(source):
    """(test, id) of each `pytest.mark.requirement(…)` above a test of a module."""
    for node in ast.walk(ast.parse(source)):
        if not isinstance(node, ast.FunctionDef):
            continue
        for mark in node.decorator_list:
            if isinstance(mark, ast.Call) and isinstance(mark.func, ast.Attribute) and mark.func.attr == "requirement":
                yield from ((node.name, one.value) for one in mark.args if isinstance(one, ast.Constant))


@functools.cache
def pinned():
    """Id -> its tests, as `folder/module::test`."""
    found = {}
    for path in sorted(TESTS.rglob("test_*.py")):
        where = path.relative_to(TESTS).with_suffix("").as_posix()
        for test, one in pins(path.read_text(encoding="utf-8")):
            found.setdefault(one, []).append(f"{where}::{test}")
    return found


def table():
    """The matrix, in Markdown: each requirement, its level, its tests by module."""
    tests = pinned()
    rows = [f"| {one} | {level} | {_by_module(tests.get(one, ()))} |" for one, level in stated()]
    return "\n".join(["| id | level | tests |", "|---|---|---|", *rows])


def _by_module(tests):
    modules = {}
    for test in tests:
        module, _, name = test.partition("::")
        modules.setdefault(module, []).append(name.removeprefix("test_"))
    return "; ".join(f"`{module}` {', '.join(names)}" for module, names in modules.items())


def write():
    """The table anew, between its marks."""
    before, _, rest = README.read_text(encoding="utf-8").partition(BEGIN)
    README.write_text(f"{before}{BEGIN}\n{table()}\n{END}{rest.partition(END)[2]}", encoding="utf-8")


if __name__ == "__main__":
    write()
