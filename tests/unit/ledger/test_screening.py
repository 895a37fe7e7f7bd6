"""Of a prescriber's comment, words that are ours are kept and nothing else."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cds_service.ledger.screening import make_screen, nothing, words_of
from tests.unit.engine.small_content import content, finding, rule

OURS = ("Hospice care: the benefit is greater", "taper since the stroke")
screen = make_screen(OURS)


@pytest.mark.parametrize(
    ("comment", "kept"),
    [
        ("Hospice care", "hospice care"),
        ("HOSPICE since 3/4, Dr Miller", "hospice since …"),
        ("Miller", ""),
        ("Mr Miller 0171-555", ""),
        ("the <b>benefit</b>", "the … benefit …"),
        ("care2 care_ care", "… care"),
        ("", ""),
        ("!?", ""),
    ],
)
def test_only_our_words_pass(comment, kept):
    assert screen(comment) == kept


@given(st.text(max_size=60))
def test_whatever_comes_nothing_else_passes(comment):
    ours = {word.casefold().strip(":") for text in OURS for word in text.split()}
    assert set(screen(comment).split()) <= ours | {"…"}


def test_a_long_comment_is_looked_at_to_its_limit():
    assert screen("Miller " * 1_000 + "hospice") == ""
    assert len(screen("the Miller " * 1_000)) < 500


def test_the_words_of_a_release_are_those_of_its_rules():
    released = make_screen(words_of(content(rule("a", finding()))))
    assert released("Summary of Miller") == "summary of …"


def test_nothing_passes_where_nobody_says_what_is_ours():
    assert nothing("hospice") == ""
