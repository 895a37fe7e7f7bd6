"""Mutants of a toy module: which are made, and that one planted shows wherever the module's names were imported to."""

import sys
import tomllib
from pathlib import Path
from types import ModuleType

import pytest

from benchmarks.mutants.making import mutants_of
from benchmarks.mutants.planting import plant

ROOT = Path(__file__).parents[3]
TOY = '''"""A toy."""

from dataclasses import dataclass
from enum import StrEnum

LIMIT = 7  # days


class Size(StrEnum):
    BIG = "big"


@dataclass(frozen=True, slots=True, kw_only=True)
class Box:
    """A box."""

    weight: int = 3

    @property
    def heavy(self) -> bool:
        return self.weight > 5


def fits(days: int, most: int | None = None) -> bool:
    """Whether it fits."""
    if days < 1:
        return False
    return days <= LIMIT
'''


@pytest.fixture
def toy(tmp_path, monkeypatch):
    path = tmp_path / "toy.py"
    path.write_text(TOY)
    module = ModuleType("hooks_toy.toy")
    module.__file__ = str(path)
    monkeypatch.setitem(sys.modules, module.__name__, module)
    exec(compile(TOY, str(path), "exec"), vars(module))
    return module


def changes(toy):
    return {(one.line, *one.difference()) for one in mutants_of(Path(toy.__file__))}


def test_what_is_changed(toy):
    made = changes(toy)
    assert (28, "return days <= LIMIT", "return days < LIMIT") in made
    assert (26, "if days < 1:", "if (days < 1) and False:") in made
    assert (26, "if days < 1:", "if days < 2:") in made
    assert (6, "LIMIT = 7  # days", "LIMIT = 8  # days") in made
    assert (17, "weight: int = 3", "weight: int = 4") in made


def test_what_only_reads_or_names_is_left_alone(toy):
    lines = {line for line, *_ in changes(toy)}
    assert lines == {6, 17, 21, 26, 27, 28}


def planted(toy, now):
    (mutant,) = [one for one in mutants_of(Path(toy.__file__)) if one.difference()[1] == now]
    plant(Path(toy.__file__), mutant.source())
    return mutant


@pytest.mark.parametrize(
    ("now", "question", "before", "after"),
    [
        ("return days < LIMIT", lambda toy, fits, box: fits(7), True, False),
        ("LIMIT = 8  # days", lambda toy, fits, box: fits(8), False, True),
        ("if (days < 1) and False:", lambda toy, fits, box: fits(0), False, True),
        ("weight: int = 4", lambda toy, fits, box: box().weight, 3, 4),
        ("return self.weight >= 5", lambda toy, fits, box: box(weight=5).heavy, False, True),
    ],
)
def test_a_planted_mutant_shows_where_the_names_were_imported_to_and_can_be_taken_back(
    toy, now, question, before, after
):
    names = (toy, toy.fits, toy.Box)
    assert question(*names) is before or question(*names) == before
    mutant = planted(toy, now)
    assert question(*names) == after
    plant(Path(toy.__file__), mutant.original())
    assert question(*names) == before


def test_a_constant_is_exchanged_where_it_was_imported_to_and_nowhere_else(toy, monkeypatch):
    importer, other = ModuleType("tests.importer"), ModuleType("elsewhere")
    importer.LIMIT = other.LIMIT = toy.LIMIT
    for module in (importer, other):
        monkeypatch.setitem(sys.modules, module.__name__, module)
    planted(toy, "LIMIT = 8  # days")
    assert (importer.LIMIT, other.LIMIT) == (8, 7)


def test_every_entry_of_the_survivors_is_a_mutant_that_is_made_and_has_a_reason():
    told = tomllib.loads((ROOT / "tests" / "mutants_survive.toml").read_text(encoding="utf-8"))["mutant"]
    for file in {one["file"] for one in told}:
        entries = [one for one in told if one["file"] == file]
        places = {entry["in"] for entry in entries}
        made = {(one.inside, *one.difference()) for one in mutants_of(ROOT / file) if one.inside in places}
        for entry in entries:
            assert len(entry["reason"]) > 20
            for now in entry["now"]:
                assert (entry["in"], entry["was"], now) in made, entry
