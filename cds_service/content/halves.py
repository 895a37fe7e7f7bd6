"""The Python halves of a release, each a module of its own under a name no other release has.

They are compiled from source and may import only what a pure function needs, so a release cannot read a file,
the clock or the network, and two releases can be loaded side by side (a replay needs that).
"""

import ast
import dataclasses
import sys
from pathlib import Path
from types import CodeType, ModuleType
from typing import Any

import msgspec

ALLOWED = {"__future__", "collections", "dataclasses", "datetime", "decimal", "enum", "itertools", "math", "typing"}
DOMAIN = "cds_service.domain"


def load_half(path: Path, root: Path, release: str, faults: list[str]) -> ModuleType | None:
    """Run one Python half; `None` when it is missing or faulty.

    Args:
        path: the file.
        root: the release.
        release: what makes the module's name unique (the hash of the release).
        faults: the list to add to.
    """
    relative = path.relative_to(root)
    try:
        source = path.read_text(encoding="utf-8")
        tree = ast.parse(source, filename=str(path))
        code = compile(tree, str(path), "exec")
    except FileNotFoundError:
        faults.append(f"{relative.as_posix()}: the file is missing; {relative.with_suffix('.toml').name} needs it")
        return None
    except (OSError, UnicodeDecodeError, SyntaxError, ValueError) as problem:
        faults.append(f"{relative.as_posix()}: cannot be read: {problem}")
        return None
    forbidden = sorted(name for name in _imported(tree) if not _allowed(name))
    if forbidden:
        allowed = ", ".join((DOMAIN, *sorted(ALLOWED)))
        faults.append(f"{relative.as_posix()}: imports {', '.join(forbidden)}; only these may be: {allowed}")
        return None
    name = ".".join((f"hooks_{release[:16]}", *relative.with_suffix("").parts))
    return _run(name, code, path, relative.as_posix(), faults)


def params_of(module: ModuleType, table: dict[str, Any], at: str, faults: list[str]) -> Any:  # noqa: ANN401 - each stem has its own Params
    """The module's `Params` filled from `[params]`; `None` for a module without `Params`."""
    shape = getattr(module, "Params", None)
    if shape is None:
        if table:
            faults.append(f"{at}: [params] is given, but the Python half has no Params")
        return None
    if not dataclasses.is_dataclass(shape):
        faults.append(f"{at}: Params of the Python half must be a dataclass")
        return None
    unknown = sorted(table.keys() - {field.name for field in dataclasses.fields(shape)})
    if unknown:
        faults.append(f"{at}: [params] has {', '.join(unknown)}, which Params of the Python half does not know")
    try:
        return msgspec.convert(table, shape)
    except (msgspec.ValidationError, TypeError) as problem:
        faults.append(f"{at}: [params]: {problem}")
        return None


def function_of(module: ModuleType, name: str, at: str, faults: list[str]) -> Any:  # noqa: ANN401 - checked where it is called
    """The function of a module that the engine calls; a missing one is a fault."""
    function = getattr(module, name, None)
    if not callable(function):
        faults.append(f"{at}: the Python half has no function {name}")
    return function


def _run(name: str, code: CodeType, path: Path, at: str, faults: list[str]) -> ModuleType | None:
    module = ModuleType(name)
    module.__file__ = str(path)
    sys.modules[name] = module  # dataclasses look their module up
    try:
        exec(code, module.__dict__)  # noqa: S102 - running the reviewed rules of the release is this module's task
    except Exception as problem:  # noqa: BLE001 - whatever a half raises at import is a fault of the release, and named
        del sys.modules[name]
        faults.append(f"{at}: fails when loaded: {type(problem).__name__}: {problem}")
        return None
    return module


def _imported(tree: ast.Module) -> set[str]:
    names: set[str] = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            names |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            names.add("." * node.level + (node.module or ""))
    return names


def _allowed(name: str) -> bool:
    return name.split(".", maxsplit=1)[0] in ALLOWED or name == DOMAIN or name.startswith(DOMAIN + ".")
