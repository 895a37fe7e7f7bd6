"""Which decisions are taken out, and reading them in the order of the log, a few at a time."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Select, exists, func, or_, select

from cds_service.domain.decision import Decision
from cds_service.ledger.reading import KeptDecision
from cds_service.ledger.record import decode
from cds_service.ledger.tables import cards, decisions, log

AT_ONCE = 200
_NOT_PLAIN = re.compile(r"[^A-Za-z0-9]+")


@dataclass(frozen=True, slots=True, kw_only=True)
class Selection:
    """Decisions to take out; what is empty or `None` selects all.

    Attributes:
        since, until: received at or after, and before, this moment.
        rule: with a card of this rule. card: with this card, by its uuid.
        release: made with this content release: its version, or eight or more digits of its hash.
        client: of this client, by its issuer; `""` means open mode.
        limit: at most so many, the earliest first.
    """

    since: datetime | None = None
    until: datetime | None = None
    rule: str = ""
    card: str = ""
    release: str = ""
    client: str | None = None
    limit: int | None = None

    @property
    def is_all(self) -> bool:
        """Whether nothing is left out."""
        return self == Selection()

    @property
    def rule_names(self) -> tuple[str, ...]:
        """The rule as topics name it: some client families allow no hyphen in one."""
        return self.rule, _NOT_PLAIN.sub("", self.rule)

    def said(self) -> dict[str, str]:
        """What was asked for, by name, as it is recorded with the access."""
        named = {
            "since": self.since.isoformat() if self.since else "",
            "until": self.until.isoformat() if self.until else "",
            "rule": self.rule,
            "card": self.card,
            "release": self.release,
            "client": "(open mode)" if self.client == "" else self.client or "",
            "limit": "" if self.limit is None else str(self.limit),
        }
        return {name: value for name, value in named.items() if value}


def narrowed(query: Select[Any], selection: Selection) -> Select[Any]:
    """A query over `decisions` with what is selected; all but the limit."""
    own = cards.alias()
    of_decision = own.c.leaf_index == decisions.c.leaf_index
    if selection.since is not None:
        query = query.where(decisions.c.received_at >= selection.since)
    if selection.until is not None:
        query = query.where(decisions.c.received_at < selection.until)
    if selection.client is not None:
        query = query.where(decisions.c.client == selection.client)
    if selection.release:
        is_hash = decisions.c.content_sha256.startswith(selection.release, autoescape=True)
        same = decisions.c.content_version == selection.release
        query = query.where(or_(same, is_hash) if len(selection.release) >= 8 else same)
    if selection.rule:
        query = query.where(exists().where(of_decision, own.c.rule.in_(selection.rule_names)))
    if selection.card:
        query = query.where(exists().where(of_decision, own.c.uuid == selection.card))
    return query


def count_of(connection: Connection, selection: Selection) -> int:
    """How many decisions are selected."""
    found: int = connection.execute(narrowed(select(func.count()).select_from(decisions), selection)).scalar_one()
    return found if selection.limit is None else min(found, selection.limit)


def selected(connection: Connection, selection: Selection) -> Iterator[KeptDecision]:
    """The selected decisions whose records are still kept, in the order of the log."""
    query = narrowed(
        select(log.c.leaf_index, log.c.record).join_from(decisions, log, decisions.c.leaf_index == log.c.leaf_index),
        selection,
    ).order_by(decisions.c.leaf_index)
    last, left = -1, selection.limit
    while left is None or left > 0:
        some = AT_ONCE if left is None else min(AT_ONCE, left)
        rows = connection.execute(query.where(decisions.c.leaf_index > last).limit(some)).all()
        for row in rows:
            if row.record is not None:
                decision = decode(row.record)
                assert isinstance(decision, Decision)
                yield KeptDecision(leaf_index=row.leaf_index, decision=decision, record=row.record)
        if len(rows) < some:
            return
        last, left = rows[-1].leaf_index, None if left is None else left - len(rows)
