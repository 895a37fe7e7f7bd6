"""Does everything that a release names exist? A name that leads nowhere would make a rule silent for ever."""

from collections.abc import Iterable, Iterator

from cds_service.domain.content import Alternative, Content, Rule
from cds_service.domain.facts import SectionName
from cds_service.domain.terminology import Vocabulary

EFFECTS = {"S", "W", "I", "-"}
GIVES_WAY = {"replaced", "folded"}
MOST_REASONS = 6


def faults(content: Content, word_lists: frozenset[str]) -> list[str]:
    """Every name in a release that leads nowhere, and every key that is used twice.

    Args:
        content: the release as read.
        word_lists: classes that are known by words alone.
    """
    classes = content.value_set_codes.keys() | word_lists
    found: list[str] = []
    found += _twice("rules: the id", [rule.id for rule in content.rules])
    found += _twice("rules: the place in the order", [str(rule.order) for rule in content.rules])
    found += _twice("hooks: the service id", [hook.service_id for hook in content.hooks])
    for rule in content.rules:
        found += [f"rule {rule.id}: {fault}" for fault in _of_rule(rule, content, classes)]
    for alternative in content.alternatives.values():
        found += [f"alternative {alternative.id}: {fault}" for fault in _of_alternative(alternative, content, classes)]
    found += [f"exemptions.toml: {fault}" for fault in _of_exemptions(content)]
    found += [f"override_reasons.toml: {fault}" for fault in _of_reasons(content)]
    found += [f"facts.toml: {fault}" for fault in _of_reading(content, classes)]
    found += [f"words.toml: {fault}" for fault in _of_words(content, classes, word_lists)]
    return found


def classes_of_words(content: Content) -> set[str]:
    """Every class that any word of the release stands for."""
    return {name for vocabulary in Vocabulary for name in _classes_in(content, vocabulary)}


def _of_rule(rule: Rule, content: Content, classes: Iterable[str]) -> Iterator[str]:
    ids = {other.id for other in content.rules} | content.exemptions.matrix.keys()
    yield from _unknown("needs", rule.needs, {section.value for section in SectionName})
    yield from _unknown("value set or word list", rule.value_sets, classes)
    yield from _unknown("evidence", rule.evidence, content.evidence)
    yield from _unknown("override reason", rule.override_reasons, content.override_reasons)
    yield from _unknown("alternative", rule.offers, content.alternatives)
    for name, variant in rule.variants.items():
        yield from _unknown(f"alternative of variant {name}", variant.offers or (), content.alternatives)
    yield from _of_wordings(rule)
    yield from _unknown("rule it gives way to", rule.gives_way_to, ids)
    yield from _unknown("way of giving way", rule.gives_way_to.values(), GIVES_WAY)
    yield from _unknown("rule under unless", rule.unless, ids | {"*"})
    if len(rule.override_reasons) > MOST_REASONS:
        yield f"{len(rule.override_reasons)} override reasons; at most {MOST_REASONS} fit a card"
    if not rule.variants:
        yield "no wording: it needs at least one [variants.*]"


def _of_reasons(content: Content) -> Iterator[str]:
    """Reasons of the standard's system that the standard does not have."""
    standard = content.standard_reasons
    for code, reason in content.override_reasons.items():
        if reason.system == standard.system and code not in standard.codes:
            yield f"{code} is no code of {standard.system}"


def _of_wordings(rule: Rule) -> Iterator[str]:
    """A wording that names an alternative falls back to one further down that is as loud and offers the same."""
    names = list(rule.variants)
    for at, (name, variant) in enumerate(rule.variants.items()):
        if not variant.if_offered and not variant.otherwise:
            continue
        offers = rule.offers if variant.offers is None else variant.offers
        other = rule.variants.get(variant.otherwise)
        if variant.if_offered not in offers:
            yield f"variant {name}: if_offered must be one of its offers, not {variant.if_offered!r}"
        if other is None or variant.otherwise not in names[at + 1 :]:
            yield f"variant {name}: otherwise must be a variant further down, not {variant.otherwise!r}"
        elif (other.indicator, other.offers) != (variant.indicator, variant.offers):
            yield f"variant {name}: {variant.otherwise} must have its indicator and its offers"


def _of_alternative(alternative: Alternative, content: Content, classes: Iterable[str]) -> Iterator[str]:
    yield from _unknown("needs", alternative.needs, {section.value for section in SectionName})
    yield from _unknown("value set or word list", alternative.value_sets, classes)
    yield from _unknown("evidence", alternative.evidence, content.evidence)
    yield from _unknown("alternative", (*alternative.of, *alternative.after), content.alternatives)
    ids = {rule.id for rule in content.rules} | content.exemptions.matrix.keys()
    yield from _unknown("rule", (*alternative.heeds, *alternative.rank_beside, *alternative.under_exemptions), ids)
    yield from _unknown("exemption", alternative.never_under, (*content.exemptions.names, "*"))
    if (alternative.kind == "combination") != bool(alternative.of):
        yield "`of` names the parts of a combination, and only of one"
    for choice, order in alternative.orders.items():
        yield from _unknown(f"class that [orders.{choice}] treats", sorted(getattr(order, "treats", ())), classes)


def _of_exemptions(content: Content) -> Iterator[str]:
    exemptions = content.exemptions
    yield from _unknown("needs", exemptions.needs, {section.value for section in SectionName})
    yield from _unknown("row of [matrix] under strictest", sorted(exemptions.strictest), exemptions.matrix)
    variants = {f"{rule.id}/{name}" for rule in content.rules for name in rule.variants}
    yield from _unknown("wording with a row of [matrix]", (id_ for id_ in exemptions.matrix if "/" in id_), variants)
    for rule_id, effects in exemptions.matrix.items():
        yield from _unknown(f"exemption in the row of {rule_id}", effects, exemptions.names)
        yield from _unknown(f"effect in the row of {rule_id}", effects.values(), EFFECTS)


def _of_reading(content: Content, classes: Iterable[str]) -> Iterator[str]:
    reading = content.reading
    sets = content.value_set_codes
    named = (reading.subject_set, reading.weight_set, *reading.observation_sets, *reading.service_sets)
    yield from _unknown("value set", (*named, *reading.form_sets.values(), *reading.units), sets)
    yield from _unknown("class", (reading.subject_words, *reading.ignored_sets), classes)
    in_orders = _classes_in(content, Vocabulary.ORDER)
    lists = (*reading.form_words.values(), *reading.ignored_when, *reading.order_words)
    yield from _unknown("word list of [order] in words.toml", lists, in_orders)
    if reading.subject_words not in _classes_in(content, Vocabulary.DRUG):
        yield f"no words for {reading.subject_words} under [drug] in words.toml"
    for name in sorted({*reading.observation_sets, reading.weight_set} - reading.units.keys()):
        yield f"no unit for {name}"


def _of_words(content: Content, classes: Iterable[str], word_lists: frozenset[str]) -> Iterator[str]:
    used = classes_of_words(content)
    yield from _unknown("value set or word list", sorted(used), classes)
    for name in sorted(word_lists - used):
        yield f"the word list {name} has no words"
    for name in sorted(word_lists & content.value_set_codes.keys()):
        yield f"{name} is a value set and a word list at once"


def _classes_in(content: Content, vocabulary: Vocabulary) -> set[str]:
    phrases = content.terminology.words.get(vocabulary, {})
    return {name for words in phrases.values() for word in words for name in word.value_sets}


def _unknown(what: str, names: Iterable[str], known: Iterable[str]) -> Iterator[str]:
    known = set(known)
    for name in dict.fromkeys(names):
        if name not in known:
            yield f"unknown {what}: {name}"


def _twice(what: str, names: list[str]) -> list[str]:
    return [f"{what} {name} is used more than once" for name in sorted({n for n in names if names.count(n) > 1})]
