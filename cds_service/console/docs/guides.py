"""The guides: Markdown files of the installation, shown as pages that link to each other.

Which files there are depends on how the service was installed; one that is not there is not listed.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

from markupsafe import Markup

from cds_service.console.markdown import to_html

ROOT = Path(__file__).resolve().parents[3]
FILES: Mapping[str, str] = {  # slug -> path below the top of the installation
    "start": "README.md",
    "operations": "deploy/README.md",
    "security": "SECURITY.md",
    "clinical-content": "hooks/README.md",
    "stories": "fhir_fixtures/README.md",
    "decisions": "cds_service/DECISIONS.md",
    "changes": "CHANGELOG.md",
}
_COMMENT = re.compile(r"<!--.*?-->", re.DOTALL)
_TITLE = re.compile(r"^#\s+(.+)$", re.MULTILINE)


@dataclass(frozen=True, slots=True, kw_only=True)
class Guide:
    """One guide: its slug, its title, its file."""

    slug: str
    title: str
    path: Path


def guides(root: Path = ROOT) -> tuple[Guide, ...]:
    """The guides that are installed."""
    found = []
    for slug, name in FILES.items():
        path = root / name
        if path.is_file():
            title = _TITLE.search(path.read_text(encoding="utf-8"))
            found.append(Guide(slug=slug, title=title[1].strip() if title else name, path=path))
    return tuple(found)


def as_page(guide: Guide, addresses: Mapping[str, str], root: Path = ROOT) -> Markup:
    """A guide as HTML.

    Args:
        guide: which.
        addresses: path of a file below `root` -> address of its page; links to other files become plain text.
        root: top of the installation.
    """
    here = PurePosixPath(guide.path.relative_to(root).as_posix()).parent

    def address(link: str) -> str:
        target, mark, part = link.partition("#")
        if not target:
            return link
        found = addresses.get(_joined(here, target), "")
        return found + mark + part if found else ""

    return to_html(_COMMENT.sub("", guide.path.read_text(encoding="utf-8")), within=address)


def _joined(folder: PurePosixPath, target: str) -> str:
    """`folder/../a/b.md` -> `a/b.md`; nothing leads above the top."""
    steps: list[str] = []
    for step in (*folder.parts, *PurePosixPath(target).parts):
        if step == "..":
            steps = steps[:-1]
        elif step not in (".", "/"):
            steps.append(step)
    return "/".join(steps)
