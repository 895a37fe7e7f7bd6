"""Stems: file and id agree, and what the Python half does is said in the TOML half."""

from collections.abc import Iterator, Mapping
from pathlib import Path

from cds_service.content.checks.halves import HalfRead, half_read
from cds_service.content.references import classes_of_words
from cds_service.domain.content import Alternative, Content, Rule

ALTERNATIVE = "sg-"
RULE_LOGIC = ("Says:", "Speaks when:", "Silent when:", "Cannot tell when:")


def faults(root: Path, content: Content) -> Iterator[str]:
    """What the two halves of a stem, or its name and its id, say differently."""
    yield from _names(root, content)
    for name, stem in stems(content).items():
        path = root / f"{name}.py"
        if path.is_file():  # else named by _names
            read = half_read(path)
            yield from _half(f"{name}.py", stem, read)
            yield from _words(f"{name}.toml", stem, read)
    for rule in content.rules:
        missing = [part for part in RULE_LOGIC if part not in rule.logic]
        if missing:
            yield f"rule {rule.id}: the docstring of its Python half does not say {', '.join(missing)}"
    known = content.value_set_codes.keys() | classes_of_words(content)
    for asked in half_read(root / "exemptions.py").classes:
        if asked not in known:
            yield f"exemptions.py: asks for {asked!r}, which is no value set and no word list"


def notices(content: Content) -> Iterator[str]:
    """Alternatives that no rule offers."""
    offered = {id_ for rule in content.rules for id_ in rule.offers}
    offered |= {id_ for rule in content.rules for variant in rule.variants.values() for id_ in variant.offers or ()}
    offered |= {id_ for alternative in content.alternatives.values() for id_ in alternative.of}
    yield from (f"alternative {id_}: no rule offers it" for id_ in content.alternatives if id_ not in offered)


def stems(content: Content) -> Mapping[str, Rule | Alternative]:
    """Every stem by its path without an ending, `rules/older_adult` say."""
    rules: dict[str, Rule | Alternative] = {f"rules/{rule.id.replace('-', '_')}": rule for rule in content.rules}
    return rules | {
        f"alternatives/{id_.removeprefix(ALTERNATIVE).replace('-', '_')}": alternative
        for id_, alternative in content.alternatives.items()
    }


def _names(root: Path, content: Content) -> Iterator[str]:
    """File name = id, so that a topic on a card leads to its file."""
    expected = stems(content).keys()
    for folder, prefix in (("rules", ""), ("alternatives", ALTERNATIVE)):
        for path in sorted((root / folder).glob("*.toml")):
            if f"{folder}/{path.stem}" not in expected:
                yield f"{folder}/{path.name}: its id should be {prefix}{path.stem.replace('_', '-')}, after the file"


def _half(name: str, stem: Rule | Alternative, read: HalfRead) -> Iterator[str]:
    """A half may ask only for what its TOML half names: a mistyped class is never found."""
    for asked in read.classes:
        if asked not in stem.value_sets:
            yield f"{name}: asks for {asked!r}, which value_sets of its TOML half does not name"
    for section in sorted(read.sections - set(stem.needs)):
        yield f"{name}: looks at {section}, which needs of its TOML half does not name"


def _words(name: str, stem: Rule | Alternative, read: HalfRead) -> Iterator[str]:
    tables = (
        {"silent": (read.silent, stem.silent)}
        if isinstance(stem, Rule)
        else {"blocked": (read.blocked, stem.blocked), "unfit": (read.unfit, stem.unfit)}
    )
    for where, (tokens, table) in tables.items():
        yield from (f"{name}: [{where}] has no words for {token}" for token in sorted(tokens - table.keys()))
