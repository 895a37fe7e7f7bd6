"""ValueSet files: built the same every time, valid FHIR, every code with its origin."""

import csv
import json
from pathlib import Path

import pytest

from cds_service.content.value_set_build import build_value_sets, value_set_texts
from cds_service.domain.errors import ContentBroken

HOOKS = Path(__file__).parents[3] / "hooks"


def test_the_files_of_the_release_are_what_the_tables_give():
    texts = value_set_texts(HOOKS)
    files = {path.stem: path.read_text(encoding="utf-8") for path in (HOOKS / "value_sets").glob("*.json")}
    assert files == texts


def test_building_again_gives_the_same_bytes_and_drops_stale_files(release):
    before = {path.name: path.read_bytes() for path in (release / "value_sets").glob("*.json")}
    (release / "value_sets" / "gone.json").write_text("{}")
    written = build_value_sets(release)
    assert {path.name: path.read_bytes() for path in written} == before
    assert not (release / "value_sets" / "gone.json").exists()


@pytest.mark.parametrize("path", sorted((HOOKS / "value_sets").glob("*.json")), ids=lambda path: path.stem)
def test_fhir_accepts_every_one_of_them(path):
    from fhir.resources.R4B.valueset import ValueSet

    value_set = ValueSet.model_validate_json(path.read_text(encoding="utf-8"))
    groups = value_set.expansion.contains
    assert (value_set.id, value_set.status) == (path.stem, "active")
    assert value_set.purpose
    assert value_set.copyright
    assert value_set.expansion.total == sum(len(group.contains) for group in groups)
    assert all(group.abstract and group.display.startswith("Verified in ") for group in groups)
    assert all(code.system and code.code and code.display for group in groups for code in group.contains)


def test_every_row_of_every_table_is_in_its_set_with_its_origin():
    for path in sorted((HOOKS / "sources").glob("*.csv")):
        with path.open(encoding="utf-8", newline="") as table:
            rows = {(row["system"], row["code"], row["display"], row["origin"]) for row in csv.DictReader(table)}
        groups = json.loads((HOOKS / "value_sets" / f"{path.stem}.json").read_text(encoding="utf-8"))
        contained = {
            (code["system"], code["code"], code["display"], group["display"].removeprefix("Verified in "))
            for group in groups["expansion"]["contains"]
            for code in group["contains"]
        }
        assert contained == rows
        assert not any(origin.startswith("unverified") for *_, origin in rows)


@pytest.mark.parametrize(
    ("name", "old", "new", "fault"),
    [
        ("sources/falls.csv", "system,code", "code,system", "the columns must be"),
        ("sources/falls.csv", "1912002", "161898004", "stands in this table already"),
        ("sources/falls.csv", "http://snomed.info/sct", "http://snomed", "has no notice"),
        ("sources/falls.csv", "1912002", "", "needs exactly"),
        ("sources/index.toml", "[sets.falls]", "[sets.tumbles]", "no table tumbles.csv"),
        ("sources/index.toml", 'kind = "problem"', 'kind = "trouble"', "kind 'trouble' is none of"),
    ],
)
def test_faulty_tables_are_refused(release, edit, name, old, new, fault):
    edit(name, old, new)
    with pytest.raises(ContentBroken, match=fault.split("'", maxsplit=1)[0]):
        build_value_sets(release)
