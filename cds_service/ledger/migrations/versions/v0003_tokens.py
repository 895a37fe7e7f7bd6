"""Tokens that were used, so that none is accepted twice.

Revision: 0003, after 0002. Going down forgets them: a token that has not expired could then be used once more.
"""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make the table."""
    op.create_table(
        "tokens",
        sa.Column("issuer", sa.String, nullable=False),
        sa.Column("token_id", sa.String, nullable=False),
        sa.Column("expires_at", sa.BigInteger, nullable=False),
        sa.PrimaryKeyConstraint("issuer", "token_id", name="pk_tokens"),
    )
    op.create_index("ix_tokens_expires_at", "tokens", ["expires_at"])


def downgrade() -> None:
    """Drop it."""
    op.drop_table("tokens")
