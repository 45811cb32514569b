"""SD-JWT VC type metadata (draft-ietf-oauth-sd-jwt-vc, section 5): what a ``vct`` means.

A document of type metadata is found by its ``vct``, compared over its raw bytes with an
``#integrity`` value where one is given, and may extend another one. A type that extends another
may ask for more, never for less.

Leaves to others: fetching (``load`` is handed in), whether a credential keeps to its type
(``verifier.credential_type``), drawing cards from ``display``.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Any, Final, NoReturn, TypeAlias

from verifier import limits
from verifier.errors import Code, RefusedError
from verifier.strict_json import JsonObject, JsonValue, parse_json_object

Path: TypeAlias = tuple[str | int | None, ...]
"""Steps from the whole payload: a member's name, a place in a list, or ``None`` for each item."""

_SVG_ID: Final = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")
_HASHES: Final[Mapping[str, Callable[[bytes], Any]]] = {
    "sha512": hashlib.sha512,
    "sha384": hashlib.sha384,
    "sha256": hashlib.sha256,
}
"""The hashes of Subresource Integrity, the strongest first (section 3.3.3 there)."""


class Disclosability(StrEnum):
    """``sd``: whether an issuer hides the claim behind a digest (section 5.6)."""

    ALWAYS = "always"
    ALLOWED = "allowed"
    NEVER = "never"


@dataclass(frozen=True, slots=True, kw_only=True)
class ClaimMetadata:
    """What is said about the claims at one ``path``. ``None`` is what was left out."""

    path: Path
    mandatory: bool | None
    disclosability: Disclosability | None
    display: tuple[JsonObject, ...]
    svg_id: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class TypeMetadata:
    """One type, or one with those that it extends (``chain``, itself first)."""

    vct: str
    name: str | None
    description: str | None
    extends: str | None
    extends_integrity: str | None
    display: tuple[JsonObject, ...]
    claims: tuple[ClaimMetadata, ...]
    chain: tuple[str, ...]


def resolve_type(vct: str, integrity: str | None, *, load: Callable[[str], bytes]) -> TypeMetadata:
    """The type ``vct`` with all that it extends. ``integrity`` is the credential's
    ``vct#integrity``; ``load`` gives the bytes behind a type's name, or raises.

    Raises ``RefusedError``: ``RESOURCE_MISMATCH`` for bytes that are not those that were meant;
    ``MALFORMED_VALUE_ERROR`` for malformed metadata, a circle, or a type that asks for less than
    the one it extends; ``LIMIT_EXCEEDED``.
    """
    chain = [parse_type_metadata(load(vct), vct=vct, integrity=integrity)]
    while (parent := chain[-1].extends) is not None:
        if any(parent == it.vct for it in chain):
            _malformed("The types extend each other in a circle.", "/extends")
        if len(chain) == limits.TYPE_METADATA_CHAIN:
            raise RefusedError(Code.LIMIT_EXCEEDED, "Too many types extend one another.")
        data, expected = load(parent), chain[-1].extends_integrity
        chain.append(parse_type_metadata(data, vct=parent, integrity=expected))
    combined = chain.pop()
    while chain:
        combined = extend(chain.pop(), combined)
    return combined


def parse_type_metadata(data: bytes, *, vct: str, integrity: str | None) -> TypeMetadata:
    """Read the document that was found as ``vct``. Raises as ``resolve_type``."""
    if integrity is not None:
        check_integrity(data, integrity)
    document = parse_json_object(data, max_bytes=limits.TYPE_METADATA_BYTES)
    if document.get("vct") != vct:
        _malformed("The type metadata is about another type.", "/vct")
    claims = tuple(_claim(it, f"/claims/{n}") for n, it in enumerate(_list(document, "claims")))
    _check_unique([claim.path for claim in claims], "Two rules are about one claim.")
    _check_unique([it.svg_id for it in claims if it.svg_id], "Two claims have one svg_id.")
    return TypeMetadata(
        vct=vct,
        name=_text(document, "name"),
        description=_text(document, "description"),
        extends=_text(document, "extends"),
        extends_integrity=_text(document, "extends#integrity"),
        display=_display(document, "name", ""),
        claims=claims,
        chain=(vct,),
    )


def check_integrity(data: bytes, integrity: str) -> None:
    """W3C Subresource Integrity over raw bytes: of the strongest hash named, one must fit.

    Raises ``RefusedError`` (``RESOURCE_MISMATCH``), also when no hash is named that is known.
    """
    named = [item.partition("?")[0].partition("-") for item in integrity.split()]
    for algorithm, make in _HASHES.items():
        digests = [value for name, _, value in named if name == algorithm]
        if digests:
            if make(data).digest() not in [_decode(value) for value in digests]:
                break
            return
    raise RefusedError(Code.RESOURCE_MISMATCH, "The type metadata is not what was meant.")


def extend(child: TypeMetadata, parent: TypeMetadata) -> TypeMetadata:
    """``child`` with what it takes over from ``parent``.

    Raises ``RefusedError`` (``MALFORMED_VALUE_ERROR``) when it asks for less.
    """
    rules = {claim.path: claim for claim in parent.claims}
    for claim in child.claims:
        rules[claim.path] = _narrow(claim, rules[claim.path]) if claim.path in rules else claim
    return replace(
        child,
        display=child.display or parent.display,
        claims=tuple(rules.values()),
        chain=(*child.chain, *parent.chain),
    )


def _narrow(child: ClaimMetadata, parent: ClaimMetadata) -> ClaimMetadata:
    """Member by member, the child's first."""
    if parent.mandatory and child.mandatory is False:
        _malformed("A claim that must be there cannot become one that need not.", "/claims")
    fixed = parent.disclosability not in (None, Disclosability.ALLOWED)
    if fixed and child.disclosability not in (None, parent.disclosability):
        _malformed("Whether a claim is hidden was settled by the type that is extended.", "/claims")
    return ClaimMetadata(
        path=child.path,
        mandatory=parent.mandatory if child.mandatory is None else child.mandatory,
        disclosability=child.disclosability or parent.disclosability,
        display=child.display or parent.display,
        svg_id=child.svg_id or parent.svg_id,
    )


def _claim(item: JsonValue, pointer: str) -> ClaimMetadata:
    if not isinstance(item, dict):
        _malformed("A rule about a claim is not an object.", pointer)
    mandatory, named = item.get("mandatory"), item.get("sd")
    if not isinstance(mandatory, bool | None):
        _malformed("mandatory is neither true nor false.", f"{pointer}/mandatory")
    if named is not None and named not in [it.value for it in Disclosability]:
        _malformed("sd is none of always, allowed and never.", f"{pointer}/sd")
    svg_id = _text(item, "svg_id", pointer)
    if svg_id is not None and _SVG_ID.fullmatch(svg_id) is None:
        _malformed("svg_id is not a plain name.", f"{pointer}/svg_id")
    return ClaimMetadata(
        path=_path(item.get("path"), f"{pointer}/path"),
        mandatory=mandatory,
        disclosability=None if named is None else Disclosability(named),
        display=_display(item, "label", pointer),
        svg_id=svg_id,
    )


def _path(value: JsonValue, pointer: str) -> Path:
    if not isinstance(value, list) or not value or len(value) > limits.JSON_DEPTH:
        _malformed("A path has at least one step.", pointer)
    for step in value:
        is_place = isinstance(step, int) and not isinstance(step, bool) and step >= 0
        if not (is_place or step is None or isinstance(step, str)):
            _malformed("A step of a path is a name, a place in a list, or null.", pointer)
    return tuple(value)


def _display(node: JsonObject, needed: str, pointer: str) -> tuple[JsonObject, ...]:
    items = _list(node, "display", pointer)
    for item in items:
        if not isinstance(item, dict):
            _malformed("display holds objects.", f"{pointer}/display")
        if not all(isinstance(item.get(name), str) for name in ("locale", needed)):
            _malformed(f"display needs a locale and a {needed}.", f"{pointer}/display")
    return tuple(items)


def _list(node: JsonObject, name: str, pointer: str = "") -> list[Any]:
    value = node.get(name, [])
    if not isinstance(value, list):
        _malformed(f"{name} is not a list.", f"{pointer}/{name}")
    return value


def _text(node: JsonObject, name: str, pointer: str = "") -> str | None:
    if name not in node:
        return None
    value = node[name]
    if not isinstance(value, str) or not value:
        _malformed(f"{name} is not a text.", f"{pointer}/{name}")
    return value


def _check_unique(values: list[Any], detail: str) -> None:
    if len(set(values)) != len(values):
        _malformed(detail, "")


def _decode(text: str) -> bytes:
    try:
        return base64.b64decode(text, validate=True)
    except (binascii.Error, ValueError):
        return b""


def _malformed(detail: str, pointer: str) -> NoReturn:
    raise RefusedError(Code.MALFORMED_VALUE_ERROR, detail, pointer=pointer)
