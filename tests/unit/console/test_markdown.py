"""Markdown that others wrote: all that GitHub-flavored Markdown can say, nothing that could attack a page."""

import pytest

from cds_service.console.markdown import to_html, words


@pytest.mark.parametrize(
    ("text", "html"),
    [
        ("**Why**: *because*", "<p><strong>Why</strong>: <em>because</em></p>"),
        ("- one\n- two", "<ul>\n<li>one</li>\n<li>two</li>\n</ul>"),
        ("~~no~~", "<p><s>no</s></p>"),
        ("a < b & c", "<p>a &lt; b &amp; c</p>"),
    ],
)
def test_what_is_shown(text, html):
    assert to_html(text).strip() == html


def test_tables_scroll_by_themselves():
    html = to_html("| a | b |\n|---|---|\n| 1 | 2 |")
    assert html.startswith('<div class="wide" tabindex="0"><table>')
    assert "<td>2</td>" in html
    assert html.strip().endswith("</table></div>")


@pytest.mark.parametrize(
    "text",
    [
        "<script>x()</script>",
        "<img src=x onerror=x()>",
        "a <b onmouseover=x()>b</b>",
        "[x](javascript:x())",
        "[x](JaVaScRiPt:x())",
        "[x](&#106;avascript:x())",
        "[x](data:text/html;base64,AAAA)",
        "[x](vbscript:x)",
        "[x](//evil.example)",
        "[x](/\\evil.example)",
        "<javascript:x()>",
        "![x](https://evil.example/pixel.png)",
        '[x](https://e.example "\\" onmouseover=\\"x()")',
        "```<script>\nx\n```",
        "<!-- --><svg/onload=x()>",
    ],
)
@pytest.mark.parametrize("of", [to_html, words])
def test_what_is_not(text, of):
    html = of(text)
    for tag in ("<script", "<img", "<svg", "<b "):
        assert tag not in html
    for start in ('href="j', 'href="J', 'href="d', 'href="v', 'href="//', '" onmouseover'):
        assert start not in html


def test_links_to_elsewhere_open_apart():
    html = to_html("[x](https://example.org/a?b=c&d) and [y](#here) and [z](other.md#part)")
    assert '<a href="https://example.org/a?b=c&amp;d" target="_blank" rel="noopener noreferrer">x</a>' in html
    assert '<a href="#here">y</a>' in html
    assert '<a href="other.md#part">z</a>' in html


@pytest.mark.parametrize(("below", "tags"), [(0, ["<h1>", "<h6>"]), (3, ["<h4>", "<h6>"])])
def test_headings_go_below_the_one_they_stand_under(below, tags):
    html = to_html("# a\n\n###### b", below=below)
    assert all(tag in html and tag.replace("<", "</") in html for tag in tags)


def test_placeholders_of_a_release_are_set_apart():
    assert words("Reaction to {substance}") == 'Reaction to <span class="slot">substance</span>'
    assert words("{a b} {<i>}") == "{a b} {&lt;i&gt;}"


def test_a_text_without_end_is_cut():
    assert len(to_html("x" * 300_000)) < 101_000


@pytest.mark.parametrize("text", ["[" * 10_000, ">" * 50_000, "- " * 20_000, "*a_" * 5_000, "[a](" * 3_000])
def test_nesting_without_end_is_survived(text):
    assert len(to_html(text)) < 100_000
