"""Findings -> suggestions: which alternatives of `hooks/` are offered to this patient, and on which card.

Each alternative that a shown finding offers checks the patient itself. What passes is put on the most urgent card
that offers it, once per answer, as long as its slot is free; what is blocked is named there with its reason.
"""

import logging
from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from uuid import UUID

from cds_service.domain.card import Action, Suggestion
from cds_service.domain.content import Alternative, Content, Rule
from cds_service.domain.decision import Assessment
from cds_service.domain.orders import Create, Proposal
from cds_service.domain.outcome import Declined, Finding, Offer, Unfit, Verdict
from cds_service.engine.actions import actions, say
from cds_service.engine.assess import indicator_of
from cds_service.engine.wording import worded
from cds_service.engine.words import fill

log = logging.getLogger(__name__)

NEVER_UNDER_EXEMPTION = frozenset({"drug", "combination", "cancel", "service"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Advice:
    """What one card says about alternatives.

    Attributes:
        suggestions: what can be done with a click.
        remarks: sentences about the offered and the blocked alternatives, filled and escaped.
        evidence: evidence ids of the offered alternatives.
    """

    suggestions: tuple[Suggestion, ...] = ()
    remarks: tuple[str, ...] = ()
    evidence: tuple[str, ...] = ()


def recommend(
    assessments: tuple[Assessment, ...], content: Content, new_uuid: Callable[[], UUID]
) -> tuple[tuple[Assessment, ...], dict[str, Advice]]:
    """Check the offered alternatives and place them on the cards.

    Returns:
        The assessments with their verdicts, in words that name only what is offered, and the advice by rule id.
    """
    judged = tuple(replace(assessment, verdicts=_verdicts(assessment, content)) for assessment in assessments)
    taken: dict[str, str] = {}
    said: set[str] = set()
    advice: dict[str, Advice] = {}
    for rule, offers in _cards(judged, content):
        on_card = Advice()
        for alternative in (content.alternatives[name] for name in offers if name not in said):
            verdicts = [
                (assessment, assessment.verdicts.get(alternative.id, Unfit(because="not-checked")))
                for assessment in judged
            ]
            on_card = _placed(on_card, alternative, verdicts, taken, said, content, new_uuid)
        advice[rule.id] = on_card
    offered = {suggestion.alternative for on_card in advice.values() for suggestion in on_card.suggestions}
    return worded(judged, offered, content), advice


def card_order(assessments: Iterable[Assessment], content: Content) -> list[Rule]:
    """The rules that speak, most urgent first, then in the order of the decision table."""
    rules = {rule.id: rule for rule in content.rules}
    loudest: dict[str, int] = {}
    for assessment in assessments:
        for rule_id, finding in assessment.findings.items():
            rank = indicator_of(rules[rule_id], finding).rank
            loudest[rule_id] = min(rank, loudest.get(rule_id, rank))
    return sorted((rules[rule_id] for rule_id in loudest), key=lambda rule: (loudest[rule.id], rule.order))


def _cards(assessments: tuple[Assessment, ...], content: Content) -> list[tuple[Rule, list[str]]]:
    cards = []
    for rule in card_order(assessments, content):
        findings = [assessment.findings[rule.id] for assessment in assessments if rule.id in assessment.findings]
        offers = dict.fromkeys(name for finding in findings for name in _offers(rule, finding))
        cards.append((rule, [name for name in offers if name in content.alternatives]))
    return cards


def _offers(rule: Rule, finding: Finding) -> tuple[str, ...]:
    own = rule.variants[finding.variant].offers
    return rule.offers if own is None else own


def _verdicts(assessment: Assessment, content: Content) -> dict[str, Verdict]:
    rules = {rule.id: rule for rule in content.rules}
    offered = dict.fromkeys(
        name for rule_id, finding in assessment.findings.items() for name in _offers(rules[rule_id], finding)
    )
    parts = [part for name in offered if name in content.alternatives for part in content.alternatives[name].of]
    tapers = [alternative.id for alternative in content.alternatives.values() if alternative.kind == "taper"]
    names = dict.fromkeys((*offered, *parts, *tapers))
    return {name: _verdict(content.alternatives[name], assessment) for name in names if name in content.alternatives}


def _verdict(alternative: Alternative, assessment: Assessment) -> Verdict:
    allowed = any(rule in assessment.findings for rule in alternative.under_exemptions)
    if assessment.exemptions and alternative.kind in NEVER_UNDER_EXEMPTION and not allowed:
        return Unfit(because="exempt")
    try:
        return alternative.check(assessment.facts, assessment.findings, alternative.params)
    except Exception as error:  # noqa: BLE001 - an unchecked alternative is never offered; the cards still go out
        log.error("Alternative %s failed with %s; it is not offered", alternative.id, type(error).__name__)
        return Unfit(because=f"failed:{type(error).__name__}")


Judged = list[tuple[Assessment, Verdict]]


def _placed(
    card: Advice,
    alternative: Alternative,
    verdicts: Judged,
    taken: dict[str, str],
    said: set[str],
    content: Content,
    new_uuid: Callable[[], UUID],
) -> Advice:
    offered = [(assessment, verdict) for assessment, verdict in verdicts if isinstance(verdict, Offer)]
    declined = next((verdict for _, verdict in verdicts if isinstance(verdict, Declined)), None)
    if declined is not None:  # blocked for one of the orders is blocked for the answer
        said.add(alternative.id)
        return replace(card, remarks=(*card.remarks, _not_offered(alternative, declined, content)))
    if not offered or not _free(alternative, taken) or not _parts_offered(alternative, offered[0][0]):
        return card
    proposals = actions(alternative, offered, content)
    if not proposals:
        return card
    said.add(alternative.id)
    taken.update(slot.partition("/")[::2] for slot in alternative.slots)
    offer = offered[0][1]
    suggestion = Suggestion(
        uuid=str(new_uuid()),
        label=_label(alternative, offer, offered[0][0], proposals),
        alternative=alternative.id,
        actions=tuple(Action(proposal=proposal) for proposal in proposals),
    )
    return Advice(
        suggestions=(*card.suggestions, suggestion),
        remarks=(*card.remarks, *_remarks(alternative, offer, offered[0][0], content)),
        evidence=(*card.evidence, *_evidence(alternative, content)),
    )


def _free(alternative: Alternative, taken: dict[str, str]) -> bool:
    for slot in alternative.slots:
        name, _, family = slot.partition("/")
        if name in taken and (not family or taken[name] != family):
            return False
    return True


def _parts_offered(alternative: Alternative, assessment: Assessment) -> bool:
    return all(isinstance(assessment.verdicts.get(part), Offer) for part in alternative.of)


# Words ----------------------------------------------------------------------------------------------------------------


def _label(alternative: Alternative, offer: Offer, assessment: Assessment, proposals: list[Proposal]) -> str:
    if alternative.kind in {"drug", "combination"}:
        if all(isinstance(action, Create) for action in proposals):
            return " + ".join(action.description for action in proposals)
        if assessment.facts.prior_use.continuing:
            return say(alternative.label_continuing, offer)
    return say(alternative.labels.get(offer.label, alternative.label), offer)


def _remarks(alternative: Alternative, offer: Offer, assessment: Assessment, content: Content) -> list[str]:
    sentences = [fill(alternative.points[name], offer.values) for name in offer.points]
    sentences += [_not_offered(alternative, declined, content) for declined in offer.also]
    for part in alternative.of:
        verdict = assessment.verdicts[part]
        if isinstance(verdict, Offer):
            sentences += _remarks(content.alternatives[part], verdict, assessment, content)
    return sentences


def _not_offered(alternative: Alternative, declined: Declined, content: Content) -> str:
    template = content.phrases.sentences["worth-considering" if declined.advise else "not-offered"]
    name = (
        alternative.labels.get(f"name-{declined.choice}", alternative.title) if declined.choice else alternative.title
    )
    return template.format(alternative=name, reason=fill(alternative.blocked[declined.because], declined.values))


def _evidence(alternative: Alternative, content: Content) -> tuple[str, ...]:
    parts = [name for part in alternative.of for name in content.alternatives[part].evidence]
    return (*alternative.evidence, *parts)
