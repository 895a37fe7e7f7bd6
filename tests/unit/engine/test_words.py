"""Words are filled safely: nothing from a record can become markup, and no summary passes 139 characters."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cds_service.engine.words import fill, fill_summary, markdown, names, plain


@pytest.mark.parametrize(
    ("items", "most", "expected"),
    [
        ((), 2, ""),
        (("a",), 2, "a"),
        (("a", "b"), 2, "a and b"),
        (("a", "b", "c"), 2, "a, b and 1 more"),
        (("a", "b", "c", "d"), 1, "a and 3 more"),
        (("a", "b", "c"), 9, "a, b and c"),
    ],
)
def test_lists_of_names(items, most, expected):
    assert names(items, most) == expected


def test_markup_is_shown_literally():
    assert markdown("<img src=x onerror=1> **b** [l](http://x)") == (
        "&lt;img src=x onerror=1&gt; \\*\\*b\\*\\* \\[l\\]\\(http://x\\)"
    )


def test_one_line_without_control_characters():
    assert plain("a\r\n\x00b\u2028c\ud800") == "a b c"


def test_a_placeholder_without_a_value_is_a_named_fault():
    with pytest.raises(KeyError, match="n"):
        fill("for {n} days", {})


def test_a_long_list_is_shortened_and_the_verdict_stays():
    summary = fill_summary("Sedation of {drugs}: avoid the pair", {"drugs": tuple(f"drug-{n:030}" for n in range(9))})
    assert len(summary) <= 139
    assert summary.endswith(": avoid the pair")
    assert "and 7 more" in summary


def test_a_single_endless_name_is_cut():
    summary = fill_summary("Sedation of {drugs}: avoid", {"drugs": ("x" * 500,)})
    assert len(summary) <= 139
    assert summary.endswith("…: avoid")


def test_a_verdict_that_is_itself_too_long_is_a_fault():
    with pytest.raises(ValueError, match="characters"):
        fill_summary("v" * 140, {})


@given(st.text(max_size=300))
def test_no_text_can_open_markup(text):
    shown = markdown(text)
    assert "<" not in shown
    assert "\n" not in shown


@given(st.lists(st.text(min_size=1, max_size=200), min_size=1, max_size=12))
def test_every_filled_summary_fits(items):
    assert len(fill_summary("It adds to the sedation of {drugs}: avoid", {"drugs": tuple(items)})) <= 139


def test_a_summary_that_begins_with_a_name_begins_with_a_capital():
    assert fill_summary("{drug} beside it", {"drug": "aspirin"}) == "Aspirin beside it"
    assert len(fill_summary("{drug}", {"drug": "ß" + "x" * 138})) == 139
