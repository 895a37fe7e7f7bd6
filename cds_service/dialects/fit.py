"""Cards -> cards that this client can use. A suggestion it cannot carry out is taken off; its card stays.

Runs before resources are written, on what suggestions are to do, so that nothing is written for nothing.
"""

import re
from collections.abc import Callable, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Literal

import msgspec

from cds_service.dialects.reasons import Overriding
from cds_service.domain.card import Action, Card, Source, Suggestion
from cds_service.domain.content import Phrases
from cds_service.domain.orders import Create, Delete, Proposal, Replace

FOLDER = Path(__file__).parent
_OTHER = re.compile(r"[^A-Za-z0-9]+")
LONGEST_TOPIC = 100
Fit = Callable[[tuple[Card, ...]], tuple[Card, ...]]


class Registering(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """`[registration]` of a family's file: sentences for the person who registers the service there (see `sheet`)."""

    title: str
    steps: tuple[str, ...]
    token: str
    good_to_know: tuple[str, ...] = ()


class Dialect(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """One client family, as its TOML says.

    Attributes:
        actions: types it carries out. actions_per_suggestion: how many of one suggestion.
        replacement: how an order takes the place of the draft: `create-and-delete`, `update` (a new order under the
            draft's id) or `create` (the new order alone; the card then says what is left to do).
        selection_behaviors: those it knows, the first when ours is not among them.
        topic: `as-is`, or `alphanumeric` (letters and digits only, at most 100).
        shows: what of a suggestion people see: its `label`, or the `description` of its first action.
        feedback: how it tells why a card was overridden (see `reasons`).
        registration: what a person needs to know who registers the service there.
        detail: `full`, or `brief` for narrow panels: what is wrong, what to do instead, and what was not checked.
    """

    name: str
    actions: tuple[Literal["create", "update", "delete"], ...]
    actions_per_suggestion: int
    replacement: Literal["create-and-delete", "update", "create"]
    selection_behaviors: tuple[Literal["at-most-one", "any"], ...]
    topic: Literal["as-is", "alphanumeric"] = "as-is"
    shows: Literal["label", "description"] = "label"
    detail: Literal["full", "brief"] = "full"
    feedback: Overriding = Overriding()
    registration: Registering


def families() -> frozenset[str]:
    """The names of the client families there are."""
    return frozenset(path.stem for path in FOLDER.glob("*.toml"))


def read(name: str) -> Dialect:
    """The dialect of a client family.

    Raises:
        KeyError: no such family; the message lists those there are.
    """
    if name not in families():
        raise KeyError(f"There is no dialect {name!r}; known are: {', '.join(sorted(families()))}.")
    return msgspec.toml.decode((FOLDER / f"{name}.toml").read_bytes(), type=Dialect)


def make_fit(dialect: Dialect, phrases: Phrases) -> Fit:
    """The fitter of one client family; `phrases` has the words it adds."""

    def fit(cards: tuple[Card, ...]) -> tuple[Card, ...]:
        return tuple(_fitted(card, dialect, phrases) for card in cards)

    return fit


def _fitted(card: Card, dialect: Dialect, phrases: Phrases) -> Card:
    suggestions = tuple(
        fitted for suggestion in card.suggestions if (fitted := _suggestion(suggestion, dialect)) is not None
    )
    behavior = card.selection_behavior if card.selection_behavior in dialect.selection_behaviors else ""
    detail = card.detail if dialect.detail == "full" else _brief(card.detail, phrases)
    if any(_adds_only(before, after) for before in card.suggestions for after in suggestions):
        detail = f"{detail}\n\n{phrases.sentences['added-beside']}"
    return replace(
        card,
        detail=detail,
        suggestions=suggestions,
        selection_behavior=(behavior or dialect.selection_behaviors[0]) if suggestions else "",
        source=card.source if dialect.topic == "as-is" else _plain_topic(card),
    )


def _suggestion(suggestion: Suggestion, dialect: Dialect) -> Suggestion | None:
    """The suggestion in what this client carries out; `None` when it cannot."""
    proposals = tuple(action.proposal for action in suggestion.actions)
    label, actions = suggestion.label, suggestion.actions
    if _replaces(proposals) and dialect.replacement != "create-and-delete":
        put = _replacement(proposals, dialect)
        if put is None:
            return None
        actions = (Action(proposal=put),)
        label = put.description if isinstance(put, Create) else label
    if len(actions) > dialect.actions_per_suggestion or any(action.type not in dialect.actions for action in actions):
        return None
    if dialect.shows == "description":
        shown = replace(actions[0].proposal, description=label)
        actions = (replace(actions[0], proposal=shown), *actions[1:])
    return suggestion if actions == suggestion.actions else replace(suggestion, label=label, actions=actions)


def _replaces(proposals: tuple[Proposal, ...]) -> bool:
    kinds = {type(proposal) for proposal in proposals}
    return kinds == {Create, Delete}


def _replacement(proposals: tuple[Proposal, ...], dialect: Dialect) -> Create | Replace | None:
    """One action in place of the creates and deletes; `None` when there is more than one of either."""
    creates = [proposal for proposal in proposals if isinstance(proposal, Create)]
    deletes = [proposal for proposal in proposals if isinstance(proposal, Delete)]
    if len(creates) != 1 or len(deletes) != 1:
        return None
    made = creates[0]
    if dialect.replacement == "create":
        return made
    return Replace(
        order=made.order,
        position=made.position,
        reference=deletes[0].reference,
        description=made.description,
        authored_on=made.authored_on,
    )


def _adds_only(before: Suggestion, after: Suggestion) -> bool:
    """Whether a replacement became a mere addition."""
    removed = any(isinstance(action.proposal, Delete) for action in before.actions)
    kept = {type(action.proposal) for action in after.actions}
    return before.uuid == after.uuid and removed and kept == {Create}


def _plain_topic(card: Card) -> Source:
    code = _OTHER.sub("", card.source.topic.code)[:LONGEST_TOPIC]
    return replace(card.source, topic=replace(card.source.topic, code=code))


def _brief(detail: str, phrases: Phrases) -> str:
    """Without the reasons and the common footer: what is wrong, instead, and what was not checked stay."""
    left_out: Mapping[str, str] = {"why": f"**{phrases.headings['why']}:**", "footer": phrases.footer}
    kept = [part for part in detail.split("\n\n") if not part.startswith(tuple(left_out.values()))]
    return "\n\n".join(kept) or detail
