"""A site's own folder laid over a release: codes, words, thresholds, indicators and wordings, never logic.

The release's own files stay as they are. Everything a site may not change is refused with a reason, and the overlay
becomes part of the release's identity: version and hash cover both.
"""

import re
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import NamedTuple, TypeVar

import msgspec

from cds_service.content import overlay_shapes as shapes
from cds_service.content.files import files_of, read, sha256_of
from cds_service.content.overlay_words import laid_over_alternative, laid_over_phrases, laid_over_rule
from cds_service.content.shapes import Shape, Words, WordsFile
from cds_service.content.tune import layered
from cds_service.content.value_set_build import IndexFile, read_rows
from cds_service.content.vocabulary import ValueSets, brand_faults
from cds_service.domain.content import Content
from cds_service.domain.provenance import Layer
from cds_service.domain.terminology import Coding, ValueSetNote

NAME = re.compile(r"[A-Za-z0-9-]+")
VERSION = re.compile(r"[A-Za-z0-9-]+(?:\.[A-Za-z0-9-]+)*")
READ = re.compile(
    r"(?:overlay|words|phrases)\.toml|sources/(?:index\.toml|[^/]+\.csv)|(?:rules|alternatives)/[^/]+\.toml|"
    r"README\.md"
)
Change = TypeVar("Change", bound=Shape)


class Overlay(NamedTuple):
    """An overlay as read: what it is, and its changes by the stem of the file they concern."""

    root: Path
    about: shapes.OverlayFile
    sources: shapes.SourcesChange
    words: shapes.WordsChange
    phrases: shapes.PhrasesChange
    rules: Mapping[str, shapes.RuleChange]
    alternatives: Mapping[str, shapes.AlternativeChange]


def read_overlay(root: Path, faults: list[str]) -> Overlay | None:
    """The overlay in a folder; `None` when it does not say what it is."""
    if not root.is_dir():
        faults.append(f"{root}: there is no such folder")
        return None
    about = read(root / "overlay.toml", root, shapes.OverlayFile, faults)
    names = [path.relative_to(root).as_posix() for path in files_of(root)]
    faults += [f"{name}: an overlay has no such file" for name in names if not READ.fullmatch(name)]
    if about is None:
        return None
    if not NAME.fullmatch(about.name) or not VERSION.fullmatch(about.version):
        faults.append("overlay.toml: name and version are letters, digits and hyphens (a version also has points)")
    return Overlay(
        root,
        about,
        _part(root / "sources/index.toml", root, shapes.SourcesChange, faults) or shapes.SourcesChange(sets={}),
        _part(root / "words.toml", root, shapes.WordsChange, faults) or shapes.WordsChange(),
        _part(root / "phrases.toml", root, shapes.PhrasesChange, faults) or shapes.PhrasesChange(),
        _stems(root, "rules", shapes.RuleChange, faults),
        _stems(root, "alternatives", shapes.AlternativeChange, faults),
    )


def laid_over_value_sets(value_sets: ValueSets, release: Path, overlay: Overlay, faults: list[str]) -> ValueSets:
    """The value sets of a release with the site's codes."""
    index = read(release / "sources" / "index.toml", release, IndexFile, faults)
    systems = {*(index.copyright if index else ()), *overlay.sources.copyright}
    codes, versions, notes = dict(value_sets.codes), dict(value_sets.versions), dict(value_sets.notes)
    tables = {path.stem for path in (overlay.root / "sources").glob("*.csv")}
    faults += [f"sources/{name}.csv: not in index.toml" for name in sorted(tables - overlay.sources.sets.keys())]
    for name, change in overlay.sources.sets.items():
        if (change.mode == "new") == (name in value_sets.codes):
            known = "has one of this name" if change.mode == "new" else "has none of this name"
            faults.append(f"sources/index.toml: {name}: mode is {change.mode!r}, but the release {known}")
        if name not in tables:
            faults.append(f"sources/index.toml: no table {name}.csv")
            continue
        rows = read_rows(overlay.root / "sources" / f"{name}.csv", systems, faults)
        added = [Coding(system=row.system, code=row.code, display=row.display) for row in rows]
        kept = value_sets.codes.get(name, ()) if change.mode == "add" else ()
        merged = {(coding.system, coding.code): coding for coding in (*kept, *added)}
        codes[name] = tuple(merged.values())
        own = f"{overlay.about.name}.{overlay.about.version}"
        versions[name] = f"{versions[name]}+{own}" if name in versions else own
        notes.setdefault(name, ValueSetNote(title=name, purpose=change.why))
    return ValueSets(codes, versions, notes)


def laid_over_words(words: WordsFile, value_sets: ValueSets, overlay: Overlay, faults: list[str]) -> WordsFile:
    """The words of a release with those of the site added."""
    changes: dict[str, Words] = msgspec.structs.asdict(overlay.words)
    brands = changes.pop("brands")
    classes = value_sets.codes.keys() | words.word_lists.keys()
    strange = {name for added in changes.values() for name in added} - classes
    faults += [f"words.toml: {name} is no value set and no word list" for name in sorted(strange)]
    merged = {
        vocabulary: _added(getattr(words, vocabulary), {name: added[name] for name in added if name not in strange})
        for vocabulary, added in changes.items()
    }
    laid = msgspec.structs.replace(words, **merged)
    branded = msgspec.structs.replace(laid, brands=_added(words.brands, brands))
    found = [f"words.toml: {fault}" for fault in brand_faults(branded)]
    faults += found
    return laid if found else branded


def laid_over(content: Content, overlay: Overlay, faults: list[str]) -> Content:
    """The content with the site's thresholds, indicators, flags and wordings, under an identity that names it."""
    rules = {rule.id.replace("-", "_"): rule for rule in content.rules}
    alternatives = {id_.removeprefix("sg-").replace("-", "_"): one for id_, one in content.alternatives.items()}
    faults += [f"rules/{stem}.toml: there is no such rule" for stem in overlay.rules if stem not in rules]
    faults += [
        f"alternatives/{stem}.toml: there is no such alternative"
        for stem in overlay.alternatives
        if stem not in alternatives
    ]
    for stem in overlay.rules.keys() & rules.keys():
        rules[stem] = laid_over_rule(rules[stem], overlay.rules[stem], content, faults)
    for stem in overlay.alternatives.keys() & alternatives.keys():
        alternatives[stem] = laid_over_alternative(alternatives[stem], overlay.alternatives[stem], faults)
    about = overlay.about
    layer = Layer(kind="overlay", name=about.name, version=about.version, sha256=sha256_of(overlay.root))
    return replace(
        content,
        rules=tuple(rules.values()),
        alternatives={one.id: one for one in alternatives.values()},
        phrases=laid_over_phrases(content.phrases, overlay.phrases, faults),
        release=layered(content.release, layer),
    )


def _part(path: Path, root: Path, shape: type[Change], faults: list[str]) -> Change | None:
    return read(path, root, shape, faults) if path.is_file() else None


def _stems(root: Path, folder: str, shape: type[Change], faults: list[str]) -> dict[str, Change]:
    changes = {path.stem: read(path, root, shape, faults) for path in sorted((root / folder).glob("*.toml"))}
    return {stem: change for stem, change in changes.items() if change is not None}


def _added(words: Words, more: Words) -> Words:
    return words | {name: tuple(dict.fromkeys((*words.get(name, ()), *listed))) for name, listed in more.items()}
