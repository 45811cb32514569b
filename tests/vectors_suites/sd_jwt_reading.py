"""Reading the YAML of SD-JWT vectors: what ``!sd`` marks becomes JSON Pointers."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from tests.signers import EcTestKey
from verifier.json_pointer import child
from verifier.proofs.jws import decode_base64url
from verifier.strict_json import JsonObject


@dataclass(frozen=True)
class Marked:
    """A name or an element with the tag ``!sd``. Frozen, so that it can be a member's name."""

    value: Any


class _Loader(yaml.SafeLoader):
    """The safe loader, with one more tag."""


def _construct(loader: _Loader, node: yaml.Node) -> Marked:
    match node:
        case yaml.MappingNode():
            return Marked(loader.construct_mapping(node, deep=True))
        case yaml.SequenceNode():
            return Marked(loader.construct_sequence(node, deep=True))
        case _:
            tag = loader.resolve(yaml.ScalarNode, node.value, (node.style is None, True))
            return Marked(loader.construct_object(yaml.ScalarNode(tag, node.value)))


_Loader.add_constructor("!sd", _construct)


@dataclass(frozen=True, kw_only=True)
class Specification:
    """One example: the claims, what is hidden in them, and what the holder shows of it."""

    claims: JsonObject
    hidden: frozenset[str]
    shown: frozenset[str]
    expected: JsonObject | None
    is_bound: bool
    is_json: bool
    header: JsonObject


def read_specification(path: Path) -> Specification:
    document = yaml.load(path.read_text("utf-8"), Loader=_Loader)
    hidden: set[str] = set()
    claims = _plain(document["user_claims"], "", hidden)
    return Specification(
        claims=claims,
        hidden=frozenset(hidden),
        shown=frozenset(_shown(document["holder_disclosed_claims"], "") & hidden),
        expected=document.get("expect_verified_user_claims"),
        is_bound=bool(document.get("key_binding")),
        is_json=document.get("serialization_format") == "json",
        header=document.get("extra_header_parameters", {}),
    )


def _plain(value: Any, pointer: str, hidden: set[str]) -> Any:
    """``value`` without marks; the pointers of what they stood at are added to ``hidden``."""
    if isinstance(value, Marked):
        hidden.add(pointer)
        return _plain(value.value, pointer, hidden)
    if isinstance(value, list):
        return [_plain(item, f"{pointer}/{n}", hidden) for n, item in enumerate(value)]
    if not isinstance(value, dict):
        return value
    members: JsonObject = {}
    for name, inner in value.items():
        plain_name = str(name.value if isinstance(name, Marked) else name)
        place = child(pointer, plain_name)
        if isinstance(name, Marked):
            hidden.add(place)
        members[plain_name] = _plain(inner, place, hidden)
    return members


def _shown(value: Any, pointer: str) -> set[str]:
    """What the holder discloses: everything that is not ``false`` or left out."""
    items: Any = ()
    if isinstance(value, dict):
        items = ((child(pointer, name), inner) for name, inner in value.items())
    elif isinstance(value, list):
        items = ((f"{pointer}/{n}", inner) for n, inner in enumerate(value))
    found: set[str] = set()
    for place, inner in items:
        if inner not in (False, None):
            found |= {place} | _shown(inner, place)
    return found


def key_of(jwk: JsonObject) -> EcTestKey:
    """A published private key, as one that signs."""
    return EcTestKey(int.from_bytes(decode_base64url(jwk["d"]), "big"))


def read_settings(path: Path) -> tuple[JsonObject, EcTestKey, EcTestKey]:
    """The settings, the issuer's key and the holder's."""
    settings: JsonObject = yaml.safe_load(path.read_text("utf-8"))
    keys = settings["key_settings"]
    issuer = keys["issuer_keys"][0] if "issuer_keys" in keys else keys["issuer_key"]
    return settings, key_of(issuer), key_of(keys["holder_key"])
