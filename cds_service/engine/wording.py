"""Wordings that name an alternative: they are shown only when that alternative is offered.

A rule cannot know what will be offered. It picks its fullest wording; when the alternatives have been checked, each
finding falls back, wording by wording, to one that names nothing that is not offered.
"""

from collections.abc import Mapping
from collections.abc import Set as AbstractSet
from dataclasses import replace

from cds_service.domain.content import Content, Rule
from cds_service.domain.decision import Assessment, Ruling
from cds_service.domain.outcome import Finding, Value
from cds_service.engine.words import LONGEST_SUMMARY, check_filled, fill_summary


def worded(assessments: tuple[Assessment, ...], offered: AbstractSet[str], content: Content) -> tuple[Assessment, ...]:
    """The assessments with every finding in a wording that holds.

    Args:
        assessments: with their findings.
        offered: ids of the alternatives that the answer offers.
        content: the release of the rules.
    """
    rules = content.conditional
    return tuple(
        replace(one, rulings=tuple([_ruling(ruling, rules, offered) for ruling in one.rulings]))
        if not rules.keys().isdisjoint(one.findings)
        else one
        for one in assessments
    )


def try_finding(rule: Rule, finding: Finding) -> None:
    """Make sure that the rule has words for what it says, whatever will be offered.

    Raises:
        KeyError: no such wording or sentence, or a placeholder without a value.
        ValueError: a summary that cannot be made short enough.
    """
    name = finding.variant
    while name:
        variant = rule.variants[name]
        for part in (variant.summary, variant.problem, variant.why, variant.instead):
            check_filled(part, finding.values)
        if len(variant.summary) + sum(map(_length, finding.values.values())) > LONGEST_SUMMARY:
            fill_summary(variant.summary, finding.values)
        name = variant.otherwise
    for point in finding.points:
        check_filled(rule.points[point], finding.values)


def _length(value: Value) -> int:
    return sum(map(len, value)) if isinstance(value, tuple) else len(str(value))


def _ruling(ruling: Ruling, rules: Mapping[str, Rule], offered: AbstractSet[str]) -> Ruling:
    finding = ruling.outcome
    if ruling.rule not in rules or not isinstance(finding, Finding):
        return ruling
    variant = _variant(rules[ruling.rule], finding.variant, offered)
    if variant == finding.variant:
        return ruling
    return replace(ruling, outcome=replace(finding, variant=variant), spoken=ruling.spoken or finding)


def _variant(rule: Rule, name: str, offered: AbstractSet[str]) -> str:
    """The first wording of the chain that holds; a release in which a chain does not end is refused at loading."""
    variant = rule.variants[name]
    if not variant.if_offered or variant.if_offered in offered:
        return name
    return _variant(rule, variant.otherwise, offered)
