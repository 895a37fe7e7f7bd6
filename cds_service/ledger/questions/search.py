"""A page of decisions, latest first, that goes on where the one before ended.

The search walks one index, chosen by what was asked for, and looks at each entry for the rest. It looks at so many at
most, then says how far it came, so that a rare combination is as quick to answer as a frequent one at any size.
"""

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Connection, Select, and_, literal, or_, select, tuple_

from cds_service.domain.audit import CardLine, Filters, Line, Listed, Place
from cds_service.ledger.extracts.selection import Selection
from cds_service.ledger.record import storable
from cds_service.ledger.tables import cards, decisions, feedback

MOST_LOOKED_AT = 20_000
CARDS_OF_ONE = 40  # matching cards of a decision that are read before it counts as one
OPEN_MODE = "-"


def listed(connection: Connection, wanted: Filters, at_most: int, *, most_looked_at: int = MOST_LOOKED_AT) -> Listed:
    """A page of decisions.

    Args:
        connection: reads the database.
        wanted: which.
        at_most: of a page.
        most_looked_at: entries of the index.
    """
    walked = _walk(wanted).limit(most_looked_at).subquery()
    found: dict[int, datetime] = {}
    rows = connection.execute(_found(wanted, walked).limit((at_most + 1) * (CARDS_OF_ONE if wanted.of_card else 1)))
    for row in rows:
        found[row.leaf_index] = row.received_at
        if len(found) > at_most:
            break
    rows.close()
    places = [Place(received_at=at, leaf_index=index) for index, at in found.items()]
    lines = _lines(connection, [place.leaf_index for place in places[:at_most]])
    if len(places) > at_most:
        return Listed(lines=lines, after=places[at_most - 1])
    end = connection.execute(_walk(wanted).offset(most_looked_at - 1).limit(1)).first()
    if end is None:
        return Listed(lines=lines, after=None)
    after = Place(received_at=end.received_at, leaf_index=end.leaf_index)
    return Listed(lines=lines, after=after, searched_to=end.received_at)


def _walk(wanted: Filters) -> Select[Any]:
    """Entries of one index, latest first, behind the place where the page before ended."""
    if wanted.rule or wanted.indicator:
        table: Any = cards
        query = select(cards.c.leaf_index, cards.c.received_at, cards.c.uuid, cards.c.indicator, cards.c.client)
        if wanted.rule:
            query = query.where(cards.c.rule.in_(Selection(rule=storable(wanted.rule)).rule_names))
        else:
            query = query.where(cards.c.indicator == storable(wanted.indicator))
    else:
        table = decisions
        query = select(decisions)
        if wanted.client:
            query = query.where(decisions.c.client == _client(wanted))
        elif wanted.release:
            query = query.where(decisions.c.content_version == storable(wanted.release))
        elif wanted.hook:
            query = query.where(decisions.c.hook == storable(wanted.hook))
    key = table.c.received_at, table.c.leaf_index
    if wanted.since is not None:
        query = query.where(key[0] >= wanted.since)
    if wanted.until is not None:
        query = query.where(key[0] < wanted.until)
    if wanted.after is not None:
        at = literal(wanted.after.received_at, table.c.received_at.type)
        query = query.where(key[0] <= at, tuple_(*key) < tuple_(at, literal(wanted.after.leaf_index)))
    return query.order_by(key[0].desc(), key[1].desc())


def _found(wanted: Filters, walked: Any) -> Select[Any]:  # noqa: ANN401  a subquery, whose columns are its own
    """Those of the entries that have all the rest that was asked for."""
    w = walked.c
    query = select(w.leaf_index, w.received_at)
    by_card = bool(wanted.rule or wanted.indicator)
    d: Any = w
    if by_card and (wanted.state or wanted.hook or wanted.release or wanted.client):
        query = query.join(decisions, decisions.c.leaf_index == w.leaf_index)
        d = decisions.c
    if by_card and wanted.rule and wanted.indicator:
        query = query.where(w.indicator == storable(wanted.indicator))
    for column, value in (("hook", wanted.hook), ("content_version", wanted.release)):
        if value:
            query = query.where(d[column] == storable(value))
    if wanted.client:
        query = query.where(d.client == _client(wanted))
    if wanted.state:
        query = query.where(_state(wanted.state, d))
    if wanted.outcome:
        query = query.where(_outcome(wanted.outcome, w.uuid if by_card else None, w.leaf_index))
    return query.order_by(w.received_at.desc(), w.leaf_index.desc())


def _client(wanted: Filters) -> str:
    return "" if wanted.client == OPEN_MODE else storable(wanted.client)


def _state(state: str, d: Any) -> ColumnElement[bool]:  # noqa: ANN401  columns of a table or of a subquery
    match state:
        case "degraded":
            return and_(d.degraded)
        case "not-assessed":
            return or_(d.not_assessed > 0, d.failed > 0, d.incomplete)
        case "shadow":
            return and_(d.mode == "shadow")
        case _:
            return and_(d.card_count == 0)


def _outcome(outcome: str, uuid: ColumnElement[str] | None, leaf_index: ColumnElement[int]) -> ColumnElement[bool]:
    """Whether that was done with the card of this uuid, or without one, with any card of the decision."""
    f, own = feedback.alias(), cards.alias()
    said = select(f.c.leaf_index).where(f.c.card == (own.c.uuid if uuid is None else uuid), f.c.orphan.is_(False))
    so = ~said.exists() if outcome == "none" else said.where(f.c.outcome == outcome).exists()
    return so if uuid is not None else select(own.c.uuid).where(own.c.leaf_index == leaf_index, so).exists()


def _lines(connection: Connection, indexes: Sequence[int]) -> tuple[Line, ...]:
    """These decisions with their cards, in this order."""
    if not indexes:
        return ()
    rows = {
        row.leaf_index: row for row in connection.execute(select(decisions).where(decisions.c.leaf_index.in_(indexes)))
    }
    own: dict[int, list[Any]] = {index: [] for index in indexes}
    shown = select(cards).where(cards.c.leaf_index.in_(indexes)).order_by(cards.c.leaf_index, cards.c.position)
    for card in connection.execute(shown):
        own[card.leaf_index].append(card)
    said = outcomes(connection, [card.uuid for those in own.values() for card in those])
    return tuple(_line(rows[index], own[index], said) for index in indexes)


def _line(row: Any, own: Iterable[Any], said: dict[str, str]) -> Line:  # noqa: ANN401  rows of the tables
    return Line(
        leaf_index=row.leaf_index,
        id=row.id,
        received_at=row.received_at,
        duration_us=row.duration_us,
        hook=row.hook,
        client=row.client,
        tenant=row.tenant,
        content_version=row.content_version,
        status=row.status,
        mode=row.mode,
        degraded=row.degraded,
        not_assessed=row.not_assessed,
        failed=row.failed,
        order_count=row.order_count,
        cards=tuple(
            CardLine(
                uuid=card.uuid,
                rule=card.rule,
                indicator=card.indicator,
                summary=card.summary,
                outcome=said.get(card.uuid, ""),
            )
            for card in own
        ),
    )


def outcomes(connection: Connection, uuids: Sequence[str]) -> dict[str, str]:
    """Card -> the newest word of its own client on it."""
    found: dict[str, str] = {}
    for start in range(0, len(uuids), 500):
        query = select(feedback.c.card, feedback.c.outcome).where(
            feedback.c.card.in_(uuids[start : start + 500]), feedback.c.orphan.is_(False)
        )
        found |= {row.card: row.outcome for row in connection.execute(query.order_by(feedback.c.leaf_index))}
    return found
