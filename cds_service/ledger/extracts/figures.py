"""Questions compliance teams ask of the index: who saw what, what became of it, how much of it there is.

Lists are read a page at a time from a place (`below`) on, latest first; counts are one statement each. A card was seen
when its decision was answered live: shadow decisions are recorded and shown to nobody. Times and limits are those of
`Selection`.
"""

from collections.abc import Callable, Iterator, Sequence
from datetime import datetime, timedelta
from typing import NamedTuple, TypeVar

from sqlalchemy import ColumnElement, Connection, ScalarSelect, and_, case, func, literal, or_, select, tuple_

from cds_service.ledger.extracts.selection import Selection, narrowed
from cds_service.ledger.tables import cards, decisions, feedback

PAGE = 200
LIVE = "live"
ANSWERED = 200
IGNORED_AFTER = timedelta(hours=24)
T = TypeVar("T", bound=NamedTuple)


class SeenCard(NamedTuple):
    """A card that was shown, to whom (pseudonyms), and what became of it: `accepted`, `overridden` or empty."""

    leaf_index: int
    position: int
    received_at: datetime
    client: str
    tenant: str
    user: str
    patient: str
    encounter: str
    hook: str
    decision: str
    card: str
    rule: str
    indicator: str
    summary: str
    outcome: str | None


class Overridden(NamedTuple):
    """How often cards of a rule were overridden for a reason; `mapped` is HL7's non-adherence reason code."""

    rule: str
    reason: str
    system: str
    mapped: str
    times: int


class Burden(NamedTuple):
    """Cards of a rule: how many were shown, for 100 reviewed orders, and what became of them.

    `ignored` had no feedback within the hours that are allowed for it; `open` still may get some.
    """

    rule: str
    indicator: str
    shown: int
    per_100_orders: float
    accepted: int
    overridden: int
    ignored: int
    open: int


class Lessened(NamedTuple):
    """A decision that was less than it should have been, or in which a rule could not tell."""

    leaf_index: int
    received_at: datetime
    decision: str
    client: str
    tenant: str
    hook: str
    status: int
    degraded: bool
    incomplete: bool
    not_assessed: int
    failed: int


class FedBack(NamedTuple):
    """Feedback on an intervention, as 45 CFR 170.315(b)(11)(ii)(C) asks for it.

    `location` is the organisation the client named, else the client; `user` a pseudonym; `date` when the person acted.
    """

    leaf_index: int
    intervention: str
    intervention_id: str
    intervention_text: str
    action_taken: str
    user_feedback: str
    user_feedback_code: str
    commented: bool
    user: str
    date: datetime
    location: str
    decision: str


def outcome_of_card() -> ScalarSelect[str]:
    """In a query of cards: the newest word of a card's own client on it."""
    return (
        select(feedback.c.outcome)
        .where(feedback.c.card == cards.c.uuid, feedback.c.orphan.is_(False))
        .order_by(feedback.c.leaf_index.desc())
        .limit(1)
        .correlate(cards)
        .scalar_subquery()
    )


def _shown() -> ColumnElement[bool]:
    return and_(decisions.c.mode == LIVE, decisions.c.status == ANSWERED)


def _of_decision() -> ColumnElement[bool]:
    return cards.c.leaf_index == decisions.c.leaf_index


def _rule_of(selection: Selection) -> list[ColumnElement[bool]]:
    """Only the rule's own cards, of decisions that may have others."""
    return [cards.c.rule.in_(selection.rule_names)] if selection.rule else []


def seen(connection: Connection, selection: Selection, below: tuple[int, int] | None = None) -> Sequence[SeenCard]:
    """A page of cards that were shown, the latest first.

    Args:
        connection: reads the database.
        selection: which decisions, and of them which rule's cards.
        below: leaf index and position of the last card of the page before.
    """
    d, c = decisions.c, cards.c
    query = narrowed(
        select(
            c.leaf_index, c.position, d.received_at, d.client, d.tenant, d.user_pseudonym, d.patient_pseudonym,
            d.encounter_pseudonym, d.hook, d.id, c.uuid, c.rule, c.indicator, c.summary, outcome_of_card(),
        ).join_from(cards, decisions, _of_decision()),
        selection,
    ).where(_shown(), *_rule_of(selection))  # fmt: skip
    if below is not None:
        query = query.where(tuple_(c.leaf_index, c.position) < tuple_(*map(literal, below)))
    query = query.order_by(c.leaf_index.desc(), c.position.desc()).limit(PAGE)
    return [SeenCard(*row) for row in connection.execute(query)]


def overrides(connection: Connection, selection: Selection) -> Sequence[Overridden]:
    """Override reasons by rule, the most frequent first."""
    f = feedback.c
    group = (cards.c.rule, f.reason_code, f.reason_system, f.reason_mapped)
    query = narrowed(
        select(*group, func.count().label("times"))
        .join_from(feedback, cards, f.card == cards.c.uuid)
        .join(decisions, _of_decision()),
        selection,
    ).where(f.outcome == "overridden", f.orphan.is_(False), *_rule_of(selection))
    rows = connection.execute(query.group_by(*group).order_by(cards.c.rule, func.count().desc(), f.reason_code))
    return [Overridden(*row) for row in rows]


def burden(
    connection: Connection, selection: Selection, as_of: datetime, ignored_after: timedelta = IGNORED_AFTER
) -> Sequence[Burden]:
    """How many cards of each rule were shown, for 100 reviewed orders of the period, and what became of them.

    Args:
        connection: reads the database.
        selection: which decisions; a rule or card narrows the cards, never the orders they are counted against.
        as_of: now, UTC.
        ignored_after: a card without feedback for so long is ignored.
    """
    orders = _orders(connection, selection)
    each = (
        narrowed(
            select(cards.c.rule, cards.c.indicator, cards.c.received_at, outcome_of_card().label("outcome")).join_from(
                cards, decisions, _of_decision()
            ),
            selection,
        )
        .where(_shown(), *_rule_of(selection))
        .subquery()
    ).c
    silent = each.outcome.is_(None)
    late = each.received_at <= as_of - ignored_after
    query = select(
        each.rule,
        each.indicator,
        func.count(),
        _times(each.outcome == "accepted"),
        _times(each.outcome == "overridden"),
        _times(and_(silent, late)),
        _times(and_(silent, ~late)),
    ).group_by(each.rule, each.indicator)
    rows = connection.execute(query.order_by(each.rule, each.indicator))
    return [Burden(row[0], row[1], row[2], round(100 * row[2] / max(orders, 1), 2), *row[3:]) for row in rows]


def _orders(connection: Connection, selection: Selection) -> int:
    every = Selection(since=selection.since, until=selection.until, release=selection.release, client=selection.client)
    query = narrowed(select(func.coalesce(func.sum(decisions.c.order_count), 0)), every).where(_shown())
    return int(connection.execute(query).scalar_one())


def _times(holds: ColumnElement[bool]) -> ColumnElement[int]:
    return func.coalesce(func.sum(case((holds, 1), else_=0)), 0)


def lessened(connection: Connection, selection: Selection, below: int | None = None) -> Sequence[Lessened]:
    """A page of decisions that were degraded or in which a rule could not tell, the latest first."""
    d = decisions.c
    query = narrowed(
        select(
            d.leaf_index, d.received_at, d.id, d.client, d.tenant, d.hook, d.status, d.degraded, d.incomplete,
            d.not_assessed, d.failed,
        ),
        selection,
    ).where(or_(d.degraded, d.incomplete, d.not_assessed > 0, d.failed > 0))  # fmt: skip
    if below is not None:
        query = query.where(d.leaf_index < below)
    return [Lessened(*row) for row in connection.execute(query.order_by(d.leaf_index.desc()).limit(PAGE))]


def fed_back(connection: Connection, selection: Selection, below: int | None = None) -> Sequence[FedBack]:
    """A page of feedback on cards of the selected decisions, the latest first."""
    f, c, d = feedback.c, cards.c, decisions.c
    query = narrowed(
        select(
            f.leaf_index, c.rule, c.uuid, c.summary, f.outcome, f.reason_mapped, f.reason_code, f.has_comment,
            d.user_pseudonym, f.outcome_at, case((d.tenant != "", d.tenant), else_=d.client), d.id,
        )
        .join_from(feedback, cards, f.card == c.uuid)
        .join(decisions, _of_decision()),
        selection,
    ).where(f.orphan.is_(False), *_rule_of(selection))  # fmt: skip
    if below is not None:
        query = query.where(f.leaf_index < below)
    return [FedBack(*row) for row in connection.execute(query.order_by(f.leaf_index.desc()).limit(PAGE))]


def every_page(page: Callable[[int | None], Sequence[T]]) -> Iterator[T]:
    """All rows of a list that is read from a leaf index on."""
    below: int | None = None
    while rows := page(below):
        yield from rows
        below = rows[-1][0]


def every_card(connection: Connection, selection: Selection) -> Iterator[SeenCard]:
    """All rows of `seen`."""
    below: tuple[int, int] | None = None
    while rows := seen(connection, selection, below):
        yield from rows
        below = rows[-1].leaf_index, rows[-1].position
