"""Cards -> cards that this client can use. A suggestion it cannot carry out is taken off; its card stays."""

import tomllib
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path

from cds_service.domain.card import Card, Suggestion

FOLDER = Path(__file__).parent


@dataclass(frozen=True, slots=True, kw_only=True)
class Dialect:
    """One client family, as its TOML says."""

    name: str
    actions: tuple[str, ...]
    actions_per_suggestion: int
    selection_behaviors: tuple[str, ...]


def families() -> frozenset[str]:
    """The names of the client families there are."""
    return frozenset(path.stem for path in FOLDER.glob("*.toml"))


def read(name: str) -> Dialect:
    """The dialect of a client family.

    Raises:
        KeyError: no such family; the message lists those there are.
    """
    path = FOLDER / f"{name}.toml"
    if not path.is_file():
        known = ", ".join(sorted(families()))
        raise KeyError(f"There is no dialect {name!r}; known are: {known}.")
    raw = tomllib.loads(path.read_text(encoding="utf-8"))
    return Dialect(
        name=raw["name"],
        actions=tuple(raw["actions"]),
        actions_per_suggestion=raw["actions_per_suggestion"],
        selection_behaviors=tuple(raw["selection_behaviors"]),
    )


def make_fit(dialect: Dialect) -> Callable[[tuple[Card, ...]], tuple[Card, ...]]:
    """The fitter of one client family."""

    def fit(cards: tuple[Card, ...]) -> tuple[Card, ...]:
        return tuple(_fitted(card, dialect) for card in cards)

    return fit


def _fitted(card: Card, dialect: Dialect) -> Card:
    if not card.suggestions:
        return card
    suggestions = tuple(suggestion for suggestion in card.suggestions if _usable(suggestion, dialect))
    behavior = card.selection_behavior if card.selection_behavior in dialect.selection_behaviors else ""
    if suggestions == card.suggestions and behavior:
        return card
    return replace(
        card,
        suggestions=suggestions,
        selection_behavior=(behavior or dialect.selection_behaviors[0]) if suggestions else "",
    )


def _usable(suggestion: Suggestion, dialect: Dialect) -> bool:
    actions = suggestion.actions
    return len(actions) <= dialect.actions_per_suggestion and all(action.type in dialect.actions for action in actions)
