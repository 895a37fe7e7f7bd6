"""Decisions with their cards and suggestions, and the feedback on them.

Revision: 0001, the first.

A step never imports `tables`: it must go on making what it made on the day it was written.
"""

from datetime import datetime

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None

SEQUENCE = sa.BigInteger().with_variant(sa.Integer, "sqlite")
MOMENT = sa.DateTime(timezone=True)


def _text(name: str) -> sa.Column[str]:
    return sa.Column(name, sa.String, nullable=False)


def _moment(name: str) -> sa.Column[datetime]:
    return sa.Column(name, MOMENT, nullable=False)


def _number(name: str) -> sa.Column[int]:
    return sa.Column(name, sa.Integer, nullable=False)


def _flag(name: str) -> sa.Column[bool]:
    return sa.Column(name, sa.Boolean, nullable=False)


def upgrade() -> None:
    """Make the five tables and their indexes."""
    _decisions()
    _cards()
    _feedback()


def downgrade() -> None:
    """Drop them, children first. Everything recorded is lost."""
    for table in ("accepted_suggestions", "feedback", "suggestions", "cards", "decisions"):
        op.drop_table(table)


def _decisions() -> None:
    op.create_table(
        "decisions",
        sa.Column("sequence", SEQUENCE, autoincrement=True, nullable=False),
        _text("id"),
        _moment("received_at"),
        _moment("answered_at"),
        sa.Column("duration_us", sa.BigInteger, nullable=False),
        _text("hook"),
        _text("service_id"),
        _text("hook_instance"),
        _text("client"),
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
        _number("not_assessed"),
        _number("failed"),
        _number("order_count"),
        _number("card_count"),
        sa.Column("record", sa.Text, nullable=False),
        sa.PrimaryKeyConstraint("sequence", name="pk_decisions"),
        sa.UniqueConstraint("id", name="uq_decisions_id"),
    )
    op.create_index("ix_decisions_received_at", "decisions", ["received_at"])
    op.create_index("ix_decisions_client_received_at", "decisions", ["client", "received_at"])


def _cards() -> None:
    op.create_table(
        "cards",
        _text("uuid"),
        _text("decision"),
        _number("position"),
        _text("rule"),
        _text("indicator"),
        sa.Column("summary", sa.Text, nullable=False),
        _moment("received_at"),
        _text("client"),
        sa.PrimaryKeyConstraint("uuid", name="pk_cards"),
        sa.ForeignKeyConstraint(["decision"], ["decisions.id"], name="fk_cards_decision"),
    )
    op.create_index("ix_cards_decision", "cards", ["decision"])
    op.create_index("ix_cards_rule_received_at", "cards", ["rule", "received_at"])
    op.create_table(
        "suggestions",
        _text("uuid"),
        _text("card"),
        _number("position"),
        _text("alternative"),
        sa.PrimaryKeyConstraint("uuid", name="pk_suggestions"),
        sa.ForeignKeyConstraint(["card"], ["cards.uuid"], name="fk_suggestions_card"),
    )
    op.create_index("ix_suggestions_card", "suggestions", ["card"])


def _feedback() -> None:
    op.create_table(
        "feedback",
        sa.Column("sequence", SEQUENCE, autoincrement=True, nullable=False),
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
        _flag("has_comment"),
        sa.PrimaryKeyConstraint("sequence", name="pk_feedback"),
        sa.UniqueConstraint("id", name="uq_feedback_id"),
    )
    op.create_index("ix_feedback_card", "feedback", ["card"])
    op.create_index("ix_feedback_received_at", "feedback", ["received_at"])
    op.create_table(
        "accepted_suggestions",
        _text("feedback"),
        _number("position"),
        _text("suggestion"),
        sa.PrimaryKeyConstraint("feedback", "position", name="pk_accepted_suggestions"),
        sa.ForeignKeyConstraint(["feedback"], ["feedback.id"], name="fk_accepted_suggestions_feedback"),
    )
    op.create_index("ix_accepted_suggestions_suggestion", "accepted_suggestions", ["suggestion"])
