"""A whole issuer for each test: on SQLite, and for the main flows on PostgreSQL as well."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from issuer.store import open_store
from issuer.store.ports import Store
from tests.issuer.web.site import Site, open_site


@pytest.fixture
def database(tmp_path: Path) -> str:
    """The URL of an empty SQLite database."""
    return f"sqlite:///{tmp_path / 'issuer.db'}"


@pytest.fixture
def site(database: str, tmp_path: Path) -> Iterator[Site]:
    """A deployment on SQLite."""
    store = open_store(database)
    yield open_site(store, database, tmp_path / "keys")
    store.close()


@pytest.fixture
def any_site(store: Store, database_url: str, tmp_path: Path) -> Site:
    """A deployment on each database in turn."""
    return open_site(store, database_url, tmp_path / "keys")
