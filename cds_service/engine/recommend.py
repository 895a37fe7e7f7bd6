"""Findings -> suggestions: which alternatives of `hooks/` are offered to this patient, and on which card.

Each alternative that a shown finding offers has judged the patient itself (`judge`). What passes is put on the most
urgent card that offers it, once per answer, as long as its slot is free; what is blocked is named there with its
reason. A combination of which a part is blocked falls apart into its parts.
"""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from uuid import UUID

from cds_service.domain.card import Action, Suggestion
from cds_service.domain.content import Alternative, Content, Rule
from cds_service.domain.decision import Assessment
from cds_service.domain.orders import Create, Proposal
from cds_service.domain.outcome import Declined, Offer, Unfit
from cds_service.engine.actions import actions
from cds_service.engine.assess import indicator_of
from cds_service.engine.judge import DRUGS, Offers, judged
from cds_service.engine.labels import label_of, not_offered, remarks_of
from cds_service.engine.wording import worded


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


Offered = list[tuple[Assessment, Offer]]


@dataclass(frozen=True, slots=True, kw_only=True)
class _Option:
    """One alternative on the most urgent card that offers it.

    Attributes:
        offered: the orders it may be offered for. declined: why it is not offered, for one order or all.
        proposals: what it does; empty where it cannot be done to these drafts.
        beside: a draft of the reviewed drug would stay beside it, which it does not bear.
    """

    rule_id: str
    alternative: Alternative
    offered: Offered
    declined: Declined | None
    proposals: list[Proposal]
    beside: bool

    @property
    def possible(self) -> bool:
        """Whether it can be given; blocked for one of the orders is blocked for the answer."""
        return self.declined is None and bool(self.proposals) and not self.beside

    @property
    def rank(self) -> int:
        """Its place among those that want the same slot."""
        beside = self.alternative.rank_beside
        if not beside:
            return self.alternative.rank
        speaking = [beside[rule] for assessment, _ in self.offered for rule in assessment.findings if rule in beside]
        return min(speaking, default=self.alternative.rank)


def recommend(
    assessments: tuple[Assessment, ...], content: Content, new_uuid: Callable[[], UUID]
) -> tuple[tuple[Assessment, ...], dict[str, Advice]]:
    """Check the offered alternatives and place them on the cards.

    Returns:
        The assessments with their verdicts, in words that name only what is offered, and the advice by rule id.
    """
    assessments, offers = judged(assessments, content)
    cards = _cards(assessments, offers, content)
    options = list(_options(cards, assessments, content))
    given = _given(options)
    advice = {
        rule.id: _advice([option for option in options if option.rule_id == rule.id], given, content, new_uuid)
        for rule, _ in cards
    }
    return worded(assessments, given, content), advice


def card_order(assessments: Iterable[Assessment], content: Content) -> list[Rule]:
    """The rules that speak, most urgent first, then in the order of the decision table."""
    rules = content.rule_of
    loudest: dict[str, int] = {}
    for assessment in assessments:
        for rule_id, finding in assessment.findings.items():
            rank = indicator_of(rules[rule_id], finding).rank
            loudest[rule_id] = min(rank, loudest.get(rule_id, rank))
    return sorted((rules[rule_id] for rule_id in loudest), key=lambda rule: (loudest[rule.id], rule.order))


def _cards(assessments: tuple[Assessment, ...], offers: list[Offers], content: Content) -> list[tuple[Rule, list[str]]]:
    return [
        (rule, list(dict.fromkeys(name for one in offers for name in one.get(rule.id, ()))))
        for rule in card_order(assessments, content)
    ]


# What could be given --------------------------------------------------------------------------------------------------


def _options(
    cards: list[tuple[Rule, list[str]]], assessments: tuple[Assessment, ...], content: Content
) -> Iterator[_Option]:
    seen: set[str] = set()
    for rule, names in cards:
        for name in _apart(names, assessments, content):
            if name not in seen:
                seen.add(name)
                yield _option(rule.id, content.alternatives[name], assessments, content)


def _apart(names: list[str], assessments: tuple[Assessment, ...], content: Content) -> Iterator[str]:
    """The names, and after a combination that cannot be given as a whole its parts."""
    for name in names:
        parts = content.alternatives[name].of
        fitting = [one for one in assessments if isinstance(one.verdicts.get(name), Offer)]
        if not parts or any(_whole(parts, one) for one in fitting):
            yield name
        elif fitting:
            yield from parts


def _whole(parts: tuple[str, ...], assessment: Assessment) -> bool:
    return all(isinstance(assessment.verdicts.get(part), Offer) for part in parts)


def _option(rule_id: str, alternative: Alternative, assessments: tuple[Assessment, ...], content: Content) -> _Option:
    verdicts = [(one, one.verdicts.get(alternative.id, Unfit(because="not-offered"))) for one in assessments]
    offered = [(one, verdict) for one, verdict in verdicts if isinstance(verdict, Offer)]
    if alternative.of:
        offered = [(one, verdict) for one, verdict in offered if _whole(alternative.of, one)]
    return _Option(
        rule_id=rule_id,
        alternative=alternative,
        offered=offered,
        declined=next((verdict for _, verdict in verdicts if isinstance(verdict, Declined)), None),
        proposals=actions(alternative, offered, content) if offered else [],
        beside=_alone(alternative, content) and _something_stays(offered, assessments),
    )


def _alone(alternative: Alternative, content: Content) -> bool:
    return alternative.alone or any(content.alternatives[part].alone for part in alternative.of)


def _something_stays(offered: Offered, assessments: tuple[Assessment, ...]) -> bool:
    """Whether an order of the reviewed drug stays as it is: one not offered this, or a new one that is not selected."""
    new = [one for one, _ in offered if not one.facts.prior_use.continuing]
    unselected = any(not sibling.selected for one in new for sibling in one.facts.siblings)
    return unselected or len(offered) < len(assessments)


def _given(options: list[_Option]) -> frozenset[str]:
    """The alternatives that get their slots: the lowest rank first, then the most urgent card."""
    taken: dict[str, str] = {}
    given: list[str] = []
    for option in sorted((one for one in options if one.possible), key=lambda one: one.rank):
        slots = [slot.partition("/")[::2] for slot in option.alternative.slots]
        if all(name not in taken or (family and taken[name] == family) for name, family in slots):
            taken.update(slots)
            given.append(option.alternative.id)
    return frozenset(given)


# What a card says of it -----------------------------------------------------------------------------------------------


def _advice(options: list[_Option], given: frozenset[str], content: Content, new_uuid: Callable[[], UUID]) -> Advice:
    suggestions: list[Suggestion] = []
    remarks: list[str] = []
    evidence: list[str] = []
    for option in options:
        alternative = option.alternative
        if option.declined is not None:
            remarks += not_offered(alternative, option.declined, content)
        elif option.alternative.id in given:
            suggestions.append(_suggestion(option, content, new_uuid))
            remarks += _remarks(option, content)
            evidence += _evidence(alternative, content)
        elif option.offered and alternative.kind in DRUGS and (option.beside or not option.proposals):
            why = "another-stays" if option.beside else "not-changeable"
            remarks.append(content.phrases.sentences[why].format(alternative=alternative.title))
    return Advice(suggestions=tuple(suggestions), remarks=tuple(remarks), evidence=tuple(evidence))


def _suggestion(option: _Option, content: Content, new_uuid: Callable[[], UUID]) -> Suggestion:
    return Suggestion(
        uuid=str(new_uuid()),
        label=label_of(option.alternative, *option.offered[0], option.proposals, content),
        alternative=option.alternative.id,
        actions=tuple(Action(proposal=proposal) for proposal in option.proposals),
    )


def _remarks(option: _Option, content: Content) -> list[str]:
    assessment, offer = option.offered[0]
    sentences = remarks_of(option.alternative, offer, assessment, content)
    if option.alternative.kind in DRUGS and all(isinstance(one, Create) for one in option.proposals):
        sentences.append(content.phrases.sentences["take-out-by-hand"])
    return sentences


def _evidence(alternative: Alternative, content: Content) -> tuple[str, ...]:
    parts = [name for part in alternative.of for name in content.alternatives[part].evidence]
    return (*alternative.evidence, *parts)
