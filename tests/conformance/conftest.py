"""One running pair for all the modules here."""

from __future__ import annotations

import pytest

from tests.conformance.pair import Pair, open_pair


@pytest.fixture(scope="package")
def pair(tmp_path_factory: pytest.TempPathFactory) -> Pair:
    """Issuers of every kind, and a verifier."""
    return open_pair(tmp_path_factory.mktemp("conformance"))
