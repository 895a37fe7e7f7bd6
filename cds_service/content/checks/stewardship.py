"""Stewardship: somebody answers for each file, its history is told, thresholds have units, uses are owned up to."""

from collections.abc import Iterator
from datetime import date
from pathlib import Path

from cds_service.content.checks.halves import half_read
from cds_service.content.checks.stems import stems
from cds_service.content.thresholds import numbers_of, unit_of
from cds_service.content.tune import within
from cds_service.domain.content import Alternative, Content, Rule

USE_OF = {"age": "date_of_birth", "sex": "sex"}  # member of Facts -> the source attribute that tells of it


def faults(root: Path, content: Content) -> Iterator[str]:
    """What a file does not say about itself, or says otherwise than its logic."""
    for name, stem in stems(content).items():
        at = f"{name}.toml"
        yield from _history(at, stem, content)
        yield from _units(at, stem)
        path = root / f"{name}.py"
        read = half_read(path).facts if path.is_file() else frozenset()
        for member, use in USE_OF.items():
            if member in read and not getattr(stem.provenance.uses, use):
                yield f"{at}: the logic looks at facts.{member}, but [source_attributes] does not tell of {use}"
    for rule in content.rules:
        yield from _bounds(rule)


def notices(content: Content, as_of: date) -> Iterator[str]:
    """Reviews that are due. Time alone never makes a release faulty."""
    for name, stem in stems(content).items():
        due = stem.provenance.next_review
        if due is not None and due < as_of:
            yield f"{name}.toml: its review was due on {due.isoformat()}"


def _history(at: str, stem: Rule | Alternative, content: Content) -> Iterator[str]:
    provenance = stem.provenance
    if provenance.reviewed is not None and provenance.reviewed > content.release.date:
        yield f"{at}: reviewed after the date of the release"
    if not provenance.history:
        yield f"{at}: no [[history]]"
        return
    if provenance.history[0].version != stem.version:
        yield f"{at}: version is {stem.version}, but its [[history]] begins with {provenance.history[0].version}"
    days = [change.date for change in provenance.history]
    if days != sorted(days, reverse=True):
        yield f"{at}: [[history]] is not in order, newest first"
    if days[0] > content.release.date:
        yield f"{at}: changed on {days[0].isoformat()}, after the date of the release"


def _units(at: str, stem: Rule | Alternative) -> Iterator[str]:
    known = numbers_of(stem.params)
    yield from (
        f"{at}: [units] does not say what {name} is counted in" for name in known if not unit_of(name, stem.units)
    )
    yield from (
        f"{at}: [units] names {unit}, which is no threshold"
        for unit in stem.units
        if not any(name == unit or name.startswith(f"{unit}.") for name in known)
    )


def _bounds(rule: Rule) -> Iterator[str]:
    known = numbers_of(rule.params)
    for name, bound in rule.bounds.items():
        if name not in known or "." in name:
            yield f"rule {rule.id}: [bounds] names {name}, which is no single threshold"
        elif not bound.holds(known[name]):
            yield f"rule {rule.id}: {name} is {known[name]}, outside its own bounds {within(bound)}"
