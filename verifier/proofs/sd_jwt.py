"""SD-JWT (RFC 9901): a signed token, the disclosures that belong to it, and what they open.

A token is ``<JWT>~<Disclosure>~…~`` with, at the end, nothing or a key binding token. Every
digest is taken over a disclosure's text as it was received; nothing is written anew. A
disclosure counts only where a digest that the issuer signed asks for it, once, and it never
replaces what the issuer signed in the open (section 7.1).

Leaves to others: whose signature it is and what the claims mean (``verifier.proofs.sd_jwt_vc``),
the holder's key (``verifier.proofs.key_binding``), making tokens
(``verifier.proofs.sd_jwt_issue``, ``verifier.proofs.sd_jwt_present``).
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping, Sequence, Set
from dataclasses import dataclass, field
from typing import Any, Final, NoReturn

from verifier import limits
from verifier.errors import Code, RefusedError
from verifier.json_pointer import child, first_name, objects_within
from verifier.proofs.jws import Jws, decode_base64url, encode_base64url, parse_jws
from verifier.strict_json import JsonObject, JsonValue, parse_json, parse_json_object

HASHES: Final[Mapping[str, Callable[[bytes], Any]]] = {
    "sha-256": hashlib.sha256,
    "sha-384": hashlib.sha384,
    "sha-512": hashlib.sha512,
}
"""``_sd_alg``, by the names of the IANA registry. The weaker ones there are not here."""
DEFAULT_HASH: Final = "sha-256"
DIGESTS: Final = "_sd"
ELEMENT: Final = "..."
HASH_NAME: Final = "_sd_alg"
KEY_BINDING_TYP: Final = "kb+jwt"
_RESERVED: Final = frozenset({DIGESTS, ELEMENT, HASH_NAME})
"""Names that no disclosure may bring (section 7.1, step 3c)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Disclosure:
    """One disclosure. ``name`` is ``None`` for an element of a list; ``text`` is what its digest
    is taken over."""

    text: str
    name: str | None
    value: JsonValue


@dataclass(frozen=True, slots=True, kw_only=True)
class SdJwt:
    """A well-formed token whose signatures nobody has checked yet. ``bound_text`` is everything
    before the key binding token, the last tilde included: what that token must hash."""

    jws: Jws
    unverified_payload: JsonObject
    disclosures: tuple[Disclosure, ...]
    key_binding: Jws | None
    bound_text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Opened:
    """The processed payload: no ``_sd``, ``...`` or ``_sd_alg`` is left in ``claims``.
    ``disclosed`` has the JSON Pointer, in ``claims``, of what each disclosure brought;
    ``withheld`` those of objects and lists in which a digest was not answered by any."""

    claims: JsonObject
    disclosed: Mapping[str, Disclosure]
    withheld: frozenset[str]


def parse_sd_jwt(text: str) -> SdJwt:
    """Read one token (section 4).

    Raises ``RefusedError``: ``PARSING_ERROR`` for another form, ``LIMIT_EXCEEDED``; and as
    ``parse_jws``.
    """
    if len(text) > limits.TOKEN_CHARACTERS or text.count("~") > limits.DISCLOSURES + 1:
        raise RefusedError(Code.LIMIT_EXCEEDED, "The token is too long.")
    *parts, last = text.split("~")
    if not parts or "" in parts:
        _refuse("A part of the token is missing.")
    issued, *disclosures = parts
    jws = parse_jws(issued)
    return SdJwt(
        jws=jws,
        unverified_payload=parse_json_object(jws.unverified_payload),
        disclosures=tuple(parse_disclosure(item) for item in disclosures),
        key_binding=parse_jws(last) if last else None,
        bound_text=text[: len(text) - len(last)],
    )


def parse_disclosure(text: str) -> Disclosure:
    """Read ``[salt, name, value]`` or ``[salt, value]`` (sections 4.2.1 and 4.2.2).

    Raises ``RefusedError`` (``PARSING_ERROR``).
    """
    parts = parse_json(decode_base64url(text))
    if not isinstance(parts, list) or len(parts) not in (2, 3) or not isinstance(parts[0], str):
        _refuse("A disclosure is not a salt with a value, or with a name and a value.")
    if len(parts) == 2:
        return Disclosure(text=text, name=None, value=parts[1])
    if not isinstance(parts[1], str) or parts[1] in _RESERVED:
        _refuse("A disclosure has a name that it may not have.")
    return Disclosure(text=text, name=parts[1], value=parts[2])


def hash_name(payload: JsonObject) -> str:
    """The payload's ``_sd_alg``, exactly as written in the table (section 4.1.1).

    Raises ``RefusedError`` (``UNSUPPORTED_ALGORITHM``).
    """
    name = payload.get(HASH_NAME, DEFAULT_HASH)
    if not isinstance(name, str) or name not in HASHES:
        raise RefusedError(
            Code.UNSUPPORTED_ALGORITHM,
            "The token hides its claims with a hash that is not accepted.",
            pointer=f"/{HASH_NAME}",
        )
    return name


def digest(text: str, algorithm: str) -> str:
    """The hash of ``text`` in base64url (section 4.2.3); ``algorithm`` is a name in ``HASHES``."""
    return encode_base64url(HASHES[algorithm](text.encode()).digest())


def sd_hash(token: SdJwt) -> str:
    """The hash of everything before the key binding token (section 4.3.1).

    Raises ``RefusedError`` (``UNSUPPORTED_ALGORITHM``).
    """
    return digest(token.bound_text, hash_name(token.unverified_payload))


def open_payload(payload: JsonObject, disclosures: Sequence[Disclosure]) -> Opened:
    """Put the disclosures in their places (section 7.1, step 3).

    Raises ``RefusedError``: ``PARSING_ERROR`` for a digest that appears twice, a disclosure that
    no digest asks for or that would replace something, a misused ``_sd`` or ``...``;
    ``UNSUPPORTED_ALGORITHM``; ``LIMIT_EXCEEDED``.
    """
    algorithm = hash_name(payload)
    by_digest = {digest(item.text, algorithm): item for item in disclosures}
    if len(by_digest) != len(disclosures):
        _refuse("One disclosure appears twice.")
    opening = _Opening(waiting=by_digest)
    signed = {name: value for name, value in payload.items() if name != HASH_NAME}
    claims = opening.open_object(signed, "", 1)
    if opening.waiting:
        _refuse("The token has a disclosure that nothing in it asks for.")
    return Opened(claims=claims, disclosed=opening.disclosed, withheld=frozenset(opening.withheld))


def check_always_disclosed(payload: JsonObject, opened: Opened, names: Set[str]) -> None:
    """Insist that the members ``names`` stand in the open, with all that is in them.

    A holder could bring or leave out anything else: the issuer's name, an end, a status. Raises
    ``RefusedError`` (``PARSING_ERROR``).
    """
    for pointer in opened.disclosed:
        if first_name(pointer) in names:
            _refuse("What must always be seen was kept apart.", pointer)
    for name in sorted(names & payload.keys()):
        # Under another name, because a walk leaves out what stands in "@context".
        for _, node in objects_within({"": payload[name]}):
            if DIGESTS in node or ELEMENT in node:
                _refuse("A part of what must always be seen is hidden.", child("", name))


@dataclass(slots=True)
class _Opening:
    """One walk through the payload and through what the disclosures bring."""

    waiting: dict[str, Disclosure]
    disclosed: dict[str, Disclosure] = field(default_factory=dict)
    withheld: set[str] = field(default_factory=set)
    seen: set[str] = field(default_factory=set)
    values: int = 0

    def open_object(self, node: JsonObject, pointer: str, depth: int) -> JsonObject:
        if ELEMENT in node or HASH_NAME in node:
            _refuse("A reserved name stands where it has no meaning.", pointer)
        opened = {
            name: self._open(value, child(pointer, name), depth + 1)
            for name, value in node.items()
            if name != DIGESTS
        }
        for entry in self._digests_of(node, pointer):
            disclosure = self._take(entry, pointer)
            if disclosure is not None:
                self._insert(disclosure, opened, pointer, depth)
        return opened

    def _insert(self, disclosure: Disclosure, opened: JsonObject, pointer: str, depth: int) -> None:
        if disclosure.name is None:
            _refuse("A disclosure for a list stands in an object.", pointer)
        place = child(pointer, disclosure.name)
        if disclosure.name in opened:
            _refuse("A disclosure would replace a member that is there.", place)
        self.disclosed[place] = disclosure
        opened[disclosure.name] = self._open(disclosure.value, place, depth + 1)

    def _open(self, value: JsonValue, pointer: str, depth: int) -> JsonValue:
        self.values += 1
        if self.values > limits.JSON_VALUES or depth > limits.JSON_DEPTH:
            raise RefusedError(Code.LIMIT_EXCEEDED, "The token holds too much.", pointer=pointer)
        if isinstance(value, dict):
            return self.open_object(value, pointer, depth)
        if isinstance(value, list):
            return self._open_list(value, pointer, depth)
        return value

    def _open_list(self, items: list[Any], pointer: str, depth: int) -> list[Any]:
        opened: list[Any] = []
        for item in items:
            place = f"{pointer}/{len(opened)}"
            if isinstance(item, dict) and ELEMENT in item:
                opened.extend(self._open_element(item, pointer, place, depth))
            else:
                opened.append(self._open(item, place, depth + 1))
        return opened

    def _open_element(self, item: JsonObject, around: str, place: str, depth: int) -> list[Any]:
        """No element or one: what is not disclosed leaves no trace."""
        if len(item) != 1 or not isinstance(item[ELEMENT], str):
            _refuse("A hidden element of a list is malformed.", place)
        disclosure = self._take(item[ELEMENT], around)
        if disclosure is None:
            return []
        if disclosure.name is not None:
            _refuse("A disclosure for an object stands in a list.", place)
        self.disclosed[place] = disclosure
        return [self._open(disclosure.value, place, depth + 1)]

    def _digests_of(self, node: JsonObject, pointer: str) -> list[str]:
        found = node.get(DIGESTS, [])
        if not isinstance(found, list) or not all(isinstance(entry, str) for entry in found):
            _refuse("A list of digests is malformed.", pointer)
        return list(found)

    def _take(self, entry: str, pointer: str) -> Disclosure | None:
        """The disclosure with this digest in the object or list at ``pointer``; ``None`` for one
        that was not given, or a decoy."""
        if entry in self.seen:
            _refuse("One digest appears twice.", pointer)
        self.seen.add(entry)
        if len(self.seen) > limits.DISCLOSURE_DIGESTS:
            raise RefusedError(Code.LIMIT_EXCEEDED, "The token has too many digests.")
        disclosure = self.waiting.pop(entry, None)
        if disclosure is None:
            self.withheld.add(pointer)
        return disclosure


def _refuse(detail: str, pointer: str = "") -> NoReturn:
    raise RefusedError(Code.PARSING_ERROR, detail, pointer=pointer)
