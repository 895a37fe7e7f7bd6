"""The mutants of a module: its source with one small change each.

Left alone are what changes nothing that runs (annotations, docstrings, imports, decorators), and the members of enums
and of type variables, whose values are names.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from difflib import unified_diff
from pathlib import Path
from typing import Any

import libcst as cst
from libcst.metadata import MetadataWrapper, PositionProvider
from mutmut.mutation.mutators import mutation_operators

_NOT_RUN = (cst.Annotation, cst.Decorator, cst.Import, cst.ImportFrom)
_NAMES_ONLY = {"isinstance", "len", "TypeVar", "dataclass"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Mutant:
    """One change to one module.

    Attributes:
        statement: of the module, the one that changes; the module itself outside functions and classes.
        first, last: lines of the function around the change, else of the module.
        inside: `Class.function`, empty outside. line: where the change is, from 1.
        node, change: the syntax that is replaced, and by what.
    """

    path: Path
    module: cst.Module
    statement: cst.CSTNode
    line: int
    first: int
    last: int
    inside: str
    node: cst.CSTNode
    change: cst.CSTNode

    @property
    def _whole(self) -> cst.CSTNode:
        """What has to run again: a function alone, else the whole module, for its constants rest on each other."""
        return self.statement if isinstance(self.statement, cst.FunctionDef) else self.module

    def original(self) -> str:
        """The function as it is written, or the module."""
        return self.module.code_for_node(self._whole)

    def source(self) -> str:
        """The same with the change."""
        changed = self._whole.deep_replace(self.node, self.change)
        assert isinstance(changed, cst.CSTNode)
        return self.module.code_for_node(changed)

    def difference(self) -> tuple[str, str]:
        """What was written, and what is now, without the lines around."""
        lines = list(unified_diff(self.original().splitlines(), self.source().splitlines(), n=0, lineterm=""))[3:]
        was = " ".join(line[1:].strip() for line in lines if line.startswith("-"))
        now = " ".join(line[1:].strip() for line in lines if line.startswith("+"))
        return was, now


def mutants_of(path: Path) -> list[Mutant]:
    """Every mutant of a module, from top to bottom."""
    wrapper = MetadataWrapper(cst.parse_module(path.read_text(encoding="utf-8")))
    maker = _Maker(path, wrapper.module)
    wrapper.visit(maker)
    return maker.made


class _Maker(cst.CSTVisitor):
    METADATA_DEPENDENCIES = (PositionProvider,)

    def __init__(self, path: Path, module: cst.Module) -> None:
        super().__init__()
        self.path = path
        self.module = module
        self.made: list[Mutant] = []
        self.around: list[cst.FunctionDef | cst.ClassDef] = []

    def on_visit(self, node: cst.CSTNode) -> bool:
        if isinstance(node, _NOT_RUN) or _is_docstring(node) or _is_call_of(node, _NAMES_ONLY) or _is_enum(node):
            return False
        if isinstance(node, cst.FunctionDef | cst.ClassDef):
            self.around.append(node)
        self.made += [self._mutant(node, change) for change in _changes(node)]
        return True

    def on_leave(self, original_node: cst.CSTNode) -> None:
        if self.around and original_node is self.around[-1]:
            self.around.pop()

    def _mutant(self, node: cst.CSTNode, change: cst.CSTNode) -> Mutant:
        functions = [one for one in self.around if isinstance(one, cst.FunctionDef)]
        span = self.get_metadata(PositionProvider, functions[0] if functions else self.module)
        return Mutant(
            path=self.path,
            module=self.module,
            statement=self.around[0] if self.around else self.module,
            line=self.get_metadata(PositionProvider, node).start.line,
            first=span.start.line,
            last=span.end.line,
            inside=".".join(one.name.value for one in self.around),
            node=node,
            change=change,
        )


def _changes(node: cst.CSTNode) -> Iterator[cst.CSTNode]:
    for kind, operator in (*mutation_operators, *_CONDITIONS):
        if isinstance(node, kind):
            yield from operator(node)


def _forced(node: cst.If | cst.CompIf) -> Iterable[cst.CSTNode]:
    """A condition that never holds, and one that always does."""
    test = node.test.with_changes(lpar=[cst.LeftParen()], rpar=[cst.RightParen()])
    for operator, name in ((cst.And(), "False"), (cst.Or(), "True")):
        yield node.with_changes(test=cst.BooleanOperation(left=test, operator=operator, right=cst.Name(name)))


_CONDITIONS: Sequence[tuple[type, Any]] = ((cst.If, _forced), (cst.CompIf, _forced))


def _is_docstring(node: cst.CSTNode) -> bool:
    return isinstance(node, cst.Expr) and isinstance(node.value, cst.SimpleString | cst.ConcatenatedString)


def _is_call_of(node: cst.CSTNode, names: set[str]) -> bool:
    return isinstance(node, cst.Call) and isinstance(node.func, cst.Name) and node.func.value in names


def _is_enum(node: cst.CSTNode) -> bool:
    bases = node.bases if isinstance(node, cst.ClassDef) else ()
    return any(isinstance(base.value, cst.Name) and base.value.value.endswith("Enum") for base in bases)
