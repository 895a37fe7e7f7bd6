"""A site's wordings in place of the release's: the same placeholders, the same tokens, other words."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from string import Formatter
from typing import Any

import msgspec

from cds_service.content import overlay_shapes as shapes
from cds_service.content.tune import tuned_rule
from cds_service.domain.content import Alternative, Content, Phrases, Rule, Variant
from cds_service.domain.facts import Facts
from cds_service.domain.outcome import Declined, Finding, Offer, Verdict
from cds_service.domain.provenance import Tuning

WITHHELD = "withheld"  # token of `[blocked]` for an alternative that a site never offers
OF_ORDERS = ("drug", "regimen")  # placeholders that the order of any alternative fills
SENTENCES = ("summary", "problem", "why", "instead")


def laid_over_rule(rule: Rule, change: shapes.RuleChange, content: Content, faults: list[str]) -> Rule:
    """A rule with the site's thresholds and indicators, within its bounds, and the site's words."""
    at = f"rule {rule.id}"
    indicators = {
        name: variant.indicator.value for name, variant in change.variants.items() if variant.indicator is not None
    }
    tuning = Tuning(params=change.numbers(), indicators=indicators, shadow=change.shadow)
    rule = tuned_rule(rule, tuning, faults)
    faults += [f"{at}: there is no variant {name}" for name in change.variants if name not in rule.variants]
    reasons = rule.override_reasons if change.override_reasons is None else change.override_reasons
    faults += [f"{at}: unknown override reason: {code}" for code in reasons if code not in content.override_reasons]
    return replace(
        rule,
        variants={
            name: _variant(variant, change.variants.get(name), f"{at}, variant {name}", faults)
            for name, variant in rule.variants.items()
        },
        points=_table(rule.points, change.points, f"{at}, points", faults),
        override_reasons=reasons,
    )


def laid_over_alternative(alternative: Alternative, change: shapes.AlternativeChange, faults: list[str]) -> Alternative:
    """An alternative with the site's words, or one that the site never offers."""
    at = f"alternative {alternative.id}"
    single: dict[str, Any] = {
        name: _text(getattr(alternative, name), getattr(change, name), f"{at}, {name}", faults, OF_ORDERS)
        for name in ("label", "label_continuing", "description")
    }
    tables: dict[str, Any] = {
        name: _table(getattr(alternative, name), getattr(change, name), f"{at}, {name}", faults)
        for name in ("labels", "points", "notes", "blocked")
    }
    worded = replace(alternative, **single, **tables)
    return _withheld(worded, change.withheld) if change.withheld else worded


def laid_over_phrases(phrases: Phrases, change: shapes.PhrasesChange, faults: list[str]) -> Phrases:
    """The shared words with the site's."""
    tables: dict[str, Any] = {
        name: _table(getattr(phrases, name), words, f"phrases.toml, {name}", faults)
        for name, words in msgspec.structs.asdict(change).items()
        if name != "footer"
    }
    return replace(phrases, **tables, footer=phrases.footer if change.footer is None else change.footer)


def _variant(variant: Variant, change: shapes.VariantChange | None, at: str, faults: list[str]) -> Variant:
    if change is None:
        return variant
    allowed = {name for part in SENTENCES for name in _placeholders(getattr(variant, part))}
    texts = {part: getattr(change, part) for part in SENTENCES if getattr(change, part) is not None}
    for part, text in texts.items():
        faults += _strange(text, allowed, f"{at}, {part}")
    return replace(variant, **texts)


def _text(before: str, after: str | None, at: str, faults: list[str], also: Iterable[str] = ()) -> str:
    if after is None:
        return before
    faults += _strange(after, {*_placeholders(before), *also} if before else (), at)
    return after


def _table(before: Mapping[str, str], after: Mapping[str, str], at: str, faults: list[str]) -> Mapping[str, str]:
    faults += [f"{at}: there is no {token}" for token in after if token not in before]
    return {**before, **{token: _text(before[token], after[token], at, faults) for token in after if token in before}}


def _strange(text: str, allowed: Iterable[str], at: str) -> Iterator[str]:
    """Placeholders that nothing would fill."""
    for name in dict.fromkeys(_placeholders(text)):
        if name not in allowed:
            yield f"{at}: {{{name}}} is not filled here; these are: {', '.join(sorted(allowed)) or 'none'}"


def _placeholders(text: str) -> list[str]:
    try:
        return [name for _, name, _, _ in Formatter().parse(text) if name is not None]
    except ValueError:
        return [text]  # a brace out of place: named as no placeholder


def _withheld(alternative: Alternative, why: str) -> Alternative:
    """Never offered; where it would have been, the card names it with the site's reason."""

    def check(facts: Facts, findings: Mapping[str, Finding], params: Any) -> Verdict:  # noqa: ANN401 - each stem has its own Params
        verdict = alternative.check(facts, findings, params)
        return Declined(because=WITHHELD) if isinstance(verdict, Offer) else verdict

    words = why.replace("{", "{{").replace("}", "}}")
    return replace(alternative, check=check, blocked={**alternative.blocked, WITHHELD: words})
