"""The log: every record a leaf of a hash tree; accesses and releases; what decisions and feedback say beyond 0001.

Revision: 0002, after 0001.

Rows of 0001 become the first leaves: decisions in the order of their commit, then feedback in the order of its own. They
are protected from then on; what was done to them before, nobody can tell. Going down keeps decisions and feedback as
0001 knew them; the log, its checkpoints, accesses and releases are lost.

A step never imports `tables` or `merkle`: it must go on making what it made on the day it was written.
"""

import json
import secrets
from collections.abc import Iterator
from datetime import UTC, datetime
from hashlib import sha256
from typing import Any

import sqlalchemy as sa
from alembic import context, op
from alembic.script import ScriptDirectory

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

PLACE = sa.BigInteger().with_variant(sa.Integer, "sqlite")
MOMENT = sa.DateTime(timezone=True)
AT_ONCE = 500
LATER = {"tenant": "", "dialect": "", "degraded": False, "duration_us": 0}  # what records of 0001 do not say


def _text(name: str) -> sa.Column[str]:
    return sa.Column(name, sa.String, nullable=False)


def _moment(name: str) -> sa.Column[datetime]:
    return sa.Column(name, MOMENT, nullable=False)


def _number(name: str) -> sa.Column[int]:
    return sa.Column(name, sa.Integer, nullable=False)


def _flag(name: str) -> sa.Column[bool]:
    return sa.Column(name, sa.Boolean, nullable=False)


def _leaf_index() -> sa.Column[int]:
    return sa.Column("leaf_index", PLACE, autoincrement=False, nullable=False)


OLD = ("decisions", "cards", "suggestions", "feedback", "accepted_suggestions")


def upgrade() -> None:
    """Make the log, and let what 0001 kept be its first leaves."""
    _put_aside()
    _log()
    _decisions()
    _cards()
    _feedback()
    _others()
    _carry_up()
    _drop("old_accepted_suggestions", "old_feedback", "old_suggestions", "old_cards", "old_decisions")


def downgrade() -> None:
    """Back to decisions and feedback alone."""
    _put_aside()
    ScriptDirectory.from_config(context.config).get_revision("0001").module.upgrade()
    _carry_down()
    _drop(*(f"old_{table}" for table in OLD), "access", "releases", "checkpoints", "log_head", "log_nodes", "log")


def _put_aside() -> None:
    """Rename tables, and take the names of their indexes and constraints out of the way of their successors'."""
    inspector = sa.inspect(op.get_bind())
    if op.get_bind().dialect.name == "postgresql":  # there all tables share them
        for table in OLD:
            for unique in inspector.get_unique_constraints(table):
                op.execute(f"ALTER TABLE {table} DROP CONSTRAINT {unique['name']} CASCADE")
            op.execute(f"ALTER TABLE {table} DROP CONSTRAINT pk_{table} CASCADE")
    for table in OLD:
        for index in inspector.get_indexes(table):
            if not index.get("duplicates_constraint"):
                op.drop_index(str(index["name"]), table_name=table)
        op.rename_table(table, f"old_{table}")


def _drop(*tables: str) -> None:
    for table in tables:
        op.drop_table(table)


# New tables -----------------------------------------------------------------------------------------------------------


def _log() -> None:
    op.create_table(
        "log",
        _leaf_index(),
        _text("kind"),
        sa.Column("leaf_hash", sa.LargeBinary, nullable=False),
        sa.Column("record", sa.Text),
        sa.PrimaryKeyConstraint("leaf_index", name="pk_log"),
    )
    op.create_table(
        "log_nodes",
        sa.Column("level", sa.Integer, nullable=False),
        sa.Column("position", PLACE, nullable=False),
        sa.Column("hash", sa.LargeBinary, nullable=False),
        sa.PrimaryKeyConstraint("level", "position", name="pk_log_nodes"),
    )
    op.create_table(
        "log_head",
        sa.Column("id", sa.Integer, autoincrement=False, nullable=False),
        _text("origin"),
        sa.Column("size", PLACE, nullable=False),
        sa.Column("frontier", sa.LargeBinary, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_log_head"),
    )
    op.create_table(
        "checkpoints",
        sa.Column("size", PLACE, autoincrement=False, nullable=False),
        sa.Column("note", sa.Text, nullable=False),
        sa.PrimaryKeyConstraint("size", name="pk_checkpoints"),
    )


def _decisions() -> None:
    op.create_table(
        "decisions",
        _leaf_index(),
        _text("id"),
        _moment("received_at"),
        _moment("answered_at"),
        sa.Column("duration_us", sa.BigInteger, nullable=False),
        _text("hook"),
        _text("service_id"),
        _text("hook_instance"),
        _text("client"),
        _text("tenant"),
        _text("dialect"),
        _text("user_pseudonym"),
        _text("patient_pseudonym"),
        _text("encounter_pseudonym"),
        _text("fhir_version"),
        _text("body_sha256"),
        _text("content_version"),
        _text("content_sha256"),
        _text("software_version"),
        _number("status"),
        _text("mode"),
        _flag("incomplete"),
        _flag("degraded"),
        _number("not_assessed"),
        _number("failed"),
        _number("order_count"),
        _number("card_count"),
        sa.PrimaryKeyConstraint("leaf_index", name="pk_decisions"),
        sa.UniqueConstraint("id", name="uq_decisions_id"),
    )
    op.create_index("ix_decisions_received_at", "decisions", ["received_at"])
    op.create_index("ix_decisions_client_received_at", "decisions", ["client", "received_at"])


def _cards() -> None:
    op.create_table(
        "cards",
        _text("uuid"),
        _leaf_index(),
        _number("position"),
        _text("rule"),
        _text("indicator"),
        sa.Column("summary", sa.Text, nullable=False),
        _moment("received_at"),
        _text("client"),
        sa.PrimaryKeyConstraint("uuid", name="pk_cards"),
    )
    op.create_index("ix_cards_leaf_index", "cards", ["leaf_index"])
    op.create_index("ix_cards_rule_received_at", "cards", ["rule", "received_at"])
    op.create_table(
        "suggestions",
        _text("uuid"),
        _leaf_index(),
        _text("card"),
        _number("position"),
        _text("alternative"),
        sa.PrimaryKeyConstraint("uuid", name="pk_suggestions"),
    )
    op.create_index("ix_suggestions_leaf_index", "suggestions", ["leaf_index"])


def _feedback() -> None:
    op.create_table(
        "feedback",
        _leaf_index(),
        _text("id"),
        _moment("received_at"),
        _text("service_id"),
        _text("client"),
        _text("card"),
        _flag("orphan"),
        _text("outcome"),
        _moment("outcome_at"),
        _text("reason_code"),
        _text("reason_system"),
        _text("reason_mapped"),
        _flag("has_comment"),
        sa.PrimaryKeyConstraint("leaf_index", name="pk_feedback"),
        sa.UniqueConstraint("id", name="uq_feedback_id"),
    )
    op.create_index("ix_feedback_card", "feedback", ["card"])
    op.create_index("ix_feedback_received_at", "feedback", ["received_at"])
    op.create_table(
        "accepted_suggestions",
        _leaf_index(),
        _number("position"),
        _text("suggestion"),
        sa.PrimaryKeyConstraint("leaf_index", "position", name="pk_accepted_suggestions"),
    )
    op.create_index("ix_accepted_suggestions_suggestion", "accepted_suggestions", ["suggestion"])


def _others() -> None:
    op.create_table(
        "access",
        _leaf_index(),
        _text("id"),
        _moment("at"),
        _text("who"),
        _text("through"),
        _text("what"),
        sa.Column("records", sa.BigInteger, nullable=False),
        sa.PrimaryKeyConstraint("leaf_index", name="pk_access"),
        sa.UniqueConstraint("id", name="uq_access_id"),
    )
    op.create_index("ix_access_at", "access", ["at"])
    op.create_table(
        "releases",
        _leaf_index(),
        _text("id"),
        _moment("at"),
        _text("version"),
        _text("sha256"),
        _text("software_version"),
        sa.PrimaryKeyConstraint("leaf_index", name="pk_releases"),
        sa.UniqueConstraint("id", name="uq_releases_id"),
    )


# Rows -----------------------------------------------------------------------------------------------------------------


class _Rows:
    """Rows on their way into new tables, some at a time: a ledger may be larger than memory."""

    def __init__(self) -> None:
        self._tables: dict[str, sa.Table] = {}
        self._rows: dict[str, list[dict[str, object]]] = {}

    def add(self, name: str, row: dict[str, object]) -> None:
        self._rows.setdefault(name, []).append(row)
        if len(self._rows[name]) >= AT_ONCE:
            self.flush()

    def flush(self) -> None:
        for name, rows in self._rows.items():
            if name not in self._tables:
                self._tables[name] = _table(name)
            if rows:
                op.get_bind().execute(sa.insert(self._tables[name]), rows)
            rows.clear()


class _Tree:
    """RFC 9162's tree, as far as appending goes: the roots of its complete subtrees, largest first."""

    def __init__(self, rows: _Rows) -> None:
        self.size = 0
        self.roots: list[bytes] = []
        self._rows = rows

    def add(self, kind: str, record: str) -> int:
        """Make the record a leaf; its index."""
        leaf = node = sha256(b"\0" + record.encode()).digest()
        level, before = 0, self.size
        while before & 1:
            node = sha256(b"\1" + self.roots.pop() + node).digest()
            level, before = level + 1, before >> 1
            if level % 8 == 0:
                self._rows.add("log_nodes", {"level": level, "position": self.size >> level, "hash": node})
        self.roots.append(node)
        self._rows.add("log", {"leaf_index": self.size, "kind": kind, "leaf_hash": leaf, "record": record})
        self.size += 1
        return self.size - 1


def _carry_up() -> None:
    rows = _Rows()
    tree = _Tree(rows)
    for row in _all("old_decisions"):
        index = tree.add("decision", row.pop("record"))
        rows.add("decisions", row | LATER | {"leaf_index": index})
    rows.flush()
    op.execute(
        "INSERT INTO cards (uuid, leaf_index, position, rule, indicator, summary, received_at, client) "
        "SELECT c.uuid, d.leaf_index, c.position, c.rule, c.indicator, c.summary, c.received_at, c.client "
        "FROM old_cards c JOIN decisions d ON d.id = c.decision"
    )
    op.execute(
        "INSERT INTO suggestions (uuid, leaf_index, card, position, alternative) "
        "SELECT s.uuid, c.leaf_index, s.card, s.position, s.alternative "
        "FROM old_suggestions s JOIN cards c ON c.uuid = s.card"
    )
    chosen = sa.text("SELECT suggestion FROM old_accepted_suggestions WHERE feedback = :id ORDER BY position")
    for row in _all("old_feedback"):
        accepted = list(op.get_bind().execute(chosen, {"id": row["id"]}).scalars())
        index = tree.add("feedback", _feedback_record(row, accepted))
        rows.add("feedback", row | {"leaf_index": index, "reason_mapped": ""})
        for position, suggestion in enumerate(accepted):
            rows.add("accepted_suggestions", {"leaf_index": index, "position": position, "suggestion": suggestion})
    origin = f"cds-service/{secrets.token_hex(8)}"
    rows.add("log_head", {"id": 1, "origin": origin, "size": tree.size, "frontier": b"".join(tree.roots)})
    rows.flush()


def _feedback_record(row: dict[str, Any], accepted: list[str]) -> str:
    """The text that would have been kept of this feedback; `orphan` is not in it, it follows from the log."""
    kept = {name: value for name, value in row.items() if name != "orphan" and value not in ("", False)}
    for name in ("received_at", "outcome_at"):
        moment: datetime = row[name]
        aware = moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment.astimezone(UTC)
        kept[name] = aware.isoformat().replace("+00:00", "Z")
    if accepted:
        kept["accepted"] = accepted
    return json.dumps({"feedback": kept, "format": 2}, sort_keys=True, separators=(",", ":"), ensure_ascii=False)


def _carry_down() -> None:
    """What 0001 knew. It reads a record of format 2 if only that calls itself 1: absent members have their defaults."""
    common = ", ".join(column.name for column in _table("decisions").columns if column.name not in ("sequence", "record"))
    op.execute(
        f"INSERT INTO decisions (sequence, {common}, record) SELECT sequence, {common}, record FROM ("
        f"SELECT l.leaf_index + 1 AS sequence, substr(l.record, 1, length(l.record) - 2) || '1}}' AS record, d.* "
        "FROM old_decisions d JOIN log l ON l.leaf_index = d.leaf_index) AS kept"
    )
    op.execute(
        "INSERT INTO cards (uuid, decision, position, rule, indicator, summary, received_at, client) "
        "SELECT c.uuid, d.id, c.position, c.rule, c.indicator, c.summary, c.received_at, c.client "
        "FROM old_cards c JOIN old_decisions d ON d.leaf_index = c.leaf_index"
    )
    op.execute(
        "INSERT INTO suggestions (uuid, card, position, alternative) "
        "SELECT uuid, card, position, alternative FROM old_suggestions"
    )
    common = ", ".join(column.name for column in _table("feedback").columns if column.name != "sequence")
    op.execute(f"INSERT INTO feedback (sequence, {common}) SELECT leaf_index + 1, {common} FROM old_feedback")
    op.execute(
        "INSERT INTO accepted_suggestions (feedback, position, suggestion) "
        "SELECT f.id, a.position, a.suggestion FROM old_accepted_suggestions a "
        "JOIN old_feedback f ON f.leaf_index = a.leaf_index"
    )
    if op.get_bind().dialect.name == "postgresql":
        for table in ("decisions", "feedback"):
            op.execute(f"SELECT setval('{table}_sequence_seq', (SELECT max(sequence) FROM {table}))")


def _table(name: str) -> sa.Table:
    """A table as it is now."""
    return sa.Table(name, sa.MetaData(), autoload_with=op.get_bind())


def _all(name: str) -> Iterator[dict[str, Any]]:
    """Every row in order of its sequence, without that."""
    table, last = _table(name), -1
    while True:
        some = sa.select(table).where(table.c.sequence > last).order_by(table.c.sequence).limit(AT_ONCE)
        rows = op.get_bind().execute(some).mappings().all()
        for row in rows:
            yield {column: value for column, value in row.items() if column != "sequence"}
        if not rows:
            return
        last = rows[-1]["sequence"]
