"""Which alternatives the findings offer for one order, and what each of them says of this patient.

Exemptions hold back what replaces or removes an order that is right as it is. A second choice is considered only where
the first is not offered. An alternative whose check breaks, or heeds a rule that broke, is never offered.
"""

import logging
from collections.abc import Mapping
from dataclasses import replace

from cds_service.domain.content import Alternative, Content
from cds_service.domain.decision import Assessment, Ruling
from cds_service.domain.facts import Facts
from cds_service.domain.outcome import Declined, Finding, RuleFailed, Unfit, Verdict
from cds_service.engine.assess import indicator_of
from cds_service.engine.labels import try_verdict

log = logging.getLogger(__name__)

DRUGS = frozenset({"drug", "combination"})
NEVER_UNDER_EXEMPTION = DRUGS | {"cancel", "service"}
ANY = "*"
Told = dict[str, tuple[Ruling, Finding | None]]  # rule id -> its ruling, and the finding behind it
Offers = dict[str, list[str]]  # rule id -> alternatives that its finding offers


def judged(assessments: tuple[Assessment, ...], content: Content) -> tuple[tuple[Assessment, ...], list[Offers]]:
    """The assessments with their verdicts, and what is offered for each: by its findings, as far as exemptions allow.

    A drug that one order offers is judged for the others of the draft too: it would replace them all.
    """
    named = [_named(assessment, content) for assessment in assessments]
    offers = [_allowed(names, one, content) for names, one in zip(named, assessments, strict=True)]
    drugs = [name for name in _all(offers) if content.alternatives[name].kind in DRUGS]
    return tuple(
        replace(one, verdicts=_verdicts(one, {*_all([names]), *drugs}, [*_all([allowed]), *drugs], content))
        for one, names, allowed in zip(assessments, named, offers, strict=True)
    ), offers


def _all(offers: list[Offers]) -> dict[str, None]:
    return dict.fromkeys(name for one in offers for names in one.values() for name in names)


def _named(assessment: Assessment, content: Content) -> Offers:
    """What the wordings of the findings offer."""
    findings = assessment.findings
    named: Offers = {}
    for rule_id, finding in findings.items():
        rule = content.rule_of[rule_id]
        own = rule.variants[finding.variant].offers
        names = dict.fromkeys(rule.offers if own is None else own)
        named[rule_id] = [name for name in names if name in content.alternatives]
    return named


def _allowed(named: Offers, assessment: Assessment, content: Content) -> Offers:
    held = {exemption.id for exemption in assessment.exemptions}
    if not held:
        return named
    return {
        rule_id: [name for name in names if _bears(content.alternatives[name], rule_id, held)]
        for rule_id, names in named.items()
    }


def _bears(alternative: Alternative, rule_id: str, held: set[str]) -> bool:
    """Whether an alternative may be offered by a rule although exemptions hold."""
    if ANY in alternative.never_under or not held.isdisjoint(alternative.never_under):
        return False
    return alternative.kind not in NEVER_UNDER_EXEMPTION or rule_id in alternative.under_exemptions


def _verdicts(assessment: Assessment, named: set[str], offered: list[str], content: Content) -> dict[str, Verdict]:
    """What every alternative that matters says: those offered, parts of combinations, first choices, and tapers.

    Args:
        assessment: of one order.
        named: what its findings name, and the drugs that other orders of the draft offer.
        offered: those of them that are offered for any order.
        content: the release.
    """
    alternatives = content.alternatives
    if assessment.exemptions:
        offered = [name for name in offered if alternatives[name].kind not in DRUGS]
    verdicts: dict[str, Verdict] = {name: Unfit(because="exempt") for name in sorted(named - set(offered))}
    wanted = dict.fromkeys(
        [*offered]
        + [first for name in offered for first in (*alternatives[name].of, *alternatives[name].after)]
        + (_tapers(content) if any(alternatives[name].kind in DRUGS for name in offered) else [])
    )
    findings = _findings(assessment, content)
    shown = {name: findings[name][1] for name in assessment.findings}
    for name in sorted(wanted, key=lambda one: bool(alternatives[one].after)):  # first choices first
        verdicts[name] = _verdict(alternatives[name], assessment.facts, shown, findings, verdicts)
    return verdicts


def _tapers(content: Content) -> list[str]:
    return [alternative.id for alternative in content.alternatives.values() if alternative.kind == "taper"]


def _findings(assessment: Assessment, content: Content) -> Told:
    """Rule id -> its ruling and its finding as loud as it is shown, or would be."""
    rules = content.rule_of
    told: Told = {}
    for ruling in assessment.rulings:
        spoken = ruling.outcome if isinstance(ruling.outcome, Finding) else ruling.spoken
        finding = spoken if isinstance(spoken, Finding) else None
        if finding is not None:
            finding = replace(finding, ceiling=indicator_of(rules[ruling.rule], finding))
        told[ruling.rule] = (ruling, finding)
    return told


def _verdict(
    alternative: Alternative,
    facts: Facts,
    shown: Mapping[str, Finding | None],
    findings: Told,
    verdicts: Mapping[str, Verdict],
) -> Verdict:
    before = next((name for name in alternative.after if not isinstance(verdicts.get(name), Declined)), None)
    if before is not None:
        return Unfit(because=f"after:{before}")
    heeded = {name: findings[name] for name in alternative.heeds if name in findings}
    broken = next((name for name, (ruling, _) in heeded.items() if _broke(ruling)), None)
    if broken is not None:
        return Unfit(because=f"unjudged:{broken}")
    told = {**shown, **{name: finding for name, (_, finding) in heeded.items()}}
    seen = {name: finding for name, finding in told.items() if finding is not None}
    try:
        verdict = alternative.check(facts, seen, alternative.params)
        try_verdict(alternative, verdict)
    except Exception as error:  # noqa: BLE001 - an unchecked alternative is never offered; the cards still go out
        log.error("Alternative %s failed with %s; it is not offered", alternative.id, type(error).__name__)
        return Unfit(because=f"failed:{type(error).__name__}")
    return verdict


def _broke(ruling: Ruling) -> bool:
    return isinstance(ruling.outcome, RuleFailed) or isinstance(ruling.spoken, RuleFailed)
