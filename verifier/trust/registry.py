"""A register of known issuers in a file: who vouches for whom, by the operator's choice.

``{"name": "…", "issuers": [{"id": DID, "name": "…"}]}`` (``docs/registry.md``). The name shown
for an issuer is the one here, because anyone can write any name into a credential.

Leaves to others: stating trust (``verifier.sources``), demanding it (``verifier.policy``).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from verifier import limits
from verifier.errors import RefusedError
from verifier.strict_json import JsonObject, JsonValue, parse_json_object


class RegistryError(Exception):
    """The file is no register: the message says what is wrong with it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class FileRegistry:
    """A register as read once: its own name, and the issuers' names by DID."""

    name: str
    names: Mapping[str, str]

    def issuer_name(self, did: str) -> str | None:
        """The registered name of ``did`` (compared exactly), or ``None``."""
        return self.names.get(did)


def parse_registry(data: bytes) -> FileRegistry:
    """Read a register, at most ``limits.REGISTRY_BYTES``. Raises ``RegistryError``."""
    try:
        document = parse_json_object(data, max_bytes=limits.REGISTRY_BYTES)
    except RefusedError as error:
        raise RegistryError(error.detail) from error
    _check_members(document, {"name", "issuers"})
    issuers = document["issuers"]
    if not isinstance(issuers, list):
        raise RegistryError("issuers is a list.")
    names: dict[str, str] = {}
    for issuer in issuers:
        did, name = _read_issuer(issuer)
        if did in names:
            raise RegistryError(f"{did} is listed twice.")
        names[did] = name
    return FileRegistry(name=_read_text(document["name"], "name"), names=names)


def _read_issuer(issuer: JsonValue) -> tuple[str, str]:
    if not isinstance(issuer, dict):
        raise RegistryError("An issuer is an object with id and name.")
    _check_members(issuer, {"id", "name"})
    did = _read_text(issuer["id"], "id")
    if not did.startswith(("did:", "https://")):
        raise RegistryError(f"{did!r} is neither a DID nor an https address.")
    return did, _read_text(issuer["name"], "name")


def _check_members(document: JsonObject, expected: set[str]) -> None:
    if set(document) != expected:
        raise RegistryError(f"The members are {' and '.join(sorted(expected))}, no others.")


def _read_text(value: JsonValue, name: str) -> str:
    if not isinstance(value, str) or not value.strip() or len(value) > limits.DID_CHARACTERS:
        raise RegistryError(f"{name} is text.")
    return value
