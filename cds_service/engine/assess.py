"""Facts of one reviewed order -> what every rule says of it.

In this order: each rule speaks for itself; exemptions quiet those that are right to be quiet; free text alone never
makes a card critical; a rule in shadow is recorded, and nothing of it is shown; then rules give way to those that say
the same more fully. What a rule said at first is kept beside what became of it, so that the ledger can tell why it was
silent.
"""

import logging
from collections.abc import Iterable, Mapping
from dataclasses import replace

from cds_service.domain.content import Content, Exemption, Rule
from cds_service.domain.decision import Assessment, Ruling
from cds_service.domain.facts import Facts
from cds_service.domain.outcome import Finding, Indicator, NotApplicable, NotAssessed, Outcome, RuleFailed
from cds_service.engine.wording import try_finding

log = logging.getLogger(__name__)

SUPPRESSED = "S"
CEILINGS = {"W": Indicator.WARNING, "I": Indicator.INFO}
MILDNESS = ("-", "W", "I", SUPPRESSED)  # from unchanged to silent
SHADOW = "shadow"
EXEMPTIONS = "exemptions"  # stands as a rule id where the exemptions themselves could not be judged


def assess(facts: Facts, content: Content) -> Assessment:
    """Run every rule of the release on one reviewed order.

    A rule that raises becomes its own `RuleFailed`; the others still speak. Exemptions that cannot be judged
    count as none (a card too many is safer than a card too few) and as a failed rule.
    """
    exemptions, failed = _holding(facts, content)
    rulings = [_ruling(rule, facts) for rule in content.rules]
    rulings = [_exempted(ruling, exemptions, content) for ruling in rulings] if exemptions else rulings
    rulings = [_shadowed(ruling, rule) for ruling, rule in zip(rulings, content.rules, strict=True)]
    rulings = _precedence(rulings, content.rule_of)
    return Assessment(facts=facts, exemptions=exemptions, rulings=(*rulings, *failed))


def indicator_of(rule: Rule, finding: Finding) -> Indicator:
    """How loudly a finding is shown: its wording's indicator, capped by what its facts and exemptions bear."""
    capped = rule.variants[finding.variant].indicator.at_most(finding.ceiling)
    return capped.at_most(Indicator.WARNING) if finding.text_only else capped


def _holding(facts: Facts, content: Content) -> tuple[tuple[Exemption, ...], tuple[Ruling, ...]]:
    try:
        return content.exemptions.holding(facts, content.exemptions.params), ()
    except Exception as error:  # noqa: BLE001 - any fault of the content must leave the rules speaking
        log.error("The exemptions failed with %s; all rules speak unexempted", type(error).__name__)
        failed = Ruling(rule=EXEMPTIONS, version=content.release.version, outcome=_failure(error))
        return (), (failed,)


def _ruling(rule: Rule, facts: Facts) -> Ruling:
    outcome: Outcome
    try:
        outcome = rule.evaluate(facts, rule.params)
        if isinstance(outcome, Finding):
            try_finding(rule, outcome)
    except Exception as error:  # noqa: BLE001 - one rule's crash is its own outcome, never the others' loss
        log.error("Rule %s failed with %s", rule.id, type(error).__name__)
        outcome = _failure(error)
    return Ruling(rule=rule.id, version=rule.version, outcome=outcome)


def _failure(error: Exception) -> RuleFailed:
    return RuleFailed(error=type(error).__name__)


def _exempted(ruling: Ruling, exemptions: Iterable[Exemption], content: Content) -> Ruling:
    finding = ruling.outcome
    if not isinstance(finding, Finding):
        return ruling
    matrix = content.exemptions.matrix
    row = matrix.get(f"{ruling.rule}/{finding.variant}") or matrix.get(ruling.rule, {})
    effects = [(row.get(exemption.id, "-"), exemption.id) for exemption in exemptions]
    pick = min if ruling.rule in content.exemptions.strictest else max
    effect, by = pick(effects, key=lambda pair: MILDNESS.index(pair[0]))
    if effect == SUPPRESSED:
        return replace(ruling, outcome=NotApplicable(because="exempt", by=by), spoken=finding)
    if effect in CEILINGS:
        return replace(
            ruling, outcome=replace(finding, ceiling=finding.ceiling.at_most(CEILINGS[effect])), spoken=finding
        )
    return ruling


def _shadowed(ruling: Ruling, rule: Rule) -> Ruling:
    """A rule on trial: what it says, lacks or breaks at is recorded; it shows nothing and quiets no other rule."""
    if not rule.shadow or isinstance(ruling.outcome, NotApplicable):
        return ruling
    return replace(ruling, outcome=NotApplicable(because=SHADOW), spoken=ruling.spoken or ruling.outcome)


def _precedence(rulings: list[Ruling], rules: Mapping[str, Rule]) -> list[Ruling]:
    speaking = {ruling.rule: ruling.outcome for ruling in rulings if isinstance(ruling.outcome, Finding)}
    indicators = {rule_id: indicator_of(rules[rule_id], finding) for rule_id, finding in speaking.items()}
    given = [
        _gives_way(ruling, rules[ruling.rule], indicators) if ruling.rule in speaking else ruling for ruling in rulings
    ]
    return [_unsure(ruling, rulings, rules) if isinstance(ruling.outcome, Finding) else ruling for ruling in given]


def _gives_way(ruling: Ruling, rule: Rule, speaking: Mapping[str, Indicator]) -> Ruling:
    for other, manner in rule.gives_way_to.items():
        if other in speaking:
            return replace(ruling, outcome=NotApplicable(because=manner, by=other), spoken=ruling.outcome)
    for other, indicator in speaking.items():
        if other != rule.id and indicator.value in _quieting(rule, other):
            return replace(ruling, outcome=NotApplicable(because="beside", by=other), spoken=ruling.outcome)
    return ruling


def _unsure(ruling: Ruling, rulings: Iterable[Ruling], rules: Mapping[str, Rule]) -> Ruling:
    """A rule that speaks only where others do not warn cannot tell while one of those cannot tell, or broke."""
    rule = rules[ruling.rule]
    if not rule.unless:
        return ruling
    undecided = [other for other in rulings if other.rule != rule.id and _could_quiet(rule, rules[other.rule])]
    failed = next((other.rule for other in undecided if isinstance(other.outcome, RuleFailed)), "")
    if failed:
        return replace(ruling, outcome=NotApplicable(because="beside", by=failed), spoken=ruling.outcome)
    missing = [
        token for other in undecided if isinstance(other.outcome, NotAssessed) for token in other.outcome.missing
    ]
    if missing:
        return replace(ruling, outcome=NotAssessed(missing=tuple(dict.fromkeys(missing))), spoken=ruling.outcome)
    return ruling


def _could_quiet(rule: Rule, other: Rule) -> bool:
    ranks = [Indicator(name).rank for name in _quieting(rule, other.id)]
    loudest = min(variant.indicator.rank for variant in other.variants.values())
    return bool(ranks) and loudest <= max(ranks)


def _quieting(rule: Rule, other: str) -> tuple[str, ...]:
    return (*rule.unless.get(other, ()), *rule.unless.get("*", ()))
