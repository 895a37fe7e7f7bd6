"""A small release in a folder of its own: the real sources and words, one rule, one alternative."""

import shutil
import tomllib
from pathlib import Path

import pytest

from cds_service.content.value_set_build import build_value_sets

LONG, SHORT = 110, 40  # lines of a table
HOOKS = Path(__file__).parents[3] / "hooks"
SHARED = [
    "release.toml",
    "words.toml",
    "facts.toml",
    "products.toml",
    "evidence.toml",
    "override_reasons.toml",
    "medication-prescribe.toml",
    "order-select.toml",
    "order-sign.toml",
    "value_sets",
    "sources",
]
SMALL = {
    "rules/falls_history.py": """
\"\"\"Falls.

Says: that there was one.
Speaks when: a fall is on record.
Silent when: none is.
Cannot tell when: never.
\"\"\"

from dataclasses import dataclass
from cds_service.domain.facts import Facts
from cds_service.domain.outcome import Finding, NotApplicable, Outcome

@dataclass(frozen=True, slots=True, kw_only=True)
class Params:
    window_days: int

def evaluate(facts: Facts, params: Params) -> Outcome:
    fallen = facts.problems_in("falls")
    return Finding(variant="fell", values={"days": params.window_days}) if fallen else NotApplicable(because="none")
""",
    "rules/falls_history.toml": """
id = "falls-history"
version = "1.0.0"
title = "A fall"
order = 15
needs = ["problems"]
value_sets = ["falls"]
evidence = ["EV-BEERS-2023"]
override_reasons = ["risk-benefit-ratio"]
offers = ["sg-physio"]
owner = "geriatrician"
reviewed = false
next_review = 2027-05-24

[params]
window_days = 365

[units]
window_days = "d"

[variants.fell]
indicator = "warning"
summary = "A fall in {days} days"
problem = "A fall."
why = "It may happen again."
instead = "Do not."

[silent]
none = "No fall."

[[history]]
version = "1.0.0"
date = 2026-11-25
what = "First version."
why = "Falls matter."
""",
    "alternatives/physio.py": """
from dataclasses import dataclass
from decimal import Decimal
from cds_service.domain.outcome import Offer

@dataclass(frozen=True, slots=True, kw_only=True)
class Params:
    least: Decimal

def check(facts, findings, params):
    return Offer()
""",
    "alternatives/physio.toml": """
id = "sg-physio"
version = "1.0.0"
title = "Physical therapy"
kind = "service"
slots = ["physio"]
needs = ["services"]
value_sets = ["non-pharmacological", "falls"]
evidence = []
label = "Refer to physical therapy"
owner = "physiotherapist"
reviewed = false
next_review = 2027-05-24

[params]
least = 0.1

[units]
least = "1"

[orders.default]
coding = { system = "http://snomed.info/sct", code = "91251008", display = "Physical therapy procedure" }
text = "Physical therapy"
treats = ["falls"]

[[history]]
version = "1.0.0"
date = 2026-11-25
what = "First version."
why = "Therapy helps."
""",
    "exemptions.py": """
\"\"\"Exemptions.\"\"\"

from cds_service.domain.content import Exemption

def holding(facts, params):
    return ()
""",
    "exemptions.toml": """
needs = ["problems"]
strictest = []

[names]
X-PALL = "Comfort care"

[matrix.falls-history]
X-PALL = "S"
""",
    "phrases.toml": """
footer = "This card supports judgement."

[headings]
problem = "What"

[sections]
[missing]
[unavailable]
[doubts]
[basis]
[sentences]
""",
}


@pytest.fixture(scope="session")
def template(tmp_path_factory):
    """What every test copies; the longest tables are cut short, so that copying and loading are quick."""
    root = tmp_path_factory.mktemp("template") / "hooks"
    root.mkdir()
    for name in SHARED:
        if (HOOKS / name).is_dir():
            shutil.copytree(HOOKS / name, root / name)
        else:
            shutil.copy(HOOKS / name, root / name)
    sets = tomllib.loads((root / "sources" / "index.toml").read_text(encoding="utf-8"))["sets"]
    for table in (root / "sources").glob("*.csv"):
        lines = table.read_text(encoding="utf-8").splitlines(keepends=True)
        if len(lines) > LONG and "includes" not in sets[table.stem]:
            table.write_text("".join(lines[:SHORT]), encoding="utf-8")
    build_value_sets(root)
    for name, text in SMALL.items():
        path = root / name
        path.parent.mkdir(exist_ok=True)
        path.write_text(text.lstrip(), encoding="utf-8")
    return root


@pytest.fixture
def release(template, tmp_path):
    root = tmp_path / "hooks"
    shutil.copytree(template, root)
    return root


@pytest.fixture
def edit(release: Path):
    """Replace a text of one file of the release; the text must be there."""

    def replace(name: str, old: str, new: str) -> None:
        text = (release / name).read_text(encoding="utf-8")
        assert old in text, f"{old!r} is not in {name}"
        (release / name).write_text(text.replace(old, new, 1), encoding="utf-8")

    return replace
