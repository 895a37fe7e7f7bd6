"""The comment behind a threshold is its meaning in the catalogue; everything else in a file is let alone."""

import pytest

from cds_service.content.catalogue_file import catalogue_of
from cds_service.content.meanings import meaning_of, meanings_of

FILE = """
id = "x"       # not a number
order = 7      # of no threshold

[params]       # of them all
days = 28      # completed days
dose_mg = 2.5   # mg # a day
sign = -1.200  # negative
plain = 3
words = ["a"]  # no number

[params.limits]            # positive from here on
"75626-2" = 4              # for men
"72109-2" = 4

[variants.one]  # elsewhere
count = 3       # elsewhere
"""


@pytest.fixture
def path(tmp_path):
    file = tmp_path / "x.toml"
    file.write_text(FILE)
    return file


def test_comments_of_numbers_and_of_tables(path):
    assert meanings_of(path, "params") == {
        "": "of them all",
        "days": "completed days",
        "dose_mg": "mg # a day",
        "sign": "negative",
        "limits": "positive from here on",
        "limits.75626-2": "for men",
    }


def test_a_file_as_a_whole(path):
    found = meanings_of(path, "")
    assert found["params.days"] == "completed days"
    assert found["variants.one"] == "elsewhere"
    assert "order" not in found


@pytest.mark.parametrize(
    ("name", "meaning"),
    [
        ("days", "completed days"),
        ("limits.75626-2", "for men"),
        ("limits.72109-2", "positive from here on"),
        ("plain", "of them all"),
    ],
)
def test_the_nearest_counts(path, name, meaning):
    assert meaning_of(name, meanings_of(path, "params")) == meaning


def test_a_number_without_one():
    assert meaning_of("a.b", {}) == ""


def test_a_release(release, edit):
    edit("rules/falls_history.toml", "window_days = 365", "window_days = 365  # before the order date")
    edit("alternatives/physio.toml", "least = 0.1", "least = 0.1")
    (rule,) = catalogue_of(release).rules
    assert rule.thresholds[0].meaning == "before the order date"
