"""Codes: sets that exclude each other share none, files are what their tables give, strengths are what displays say."""

import re
from collections.abc import Iterator
from decimal import Decimal
from itertools import combinations
from pathlib import Path

from cds_service.content.checks.halves import half_read
from cds_service.content.files import read
from cds_service.content.value_set_build import IndexFile, value_set_texts
from cds_service.domain.content import Content
from cds_service.domain.errors import ContentBroken
from cds_service.domain.orders import Form
from cds_service.domain.reading import Product

NUMBER = r"(\d+(?:\.\d+)?)"
PER_ML = re.compile(rf"{NUMBER} MG/ML", re.IGNORECASE)
VOLUME = re.compile(rf"\b{NUMBER} ML\b", re.IGNORECASE)
MASS = re.compile(rf"{NUMBER} MG\b(?!/)", re.IGNORECASE)
ROUTE = "route"  # kind of value set that `form_routes` of facts.toml takes its codes from


def faults(root: Path, content: Content) -> Iterator[str]:
    """What codes, tables, files and products say against each other."""
    yield from _built(root)
    index = _index(root)
    if index is not None:
        yield from _exclusions(index, content)
        yield from _inclusions(index, content)
        yield from _never(index, content)
        yield from _routes(index, content)
    for product in content.products.values():
        yield from _strength(product)
        yield from _form(product, content)


def notices(root: Path, content: Content) -> Iterator[str]:
    """Value sets that nothing uses."""
    used = {name for rule in content.rules for name in rule.value_sets}
    used |= {name for alternative in content.alternatives.values() for name in alternative.value_sets}
    used |= _read_by_facts(content) | set(half_read(root / "exemptions.py").classes)
    index = _index(root)
    used |= {name for name, entry in index.sets.items() if entry.kind == ROUTE} if index is not None else set()
    yield from (f"value_sets/{name}.json: nothing uses it" for name in content.value_set_codes if name not in used)


def _index(root: Path) -> IndexFile | None:
    path = root / "sources" / "index.toml"
    return read(path, root, IndexFile, []) if path.is_file() else None  # its faults are named by _built


def _built(root: Path) -> Iterator[str]:
    """The ValueSet files must be what the source tables give."""
    if not (root / "sources").is_dir():
        return
    try:
        texts = value_set_texts(root)
    except ContentBroken as broken:
        yield from broken.faults
        return
    files = {path.stem: path for path in (root / "value_sets").glob("*.json")}
    for name in sorted(texts.keys() | files.keys()):
        if name not in texts or name not in files or files[name].read_text(encoding="utf-8") != texts[name]:
            yield f"value_sets/{name}.json: not what the source tables give; run `cds-service value-sets`"


# Sets against each other ----------------------------------------------------------------------------------------------


def _codes(content: Content, name: str) -> dict[tuple[str, str], str]:
    return {(coding.system, coding.code): coding.display for coding in content.value_set_codes.get(name, ())}


def _exclusions(index: IndexFile, content: Content) -> Iterator[str]:
    for exclusion in index.exclusions:
        yield from _unknown(exclusion.sets, "exclusions", content)
        for one, other in combinations(exclusion.sets, 2):
            shared = _codes(content, one).keys() & _codes(content, other).keys()
            for system, code in sorted(shared):
                display = _codes(content, one)[system, code]
                yield f"sources: {code} ({display}) stands in {one} and in {other}, which exclude each other"


def _inclusions(index: IndexFile, content: Content) -> Iterator[str]:
    for name, entry in index.sets.items():
        yield from _unknown(entry.includes, f"[sets.{name}] includes", content)
        for part in entry.includes:
            lacking = _codes(content, part).keys() - _codes(content, name).keys()
            for system, code in sorted(lacking):
                display = _codes(content, part)[system, code]
                yield f"sources/{name}.csv: lacks {code} ({display}) of {part}, which it includes"


def _never(index: IndexFile, content: Content) -> Iterator[str]:
    for name, entry in index.sets.items():
        for (_, code), display in _codes(content, name).items():
            for word in entry.never_says:
                if word.casefold() in display.casefold():
                    yield f"sources/{name}.csv: {code} says {word!r} ({display}), which this set never says"


def _routes(index: IndexFile, content: Content) -> Iterator[str]:
    routes = {code for name, entry in index.sets.items() if entry.kind == ROUTE for _, code in _codes(content, name)}
    yield from (
        f"facts.toml: [form_routes] {code} is in no value set of routes"
        for code in content.reading.form_routes
        if code not in routes
    )


def _unknown(names: tuple[str, ...], where: str, content: Content) -> Iterator[str]:
    yield from (
        f"sources/index.toml: {where} names {name}, which is no value set"
        for name in names
        if name not in content.value_set_codes
    )


def _read_by_facts(content: Content) -> set[str]:
    reading = content.reading
    lists = (reading.observation_sets, reading.service_sets, reading.ignored_sets, reading.form_sets.values())
    return {reading.subject_set, reading.weight_set, *(name for names in lists for name in names)}


# Products -------------------------------------------------------------------------------------------------------------


def _strength(product: Product) -> Iterator[str]:
    """A display and our own label must say the strength that doses are reckoned with."""
    for text in (product.coding.display, product.label):
        concentration, mass, volume = (_only(pattern, text) for pattern in (PER_ML, MASS, VOLUME))
        expected = mass
        if concentration is not None:
            if product.mg_per_ml != concentration:
                yield _contradiction(product, text, f"mg_per_ml is {product.mg_per_ml}")
            expected = concentration * volume if volume is not None else concentration if product.per_ml else None
        if expected is not None and product.strength_mg != expected:
            yield _contradiction(product, text, f"strength_mg is {product.strength_mg}")


def _only(pattern: re.Pattern[str], text: str) -> Decimal | None:
    found = {Decimal(number) for number in pattern.findall(text)}
    return found.pop() if len(found) == 1 else None


def _contradiction(product: Product, text: str, said: str) -> str:
    return f"products.toml: {product.coding.code}: {said}, but it is called {text!r}"


def _form(product: Product, content: Content) -> Iterator[str]:
    key = (product.coding.system, product.coding.code)
    for form, name in content.reading.form_sets.items():
        if (key in _codes(content, name)) != (product.form is Form(form)):
            said = "is" if product.form is Form(form) else "is not"
            yield f"products.toml: {product.coding.code} {said} {form}, the value set {name} says otherwise"
