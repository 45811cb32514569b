"""The peers as fixtures; a peer that is not installed skips its tests with a reason."""

from __future__ import annotations

import pytest

from deploy.setup_test_machine import NODE_MODULES, find_node
from tests.interop.peers import DigitalBazaar, OpenvcCore, Peer


@pytest.fixture
def digitalbazaar() -> DigitalBazaar:
    """The JavaScript implementation."""
    node = find_node()
    if node is None or not (NODE_MODULES / "@digitalbazaar" / "vc").is_dir():
        pytest.skip("no Node with the packages of package-lock.json: run `make test`")
    return DigitalBazaar(node=node)


@pytest.fixture(params=["digitalbazaar", "openvc-core"])
def peer(request: pytest.FixtureRequest) -> Peer:
    """Each foreign implementation in turn."""
    if request.param == "openvc-core":
        return OpenvcCore()
    found: DigitalBazaar = request.getfixturevalue("digitalbazaar")
    return found
