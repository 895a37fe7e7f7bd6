"""Changed source into modules that are loaded already, so that nothing has to be imported anew for each mutant.

Functions and methods keep their identity and get the new code and defaults; classes keep theirs with new methods;
constants are exchanged wherever they were imported to under their name. What cannot be exchanged (members of enums) is
not mutated.
"""

import ast
import inspect
import sys
from collections.abc import Iterator
from pathlib import Path
from types import FunctionType, ModuleType
from typing import Any

_OURS = ("cds_service.", "hooks", "tests.")  # and `hooks_<hash>`, as releases are loaded


def plant(path: Path, source: str) -> None:
    """Make every module that was loaded from the file behave as the source says: all of it, or some of its statements.

    Raises:
        Exception: whatever the source raises when it is run; then it is as broken as it would be on import.
    """
    tree = ast.parse(source)
    for module in list(sys.modules.values()):
        if getattr(module, "__file__", None) == str(path):  # a rule is loaded once for each release that holds it
            _replant(module, tree)


def _replant(module: ModuleType, tree: ast.Module) -> None:
    names = vars(module)
    before = dict(names)
    for statement in tree.body:
        if isinstance(statement, ast.Import | ast.ImportFrom):
            continue
        exec(compile(ast.Module([statement], []), str(module.__file__), "exec"), names)
        if isinstance(statement, ast.FunctionDef | ast.ClassDef):
            names[statement.name] = _merged(before.get(statement.name), names[statement.name])
    for name, old in before.items():
        if names[name] is not old and not name.startswith("__"):
            _exchange(name, old, names[name])


def _exchange(name: str, old: object, new: object) -> None:
    """A constant in every module of ours that imported it."""
    for module in list(sys.modules.values()):
        if module.__name__.startswith(_OURS) and vars(module).get(name) is old:
            vars(module)[name] = new


def _merged(old: Any, new: Any) -> Any:  # noqa: ANN401 - functions and classes alike
    """The old function or class, behaving as the new one."""
    if isinstance(old, type) and isinstance(new, type):
        for name, value in list(vars(new).items()):
            for function in _functions(value):
                for replaced in _functions(vars(old).get(name)):
                    _take_over(replaced, function)
        return old
    _take_over(inspect.unwrap(old), inspect.unwrap(new))
    return old


def _functions(member: object) -> Iterator[FunctionType]:
    if isinstance(member, property):
        member = member.fget
    if isinstance(member, classmethod | staticmethod):
        member = member.__func__
    if isinstance(member, FunctionType):
        yield member


def _take_over(old: FunctionType, new: FunctionType) -> None:
    if len(old.__code__.co_freevars) == len(new.__code__.co_freevars):
        old.__code__ = new.__code__
    old.__defaults__, old.__kwdefaults__ = new.__defaults__, new.__kwdefaults__
