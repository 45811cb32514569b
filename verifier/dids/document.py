"""A controlled identifier document, and which of its keys may be used for what.

Follows Controlled Identifiers 1.0, sections 2 and 3.3 (retrieve a verification method). The
document is read as plain JSON. Methods of kinds we do not know are allowed to stand in it;
only the method that is asked for is read.

Leaves to others: how a document is found (``verifier.dids``), what a key signs.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Final

from verifier import limits
from verifier.date_time_stamp import parse_instant
from verifier.errors import Code, RefusedError, UncheckedError
from verifier.proofs.jwk import SECRET_MEMBERS, parse_jwk
from verifier.proofs.multikey import KeyType, PublicKey, parse_multikey
from verifier.strict_json import JsonObject, JsonValue

RELATIONSHIPS: Final = (
    "authentication",
    "assertionMethod",
    "keyAgreement",
    "capabilityInvocation",
    "capabilityDelegation",
)
_SECRETS: Final = frozenset(
    {"secretKeyMultibase", "secretKeyJwk", "privateKeyMultibase", "privateKeyJwk"}
    | {"privateKeyBase58", "privateKeyHex", "privateKeyPem"}
)
_MULTIBASE_TYPES: Final = frozenset({"Multikey", "Ed25519VerificationKey2020"})
_JWK_TYPES: Final = frozenset({"JsonWebKey", "JsonWebKey2020"})


class DeactivatedError(RefusedError):
    """The identifier is given up: nothing is signed with it any more. ``metadata`` is what the
    method tells about its last document."""

    def __init__(self, metadata: JsonObject) -> None:
        super().__init__(
            Code.INVALID_VERIFICATION_METHOD, "The issuer has given up its identifier."
        )
        self.metadata = metadata


@dataclass(frozen=True, slots=True, kw_only=True)
class VerificationMethod:
    """A key that its controller publishes, with its absolute id. Times are aware."""

    id: str
    controller: str
    key: PublicKey
    expires: datetime | None = None
    revoked: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class DidDocument:
    """A document whose id is ``id``, as it was received in ``raw``. ``methods`` maps each
    absolute method id to what was received; ``listed`` maps a relationship to the ids that may
    be used for it; ``metadata`` is what the method tells about the document."""

    id: str
    raw: JsonObject
    methods: Mapping[str, JsonObject]
    listed: Mapping[str, frozenset[str]]
    metadata: JsonObject = field(default_factory=dict)

    def method(self, url: str, relationship: str, now: datetime) -> VerificationMethod:
        """The method with the id ``url``, usable for ``relationship`` at ``now``.

        Raises ``RefusedError``: ``INVALID_VERIFICATION_METHOD`` when it is not there, belongs
        to another controller, is malformed, revoked or expired, ``WEAK_KEY``, and
        ``INVALID_RELATIONSHIP_FOR_VERIFICATION_METHOD``. Raises ``UncheckedError`` for a kind
        of key that is not supported.
        """
        raw = self.methods.get(url)
        if raw is None:
            raise _invalid_method("The issuer does not publish the key that the proof names.")
        if url not in self.listed.get(relationship, frozenset()):
            raise RefusedError(
                Code.INVALID_RELATIONSHIP_FOR_VERIFICATION_METHOD,
                f"The issuer does not allow this key to be used as {relationship!r}.",
            )
        if raw.get("controller") != self.id:
            raise _invalid_method("The key belongs to another controller.")
        method = VerificationMethod(
            id=url,
            controller=self.id,
            key=_parse_key(raw),
            expires=_optional_time(raw, "expires"),
            revoked=_optional_time(raw, "revoked"),
        )
        _check_usable(method, now)
        return method


def parse_did_document(
    body: JsonObject, did: str, metadata: JsonObject | None = None
) -> DidDocument:
    """Read the document of ``did``, of which the method tells ``metadata``.

    Raises ``RefusedError``: ``INVALID_CONTROLLED_IDENTIFIER_DOCUMENT_ID`` when it belongs to
    another identifier, ``INVALID_CONTROLLED_IDENTIFIER_DOCUMENT`` when it is malformed or
    publishes a secret, ``INVALID_VERIFICATION_METHOD`` when two methods have one id,
    ``LIMIT_EXCEEDED`` beyond ``limits.VERIFICATION_METHODS``.
    """
    if not isinstance(body.get("id"), str):
        raise _invalid_document("The key document has no id.")
    if body["id"] != did:
        raise RefusedError(
            Code.INVALID_CONTROLLED_IDENTIFIER_DOCUMENT_ID,
            "The key document is that of another identifier.",
        )
    _check_no_secrets(body)
    methods: dict[str, JsonObject] = {}
    for raw in _list(body, "verificationMethod"):
        _add_method(methods, raw, did)
    listed = {name: frozenset(_listed(body, name, methods, did)) for name in RELATIONSHIPS}
    return DidDocument(id=did, raw=body, methods=methods, listed=listed, metadata=metadata or {})


def _list(body: JsonObject, name: str) -> list[JsonValue]:
    value = body.get(name, [])
    if not isinstance(value, list):
        raise _invalid_document(f"{name} of the key document is not a list.")
    if len(value) > limits.VERIFICATION_METHODS:
        raise RefusedError(
            Code.LIMIT_EXCEEDED, f"More than {limits.VERIFICATION_METHODS} keys in {name}."
        )
    return value


def _add_method(methods: dict[str, JsonObject], raw: JsonValue, did: str) -> str:
    if not isinstance(raw, dict) or not isinstance(raw.get("id"), str):
        raise _invalid_document("A key of the key document has no id.")
    identifier = _absolute(raw["id"], did)
    if identifier in methods:
        raise _invalid_method("Two keys of the key document have one id.")
    methods[identifier] = raw
    return identifier


def _listed(
    body: JsonObject, relationship: str, methods: dict[str, JsonObject], did: str
) -> Iterator[str]:
    """Ids by reference, and methods that stand in the relationship itself: those count for
    that relationship only, because only it lists them."""
    for item in _list(body, relationship):
        if isinstance(item, str):
            yield _absolute(item, did)
        else:
            yield _add_method(methods, item, did)


def _absolute(identifier: str, did: str) -> str:
    return f"{did}{identifier}" if identifier.startswith("#") else identifier


def _check_no_secrets(root: JsonObject) -> None:
    """Whoever publishes a secret key has lost it: nothing it signs proves anything."""
    stack: list[JsonValue] = [root]
    while stack:
        value = stack.pop()
        if isinstance(value, dict):
            jwk = value.get("publicKeyJwk")
            if _SECRETS & set(value) or (isinstance(jwk, dict) and SECRET_MEMBERS & set(jwk)):
                raise _invalid_document("The key document publishes a secret key.")
            stack.extend(value.values())
        elif isinstance(value, list):
            stack.extend(value)


def _parse_key(raw: JsonObject) -> PublicKey:
    kind = raw.get("type")
    if "publicKeyMultibase" in raw and "publicKeyJwk" in raw:
        raise _invalid_method("A key is given in two ways.")
    if not isinstance(kind, str):
        raise _invalid_method("The key does not say its type.")
    if kind in _MULTIBASE_TYPES:
        key = parse_multikey(raw.get("publicKeyMultibase"))
        if kind == "Ed25519VerificationKey2020" and key.key_type is not KeyType.ED25519:
            raise _invalid_method("The key is not of the kind that its type names.")
        return key
    if kind in _JWK_TYPES:
        jwk = raw.get("publicKeyJwk")
        if not isinstance(jwk, dict):
            raise _invalid_method("The key is missing.")
        return parse_jwk(jwk)
    raise UncheckedError(
        Code.UNSUPPORTED_CRYPTOSUITE, f"Keys of the type {kind[:60]!r} are not supported."
    )


def _optional_time(raw: JsonObject, name: str) -> datetime | None:
    if name not in raw:
        return None
    try:
        return parse_instant(raw[name]).at
    except RefusedError as error:
        raise _invalid_method(f"{name} of the key is not a date and time.") from error


def _check_usable(method: VerificationMethod, now: datetime) -> None:
    """A signature carries no time that could be trusted, so the keys of today decide."""
    if method.revoked is not None and method.revoked <= now:
        raise _invalid_method("The issuer has revoked the key.")
    if method.expires is not None and method.expires <= now:
        raise _invalid_method("The key has expired.")


def _invalid_document(detail: str) -> RefusedError:
    return RefusedError(Code.INVALID_CONTROLLED_IDENTIFIER_DOCUMENT, detail)


def _invalid_method(detail: str) -> RefusedError:
    return RefusedError(Code.INVALID_VERIFICATION_METHOD, detail)
