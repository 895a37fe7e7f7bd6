"""The page on what a record holds is fresh; a difference in it is a change of the format."""

from pathlib import Path

from cds_service.ledger import fields

PAGE = Path(fields.__file__).with_name("RECORD.md")


def test_the_page_is_fresh(write_golden):
    if write_golden:
        PAGE.write_text(fields.page(), encoding="utf-8")
    assert PAGE.read_text(encoding="utf-8") == fields.page(), (
        "The types of the domain have changed. A new field with a default: write the page anew (--write-golden). A "
        "changed default, or a field less: raise record.FORMAT as well, and read both."
    )


def test_every_kind_and_every_shape_is_on_it():
    page = fields.page()
    for name in ("`decision`", "`feedback`", "`access`", "`release`", "### Known", "### Unavailable", "### DrugOrder"):
        assert name in page
    assert page.count("### Coding\n") == 1
