"""How many rows each table holds: the proof that a refused request left nothing."""

from __future__ import annotations

from sqlalchemy import create_engine, func, select

from issuer.store.row_security import show_deployment
from issuer.store.tables import METADATA
from tests.issuer.web.site import Site


def stored_rows(site: Site) -> dict[str, int]:
    """Rows by table, read past the store through a connection of our own."""
    engine = create_engine(site.database)
    try:
        with engine.connect() as connection:
            show_deployment(connection)
            return {
                table.name: connection.execute(select(func.count()).select_from(table)).scalar_one()
                for table in METADATA.sorted_tables
            }
    finally:
        engine.dispose()
