"""Source tables become FHIR R4 ValueSets: `hooks/sources/*.csv` and `index.toml` -> `hooks/value_sets/*.json`.

Building again gives the same bytes, so that a review sees only what changed: codes stand one a line, in groups
by code system and by where they were verified (abstract entries of the expansion, which FHIR allows to nest).
"""

import csv
import json
from collections.abc import Container
from datetime import date
from pathlib import Path

import msgspec

from cds_service.content.files import read
from cds_service.content.shapes import Shape
from cds_service.domain.errors import ContentBroken

KINDS = ("drug", "problem", "observation", "procedure", "route")
COLUMNS = ["system", "code", "display", "origin"]


class SetEntry(Shape):
    """One value set of `index.toml`.

    `changed` only where its day is not the common one; `includes` names sets whose every code must stand in this one
    too; `never_says` are words that no display of it may hold.
    """

    kind: str
    version: str
    title: str
    purpose: str
    changed: date | None = None
    includes: tuple[str, ...] = ()
    never_says: tuple[str, ...] = ()


class Exclusion(Shape):
    """One `[[exclusions]]`: sets of which no two may share a code."""

    sets: tuple[str, ...]
    why: str


class IndexFile(Shape):
    """`sources/index.toml`: what each value set is for, and the notices of the code systems."""

    date: date
    url_base: str
    copyright: dict[str, str]
    sets: dict[str, SetEntry]
    exclusions: tuple[Exclusion, ...] = ()


class Row(msgspec.Struct, frozen=True, order=True):
    """One code of a source table."""

    system: str
    origin: str
    number: int  # numeric codes in numeric order; 0 for others
    code: str
    display: str


def build_value_sets(hooks_path: Path) -> list[Path]:
    """Write every ValueSet of a release anew and remove those without a source table.

    Args:
        hooks_path: the release; `sources/` must be in it.

    Returns:
        The files written.

    Raises:
        ContentBroken: a source table or the index is faulty; nothing is written then.
    """
    texts = value_set_texts(hooks_path)
    target = hooks_path / "value_sets"
    target.mkdir(exist_ok=True)
    for stale in target.glob("*.json"):
        if stale.stem not in texts:
            stale.unlink()
    written = []
    for name, text in texts.items():
        path = target / f"{name}.json"
        path.write_text(text, encoding="utf-8")
        written.append(path)
    return written


def value_set_texts(hooks_path: Path) -> dict[str, str]:
    """Value-set name -> the text its file must have.

    Raises:
        ContentBroken: a source table or the index is faulty.
    """
    faults: list[str] = []
    index = read(hooks_path / "sources" / "index.toml", hooks_path, IndexFile, faults)
    texts: dict[str, str] = {}
    if index is not None:
        tables = {path.stem: path for path in sorted((hooks_path / "sources").glob("*.csv"))}
        faults += [f"sources/index.toml: no table {name}.csv" for name in sorted(index.sets.keys() - tables.keys())]
        faults += [f"sources/{name}.csv: not in index.toml" for name in sorted(tables.keys() - index.sets.keys())]
        for name in sorted(index.sets.keys() & tables.keys()):
            rows = read_rows(tables[name], index.copyright, faults)
            texts[name] = _text(name, index, rows)
        faults += [
            f"sources/index.toml: {name}: kind {entry.kind!r} is none of {', '.join(KINDS)}"
            for name, entry in index.sets.items()
            if entry.kind not in KINDS
        ]
    if faults:
        raise ContentBroken(tuple(faults))
    return texts


def read_rows(path: Path, systems: Container[str], faults: list[str]) -> list[Row]:
    """The codes of one source table, sorted.

    Args:
        path: the table.
        systems: code systems that have a notice.
        faults: the list to add to.
    """
    rows: dict[tuple[str, str], Row] = {}
    with path.open(encoding="utf-8", newline="") as table:
        reader = csv.DictReader(table)
        if reader.fieldnames != COLUMNS:
            faults.append(f"sources/{path.name}: the columns must be {','.join(COLUMNS)}")
            return []
        for number, cells in enumerate(reader, start=2):
            values = [(cells[column] or "").strip() for column in COLUMNS]
            system, code, display, origin = values
            at = f"sources/{path.name}, row {number}"
            if not all(values) or None in cells:
                faults.append(f"{at}: needs exactly {', '.join(COLUMNS)}")
            elif system not in systems:
                faults.append(f"{at}: code system {system} has no notice in index.toml [copyright]")
            elif (system, code) in rows:
                faults.append(f"{at}: {code} stands in this table already")
            else:
                rows[system, code] = Row(system, origin, int(code) if code.isdigit() else 0, code, display)
    return sorted(rows.values())


def _text(name: str, index: IndexFile, rows: list[Row]) -> str:
    entry = index.sets[name]
    day = (entry.changed or index.date).isoformat()
    head = {
        "resourceType": "ValueSet",
        "id": name,
        "url": index.url_base + name,
        "version": entry.version,
        "name": "".join(part.capitalize() for part in name.split("-")),
        "title": entry.title,
        "status": "active",
        "date": day,
        "purpose": entry.purpose,
        "copyright": " ".join(index.copyright[system] for system in sorted({row.system for row in rows})),
        "expansion": {"timestamp": day, "total": len(rows)},
    }
    text = json.dumps(head, indent=2, ensure_ascii=False)
    opened = text.removesuffix("\n  }\n}")
    groups: dict[tuple[str, str], list[str]] = {}
    for row in rows:
        code = {"system": row.system, "code": row.code, "display": row.display}
        groups.setdefault((row.system, row.origin), []).append(json.dumps(code, ensure_ascii=False))
    blocks = []
    for (_, origin), codes in groups.items():
        title = json.dumps(f"Verified in {origin}", ensure_ascii=False)
        lines = ",\n".join(f"        {code}" for code in codes)
        blocks.append(f'      {{"abstract": true, "display": {title}, "contains": [\n{lines}\n      ]}}')
    return f'{opened},\n    "contains": [\n' + ",\n".join(blocks) + "\n    ]\n  }\n}\n"
