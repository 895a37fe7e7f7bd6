"""What a card calls an alternative: the label on its button, and the sentences about what is and is not offered."""

from collections.abc import Mapping

from cds_service.domain.content import Alternative, Content
from cds_service.domain.decision import Assessment
from cds_service.domain.orders import Create, DrugOrder, Proposal
from cds_service.domain.outcome import Declined, Offer, PassedOver, Unfit, Verdict
from cds_service.engine.words import check_filled, fill, names, plain


def label_of(
    alternative: Alternative, assessment: Assessment, offer: Offer, proposals: list[Proposal], content: Content
) -> str:
    """The label: what happens when it is clicked, and no more than that."""
    parts = [(content.alternatives[name], assessment.verdicts[name]) for name in alternative.of]
    offers = [(alternative, offer), *((part, verdict) for part, verdict in parts if isinstance(verdict, Offer))]
    label = _plain_label(alternative, assessment, offers, proposals)
    for one, made in offers:
        if made.label:
            label = plain(one.labels[made.label].format(label=label))
    return label


def say(template: str, offer: Offer, more: Mapping[str, str] | None = None) -> str:
    """A label, description or note in plain text, filled with the offer's values.

    Raises:
        KeyError: the template uses a placeholder that nothing supplies: a fault of the content.
    """
    return plain(template.format_map({name: str(value) for name, value in offer.values.items()} | dict(more or {})))


def order_words(alternative: Alternative, offer: Offer) -> dict[str, str]:
    """The placeholders that stand for the order an offer becomes: `{drug}`, `{regimen}`, `{supply}` in days."""
    order = alternative.orders.get(offer.choice)
    if not isinstance(order, DrugOrder):
        return {}
    return {"drug": order.name, "regimen": order.regimen, "supply": str(order.days)}


def remarks_of(alternative: Alternative, offer: Offer, assessment: Assessment, content: Content) -> list[str]:
    """Sentences beside a suggestion: what to know of it, and what within it was passed over."""
    sentences = [fill(alternative.points[name], offer.values) for name in offer.points]
    sentences += _choices(alternative, offer.also, content)
    for part in alternative.of:
        verdict = assessment.verdicts[part]
        if isinstance(verdict, Offer):
            sentences += remarks_of(content.alternatives[part], verdict, assessment, content)
    return sentences


def not_offered(alternative: Alternative, declined: Declined, content: Content) -> list[str]:
    """The blocked alternative with its reasons, those of its choices, and what is to be said all the same."""
    return [
        _sentence(alternative, alternative.title, declined, content),
        *_choices(alternative, declined.also, content),
        *(fill(alternative.points[name], declined.values) for name in declined.points),
    ]


def try_verdict(alternative: Alternative, verdict: Verdict) -> None:
    """Make sure that the alternative has words for what it says, before anything rests on it.

    Raises:
        KeyError: a token without words, a placeholder without a value, or a choice without an order.
    """
    if isinstance(verdict, Unfit):
        return
    for point in verdict.points:
        check_filled(alternative.points[point], verdict.values)
    declined: tuple[Declined | PassedOver, ...] = (verdict,) if isinstance(verdict, Declined) else ()
    for why in (*declined, *verdict.also):
        for token in (why.because, *why.also_because):
            check_filled(alternative.blocked[token], why.values)
    if isinstance(verdict, Offer):
        for note in verdict.notes:
            check_filled(alternative.notes[note], verdict.values)
        if verdict.label:
            check_filled(alternative.labels[verdict.label], {"label": ""})
        if alternative.orders:
            alternative.orders[verdict.choice]


def _choices(alternative: Alternative, passed: tuple[PassedOver, ...], content: Content) -> list[str]:
    """The choices passed over: those ruled out a sentence each, those left to the prescriber in one."""
    out = [_sentence(alternative, _capital(_name(alternative, one)), one, content) for one in passed if not one.advise]
    left = [f"{_name(alternative, one)} ({_reasons(alternative, one)})" for one in passed if one.advise]
    template = content.phrases.sentences["choices-left"]
    return [*out, *([template.format(choices="; ".join(left))] if left else [])]


def _sentence(alternative: Alternative, name: str, why: Declined | PassedOver, content: Content) -> str:
    template = content.phrases.sentences["worth-considering" if why.advise else "not-offered"]
    return template.format(alternative=name, reason=_reasons(alternative, why))


def _reasons(alternative: Alternative, why: Declined | PassedOver) -> str:
    tokens = (why.because, *why.also_because)
    return "; ".join(dict.fromkeys(fill(alternative.blocked[one], why.values) for one in tokens))


def _name(alternative: Alternative, choice: PassedOver) -> str:
    order = alternative.orders[choice.choice]
    return order.name if isinstance(order, DrugOrder) else alternative.title


def _capital(name: str) -> str:
    return name[:1].upper() + name[1:]


def _plain_label(
    alternative: Alternative, assessment: Assessment, offers: list[tuple[Alternative, Offer]], proposals: list[Proposal]
) -> str:
    offer = offers[0][1]
    words = [order_words(one, made) for one, made in offers]
    drugs = tuple(one["drug"] for one in words if one)
    told = {name: text for one in words for name, text in one.items()} | {"drugs": names(drugs, len(drugs))}
    if alternative.kind in {"drug", "combination"}:
        if all(isinstance(action, Create) for action in proposals):
            return " + ".join(action.description for action in proposals)
        if assessment.facts.prior_use.continuing:
            return say(alternative.label_continuing, offer, told)
    return say(alternative.label, offer, told)
