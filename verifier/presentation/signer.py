"""How a signer is named: by the register if it is in one, else by its own address.

The name that the credential claims for its issuer is never used here: anybody can claim
one. Leaves to others: which registers are asked (``verifier.sources.state_trust``).
"""

from __future__ import annotations

import re
from urllib.parse import unquote

from verifier.presentation.text import Address, Strong, text
from verifier.report import Trust

_SHOWN_KEY_SIGNS = 12
_AT_HOSTS = (
    re.compile(r"did:web:([^:]+)"),
    re.compile(r"did:webvh:[^:]+:([^:]+)"),
    re.compile(r"https?://([^/?#]+)"),
)


def signer_address(identifier: str | None) -> str:
    """The host of an identifier that stands at one; the beginning of any other, whose end no
    one reads."""
    if identifier is None:
        return ""
    host = _host_of(identifier)
    if host is not None:
        return text(host[:260]).value
    method, _, rest = identifier.removeprefix("did:").partition(":")
    if identifier.startswith("did:") and len(rest) > _SHOWN_KEY_SIGNS:
        return text(f"did:{method}:{rest[:_SHOWN_KEY_SIGNS]}…").value
    return text(identifier[:260]).value


def signer_host(identifier: str | None) -> str | None:
    """``host`` or ``host:port`` of a did:web, did:webvh or https identifier in lower case, which
    its key was fetched from; ``None`` for others."""
    host = None if identifier is None else _host_of(identifier)
    return None if host is None else host.lower()


def _host_of(identifier: str) -> str | None:
    for form in _AT_HOSTS:
        match = form.match(identifier)
        if match is not None:
            return unquote(match[1])
    return None


def signer_name(trust: Trust) -> Strong | Address:
    """The register's name for the signer, or its address where no register knows it."""
    if trust.registries and trust.name:
        return Strong(value=text(trust.name))
    return Address(value=signer_address(trust.issuer))


def registry_names(trust: Trust) -> str:
    """The registers that know the signer, as they call themselves."""
    return text(", ".join(trust.registries)).value
