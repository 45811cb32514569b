"""How a signer is named: by the register if it is in one, else by its own address.

The name that the credential claims for its issuer is never used here: anybody can claim
one. Leaves to others: which registers are asked (``verifier.sources.state_trust``).
"""

from __future__ import annotations

from urllib.parse import unquote

from verifier.presentation.text import Address, Strong, text
from verifier.report import Trust

_SHOWN_KEY_SIGNS = 12


def signer_address(did: str | None) -> str:
    """The host of a did:web; the beginning of any other identifier, whose end no one reads."""
    if did is None:
        return ""
    if did.startswith("did:web:"):
        return text(unquote(did.split(":")[2])[:260]).value
    method, _, rest = did.removeprefix("did:").partition(":")
    if did.startswith("did:") and len(rest) > _SHOWN_KEY_SIGNS:
        return text(f"did:{method}:{rest[:_SHOWN_KEY_SIGNS]}…").value
    return text(did[:260]).value


def signer_host(did: str | None) -> str | None:
    """``host`` or ``host:port`` of a did:web in lower case; ``None`` for other identifiers."""
    if did is None or not did.startswith("did:web:"):
        return None
    return unquote(did.split(":")[2]).lower()


def signer_name(trust: Trust) -> Strong | Address:
    """The register's name for the signer, or its address where no register knows it."""
    if trust.registries and trust.name:
        return Strong(value=text(trust.name))
    return Address(value=signer_address(trust.issuer))


def registry_names(trust: Trust) -> str:
    """The registers that know the signer, as they call themselves."""
    return text(", ".join(trust.registries)).value
