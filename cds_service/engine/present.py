"""Findings and advice -> cards, in the words of `hooks/`.

One card for each rule that speaks, most urgent first. A detail reads: what is wrong for this patient, why, what to do
instead, on which facts and dates it rests, what could not be checked. The common footer closes the first card that
is a warning or worse.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from uuid import UUID

from cds_service.domain.card import Card, Link, Source, Suggestion
from cds_service.domain.content import Content, Rule
from cds_service.domain.decision import Assessment
from cds_service.domain.orders import Create, Dose
from cds_service.domain.outcome import Basis, Finding, Indicator, NotAssessed, RuleFailed
from cds_service.domain.terminology import Coding
from cds_service.engine.assess import indicator_of
from cds_service.engine.recommend import Advice, card_order
from cds_service.engine.words import fill, fill_summary, markdown, names

MOST_CARDS = 5  # more info cards than fit below this are folded into one (knowledge 2.11)
FURTHER_POINTS = "further-points"
INCOMPLETE = "data-quality"


@dataclass(frozen=True, slots=True, kw_only=True)
class _Speaking:
    """One rule that speaks, with the orders it speaks of: the loudest finding leads, the others follow with theirs."""

    rule: Rule
    indicator: Indicator
    lead: Assessment
    finding: Finding
    others: tuple[tuple[Assessment, Finding], ...]


def present(
    assessments: tuple[Assessment, ...],
    advice: Mapping[str, Advice],
    incomplete: Mapping[str, str],
    content: Content,
    new_uuid: Callable[[], UUID],
) -> tuple[Card, ...]:
    """The cards of one answer, in the order in which they are shown.

    Args:
        assessments: one for each reviewed order; none gives no cards.
        advice: suggestions and remarks by rule id.
        incomplete: sections that were not to be had, with the reason token.
        content: the release whose words are used.
        new_uuid: random card ids; they are never derived from the patient.
    """
    speaking = [_speaking(rule, assessments) for rule in card_order(assessments, content)]
    not_checked = _not_checked(assessments, incomplete, content)
    footed = next((one for one in speaking if one.indicator is not Indicator.INFO), None)
    cards = [
        _card(one, advice.get(one.rule.id, Advice()), not_checked, one is footed, content, new_uuid) for one in speaking
    ]
    failed = _failed_rules(assessments, content, new_uuid)
    return (*_folded(cards, MOST_CARDS - len(failed), advice, not_checked, content, new_uuid), *failed)


def _speaking(rule: Rule, assessments: tuple[Assessment, ...]) -> _Speaking:
    of = [(assessment, finding) for assessment in assessments if (finding := assessment.finding(rule.id)) is not None]
    lead, finding = min(of, key=lambda one: indicator_of(rule, one[1]).rank)
    return _Speaking(
        rule=rule,
        indicator=indicator_of(rule, finding),
        lead=lead,
        finding=finding,
        others=tuple([other for other in of if other[0] is not lead]),
    )


def _card(
    one: _Speaking,
    advice: Advice,
    not_checked: tuple[str, ...],
    footed: bool,
    content: Content,
    new_uuid: Callable[[], UUID],
) -> Card:
    rule, variant = one.rule, one.rule.variants[one.finding.variant]
    loud = one.indicator is not Indicator.INFO
    return Card(
        uuid=str(new_uuid()),
        summary=fill_summary(variant.summary, one.finding.values),
        detail=_detail(one, advice, not_checked, footed, content),
        indicator=one.indicator,
        source=_source(rule.id, rule.title, content),
        suggestions=advice.suggestions,
        selection_behavior=_selection_behavior(advice.suggestions),
        override_reasons=tuple(content.override_reasons[code] for code in rule.override_reasons) if loud else (),
        links=_links((*rule.evidence, *advice.evidence), content),
    )


def _source(topic: str, title: str, content: Content) -> Source:
    topic_coding = Coding(system=content.topic_system, code=topic, display=title)
    return Source(label=content.source_label, url=content.source_url, topic=topic_coding)


def _selection_behavior(suggestions: tuple[Suggestion, ...]) -> str:
    """`at-most-one` where suggestions would undo each other: two that touch a draft, or two new drugs."""
    if not suggestions:
        return ""
    rivals = [s for s in suggestions if any(action.type != "create" for action in s.actions) or _creates_drug(s)]
    return "at-most-one" if len(rivals) > 1 else "any"


def _creates_drug(suggestion: Suggestion) -> bool:
    proposals = [action.proposal for action in suggestion.actions]
    return any(isinstance(proposal, Create) and hasattr(proposal.order, "dose_value") for proposal in proposals)


def _links(evidence_ids: Iterable[str], content: Content) -> tuple[Link, ...]:
    sources = [content.evidence[name] for name in dict.fromkeys(evidence_ids)]
    return tuple(
        {source.url: Link(label=source.label, url=source.url) for source in sources if source.linkable}.values()
    )


# The detail -----------------------------------------------------------------------------------------------------------


def _detail(one: _Speaking, advice: Advice, not_checked: tuple[str, ...], footed: bool, content: Content) -> str:
    rule, variant, finding = one.rule, one.rule.variants[one.finding.variant], one.finding
    heads = content.phrases.headings
    points = " ".join(fill(rule.points[point], finding.values) for point in finding.points)
    paragraphs = [
        " ".join(filter(None, (fill(variant.problem, finding.values), points))),
        _paragraph(heads["why"], fill(variant.why, finding.values)),
        _paragraph(heads["instead"], fill(variant.instead, finding.values)),
        _listed(advice.remarks),
        _paragraph(heads["based-on"], _based_on(one, content)),
    ]
    paragraphs.append(_unchecked(not_checked, content))
    if footed:
        paragraphs.append(content.phrases.footer)
    return "\n\n".join(paragraph for paragraph in paragraphs if paragraph)


def _unchecked(not_checked: tuple[str, ...], content: Content) -> str:
    text = f"{names(not_checked, len(not_checked))}." if not_checked else ""
    return _paragraph(content.phrases.headings["not-checked"], text)


def _listed(remarks: Iterable[str]) -> str:
    return "\n".join(f"- {remark}" for remark in dict.fromkeys(remarks))


def _paragraph(heading: str, text: str) -> str:
    return f"**{heading}:** {text}" if text else ""


def _based_on(one: _Speaking, content: Content) -> str:
    spoken_of = ((one.lead, one.finding), *one.others)
    lines = [_order_line(assessment, content) for assessment, _ in spoken_of]
    bases = [basis for _, finding in spoken_of for basis in finding.basis]
    lines += [line for basis in bases if (line := _basis_line(basis, content))]
    return "; ".join(dict.fromkeys(lines)) + "."


def _order_line(assessment: Assessment, content: Content) -> str:
    facts, sentences = assessment.facts, content.phrases.sentences
    order = facts.order
    parts = [markdown(order.label)]
    if isinstance(order.dose, Dose) and order.dose.steps:
        parts.append(markdown(order.dose.steps))
    if order.planned.days is not None:
        parts.append(sentences["one-day" if order.planned.days == 1 else "days"].format(days=order.planned.days))
    template = sentences["order-date-assumed" if facts.date_assumed else "order-date"]
    parts.append(template.format(date=facts.as_of.isoformat()))
    return ", ".join(parts)


def _basis_line(basis: Basis, content: Content) -> str:
    phrases = content.phrases
    label = phrases.basis.get(basis.label) or markdown(basis.label)
    remarks = [
        basis.date,
        phrases.sections.get(basis.section, ""),
        phrases.sentences["from-text"] if basis.from_text else "",
        phrases.sentences["unconfirmed"] if basis.unconfirmed else "",
    ]
    noted = ", ".join(markdown(remark) for remark in remarks if remark)
    return f"{label} ({noted})" if noted else label


def _not_checked(
    assessments: tuple[Assessment, ...], incomplete: Mapping[str, str], content: Content
) -> tuple[str, ...]:
    """What some rule would have needed and could not look at, in words, each once."""
    missing = dict.fromkeys(
        token
        for assessment in assessments
        for ruling in assessment.rulings
        if isinstance(ruling.outcome, NotAssessed)
        for token in ruling.outcome.missing
    )
    missing |= dict.fromkeys(incomplete)
    return tuple(
        dict.fromkeys(
            content.phrases.missing.get(token, content.phrases.sections.get(token, token)) for token in missing
        )
    )


def patient_unknown(content: Content, new_uuid: Callable[[], UUID]) -> tuple[Card, ...]:
    """The one card of a call whose patient was not to be had, for a client that shows cards rather than errors."""
    sentences = content.phrases.sentences
    return (
        Card(
            uuid=str(new_uuid()),
            summary=sentences["patient-unknown-summary"],
            detail=sentences["patient-unknown-detail"],
            indicator=Indicator.INFO,
            source=_source(INCOMPLETE, sentences["patient-unknown-summary"], content),
        ),
    )


# Failures and folding -------------------------------------------------------------------------------------------------


def _failed_rules(assessments: tuple[Assessment, ...], content: Content, new_uuid: Callable[[], UUID]) -> list[Card]:
    """One info card naming the checks that broke: broken must never look like "nothing wrong"."""
    titles = {rule.id: rule.title for rule in content.rules}
    failed = dict.fromkeys(
        titles.get(ruling.rule, ruling.rule)
        for assessment in assessments
        for ruling in assessment.rulings
        if isinstance(ruling.outcome, RuleFailed)
    )
    if not failed:
        return []
    sentences = content.phrases.sentences
    return [
        Card(
            uuid=str(new_uuid()),
            summary=sentences["failed-summary"],
            detail=sentences["failed-detail"] + "\n\n" + "\n".join(f"- {markdown(title)}" for title in failed),
            indicator=Indicator.INFO,
            source=_source(INCOMPLETE, sentences["failed-summary"], content),
        )
    ]


def _folded(
    cards: list[Card],
    most: int,
    advice: Mapping[str, Advice],
    not_checked: tuple[str, ...],
    content: Content,
    new_uuid: Callable[[], UUID],
) -> list[Card]:
    """The cards as they are, or the info cards among them folded into one, a line each, when there are too many.

    What was said about alternatives stays: silence would be read as "there is nothing better".
    """
    if len(cards) <= most:
        return cards
    loud = [card for card in cards if card.indicator is not Indicator.INFO]
    quiet = [card for card in cards if card.indicator is Indicator.INFO]
    if len(quiet) < 2:
        return cards
    title = content.phrases.sentences["further-points"]
    lines = "\n".join(f"- {markdown(card.summary)}" for card in quiet)
    remarks = [remark for card in quiet for remark in advice.get(card.source.topic.code, Advice()).remarks]
    suggestions = tuple(suggestion for card in quiet for suggestion in card.suggestions)
    links = tuple({link.url: link for card in quiet for link in card.links}.values())
    folded = Card(
        uuid=str(new_uuid()),
        summary=title,
        detail="\n\n".join(filter(None, (lines, _listed(remarks), _unchecked(not_checked, content)))),
        indicator=Indicator.INFO,
        source=_source(FURTHER_POINTS, title, content),
        suggestions=suggestions,
        selection_behavior=_selection_behavior(suggestions),
        links=links,
    )
    return [*loud, folded]
