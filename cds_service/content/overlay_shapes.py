"""What the files of an overlay must look like: parts of the release's own files, and nothing that changes logic."""

from datetime import date
from typing import Any, Literal

from msgspec import field

from cds_service.content.shapes import Shape, Words
from cds_service.domain.outcome import Indicator
from cds_service.domain.provenance import Number

Table = dict[str, str]


class OverlayFile(Shape):
    """`overlay.toml`: whose overlay it is. `name` becomes part of the version: letters, digits, hyphens."""

    name: str
    version: str
    date: date
    owner: str
    why: str


class SetChange(Shape):
    """One `[sets.*]` of the overlay's `sources/index.toml`; its codes stand in `sources/<name>.csv`.

    `mode` says what becomes of a set that the release has: the codes are added to it, or take its place; `new` is a set
    of the site's own. `why` is told to whoever checks the overlay.
    """

    mode: Literal["add", "replace", "new"]
    why: str


class SourcesChange(Shape):
    """`sources/index.toml`: the value sets changed, and notices of code systems that the release does not use."""

    sets: dict[str, SetChange]
    copyright: Table = field(default_factory=dict)


class WordsChange(Shape):
    """`words.toml`: words to recognise besides those of the release, by class; `brands` by substance."""

    drug: Words = field(default_factory=dict)
    brands: Words = field(default_factory=dict)
    problem: Words = field(default_factory=dict)
    reason: Words = field(default_factory=dict)
    reaction: Words = field(default_factory=dict)
    order: Words = field(default_factory=dict)


class VariantChange(Shape):
    """One `[variants.*]`: what the site says instead."""

    indicator: Indicator | None = None
    summary: str | None = None
    problem: str | None = None
    why: str | None = None
    instead: str | None = None


class RuleChange(Shape):
    """`rules/<name>.toml`."""

    shadow: bool | None = None
    override_reasons: tuple[str, ...] | None = None
    params: dict[str, Any] = field(default_factory=dict)
    variants: dict[str, VariantChange] = field(default_factory=dict)
    points: Table = field(default_factory=dict)

    def numbers(self) -> dict[str, Number]:
        """The thresholds chosen; each is checked against the bounds of the rule."""
        return dict(self.params)


class AlternativeChange(Shape):
    """`alternatives/<name>.toml`.

    `withheld` says why the site never offers it (not on its formulary, say): cards then name it with that reason.
    """

    withheld: str = ""
    label: str | None = None
    label_continuing: str | None = None
    description: str | None = None
    labels: Table = field(default_factory=dict)
    points: Table = field(default_factory=dict)
    notes: Table = field(default_factory=dict)
    blocked: Table = field(default_factory=dict)


class PhrasesChange(Shape):
    """`phrases.toml`."""

    footer: str | None = None
    headings: Table = field(default_factory=dict)
    sections: Table = field(default_factory=dict)
    missing: Table = field(default_factory=dict)
    unavailable: Table = field(default_factory=dict)
    doubts: Table = field(default_factory=dict)
    basis: Table = field(default_factory=dict)
    sentences: Table = field(default_factory=dict)
    silenced: Table = field(default_factory=dict)
    unfit: Table = field(default_factory=dict)
