"""Counts over a period, day by day: what was asked, what was said, what people did with it, how long it took.

Each day (UTC) is counted by itself, so that one that is over is counted once and remembered for a while. Latencies are
counted in classes that are 12 % wide, so quantiles of any number of days can be told. Only what was shown counts as
said: decisions in shadow are left out.
"""

from bisect import bisect_left
from collections.abc import Mapping
from datetime import UTC, date, datetime, time, timedelta
from itertools import count, takewhile

from sqlalchemy import ColumnElement, Connection, and_, case, func, literal, select

from cds_service.domain.audit import DayFigures, RuleFigures
from cds_service.ledger.extracts.figures import ANSWERED, IGNORED_AFTER, LIVE, outcome_of_card
from cds_service.ledger.tables import cards, decisions

WIDTH = 1.12  # of a class of latencies
FIRST_US, LONGEST_US = 100, 60_000_000
BOUNDS_US = tuple(
    takewhile(lambda bound: bound < LONGEST_US * WIDTH, (round(FIRST_US * WIDTH**step) for step in count()))
)
INDICATORS = ("info", "warning", "critical")  # all there are: with them the index on indicator and time is of use


def of_day(connection: Connection, day: date, as_of: datetime) -> DayFigures:
    """The figures of one day.

    Args:
        connection: reads the database.
        day: UTC.
        as_of: now, UTC: a card without feedback for so long is ignored.
    """
    start = datetime.combine(day, time(), UTC)
    end = start + timedelta(days=1)
    d = decisions.c
    shown = and_(d.mode == LIVE, d.status == ANSWERED)
    totals = connection.execute(
        select(
            func.count(),
            _sum(shown, d.order_count),
            _sum(d.degraded, literal(1)),
            _sum(d.status != ANSWERED, literal(1)),
        )
        .select_from(decisions)
        .where(d.received_at >= start, d.received_at < end)
    ).one()
    return DayFigures(
        day=day,
        decisions=totals[0],
        orders=int(totals[1]),
        degraded=int(totals[2]),
        refused=int(totals[3]),
        rules=_rules(connection, start, end, as_of),
        latencies=_latencies(connection, start, end),
    )


def _sum(holds: ColumnElement[bool], value: ColumnElement[int]) -> ColumnElement[int]:
    return func.coalesce(func.sum(case((holds, value), else_=0)), 0)


def _latencies(connection: Connection, start: datetime, end: datetime) -> Mapping[int, int]:
    """Tens of microseconds are read together, and sorted into classes here: no database has to know these."""
    rounded = decisions.c.duration_us.op("/")(10)  # of whole numbers, in both databases
    query = select(rounded, func.count()).where(decisions.c.received_at >= start, decisions.c.received_at < end)
    found: dict[int, int] = {}
    for tens, times in connection.execute(query.group_by(rounded)):
        bound = BOUNDS_US[min(bisect_left(BOUNDS_US, tens * 10), len(BOUNDS_US) - 1)]
        found[bound] = found.get(bound, 0) + times
    return found


def _rules(connection: Connection, start: datetime, end: datetime, as_of: datetime) -> Mapping[str, RuleFigures]:
    each = (
        select(cards.c.rule, cards.c.received_at, outcome_of_card().label("outcome"))
        .join_from(cards, decisions, cards.c.leaf_index == decisions.c.leaf_index)
        .where(
            cards.c.indicator.in_(INDICATORS),
            cards.c.received_at >= start,
            cards.c.received_at < end,
            decisions.c.mode == LIVE,
            decisions.c.status == ANSWERED,
        )
        .subquery()
    ).c
    late = case((each.received_at <= as_of - IGNORED_AFTER, 1), else_=0)
    query = select(each.rule, each.outcome, late, func.count()).group_by(each.rule, each.outcome, late)
    found: dict[str, RuleFigures] = {}
    for rule, outcome, is_late, times in connection.execute(query):
        match outcome:
            case "accepted":
                more = RuleFigures(shown=times, accepted=times)
            case "overridden":
                more = RuleFigures(shown=times, overridden=times)
            case _ if is_late:
                more = RuleFigures(shown=times, ignored=times)
            case _:
                more = RuleFigures(shown=times, waiting=times)
        found[rule] = found.get(rule, RuleFigures()) + more
    return found
