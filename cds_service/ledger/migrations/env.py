"""Alembic's entry: run the steps on the connection that `migrate` hands over, in its transaction."""

from alembic import context

from cds_service.ledger.tables import metadata

context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=metadata,
    transactional_ddl=True,  # SQLite too: our engine begins transactions itself
)
with context.begin_transaction():
    context.run_migrations()
