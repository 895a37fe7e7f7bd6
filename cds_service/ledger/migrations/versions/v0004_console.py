"""Accounts, sessions and attempts to sign in, and the indexes that the console's searches go by.

Revision: 0004, after 0003. Going down forgets who may sign in.
"""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None

MOMENT = sa.DateTime(timezone=True)
INDEXES = (
    ("decisions", "hook"),
    ("decisions", "content_version"),
    ("cards", "indicator"),
)


def _text(name: str) -> sa.Column[str]:
    return sa.Column(name, sa.String, nullable=False)


def upgrade() -> None:
    """Make the tables and the indexes."""
    op.create_table(
        "accounts",
        _text("name"),
        _text("password_hash"),
        _text("roles"),
        sa.Column("active", sa.Boolean, nullable=False),
        sa.Column("created_at", MOMENT, nullable=False),
        sa.Column("password_at", MOMENT, nullable=False),
        sa.PrimaryKeyConstraint("name", name="pk_accounts"),
    )
    op.create_table(
        "sessions",
        _text("secret_sha256"),
        _text("name"),
        _text("issuer"),
        _text("roles"),
        sa.Column("opened_at", MOMENT, nullable=False),
        sa.Column("seen_at", MOMENT, nullable=False),
        sa.PrimaryKeyConstraint("secret_sha256", name="pk_sessions"),
    )
    op.create_index("ix_sessions_name_issuer", "sessions", ["name", "issuer"])
    op.create_table(
        "attempts",
        _text("id"),
        _text("about"),
        sa.Column("at", MOMENT, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_attempts"),
    )
    op.create_index("ix_attempts_about_at", "attempts", ["about", "at"])
    op.create_index("ix_attempts_at", "attempts", ["at"])
    for table, column in INDEXES:
        op.create_index(f"ix_{table}_{column}_received_at", table, [column, "received_at"])


def downgrade() -> None:
    """Drop them."""
    for table, column in INDEXES:
        op.drop_index(f"ix_{table}_{column}_received_at", table)
    for table in ("attempts", "sessions", "accounts"):
        op.drop_table(table)
