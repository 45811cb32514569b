"""The issuer's memory: what it promises (``ports``), its rows, and the store on SQL.

One set of tables and queries for SQLite and PostgreSQL. Every query of a tenant's things goes
through a unit of that tenant; nothing else can reach them.
"""

from issuer.errors import IssuerError
from issuer.store.engine import open_engine
from issuer.store.migrate import migrate
from issuer.store.ports import Store
from issuer.store.sql import SqlStore


def open_store(database_url: str) -> Store:
    """The store at ``database_url``, brought to this release's schema.

    Raises ``RefusedStartError`` (another kind of database, a schema of another release) and
    ``StoreUnavailableError``.
    """
    engine = open_engine(database_url)
    try:
        migrate(engine)
    except IssuerError:
        engine.dispose()
        raise
    return SqlStore(engine)


__all__ = ["Store", "open_store"]
