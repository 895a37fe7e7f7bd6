"""README.md: its settings are those of `Settings`, and its links lead somewhere.

After a change of settings: `pytest tests/unit/test_readme.py --write-golden`.
"""

import inspect
import re
from pathlib import Path

import pytest

from cds_service.settings import PACKAGED_CONTENT, Settings

ROOT = Path(__file__).parents[2]
README = ROOT / "README.md"
BETWEEN = re.compile(r"(?s)(?<=\|---\|---\|---\|\n).*?(?=<!-- /settings -->)")
LINK = re.compile(r"\]\(([^)#\s]+)[^)]*\)")


def meanings():
    """Field -> what its docstring says of it; `a, b: …` is said of both."""
    attributes = inspect.getdoc(Settings).partition("Attributes:")[2]
    names = "|".join(Settings.model_fields)
    parts = re.split(rf"(?:^|(?<=[.;] ))((?:{names})(?:, (?:{names}))*): ", " ".join(attributes.split()))
    said = dict(zip(parts[1::2], parts[2::2], strict=True))
    return {name: text for listed, text in said.items() for name in listed.split(", ")}


def default_of(name):
    default = Settings.model_fields[name].default
    if default is None or default in ("", ()):
        return ""
    if default == PACKAGED_CONTENT:
        return "the packaged `hooks`"
    if isinstance(default, bool):
        return f"`{str(default).lower()}`"
    return f"`{' '.join(default) if isinstance(default, tuple) else default}`"


def table():
    said = meanings()
    return "".join(
        f"| `CDS_{name.upper()}` | {default_of(name)} | {said[name].strip().removesuffix('.')} |\n"
        for name in Settings.model_fields
    )


def test_every_setting_is_explained():
    assert meanings().keys() == Settings.model_fields.keys()


def test_the_settings_are_those_of_the_service(write_golden):
    text = README.read_text(encoding="utf-8")
    if write_golden:
        README.write_text(BETWEEN.sub(lambda _: table(), text), encoding="utf-8")
    assert BETWEEN.findall(README.read_text(encoding="utf-8")) == [table()]


def documents():
    return sorted(
        path.relative_to(ROOT).as_posix()
        for path in ROOT.rglob("*.md")
        if not {".venv", "node_modules", ".git"} & set(path.relative_to(ROOT).parts)
    )


@pytest.mark.parametrize("document", documents())
def test_links_lead_somewhere(document):
    path = ROOT / document
    targets = [link for link in LINK.findall(path.read_text(encoding="utf-8")) if "://" not in link]
    assert [target for target in targets if not (path.parent / target).exists()] == []
