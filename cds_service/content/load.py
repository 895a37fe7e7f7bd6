"""A whole content release: `hooks/` on disk -> `domain.Content`, or every fault of it at once."""

from decimal import Decimal
from pathlib import Path
from typing import NamedTuple

from cds_service.content import references, shapes, supplements
from cds_service.content.checks import wordings
from cds_service.content.files import read, sha256_of
from cds_service.content.overlay import Overlay, laid_over, laid_over_value_sets, laid_over_words, read_overlay
from cds_service.content.stems import read_alternatives, read_exemptions, read_rules
from cds_service.content.vocabulary import ValueSets, brand_faults, read_value_sets, terminology
from cds_service.domain.content import (
    Alternative,
    Content,
    Evidence,
    Exemptions,
    Hook,
    Phrases,
    Release,
    Rule,
)
from cds_service.domain.course import CourseLimits
from cds_service.domain.errors import ContentBroken
from cds_service.domain.provenance import Origins
from cds_service.domain.reading import Product, Reading
from cds_service.domain.reasons import StandardReasons
from cds_service.domain.terminology import Coding

NOT_HOOKS = {"release", "words", "products", "evidence", "facts", "override_reasons", "exemptions", "phrases"}
NOT_HOOKS |= {"limits"} | supplements.FILES


class _Tables(NamedTuple):
    release: shapes.ReleaseFile
    words: shapes.WordsFile
    facts: shapes.FactsFile
    products: shapes.ProductsFile
    evidence: dict[str, shapes.EvidenceEntry]
    reasons: shapes.OverrideReasonsFile
    phrases: shapes.PhrasesFile


class _Stems(NamedTuple):
    hooks: tuple[Hook, ...]
    rules: tuple[Rule, ...]
    alternatives: dict[str, Alternative]
    exemptions: Exemptions


def load(hooks_path: Path, overlay_path: Path | None = None) -> Content:
    """The content release in a folder, ready to run.

    Args:
        hooks_path: the folder `hooks/` of a release.
        overlay_path: a site's own folder to lay over it.

    Raises:
        ContentBroken: anything of it is missing, mistyped or names what does not exist; every fault is listed.
    """
    if not hooks_path.is_dir():
        raise ContentBroken((f"{hooks_path}: there is no such folder",))
    faults: list[str] = []
    overlay_faults: list[str] = []
    overlay = read_overlay(overlay_path, overlay_faults) if overlay_path is not None else None
    content = _content(hooks_path, sha256_of(hooks_path), faults, overlay, overlay_faults)
    if content is not None and overlay is not None and not faults and not overlay_faults:
        content = laid_over(content, overlay, overlay_faults)
        overlay_faults += wordings.faults(content)
    faults += [f"overlay: {fault}" for fault in overlay_faults]
    if content is None or faults:
        raise ContentBroken(tuple(faults))
    return content


def _content(
    root: Path, sha256: str, faults: list[str], overlay: Overlay | None, overlay_faults: list[str]
) -> Content | None:
    tables, stems = _tables(root, faults), _stems(root, sha256, faults)
    value_sets = read_value_sets(root / "value_sets", faults)
    if tables is None or stems is None:
        return None
    if overlay is not None:
        value_sets = laid_over_value_sets(value_sets, root, overlay, overlay_faults)
        tables = tables._replace(words=laid_over_words(tables.words, value_sets, overlay, overlay_faults))
    content = _assembled(tables, stems, value_sets, sha256, faults)
    faults += references.faults(content, frozenset(tables.words.word_lists))
    faults += [f"words.toml: {fault}" for fault in brand_faults(tables.words)]
    return content


def _assembled(tables: _Tables, stems: _Stems, value_sets: ValueSets, sha256: str, faults: list[str]) -> Content:
    release, facts = tables.release, tables.facts
    return Content(
        release=release.become(Release, sha256=sha256),
        hooks=stems.hooks,
        rules=stems.rules,
        alternatives=stems.alternatives,
        exemptions=stems.exemptions,
        reading=_reading(facts),
        terminology=terminology(value_sets, tables.words, facts.codes),
        value_set_codes=value_sets.codes,
        products=_products(tables.products, value_sets, facts.subject_set, faults),
        evidence={id_: entry.become(Evidence, id=id_) for id_, entry in tables.evidence.items()},
        override_reasons={code: entry.become(Coding, code=code) for code, entry in tables.reasons.reasons.items()},
        phrases=tables.phrases.become(Phrases),
        source_label=release.source_label,
        source_url=release.source_url,
        topic_system=release.topic_system,
        value_sets=value_sets.versions,
        value_set_notes=value_sets.notes,
        origins=release.source_attributes.become(Origins),
        standard_reasons=tables.reasons.standard.become(
            StandardReasons, codes=frozenset(tables.reasons.standard.codes)
        ),
    )


def _stems(root: Path, sha256: str, faults: list[str]) -> _Stems | None:
    hooks = _hooks(root, faults)
    rules = read_rules(root, sha256, faults)
    alternatives = read_alternatives(root, sha256, faults)
    exemptions = read_exemptions(root, sha256, faults)
    return None if exemptions is None else _Stems(hooks, rules, alternatives, exemptions)


def _tables(root: Path, faults: list[str]) -> _Tables | None:
    release = read(root / "release.toml", root, shapes.ReleaseFile, faults)
    words = read(root / "words.toml", root, shapes.WordsFile, faults)
    facts = read(root / "facts.toml", root, shapes.FactsFile, faults)
    products = read(root / "products.toml", root, shapes.ProductsFile, faults)
    evidence = read(root / "evidence.toml", root, dict[str, shapes.EvidenceEntry], faults)
    reasons = read(root / "override_reasons.toml", root, shapes.OverrideReasonsFile, faults)
    phrases = read(root / "phrases.toml", root, shapes.PhrasesFile, faults)
    if not (release and words and facts and products and evidence is not None and reasons and phrases):
        return None
    return _Tables(release, words, facts, products, evidence, reasons, phrases)


def _hooks(root: Path, faults: list[str]) -> tuple[Hook, ...]:
    hooks = []
    for path in sorted(root.glob("*.toml")):
        if path.stem in NOT_HOOKS:
            continue
        table = read(path, root, shapes.HookFile, faults)
        if table is None:
            continue
        if table.hook != path.stem:
            faults.append(f"{path.name}: it describes the hook {table.hook!r}, not the one of its name")
        hooks.append(table.become(Hook, context_schema=table.context))
    if not hooks:
        faults.append("no hook: there must be at least one <hook>.toml")
    return tuple(hooks)


def _reading(facts: shapes.FactsFile) -> Reading:
    return facts.become(
        Reading,
        course=facts.course.become(CourseLimits),
        form_sets={form.value: name for form, name in facts.form_sets.items()},
        form_words={form.value: name for form, name in facts.form_words.items()},
        form_routes={route: form.value for route, form in facts.form_routes.items()},
    )


def _products(
    table: shapes.ProductsFile, value_sets: ValueSets, subject: str, faults: list[str]
) -> dict[tuple[str, str], Product]:
    displays = {(coding.system, coding.code): coding.display for coding in value_sets.codes.get(subject, ())}
    products: dict[tuple[str, str], Product] = {}
    for entry in table.product:
        key = (table.system, entry.code)
        if key not in displays:
            faults.append(f"products.toml: {entry.code} is not in the value set {subject}")
        if key in products:
            faults.append(f"products.toml: {entry.code} stands there twice")
        if (entry.strength_mg is None) != (not entry.unit) or (entry.strength_mg or Decimal(1)) <= 0:
            faults.append(f"products.toml: {entry.code} needs both unit and a strength_mg above 0, or neither")
        products[key] = entry.become(
            Product,
            coding=Coding(system=table.system, code=entry.code, display=displays.get(key, entry.label)),
            per_ml=entry.unit == "mL",
        )
    return products
