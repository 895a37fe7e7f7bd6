"""`hooks/CATALOGUE.md` is what the files of the release give: a reviewer must never read what no longer holds."""

from pathlib import Path

from cds_service.content.catalogue_file import FILE, as_markdown

HOOKS = Path(__file__).parents[2] / "hooks"


def test_it_is_fresh():
    written = (HOOKS / FILE).read_text(encoding="utf-8")
    assert written == as_markdown(HOOKS), "stale: pytest tests/spec --write-examples; cds-service catalogue --write"
