"""What changes from one content to another, line by line: a release and the next, or a release and a site's overlay."""

from collections.abc import Iterable, Iterator, Mapping

from cds_service.content.catalogue import order_lines
from cds_service.content.thresholds import thresholds_of
from cds_service.domain.content import Alternative, Content, Rule

LISTED = 5  # codes or words named one by one; of more, the number is told
TABLES = {  # tables of sentences by token
    "rule": ("points", "silent"),
    "alternative": ("labels", "points", "notes", "blocked", "unfit"),
    "phrases": ("headings", "sections", "missing", "unavailable", "doubts", "basis", "sentences", "silenced", "unfit"),
}
LISTS = ("needs", "evidence", "override_reasons", "offers", "value_sets")


def differences(before: Content, after: Content) -> list[str]:
    """Every difference that a reviewer would want to know; the code of the Python halves is told by their version."""
    old, new = dict(_told(before)), dict(_told(after))
    lines = []
    for what in dict.fromkeys((*old, *new)):
        if what not in new:
            lines.append(f"{what}: removed (was {old[what]})")
        elif what not in old:
            lines.append(f"{what}: added: {new[what]}")
        elif old[what] != new[what]:
            lines.append(f"{what}: {old[what]} → {new[what]}")
    return lines + list(_sets(_codes(before), _codes(after))) + list(_sets(_words(before), _words(after)))


def _told(content: Content) -> Iterator[tuple[str, str]]:
    """Everything that is told by one value, by where it stands."""
    for rule in content.rules:
        yield from _rule(rule)
    for alternative in content.alternatives.values():
        yield from _alternative(alternative)
    for rule_id, row in content.exemptions.matrix.items():
        yield from ((f"exemption {id_} on {rule_id}", effect) for id_, effect in row.items())
    for source in content.evidence.values():
        yield f"evidence {source.id}", f"{source.citation} ({source.strength}, {source.verified}) {source.url}".strip()
    yield "footer", repr(content.phrases.footer)
    yield from _sentences("phrases", "phrases", content.phrases)


def _rule(rule: Rule) -> Iterator[tuple[str, str]]:
    at = f"rule {rule.id}"
    yield f"{at}, version", rule.version
    yield f"{at}, title", repr(rule.title)
    yield f"{at}, shown", "no, in shadow" if rule.shadow else "yes"
    for threshold in thresholds_of(rule):
        yield f"{at}, threshold {threshold.name}", threshold.value
    for name, variant in rule.variants.items():
        yield f"{at}, variant {name}, indicator", variant.indicator.value
        for part in ("summary", "problem", "why", "instead"):
            yield f"{at}, variant {name}, {part}", repr(getattr(variant, part))
    yield from _sentences(at, "rule", rule)
    for name in LISTS:
        yield f"{at}, {name}", ", ".join(getattr(rule, name)) or "none"
    yield from ((f"{at}, gives way to {other}", manner) for other, manner in rule.gives_way_to.items())
    yield from ((f"{at}, silent beside {other}", ", ".join(loud)) for other, loud in rule.unless.items())


def _alternative(alternative: Alternative) -> Iterator[tuple[str, str]]:
    at = f"alternative {alternative.id}"
    yield f"{at}, version", alternative.version
    for name in ("title", "label", "label_continuing", "description"):
        yield f"{at}, {name}", repr(getattr(alternative, name))
    for threshold in thresholds_of(alternative):
        yield f"{at}, limit {threshold.name}", threshold.value
    yield from ((f"{at}, order {name}", " / ".join(order_lines(order))) for name, order in alternative.orders.items())
    yield from _sentences(at, "alternative", alternative)
    for name in ("needs", "evidence", "value_sets"):
        yield f"{at}, {name}", ", ".join(getattr(alternative, name)) or "none"


def _sentences(at: str, kind: str, owner: object) -> Iterator[tuple[str, str]]:
    for table in TABLES[kind]:
        yield from ((f"{at}, {table}.{token}", repr(text)) for token, text in getattr(owner, table).items())


# Codes and words ------------------------------------------------------------------------------------------------------


def _codes(content: Content) -> Mapping[str, set[str]]:
    return {
        f"value set {name}": {f"{coding.code} ({coding.display})" for coding in codings}
        for name, codings in content.value_set_codes.items()
    }


def _words(content: Content) -> Mapping[str, set[str]]:
    found: dict[str, set[str]] = {}
    for vocabulary, index in content.terminology.words.items():
        for word in (word for listed in index.values() for word in listed):
            for name in word.value_sets:
                words = found.setdefault(f"words of [{vocabulary.value}] for {name}", set())
                words.add(" ".join(word.tokens))
    return found


def _sets(before: Mapping[str, set[str]], after: Mapping[str, set[str]]) -> Iterator[str]:
    for name in sorted(before.keys() | after.keys()):
        added, removed = (
            after.get(name, set()) - before.get(name, set()),
            before.get(name, set()) - after.get(name, set()),
        )
        parts = [
            f"{len(part)} {verb}: {_some(part)}" for verb, part in (("added", added), ("removed", removed)) if part
        ]
        if parts:
            yield f"{name}: {'; '.join(parts)}"


def _some(items: Iterable[str]) -> str:
    listed = sorted(items)
    rest = len(listed) - LISTED
    return ", ".join(listed[:LISTED]) + (f" and {rest} more" if rest > 0 else "")
