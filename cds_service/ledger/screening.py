"""Free text of a person -> the part of it that can name nobody: words that are ours, in lower case, nothing else.

No list of names, numbers and places is ever complete, so nothing is searched for: a word stays only when the content
release itself uses it. "Pt of Dr Miller, hospice since 3/4" becomes "… of … hospice since …".
"""

import re
from collections.abc import Callable, Iterable, Iterator

from cds_service.domain.content import Content

Screen = Callable[[str], str]
WORD = re.compile(r"[^\W\d_]{2,}")
LEFT_OUT = "…"
MOST_CHARACTERS = 500  # of a comment that are looked at


def nothing(_: str) -> str:
    """The screen through which no word passes."""
    return ""


def make_screen(texts: Iterable[str]) -> Screen:
    """A screen through which the words of some texts pass.

    Args:
        texts: ours, of which no word can be secret.
    """
    ours = {word.casefold() for text in texts for word in WORD.findall(text)}

    def screen(comment: str) -> str:
        kept: list[str] = []
        for found in re.findall(r"\w+", comment[:MOST_CHARACTERS]):
            word = found.casefold()
            if word in ours:
                kept.append(word)
            elif kept[-1:] != [LEFT_OUT]:
                kept.append(LEFT_OUT)
        return " ".join(kept) if set(kept) != {LEFT_OUT} else ""

    return screen


def words_of(content: Content) -> Iterator[str]:
    """The texts of a content release that prescribers get to read."""
    for rule in content.rules:
        yield rule.title
        yield from rule.points.values()
        for variant in rule.variants.values():
            yield from (variant.summary, variant.problem, variant.why, variant.instead)
    for alternative in content.alternatives.values():
        yield from (alternative.title, alternative.label, alternative.label_continuing, alternative.description)
        for said in (alternative.labels, alternative.points, alternative.notes, alternative.blocked):
            yield from said.values()
    yield from (reason.display for reason in content.override_reasons.values())
    for phrases in (content.phrases.sections, content.phrases.missing, content.phrases.sentences):
        yield from phrases.values()
