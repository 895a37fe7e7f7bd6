"""A decision's assessments -> a readable trace: why each rule spoke, was silent, could not tell or failed.

Pure, and tolerant of a record older than the content it is read with: a token without words stands for itself.
"""

from collections.abc import Iterable, Mapping
from dataclasses import replace

from cds_service.domain.card import Card
from cds_service.domain.content import Alternative, Content, Rule
from cds_service.domain.decision import Assessment, Ruling
from cds_service.domain.outcome import (
    Basis,
    Declined,
    Finding,
    NotApplicable,
    NotAssessed,
    Offer,
    Outcome,
    PassedOver,
    RuleFailed,
    Unfit,
    Verdict,
)
from cds_service.domain.trace import AlternativeTrace, ExemptionTrace, FactLine, OrderTrace, RuleTrace, State
from cds_service.engine.assess import indicator_of
from cds_service.engine.trace_facts import order_facts, sections
from cds_service.engine.words import begun, fill_plain

FAILED = "failed"  # as `engine.judge` writes it before the type of the error


def trace(assessments: Iterable[Assessment], cards: Iterable[Card], content: Content) -> tuple[OrderTrace, ...]:
    """The trace of each reviewed order.

    Args:
        assessments: of a decision.
        cards: of that decision, as sent: they tell which of the fitting alternatives were offered.
        content: the release they were made with, for its words.
    """
    offered = frozenset(suggestion.alternative for card in cards for suggestion in card.suggestions)
    return tuple(_order(assessment, offered, content) for assessment in assessments)


def _order(assessment: Assessment, offered: frozenset[str], content: Content) -> OrderTrace:
    rules = content.rule_of
    order = assessment.facts.order
    return OrderTrace(
        title=order.label,
        reference=order.reference,
        order=order_facts(assessment.facts, content),
        exemptions=tuple(
            ExemptionTrace(
                id=exemption.id,
                name=content.exemptions.names.get(exemption.id, exemption.id),
                because=content.exemptions.because.get(exemption.because, exemption.because),
            )
            for exemption in assessment.exemptions
        ),
        sections=sections(assessment.facts, content),
        rules=tuple(_rule(ruling, rules.get(ruling.rule), content) for ruling in assessment.rulings),
        alternatives=tuple(
            _alternative(id_, verdict, offered, content) for id_, verdict in assessment.verdicts.items()
        ),
    )


# Rules ----------------------------------------------------------------------------------------------------------------


def _rule(ruling: Ruling, rule: Rule | None, content: Content) -> RuleTrace:
    title = rule.title if rule is not None else ruling.rule
    silent = RuleTrace(id=ruling.rule, version=ruling.version, title=title, state=State.SILENT)
    match ruling.outcome:
        case Finding() as finding:
            return _spoken(replace(silent, state=State.SPEAKS), finding, ruling.spoken, rule, content)
        case NotApplicable() as outcome:
            return replace(
                silent,
                because=_silence(outcome, rule, content),
                would_say=_in_a_line(ruling.spoken, rule, content),
                rests_on=_rests_on(ruling.spoken, content),
            )
        case NotAssessed() as outcome:
            return replace(silent, state=State.CANNOT_TELL, because=_missing(outcome, content))
        case RuleFailed() as outcome:
            return replace(silent, state=State.FAILED, because=outcome.error)


def _spoken(
    speaking: RuleTrace, finding: Finding, at_first: Outcome | None, rule: Rule | None, content: Content
) -> RuleTrace:
    says, first = _in_a_line(finding, rule, content), _in_a_line(at_first, rule, content)
    speaking = replace(
        speaking, says=says, would_say=first if first != says else "", rests_on=_rests_on(finding, content)
    )
    if rule is None or finding.variant not in rule.variants:
        return speaking
    indicator, own = indicator_of(rule, finding), rule.variants[finding.variant].indicator
    points = [rule.points[point] for point in finding.points if point in rule.points]
    return replace(
        speaking,
        indicator=indicator.value,
        capped_from=own.value if own is not indicator else "",
        points=tuple(fill_plain(point, finding.values) for point in points),
    )


def _silence(outcome: NotApplicable, rule: Rule | None, content: Content) -> str:
    own = rule.silent.get(outcome.because) if rule is not None else None
    if own is not None and not outcome.by:
        return own
    template = content.phrases.silenced.get(outcome.because, outcome.because)
    return template.replace("{by}", _named(outcome.by, content))


def _named(id_: str, content: Content) -> str:
    titles: Mapping[str, str] = {rule.id: rule.title for rule in content.rules} | {
        alternative.id: alternative.title for alternative in content.alternatives.values()
    }
    return content.exemptions.names.get(id_) or titles.get(id_, id_)


def _in_a_line(outcome: Outcome | None, rule: Rule | None, content: Content) -> str:
    match outcome:
        case Finding():
            variant = rule.variants.get(outcome.variant) if rule is not None else None
            return begun(fill_plain(variant.summary, outcome.values)) if variant is not None else outcome.variant
        case NotAssessed():
            return _missing(outcome, content)
        case RuleFailed():
            return outcome.error
        case _:
            return ""


def _missing(outcome: NotAssessed, content: Content) -> str:
    return ", ".join(content.phrases.missing.get(token, token) for token in outcome.missing)


def _rests_on(outcome: Outcome | None, content: Content) -> tuple[FactLine, ...]:
    return tuple(_basis(basis, content) for basis in outcome.basis) if isinstance(outcome, Finding) else ()


def _basis(basis: Basis, content: Content) -> FactLine:
    phrases = content.phrases
    remarks = (
        phrases.sections.get(basis.section, basis.section),
        phrases.sentences["from-text"] if basis.from_text else "",
        phrases.sentences["unconfirmed"] if basis.unconfirmed else "",
    )
    return FactLine(
        label=phrases.basis.get(basis.label, basis.label),
        date=basis.date,
        reference=basis.reference,
        remarks=tuple(filter(None, remarks)),
    )


# Alternatives ---------------------------------------------------------------------------------------------------------


def _alternative(id_: str, verdict: Verdict, offered: frozenset[str], content: Content) -> AlternativeTrace:
    alternative = content.alternatives.get(id_)
    title = alternative.title if alternative is not None else id_
    judged = AlternativeTrace(id=id_, title=title, state=State.NOT_APPLICABLE)
    match verdict:
        case Offer():
            state = State.OFFERED if id_ in offered else State.FIT
            return replace(judged, state=state, also=_choices(verdict.also, alternative))
        case Declined():
            state = State.WORTH_CONSIDERING if verdict.advise else State.NOT_OFFERED
            because = _reasons(verdict, alternative)
            return replace(judged, state=state, because=because, also=_choices(verdict.also, alternative))
        case Unfit():
            token, _, about = verdict.because.partition(":")
            if token == FAILED:
                return replace(judged, state=State.FAILED, because=about)
            own = alternative.unfit.get(token) if alternative is not None else None
            words = own or content.phrases.unfit.get(token, verdict.because)
            return replace(judged, because=words.replace("{by}", _named(about, content)))


def _choices(choices: Iterable[PassedOver], alternative: Alternative | None) -> tuple[str, ...]:
    """Each choice passed over, with its reasons."""
    return tuple(f"{choice.choice}: {_reasons(choice, alternative)}" for choice in choices)


def _reasons(why: Declined | PassedOver, alternative: Alternative | None) -> str:
    blocked = alternative.blocked if alternative is not None else {}
    tokens = (why.because, *why.also_because)
    return "; ".join(fill_plain(blocked[token], why.values) if token in blocked else token for token in tokens)
