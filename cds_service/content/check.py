"""What an editor of `hooks/` should know beyond whether the release loads: the command `cds-service check`.

A *fault* must be mended before the release is used: it would mislead a prescriber, or make a rule silent without a
word. A *notice* is worth a look: something unused, something due. Time alone makes notices, never faults, so that a
release that was in order stays usable.
"""

from dataclasses import dataclass
from datetime import date
from pathlib import Path

from cds_service.content.checks import codes, evidence, frame, stems, stewardship, wordings
from cds_service.content.differences import differences
from cds_service.content.load import load
from cds_service.content.supplements import read_supplements, supplement_faults
from cds_service.domain.catalogue import Supplements
from cds_service.domain.content import Content, Release
from cds_service.domain.errors import ContentBroken


@dataclass(frozen=True, slots=True, kw_only=True)
class Report:
    """The result of a check: `faults` must be mended before a release, `notices` are worth a look.

    Attributes:
        changes: what an overlay changes, line by line.
        release: the identity of what was checked; `None` when it does not load.
    """

    faults: tuple[str, ...]
    notices: tuple[str, ...] = ()
    changes: tuple[str, ...] = ()
    release: Release | None = None


def check(hooks_path: Path, overlay_path: Path | None = None, *, as_of: date | None = None) -> Report:
    """Check a content release as an editor would, with a site's overlay upon it where one is given.

    A release that does not load is reported with the faults of loading alone.

    Args:
        hooks_path: folder of the release.
        overlay_path: folder of the overlay.
        as_of: the day for which reviews are due; default: the date of the release.
    """
    try:
        content = load(hooks_path, overlay_path)
        changes = differences(load(hooks_path), content) if overlay_path is not None else []
    except ContentBroken as broken:
        return Report(faults=broken.faults)
    faults: list[str] = []
    supplements = read_supplements(hooks_path, faults)
    faults += supplement_faults(supplements, content)
    return Report(
        faults=(*faults, *_faults(hooks_path, content)),
        notices=tuple(_notices(hooks_path, content, supplements, as_of or content.release.date)),
        changes=tuple(changes),
        release=content.release,
    )


def _faults(root: Path, content: Content) -> list[str]:
    return [
        *stems.faults(root, content),
        *evidence.faults(content),
        *wordings.faults(content),
        *frame.faults(root, content),
        *codes.faults(root, content),
        *stewardship.faults(root, content),
    ]


def _notices(root: Path, content: Content, supplements: Supplements, as_of: date) -> list[str]:
    return [
        *evidence.notices(content, supplements),
        *codes.notices(root, content),
        *stems.notices(content),
        *frame.notices(content),
        *stewardship.notices(content, as_of),
    ]
