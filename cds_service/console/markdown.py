"""Markdown -> HTML that may stand on our pages, whoever wrote it: no HTML passes, no image loads, links are http(s).

`to_html` is for whole texts (the detail of a card, a guide), `words` for a sentence of the content release.
"""

import re
from collections import Counter
from collections.abc import Callable, Sequence
from functools import cache
from itertools import pairwise
from typing import TYPE_CHECKING

from markupsafe import Markup, escape

if TYPE_CHECKING:
    from markdown_it import MarkdownIt
    from markdown_it.renderer import RendererHTML
    from markdown_it.token import Token
    from markdown_it.utils import EnvType, OptionsDict

LONGEST = 100_000  # characters of one text
LOWEST_HEADING = 6
_SLOT = re.compile(r"\{(\w{1,40})\}")
_NOT_OF_ANCHOR = re.compile(r"[^\w\- ]")
_LINK = re.compile(r"https?://|#|/?[\w.-][\w./-]*(?:#[\w-]+)?\Z", re.IGNORECASE)

Within = Callable[[str], str]


def to_html(text: str, *, below: int = 0, within: Within | None = None) -> Markup:
    """A text as HTML.

    Args:
        text: GitHub-flavored Markdown; what is longer than `LONGEST` is cut.
        below: level of the heading it stands under; its own headings go below that.
        within: for texts of this installation: a link that is no web address -> where it leads, or nothing where it
            leads nowhere; their headings also get the anchors that GitHub gives them.
    """
    parser = _parser()
    tokens = parser.parse(text[:LONGEST])
    _lower_headings(tokens, below)
    if within is not None:
        _anchor(tokens)
        _lead(tokens, within)
    return Markup(parser.renderer.render(tokens, parser.options, {}))  # noqa: S704 - HTML was off


def words(text: str) -> Markup:
    """A sentence of the content release, its `{placeholders}` set apart."""
    html = _parser().renderInline(text[:LONGEST])
    return Markup(_SLOT.sub(r'<span class="slot">\1</span>', html))  # noqa: S704 - HTML was off


@cache
def _parser() -> "MarkdownIt":
    """Made on first use: pages need it, hook calls never do."""
    from markdown_it import MarkdownIt  # noqa: PLC0415 - see above

    parser = MarkdownIt("commonmark", {"html": False}).enable(["table", "strikethrough"]).disable("image")
    parser.validateLink = _may_be_linked  # type: ignore[method-assign] # as the library says it is done
    parser.add_render_rule("link_open", _link_open)
    parser.add_render_rule("table_open", lambda *_: '<div class="wide" tabindex="0"><table>\n')
    for block in ("fence", "code_block"):
        parser.add_render_rule(block, _code)
    parser.add_render_rule("table_close", lambda *_: "</table></div>\n")
    return parser


def _may_be_linked(url: str) -> bool:
    """Web addresses and places within this site; `javascript:` and its like are none."""
    return bool(_LINK.match(url))


def _link_open(
    renderer: "RendererHTML", tokens: Sequence["Token"], at: int, options: "OptionsDict", _env: "EnvType"
) -> str:
    """Links to elsewhere open apart and tell nothing of where they were followed."""
    if str(tokens[at].attrGet("href")).lower().startswith("http"):
        tokens[at].attrSet("target", "_blank")
        tokens[at].attrSet("rel", "noopener noreferrer")
    return renderer.renderToken(tokens, at, options, _env)


def _code(_renderer: "RendererHTML", tokens: Sequence["Token"], at: int, *_: object) -> str:
    """A block of code, which scrolls by itself, with the keyboard too."""
    return f'<pre tabindex="0"><code>{escape(tokens[at].content)}</code></pre>\n'


def _lower_headings(tokens: Sequence["Token"], below: int) -> None:
    for token in tokens:
        if token.type in ("heading_open", "heading_close"):
            token.tag = f"h{min(LOWEST_HEADING, int(token.tag[1]) + below)}"


def _anchor(tokens: Sequence["Token"]) -> None:
    """Give headings the ids by which links of Markdown texts name them; repeated ones are numbered."""
    given: Counter[str] = Counter()
    for heading, inline in pairwise(tokens):
        if heading.type == "heading_open":
            slug = _NOT_OF_ANCHOR.sub("", inline.content.lower()).replace(" ", "-")
            heading.attrSet("id", f"{slug}-{given[slug]}" if given[slug] else slug)
            given[slug] += 1


def _lead(tokens: Sequence["Token"], within: Within) -> None:
    """Turn links within the installation to their pages; one that leads nowhere becomes plain text."""
    for block in tokens:
        dead = 0
        for token in block.children or ():
            link = str(token.attrGet("href") or "") if token.type == "link_open" else ""
            if link and not link.lower().startswith("http"):
                leads = within(link)
                token.attrs = {"href": leads} if leads else {}
                token.tag = "a" if leads else "span"
                dead += not leads
            elif token.type == "link_close" and dead:
                token.tag, dead = "span", dead - 1
