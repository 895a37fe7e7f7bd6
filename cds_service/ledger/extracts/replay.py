"""Decisions made once more: under their own content release, or under a candidate.

The first shows that the release gives what was recorded, the second what the candidate would change.
"""

from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field

from cds_service.domain.content import Content
from cds_service.domain.decision import Decision
from cds_service.engine.replay import ANSWERED, Fit, replay
from cds_service.ledger.extracts.comparison import changes, compared, unlike

MOST_EXAMPLES = 5
FitOf = Callable[[str, Content], Fit | None]


@dataclass(slots=True, kw_only=True)
class OfRule:
    """What a candidate does to the cards of one rule: counts by kind of change (see `Change`), and some decisions."""

    counts: Counter[str] = field(default_factory=Counter)
    examples: list[str] = field(default_factory=list)


@dataclass(slots=True, kw_only=True)
class Replayed:
    """The outcome.

    Attributes:
        decisions, orders: that were replayed. cards_before, cards_after: of them.
        same: decisions that came out alike. newly_failed: those where a rule broke that had not.
        unlike: id -> where it differs, of some decisions that did not come out alike.
        rules: rule id -> what became of its cards.
        unanswered: decisions by HTTP status that had no answer to make again.
        other_release: decisions by content version, made with content that is not loaded here.
        unknown_dialect: decisions by a client family that there is no more.
    """

    decisions: int = 0
    orders: int = 0
    cards_before: int = 0
    cards_after: int = 0
    same: int = 0
    newly_failed: int = 0
    unlike: dict[str, tuple[str, ...]] = field(default_factory=dict)
    rules: dict[str, OfRule] = field(default_factory=dict)
    unanswered: Counter[int] = field(default_factory=Counter)
    other_release: Counter[str] = field(default_factory=Counter)
    unknown_dialect: Counter[str] = field(default_factory=Counter)

    @property
    def differ(self) -> int:
        """Decisions that did not come out alike."""
        return self.decisions - self.same

    def per_100_orders(self, cards: int) -> float:
        """So many cards for a hundred reviewed orders."""
        return 100 * cards / self.orders if self.orders else 0.0


def replay_all(
    kept: Iterable[Decision],
    contents: Mapping[str, Content],
    fit_of: FitOf,
    *,
    candidate: bool,
    progress: Callable[[int], None] = lambda _: None,
) -> Replayed:
    """Make decisions once more.

    Args:
        kept: as read back from the ledger.
        contents: issuer of a client -> the content it is answered from; `""` for anybody else.
        fit_of: name of a client family and content -> its fit; `None` for no such family.
        candidate: under the content that each client would be answered from, whatever the decision was made with.
        progress: told how many have been read.
    """
    outcome = Replayed()
    by_hash = {content.release.sha256: content for content in contents.values()}
    fits: dict[tuple[str, str], Fit | None] = {}
    for number, decision in enumerate(kept, 1):
        if candidate:
            content: Content | None = contents.get(decision.client, contents[""])
        else:
            content = by_hash.get(decision.content_sha256)
        _replay_one(decision, content, fit_of, fits, outcome)
        progress(number)
    return outcome


def _replay_one(
    decision: Decision,
    content: Content | None,
    fit_of: FitOf,
    fits: dict[tuple[str, str], Fit | None],
    outcome: Replayed,
) -> None:
    if decision.status != ANSWERED:
        outcome.unanswered[decision.status] += 1
        return
    if content is None:
        outcome.other_release[decision.content_version] += 1
        return
    key = (decision.dialect, content.release.sha256)
    if key not in fits:
        fits[key] = fit_of(decision.dialect, content)
    fit = fits[key]
    if fit is None:
        outcome.unknown_dialect[decision.dialect] += 1
        return
    _count(decision, replay(decision, content, fit), outcome)


def _count(before: Decision, after: Decision, outcome: Replayed) -> None:
    outcome.decisions += 1
    outcome.orders += len(before.assessments)
    outcome.cards_before += len(before.cards)
    outcome.cards_after += len(after.cards)
    outcome.newly_failed += after.failed > before.failed
    if compared(before) == compared(after):
        outcome.same += 1
        return
    if len(outcome.unlike) < MOST_EXAMPLES:
        outcome.unlike[before.id] = unlike(before, after)
    for change in changes(before, after):
        one = outcome.rules.setdefault(change.rule, OfRule())
        one.counts[change.what] += 1
        if len(one.examples) < MOST_EXAMPLES:
            one.examples.append(before.id)
