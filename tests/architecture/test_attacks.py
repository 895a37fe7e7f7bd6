"""Every attack that SECURITY.md lists is a test that there is."""

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
BEGIN, END = "## Attacks that were tried", "## What it leaves to you"
FILE = re.compile(r"`([\w/]+)` ([\w, ]+)")


def rows():
    text = (ROOT / "SECURITY.md").read_text(encoding="utf-8")
    listed = text.partition(BEGIN)[2].partition(END)[0].splitlines()
    return [line.strip("| ").split(" | ") for line in listed if line.startswith("|")][2:]


@pytest.mark.parametrize("row", rows(), ids=lambda row: row[0][:40])
def test_an_attack_is_tried(row):
    attack, outcome, tests = row
    assert attack.strip()
    assert outcome.strip()
    found = FILE.findall(tests)
    assert ";".join(f"`{file}` {names}" for file, names in found).replace(";", "; ") == tests
    for file, names in found:
        source = (ROOT / "tests" / f"{file}.py").read_text(encoding="utf-8")
        for name in names.split(", "):
            assert re.search(rf"^ *def test_{name}\(", source, re.MULTILINE), f"there is no test_{name} in {file}"


def test_there_are_many():
    assert len(rows()) > 30
