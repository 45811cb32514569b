"""Fixtures that every room shares."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings

pytest_plugins = ["tests.completeness", "tests.postgres", "tests.stores"]

# No verdict of a test may depend on how busy the machine is.
settings.register_profile("house", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("house")

ROOT = Path(__file__).resolve().parent.parent


@pytest.fixture(scope="session")
def vectors_dir() -> Path:
    """The third-party test vectors, which are not part of this repository."""
    folder = Path(os.environ.get("VECTORS_DIR") or ROOT.parent / "shared" / "vectors")
    if not folder.is_dir():
        pytest.skip(f"no third-party vectors: set VECTORS_DIR (looked in {folder.name})")
    return folder
