"""What each threshold means: the comment behind it in its TOML half, for the catalogue.

    [params]
    older_age = 65            # completed years

A comment behind the header of a table holds for all of it. Comments are for people, so nothing rests on them: a number
without one is shown without a meaning.
"""

import re
from collections.abc import Mapping
from pathlib import Path

PARAMS = "params"
HEADER = re.compile(r"^\[([\w.\"-]+)\]\s*(?:#\s*(.*\S))?\s*$")
NUMBER = re.compile(r"^(\"[^\"]+\"|[\w-]+)\s*=\s*-?\d[\d._]*\s*#\s*(.*\S)\s*$")


def read_meanings(root: Path) -> dict[str, dict[str, str]]:
    """Id of a rule or an alternative -> path of a threshold -> meaning; shared limits count for every alternative."""
    shared = meanings_of(root / "limits.toml", "") if (root / "limits.toml").is_file() else {}
    found = {path.stem.replace("_", "-"): meanings_of(path, PARAMS) for path in (root / "rules").glob("*.toml")}
    for path in (root / "alternatives").glob("*.toml"):
        found[f"sg-{path.stem.replace('_', '-')}"] = shared | meanings_of(path, PARAMS)
    return found


def meanings_of(path: Path, below: str) -> dict[str, str]:
    """The comments of one file, by path below a table (`""` for the file as a whole)."""
    meanings: dict[str, str] = {}
    table: str | None = None
    for line in path.read_text(encoding="utf-8").splitlines():
        header, number = HEADER.match(line), NUMBER.match(line)
        if header:
            table = _within(header[1].replace('"', ""), below)
            if table is not None and header[2]:
                meanings[table] = header[2]
        elif number and table is not None:
            meanings[f"{table}.{number[1].strip(chr(34))}".lstrip(".")] = number[2]
    return meanings


def meaning_of(name: str, meanings: Mapping[str, str]) -> str:
    """The meaning of a threshold: its own, or that of the table it stands in."""
    while name:
        if name in meanings:
            return meanings[name]
        name = name.rpartition(".")[0]
    return meanings.get("", "")


def _within(table: str, below: str) -> str | None:
    """The path of a table below another; `None` when it stands elsewhere."""
    if not below or table == below:
        return "" if below else table
    return table.removeprefix(f"{below}.") if table.startswith(f"{below}.") else None
