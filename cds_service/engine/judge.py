"""Which alternatives the findings offer for one order, and what each of them says of this patient.

Exemptions hold back what replaces or removes an order that is right as it is. A second choice is considered only where
the first is not offered. An alternative whose check breaks, or heeds a rule that broke, is never offered.
"""

import logging
from collections.abc import Mapping
from dataclasses import replace

from cds_service.domain.content import Alternative, Content, Rule
from cds_service.domain.decision import Assessment, Ruling
from cds_service.domain.outcome import Declined, Finding, RuleFailed, Unfit, Verdict
from cds_service.engine.assess import indicator_of
from cds_service.engine.labels import try_verdict

log = logging.getLogger(__name__)

DRUGS = frozenset({"drug", "combination"})
NEVER_UNDER_EXEMPTION = DRUGS | {"cancel", "service"}
ANY = "*"


def offered_by(rule: Rule, assessment: Assessment, content: Content) -> list[str]:
    """The alternatives that a rule's finding offers for an order and that its exemptions allow."""
    if rule.id not in assessment.findings:
        return []
    return [
        name for name in _named(rule, assessment, content) if _allowed(content.alternatives[name], rule, assessment)
    ]


def judged(assessments: tuple[Assessment, ...], content: Content) -> tuple[Assessment, ...]:
    """The assessments with their verdicts.

    A drug that one order offers is judged for the others of the draft too: it would replace them all.
    """
    drugs = dict.fromkeys(
        name
        for assessment in assessments
        for rule in content.rules
        for name in offered_by(rule, assessment, content)
        if content.alternatives[name].kind in DRUGS
    )
    return tuple(replace(one, verdicts=_verdicts_of(one, list(drugs), content)) for one in assessments)


def _verdicts_of(assessment: Assessment, drugs: list[str], content: Content) -> dict[str, Verdict]:
    """What every alternative that matters says: those offered, parts of combinations, first choices, and tapers."""
    rules = [rule for rule in content.rules if rule.id in assessment.findings]
    named = dict.fromkeys([*(name for rule in rules for name in _named(rule, assessment, content)), *drugs])
    allowed = dict.fromkeys(name for rule in rules for name in offered_by(rule, assessment, content))
    allowed |= dict.fromkeys(() if assessment.exemptions else drugs)
    verdicts: dict[str, Verdict] = {name: Unfit(because="exempt") for name in named if name not in allowed}
    alternatives = content.alternatives
    wanted = dict.fromkeys(
        [*allowed]
        + [first for name in allowed for first in (*alternatives[name].of, *alternatives[name].after)]
        + (_tapers(content) if any(alternatives[name].kind in DRUGS for name in allowed) else [])
    )
    findings = _findings(assessment, content)
    for name in sorted(wanted, key=lambda one: bool(alternatives[one].after)):  # first choices first
        verdicts[name] = _verdict(alternatives[name], assessment, findings, verdicts)
    return verdicts


def _named(rule: Rule, assessment: Assessment, content: Content) -> list[str]:
    """What the wording of the finding offers."""
    own = rule.variants[assessment.findings[rule.id].variant].offers
    return [name for name in dict.fromkeys(rule.offers if own is None else own) if name in content.alternatives]


def _tapers(content: Content) -> list[str]:
    return [alternative.id for alternative in content.alternatives.values() if alternative.kind == "taper"]


def _allowed(alternative: Alternative, rule: Rule, assessment: Assessment) -> bool:
    held = {exemption.id for exemption in assessment.exemptions}
    if not held:
        return True
    if ANY in alternative.never_under or not held.isdisjoint(alternative.never_under):
        return False
    return alternative.kind not in NEVER_UNDER_EXEMPTION or rule.id in alternative.under_exemptions


def _findings(assessment: Assessment, content: Content) -> dict[str, tuple[Ruling, Finding | None]]:
    """Rule id -> its ruling and its finding as loud as it is shown, or would be."""
    rules = {rule.id: rule for rule in content.rules}
    told: dict[str, tuple[Ruling, Finding | None]] = {}
    for ruling in assessment.rulings:
        spoken = ruling.outcome if isinstance(ruling.outcome, Finding) else ruling.spoken
        finding = spoken if isinstance(spoken, Finding) else None
        if finding is not None:
            finding = replace(finding, ceiling=indicator_of(rules[ruling.rule], finding))
        told[ruling.rule] = (ruling, finding)
    return told


def _verdict(
    alternative: Alternative,
    assessment: Assessment,
    findings: Mapping[str, tuple[Ruling, Finding | None]],
    verdicts: Mapping[str, Verdict],
) -> Verdict:
    before = next((name for name in alternative.after if not isinstance(verdicts.get(name), Declined)), None)
    if before is not None:
        return Unfit(because=f"after:{before}")
    heeded = {name: findings[name] for name in alternative.heeds if name in findings}
    broken = next((name for name, (ruling, _) in heeded.items() if _broke(ruling)), None)
    if broken is not None:
        return Unfit(because=f"unjudged:{broken}")
    shown = {name: findings[name][1] for name in assessment.findings}
    seen = {name: finding for name, finding in {**shown, **{k: v for k, (_, v) in heeded.items()}}.items() if finding}
    try:
        verdict = alternative.check(assessment.facts, seen, alternative.params)
        try_verdict(alternative, verdict)
    except Exception as error:  # noqa: BLE001 - an unchecked alternative is never offered; the cards still go out
        log.error("Alternative %s failed with %s; it is not offered", alternative.id, type(error).__name__)
        return Unfit(because=f"failed:{type(error).__name__}")
    return verdict


def _broke(ruling: Ruling) -> bool:
    return isinstance(ruling.outcome, RuleFailed) or isinstance(ruling.spoken, RuleFailed)
