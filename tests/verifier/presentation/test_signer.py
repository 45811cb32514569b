"""A signer that no register knows is named by its address."""

from __future__ import annotations

import pytest

from verifier.presentation.signer import signer_address, signer_host

HASH = "QmdmPkUdYzbr9txmx8gM2rsHPgr5L6m3gHjJGAf4vUFoGE"


@pytest.mark.parametrize(
    ("identifier", "host"),
    [
        ("did:web:uni.example", "uni.example"),
        ("did:web:uni.example%3A8443:issuers:a", "uni.example:8443"),
        (f"did:webvh:{HASH}:uni.example", "uni.example"),
        (f"did:webvh:{HASH}:uni.example%3A8443:a", "uni.example:8443"),
        ("https://uni.example", "uni.example"),
        ("https://uni.example:8443/issuers/a?b=c", "uni.example:8443"),
    ],
)
def test_identifiers_that_stand_at_a_host(identifier: str, host: str) -> None:
    """The host is what a person knows, and where the key came from."""
    assert (host, host) == (signer_address(identifier), signer_host(identifier))


@pytest.mark.parametrize(
    ("identifier", "address"),
    [
        (None, ""),
        ("did:key:z6MkjchhfUsD6mmvni8mCdXHw216Xrm9bQe2mBH1P5RDjVJG", "did:key:z6MkjchhfUsD…"),
        ("did:jwk:eyJrdHkiOiJPS1AifQ", "did:jwk:eyJrdHkiOiJP…"),
        ("urn:uuid:1", "urn:uuid:1"),
    ],
)
def test_identifiers_that_stand_nowhere(identifier: str | None, address: str) -> None:
    """Of a long key the beginning is shown, and there is no host."""
    assert (address, None) == (signer_address(identifier), signer_host(identifier))
