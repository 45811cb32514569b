"""Alembic's entry: run on the connection that ``issuer.store.migrate`` hands in."""

from __future__ import annotations

from alembic import context

from issuer.store.tables import METADATA

context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=METADATA,
    render_as_batch=True,
)
context.run_migrations()
