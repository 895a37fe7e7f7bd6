"""Two decisions held against each other: the same but for ids, times and resources, or what differs, card by card."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import msgspec

from cds_service.domain.card import Card
from cds_service.domain.decision import Decision
from cds_service.domain.outcome import Indicator
from cds_service.ledger.record import encode

NOT_COMPARED = frozenset({"uuid", "resource", "resource_sha256"})  # random, and made from what is not kept
_writer = msgspec.json.Encoder(order="sorted")


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """What became of the card of one rule.

    Attributes:
        what: `gained`, `lost`, `louder`, `milder`, or `other`: its words, suggestions or links.
    """

    rule: str
    what: str


def compared(decision: Decision) -> bytes:
    """What of a decision must come out alike: its assessments and cards, as canonical JSON."""
    kept = msgspec.json.decode(encode(decision, _as_it_is))["decision"]
    return _writer.encode(_without_ids({"assessments": kept.get("assessments"), "cards": kept.get("cards")}))


def unlike(before: Decision, after: Decision) -> tuple[str, ...]:
    """Where two decisions differ: `rule older-adult`, `card older-adult`, `verdict sg-x`, `exemptions`."""
    return tuple(dict.fromkeys([*_rulings(before, after), *(f"card {one.rule}" for one in changes(before, after))]))


def changes(before: Decision, after: Decision) -> tuple[Change, ...]:
    """What became of the cards, in the order of the cards before; gained ones last."""
    old, new = _by_rule(before), _by_rule(after)
    found = [Change(rule=rule, what=what) for rule in old if (what := _change(old[rule], new.get(rule)))]
    return (*found, *(Change(rule=rule, what="gained") for rule in new if rule not in old))


def _change(old: Card, new: Card | None) -> str:
    if new is None:
        return "lost"
    if old.indicator != new.indicator:
        return "louder" if Indicator(new.indicator).rank < Indicator(old.indicator).rank else "milder"
    return "" if _card(old) == _card(new) else "other"


def _by_rule(decision: Decision) -> dict[str, Card]:
    return {card.source.topic.code: card for card in decision.cards}


def _card(card: Card) -> tuple[Any, ...]:
    """What people see of a card."""
    offered = tuple((one.label, one.alternative, _proposals(one)) for one in card.suggestions)
    reasons = tuple(one.code for one in card.override_reasons)
    return card.summary, card.detail, offered, reasons, tuple((one.label, one.url) for one in card.links)


def _proposals(suggestion: Any) -> tuple[Any, ...]:  # noqa: ANN401  a Suggestion; its proposals are compared as they are
    return tuple(action.proposal for action in suggestion.actions)


def _rulings(before: Decision, after: Decision) -> Iterator[str]:
    for old, new in zip(before.assessments, after.assessments, strict=True):
        was, now = ({one.rule: one for one in assessment.rulings} for assessment in (old, new))
        yield from (f"rule {rule}" for rule in {**was, **now} if was.get(rule) != now.get(rule))
        names = {**old.verdicts, **new.verdicts}
        yield from (f"verdict {name}" for name in names if old.verdicts.get(name) != new.verdicts.get(name))
        if old.exemptions != new.exemptions:
            yield "exemptions"


def _without_ids(value: Any) -> Any:  # noqa: ANN401  any JSON
    if isinstance(value, dict):
        return {name: _without_ids(one) for name, one in value.items() if name not in NOT_COMPARED}
    return [_without_ids(one) for one in value] if isinstance(value, list) else value


def _as_it_is(_: str, identifier: str) -> str:
    """The pseudonym of what is a pseudonym already."""
    return identifier
