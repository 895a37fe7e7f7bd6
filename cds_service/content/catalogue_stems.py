"""One rule or one alternative of the catalogue as a section of Markdown."""

from collections.abc import Iterable, Mapping

from cds_service.content.catalogue import logic_parts
from cds_service.content.markdown import blocks, bullets, code, link, table, under
from cds_service.domain.catalogue import (
    AlternativeEntry,
    Example,
    ExemptionEffect,
    RuleEntry,
    SourceAttribute,
    Threshold,
)
from cds_service.domain.content import Evidence, Variant
from cds_service.domain.provenance import Provenance

EFFECTS = {"S": "silent", "W": "at most warning", "I": "at most info"}
WAYS = {"replaced": "replaced by", "folded": "folded into"}


def rule_section(rule: RuleEntry, reasons: Mapping[str, str]) -> str:
    """A rule: what it does, its words, numbers, sources, examples and source attributes."""
    return blocks(
        f'<a id="{rule.id}"></a>',
        f"### {rule.title} (`{rule.id}` {rule.version})",
        "*In shadow: recorded, not shown.*" if rule.shadow else "",
        bullets(f"**{name}:** {text}" for name, text in rule.logic.items()),
        *(_variant(name, variant) for name, variant in rule.variants.items()),
        under("Added where it holds", bullets(f"`{token}` {text}" for token, text in rule.points.items())),
        under(
            "Silent, in the record of a decision", bullets(f"`{token}` {text}" for token, text in rule.silent.items())
        ),
        under("Thresholds", _thresholds(rule.thresholds)),
        under("Right as it is", _effects(rule.exemptions)),
        under("Gives way", bullets(_gives_way(rule))),
        under("Evidence", _evidence(rule.evidence, rule.no_evidence)),
        under("Worked examples", _examples(rule.examples)),
        under(
            "Looks at",
            bullets(
                (
                    f"parts of the record: {', '.join(rule.needs) or 'the order alone'}",
                    *((f"value sets and words: {code(rule.value_sets)}",) if rule.value_sets else ()),
                )
            ),
        ),
        under("Offers", ", ".join(map(link, rule.offers))),
        under("Reasons to override", "; ".join(reasons[code_] for code_ in rule.override_reasons)),
        under("Source attributes", _attributes(rule.source_attributes)),
        under("History", _history(rule.provenance)),
    )


def alternative_section(alternative: AlternativeEntry) -> str:
    """An alternative: when it is offered, the orders it becomes, and why it may not be."""
    return blocks(
        f'<a id="{alternative.id}"></a>',
        f"### {alternative.title} (`{alternative.id}` {alternative.version})",
        bullets(f"**{name}:** {text}" for name, text in logic_parts(alternative.logic).items()) or alternative.logic,
        under(
            "Labels",
            bullets(text if not name else f"`{name}` {text}" for name, text in alternative.labels.items()),
        ),
        *(
            under(f"Order{'' if order.name == 'default' else ' ' + order.name}", bullets(order.lines))
            for order in alternative.orders
        ),
        under("Not offered", bullets(f"`{token}` {text}" for token, text in alternative.blocked.items())),
        under(
            "Added to the card where it holds",
            bullets(f"`{token}` {text}" for token, text in alternative.points.items()),
        ),
        under(
            "Added to the order where it holds",
            bullets(f"`{token}` {text}" for token, text in alternative.notes.items()),
        ),
        under("Limits", _thresholds(alternative.thresholds)),
        under("Evidence", _evidence(alternative.evidence, alternative.no_evidence)),
        under("Worked examples", _examples(alternative.examples)),
        under("Offered by", ", ".join(map(link, alternative.offered_by))),
        under("Looks at", ", ".join(alternative.needs)),
        under("Value sets and words", code(alternative.value_sets)),
        under("Source attributes", _attributes(alternative.source_attributes)),
        under("History", _history(alternative.provenance)),
    )


def evidence_line(source: Evidence, *, full: bool = False) -> str:
    """One source with its strength and, where it may be shown, its link."""
    citation = f"[{source.citation}]({source.url})" if source.linkable else source.citation
    told = f" Supports: {source.claim}" if full else ""
    return f"`{source.id}` {citation} *{source.strength}, {source.verified}.*{told}"


def _variant(name: str, variant: Variant) -> str:
    also = f"; a site may choose {' or '.join(variant.may_be)}" if variant.may_be else ""
    only = (
        f"; only when {link(variant.if_offered)} is offered, else `{variant.otherwise}`" if variant.if_offered else ""
    )
    return blocks(
        f"**`{name}`: {variant.indicator.value}**{also}{only}",
        f"> {variant.summary}",
        bullets((variant.problem, f"Why: {variant.why}", f"Instead: {variant.instead}")),
    )


def _thresholds(thresholds: Iterable[Threshold]) -> str:
    rows = [
        (
            f"`{one.name}`",
            " ".join(filter(None, (one.value, one.counted_in))),
            one.meaning,
            f"{one.bound.least} to {one.bound.most}" if one.bound else "fixed",
        )
        for one in thresholds
    ]
    return table(("threshold", "value", "means", "a site may choose"), rows)


def _effects(effects: Iterable[ExemptionEffect]) -> str:
    rows = [
        (f"`{one.id}` {one.name}", EFFECTS[one.effect] + (f" (wording `{one.variant}`)" if one.variant else ""))
        for one in effects
        if one.effect in EFFECTS
    ]
    return table(("exemption", "then"), rows)


def _gives_way(rule: RuleEntry) -> list[str]:
    lines = [f"{WAYS.get(way, way)} {link(id_)}" for id_, way in rule.yields_to.items()]
    for id_, indicators in rule.silent_beside.items():
        beside = "any other card" if id_ == "*" else link(id_)
        lines.append(f"not shown beside {beside} that is {' or '.join(indicators)}")
    return lines


def _evidence(sources: Iterable[Evidence], reason: str) -> str:
    return bullets(evidence_line(source) for source in sources) or reason


def _examples(examples: Iterable[Example]) -> str:
    return table(("case", "says"), [(example.case, example.says) for example in examples])


def _attributes(attributes: Iterable[SourceAttribute]) -> str:
    return table(("no.", "attribute", "value"), [(str(one.number), one.name, one.value) for one in attributes])


def _history(provenance: Provenance) -> str:
    rows = [(change.version, change.date.isoformat(), change.what, change.why) for change in provenance.history]
    reviewed = "not yet reviewed" if provenance.reviewed is None else f"reviewed on {provenance.reviewed.isoformat()}"
    due = f", to be reviewed by {provenance.next_review.isoformat()}" if provenance.next_review else ""
    return blocks(
        table(("version", "date", "what", "why"), rows),
        f"Owner: {provenance.owner or 'nobody yet'}; {reviewed}{due}.",
    )
