"""The catalogue of a release in a folder, as Markdown or JSON: what the command `cds-service catalogue` gives."""

from pathlib import Path

import msgspec

from cds_service.content.catalogue import catalogue
from cds_service.content.catalogue_markdown import to_markdown
from cds_service.content.load import load
from cds_service.content.supplements import read_supplements
from cds_service.domain.catalogue import Catalogue
from cds_service.domain.content import Content
from cds_service.domain.errors import ContentBroken

FILE = "CATALOGUE.md"


def catalogue_of(hooks_path: Path, overlay_path: Path | None = None) -> Catalogue:
    """The catalogue of a release, with a site's overlay upon it where one is given.

    Raises:
        ContentBroken: the release or a supplement is faulty.
    """
    return with_supplements(load(hooks_path, overlay_path), hooks_path)


def with_supplements(content: Content, hooks_path: Path) -> Catalogue:
    """The catalogue of a release that is loaded already, with what its folder holds for readers.

    Raises:
        ContentBroken: a supplement is faulty.
    """
    faults: list[str] = []
    supplements = read_supplements(hooks_path, faults)
    if faults:
        raise ContentBroken(tuple(faults))
    return catalogue(content, supplements)


def as_markdown(hooks_path: Path, overlay_path: Path | None = None) -> str:
    """For clinicians; the same text for the same files."""
    return to_markdown(catalogue_of(hooks_path, overlay_path))


def as_json(hooks_path: Path, overlay_path: Path | None = None) -> str:
    """For programs: the records of `domain.catalogue`, member by member."""
    encoded = msgspec.json.encode(catalogue_of(hooks_path, overlay_path))
    return msgspec.json.format(encoded, indent=2).decode() + "\n"
