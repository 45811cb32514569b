"""Making an SD-JWT (RFC 9901, sections 4 and 5): which claims are hidden, and behind what.

Digests are sorted, so that their order says nothing about the claims. What a kind of token must
always show (``ALWAYS_DISCLOSED``) is refused here, as it is when one is read.

Leaves to others: the claims themselves, keys (``sign``), randomness (``salts``).
"""

from __future__ import annotations

import json
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, field
from typing import Any, Final, NoReturn

from verifier.errors import Code, RefusedError
from verifier.json_pointer import child, first_name
from verifier.proofs.jws import build_jws, encode_base64url
from verifier.proofs.sd_jwt import DEFAULT_HASH, DIGESTS, ELEMENT, HASH_NAME, digest
from verifier.strict_json import JsonObject, JsonValue

REGISTERED: Final = frozenset({"iss", "aud", "exp", "nbf", "cnf"})
"""Claims that no SD-JWT hides (section 9.7)."""
ALWAYS_DISCLOSED: Final[Mapping[str, frozenset[str]]] = {
    "dc+sd-jwt": REGISTERED | {"vct", "vct#integrity", "aka_vcts", "status"},
    "vc+sd-jwt": REGISTERED
    | {"@context", "type", "issuer", "credentialStatus", "credentialSchema"}
    | {"relatedResource", "validFrom", "validUntil", "status"},
    "vp+sd-jwt": REGISTERED | {"@context", "verifiableCredential", "nonce"},
}
"""By ``typ``: SD-JWT VC, section 2.2.2.3; VC-JOSE-COSE, section 3.2.1, and what else a holder
could turn to another meaning by leaving it out."""


def build_sd_jwt(
    claims: JsonObject,
    disclosable: Collection[str],
    *,
    header: JsonObject,
    sign: Callable[[bytes], bytes],
    salts: Callable[[], str],
    decoys: int = 0,
) -> str:
    """An SD-JWT with all its disclosures, as an issuer gives it to a holder.

    ``disclosable`` are JSON Pointers into ``claims``, of members and of elements of lists; one
    inside another makes a disclosure inside a disclosure. ``header`` holds ``alg``, ``typ`` and
    all else. ``salts`` gives a new text of at least 128 random bits at every call. Every object
    with hidden members gets ``decoys`` digests behind which there is nothing.

    Raises ``RefusedError`` (``MALFORMED_VALUE_ERROR``) for a pointer that leads nowhere or to
    something that must always be seen, and for claims with reserved names.
    """
    always = ALWAYS_DISCLOSED.get(str(header.get("typ")), REGISTERED)
    for pointer in disclosable:
        if not pointer.startswith("/") or first_name(pointer) in always:
            _refuse("This claim cannot be kept apart.", pointer)
    hiding = _Hiding(pointers=frozenset(disclosable), salts=salts, decoys=decoys)
    payload = hiding.hide(claims, "")
    if missing := hiding.pointers - hiding.hidden:
        _refuse("There is no such claim.", min(missing))
    signed = payload | {HASH_NAME: DEFAULT_HASH}
    token = build_jws(header, _to_json(signed).encode(), sign)
    return "~".join([token, *hiding.disclosures, ""])


@dataclass(slots=True)
class _Hiding:
    """One walk through the claims, from the leaves up."""

    pointers: frozenset[str]
    salts: Callable[[], str]
    decoys: int
    hidden: set[str] = field(default_factory=set)
    disclosures: list[str] = field(default_factory=list)

    def hide(self, value: JsonValue, pointer: str) -> Any:
        if isinstance(value, dict):
            return self._hide_members(value, pointer)
        if isinstance(value, list):
            places = (f"{pointer}/{number}" for number in range(len(value)))
            return [self._hide_element(it, at) for it, at in zip(value, places, strict=True)]
        return value

    def _hide_members(self, node: JsonObject, pointer: str) -> JsonObject:
        shown: JsonObject = {}
        digests: list[str] = []
        for name, value in node.items():
            place = child(pointer, name)
            if name in (DIGESTS, ELEMENT, HASH_NAME):
                _refuse("This name is reserved.", place)
            kept = self.hide(value, place)
            if place in self.pointers:
                digests.append(self._disclose(place, [name, kept]))
            else:
                shown[name] = kept
        if digests:
            digests += [digest(self.salts(), DEFAULT_HASH) for _ in range(self.decoys)]
            shown[DIGESTS] = sorted(digests)
        return shown

    def _hide_element(self, value: JsonValue, place: str) -> Any:
        kept = self.hide(value, place)
        if place not in self.pointers:
            return kept
        return {ELEMENT: self._disclose(place, [kept])}

    def _disclose(self, place: str, rest: list[Any]) -> str:
        self.hidden.add(place)
        text = encode_base64url(_to_json([self.salts(), *rest]).encode())
        self.disclosures.append(text)
        return digest(text, DEFAULT_HASH)


def _to_json(value: JsonValue) -> str:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"), allow_nan=False)


def _refuse(detail: str, pointer: str) -> NoReturn:
    raise RefusedError(Code.MALFORMED_VALUE_ERROR, detail, pointer=pointer)
