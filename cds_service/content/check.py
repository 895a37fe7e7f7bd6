"""What an editor of `hooks/` should know beyond whether the release loads: the command `cds-service check`."""

import ast
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from string import Formatter

import jsonschema

from cds_service.content.load import load
from cds_service.content.references import classes_of_words
from cds_service.content.value_set_build import value_set_texts
from cds_service.domain.content import Alternative, Content, Rule
from cds_service.domain.errors import ContentBroken
from cds_service.domain.outcome import Indicator

LONGEST_SUMMARY = 139
REALISTIC_VALUE = 24  # characters of a filled placeholder; longer names are shortened when a card is written
MARKS = {"V1", "V2", "V3", "U"}
LINKED = {"V1", "V2"}
QUESTIONS = {  # what halves ask with names of classes: methods of Facts, functions of domain
    "problems_in",
    "active_problems",
    "current_drugs",
    "past_drugs",
    "allergies_to",
    "stated_reasons",
    "indication",
    "in_any",
    "label_of",
    "match_of",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Report:
    """The result of a check: `faults` must be mended before a release, `notices` are worth a look."""

    faults: tuple[str, ...]
    notices: tuple[str, ...] = ()


def check(hooks_path: Path) -> Report:
    """Check a content release as an editor would.

    A release that does not load is reported with the faults of loading alone.
    """
    try:
        content = load(hooks_path)
    except ContentBroken as broken:
        return Report(faults=broken.faults)
    faults = [
        *_names(hooks_path, content),
        *_evidence(content),
        *_wordings(content),
        *_hooks(content),
        *_exemptions(content),
        *_classes_asked_for(hooks_path, content),
        *_built(hooks_path),
    ]
    return Report(faults=tuple(faults), notices=tuple(_notices(hooks_path, content)))


def _names(root: Path, content: Content) -> Iterator[str]:
    """File name = id, so that a topic on a card leads to its file."""
    rules = {rule.id for rule in content.rules}
    for folder, ids, prefix in (("rules", rules, ""), ("alternatives", set(content.alternatives), "sg-")):
        stems = {path.stem for path in (root / folder).glob("*.toml")}
        expected = {id_.removeprefix(prefix).replace("-", "_") for id_ in ids}
        for stem in sorted(stems - expected):
            yield f"{folder}/{stem}.toml: its id should be {prefix}{stem.replace('_', '-')}, after the file"


def _evidence(content: Content) -> Iterator[str]:
    for entry in content.evidence.values():
        if entry.verified not in MARKS:
            yield f"evidence.toml: {entry.id}: verified is {entry.verified!r}, none of {', '.join(sorted(MARKS))}"
        if entry.url and entry.verified not in LINKED:
            yield f"evidence.toml: {entry.id}: a source marked {entry.verified} is not linked; empty its url"
        if entry.url and not entry.url.startswith("https://"):
            yield f"evidence.toml: {entry.id}: the url must be absolute and https"
    for owner in _owners(content):
        for id_ in owner.evidence:
            if content.evidence[id_].verified == "U":
                yield f"{owner.id}: cites {id_}, which is not verified"
    for rule in content.rules:
        if not rule.evidence and any(variant.indicator is not Indicator.INFO for variant in rule.variants.values()):
            yield f"rule {rule.id}: warns without evidence"


def _wordings(content: Content) -> Iterator[str]:
    for where, text in _texts(content):
        try:
            parts = [(len(words), name) for words, name, _, _ in Formatter().parse(text)]
        except ValueError as problem:
            yield f"{where}: a brace out of place: {problem}"
            continue
        for _, name in parts:
            if name is not None and not name.isidentifier():
                yield f"{where}: {{{name}}} is not a placeholder"
        length = sum(words + (0 if name is None else REALISTIC_VALUE) for words, name in parts)
        if where.endswith(" summary") and length > LONGEST_SUMMARY:
            yield f"{where}: can grow to {length} characters"


def _texts(content: Content) -> Iterator[tuple[str, str]]:
    """Every sentence that is filled with values, and where it stands."""
    for rule in content.rules:
        for name, variant in rule.variants.items():
            for part in ("summary", "problem", "why", "instead"):
                yield f"rule {rule.id}, variant {name}, {part}", getattr(variant, part)
        yield from _table(f"rule {rule.id}, points", rule.points)
        yield from _table(f"rule {rule.id}, silent", rule.silent)
    for alternative in content.alternatives.values():
        at = f"alternative {alternative.id}"
        for part in ("label", "label_continuing", "description"):
            yield f"{at}, {part}", getattr(alternative, part)
        for table in ("labels", "points", "notes", "blocked"):
            yield from _table(f"{at}, {table}", getattr(alternative, table))
    for table in ("headings", "sections", "missing", "unavailable", "doubts", "basis", "sentences"):
        yield from _table(f"phrases.toml, {table}", getattr(content.phrases, table))


def _table(where: str, table: Mapping[str, str]) -> Iterator[tuple[str, str]]:
    yield from ((f"{where}.{key}", text) for key, text in table.items())


def _hooks(content: Content) -> Iterator[str]:
    for hook in content.hooks:
        try:
            jsonschema.Draft202012Validator.check_schema(dict(hook.context_schema))
        except jsonschema.SchemaError as problem:
            yield f"{hook.hook}.toml: [context] is not a JSON Schema: {problem.message}"
        members = hook.context_schema.get("properties", {})
        for name in filter(None, (hook.orders_at, hook.selections_at)):
            if name not in members:
                yield f"{hook.hook}.toml: [context] says nothing of {name}"


def _exemptions(content: Content) -> Iterator[str]:
    matrix = content.exemptions.matrix
    yield from (f"exemptions.toml: no [matrix.{rule.id}]" for rule in content.rules if rule.id not in matrix)
    shown = {rule.id for rule in content.rules}
    for id_, row in matrix.items():
        for name in content.exemptions.names:
            if name not in row and id_.partition("/")[0] in shown:
                yield f"exemptions.toml: [matrix.{id_}] does not say what {name} does"


def _classes_asked_for(root: Path, content: Content) -> Iterator[str]:
    """A half may ask only for classes its TOML half names: a mistyped one would never be found."""
    stems: list[tuple[str, Iterable[str]]] = [
        (f"rules/{rule.id.replace('-', '_')}.py", rule.value_sets) for rule in content.rules
    ]
    stems += [
        (f"alternatives/{id_.removeprefix('sg-').replace('-', '_')}.py", alternative.value_sets)
        for id_, alternative in content.alternatives.items()
    ]
    for name, declared in stems:
        path = root / name
        if not path.is_file():
            continue  # named by _names
        for asked in _asked(path):
            if asked not in declared:
                yield f"{name}: asks for {asked!r}, which value_sets of its TOML half does not name"
    known = content.value_set_codes.keys() | classes_of_words(content)
    for asked in _asked(root / "exemptions.py"):
        if asked not in known:
            yield f"exemptions.py: asks for {asked!r}, which is no value set and no word list"


def _asked(path: Path) -> list[str]:
    """The names of classes a Python half writes out where it questions the facts."""
    names: list[str] = []
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if not isinstance(node, ast.Call):
            continue
        called = node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")
        if called not in QUESTIONS:
            continue
        for given in node.args:
            names += [
                part.value for part in ast.walk(given) if isinstance(part, ast.Constant) and isinstance(part.value, str)
            ]
    return list(dict.fromkeys(names))


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


def _notices(root: Path, content: Content) -> Iterator[str]:
    cited = {id_ for owner in _owners(content) for id_ in owner.evidence}
    yield from (f"evidence.toml: nothing cites {id_}" for id_ in content.evidence if id_ not in cited)
    used = {name for owner in _owners(content) for name in owner.value_sets} | _read(content)
    used |= set(_asked(root / "exemptions.py"))
    yield from (f"value_sets/{name}.json: nothing uses it" for name in content.value_set_codes if name not in used)
    given = {code for rule in content.rules for code in rule.override_reasons}
    yield from (
        f"override_reasons.toml: no rule lists {code}" for code in content.override_reasons if code not in given
    )
    offered = {id_ for rule in content.rules for id_ in rule.offers}
    offered |= {id_ for rule in content.rules for variant in rule.variants.values() for id_ in variant.offers or ()}
    offered |= {id_ for alternative in content.alternatives.values() for id_ in alternative.of}
    yield from (f"alternative {id_}: no rule offers it" for id_ in content.alternatives if id_ not in offered)
    ids = {rule.id for rule in content.rules}
    yield from (
        f"exemptions.toml: [matrix.{id_}] is of no rule yet"
        for id_ in content.exemptions.matrix
        if id_.partition("/")[0] not in ids
    )
    for rule in content.rules:
        if not rule.evidence:
            yield f"rule {rule.id}: informs without evidence"
        elif not any(content.evidence[id_].linkable for id_ in rule.evidence):
            yield f"rule {rule.id}: none of its sources can be linked"
    if not content.release.reviewers:
        yield f"release.toml: nobody has signed this release off: {content.release.sign_off}"


def _read(content: Content) -> set[str]:
    reading = content.reading
    lists = (reading.observation_sets, reading.service_sets, reading.ignored_sets, reading.form_sets.values())
    return {reading.subject_set, reading.weight_set, *(name for names in lists for name in names)}


def _owners(content: Content) -> tuple[Rule | Alternative, ...]:
    return (*content.rules, *content.alternatives.values())
