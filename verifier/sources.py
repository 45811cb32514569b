"""What a verification needs from the world outside, as arguments.

The core never opens a socket, reads a clock or looks for a file: it is handed a ``Sources``.
``verifier.fetch`` makes the one that reaches the network; the issuer, when it checks its own
output, hands in one that answers from its own store.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Protocol, TypeAlias

from verifier.report import NO_TRUST, Trust
from verifier.strict_json import JsonObject


@dataclass(frozen=True, slots=True, kw_only=True)
class Fetched:
    """A body that came over the network, bounded, with what is needed to judge its age."""

    url: str
    content_type: str
    body: bytes
    etag: str | None = None
    is_unchanged: bool = False
    """The source said that what has this ``etag`` is current; then ``body`` is empty."""


class Fetch(Protocol):
    """The door to the network.

    Raises ``UncheckedError``: ``ADDRESS_NOT_ALLOWED``, ``FETCH_FAILED`` (as ``MissingError`` for
    404 and 410), ``FETCH_TIMEOUT`` or ``LIMIT_EXCEEDED`` (more than ``max_bytes``, or the
    budget of one verification is spent).
    """

    def __call__(
        self, url: str, *, accept: str, max_bytes: int, etag: str | None = None
    ) -> Fetched:
        """GET ``url`` (https) and return at most ``max_bytes`` of body.

        With ``etag`` the source is asked only for something newer (RFC 9110, section 13.1.2).
        """
        ...


class Registry(Protocol):
    """A register of known issuers: who vouches for whom."""

    @property
    def name(self) -> str:
        """What the register calls itself, as shown to people."""
        ...

    def issuer_name(self, did: str) -> str | None:
        """The registered name of ``did``, or ``None`` when the register does not list it."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class HeldSchema:
    """A schema, or a credential with one, that an operator put here under its address:
    ``body`` as it was published, ``document`` what the strict loader read in it, ``is_checked``
    once it was found to be a well-formed schema."""

    body: bytes
    document: JsonObject
    is_checked: bool = False


HeldSchemas: TypeAlias = Mapping[str, HeldSchema]
"""By the address that credentials name. Nothing else is ever read for a schema."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Sources:
    """The outside of one verification."""

    fetch: Fetch
    registries: tuple[Registry, ...] = ()
    held_schemas: HeldSchemas = field(default_factory=dict)


def state_trust(issuer: str | None, registries: tuple[Registry, ...]) -> Trust:
    """Say who knows ``issuer`` (a DID that a signature proved), apart from the outcome."""
    if issuer is None:
        return NO_TRUST
    known = [(registry, name) for registry in registries if (name := registry.issuer_name(issuer))]
    if known:
        names = tuple(registry.name for registry, _ in known)
        return Trust(
            issuer=issuer,
            name=known[0][1],
            registries=names,
            statement=f"known: in {', '.join(names)} as {known[0][1]}",
        )
    statement = "not in any registry you use" if registries else "no registry set"
    return Trust(issuer=issuer, statement=statement)
