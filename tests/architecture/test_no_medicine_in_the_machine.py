"""`cds_service/` knows no medicine: no drug name and no clinical code of `hooks/` stands in any file of it."""

import csv
import re
import tomllib
from functools import cache
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
MACHINE = ROOT / "cds_service"
HOOKS = ROOT / "hooks"
KINDS = {".py", ".toml", ".html", ".js", ".css", ".yaml", ".json"}
SHORTEST_CODE = 5  # shorter ones (an ICD category, say) are too like other words
WORD = re.compile(r"[^\W_]+")
TOKEN = re.compile(r"[A-Za-z0-9]+(?:[.-][A-Za-z0-9]+)*")

# What may stand there all the same, each with its reason. Large numbers are written with _ (86_400): no code looks so.
ALLOWED: dict[str, str] = {}


@cache
def drug_names():
    words = tomllib.loads((HOOKS / "words.toml").read_text(encoding="utf-8"))
    return {tuple(WORD.findall(word.casefold())) for listed in words["drug"].values() for word in listed}


@cache
def clinical_codes():
    codes = set()
    for path in (HOOKS / "sources").glob("*.csv"):
        with path.open(encoding="utf-8", newline="") as table:
            codes |= {row["code"] for row in csv.DictReader(table) if len(row["code"]) >= SHORTEST_CODE}
    return codes


def medicine_in(text):
    words = WORD.findall(text.casefold())
    firsts = {}
    for name in drug_names():
        firsts.setdefault(name[0], []).append(name)
    found = {
        " ".join(name)
        for at, word in enumerate(words)
        for name in firsts.get(word, ())
        if tuple(words[at : at + len(name)]) == name
    }
    found |= set(TOKEN.findall(text)) & clinical_codes()
    return found - ALLOWED.keys()


def files():
    return sorted(path for path in MACHINE.rglob("*") if path.suffix in KINDS and "__pycache__" not in path.parts)


@pytest.mark.parametrize("path", files(), ids=lambda path: path.relative_to(MACHINE).as_posix())
def test_no_medicine(path):
    assert medicine_in(path.read_text(encoding="utf-8")) == set()


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("# e.g. Valium 5 mg", {"valium"}),
        ('DRUG = "diazepam"', {"diazepam"}),
        ("diazepam_mg = 3", {"diazepam"}),
        ('"http://www.nlm.nih.gov/research/umls/rxnorm", "197591"', {"197591"}),
        ('CODES = {"F10.20", "29463-7"}', {"F10.20", "29463-7"}),
        ("ms contin", {"ms contin"}),
        ("SECONDS = 86_400", set()),
    ],
)
def test_the_search_finds_what_it_should(text, found):
    assert medicine_in(text) == found


def test_the_search_knows_the_release():
    assert len(drug_names()) > 200
    assert len(clinical_codes()) > 8_000
