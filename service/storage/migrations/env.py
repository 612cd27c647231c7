"""Run by Alembic, on the connection and inside the transaction that `service.storage.schema` hands over."""

from alembic import context

from service.storage.tables import METADATA

# SQLite's DDL is transactional too, as long as the driver begins nothing of its own.
context.configure(connection=context.config.attributes["connection"], target_metadata=METADATA, transactional_ddl=True)
with context.begin_transaction():
    context.run_migrations()
