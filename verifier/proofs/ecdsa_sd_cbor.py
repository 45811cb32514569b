"""The two proof values of ecdsa-sd-2023 (ECDSA Cryptosuites 1.0, sections 3.5.2 to 3.5.5 and
3.5.6 to 3.5.8): three bytes that tell which of the two it is, and a CBOR array of five.

One strict reading: definite lengths, the shortest form of every head, no tags inside, exact
types and lengths. What another encoder would write in another way is refused, so that one proof
has one text. The standard gives the public key 36 bytes in one place; it has 35, as in the
published vectors. The only module that imports cbor2.

Leaves to others: what the parts mean (``verifier.proofs.ecdsa_sd``).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final, NoReturn

import cbor2

from verifier import limits
from verifier.errors import Code, RefusedError
from verifier.proofs.jws import decode_base64url, encode_base64url
from verifier.proofs.multikey import KeyType, PublicKey

_BASE: Final = bytes.fromhex("d95d00")
_DERIVED: Final = bytes.fromhex("d95d01")
_MEMBERS: Final = 5
_SIGNATURE_BYTES: Final = 64
_HMAC_BYTES: Final = 32
_KEY_BYTES: Final = len(KeyType.P256.prefix) + KeyType.P256.length
_DEPTH: Final = 2
"""An array with arrays and a map in it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class BaseProof:
    """What an issuer gives to a holder, and a holder to nobody: ``hmac_key`` (32 bytes) tells
    what the labels of unnamed nodes were made from. ``signatures`` (64 bytes each) are those of
    all statements that are not mandatory, in the order of the statements."""

    base_signature: bytes
    public_key: PublicKey
    hmac_key: bytes
    signatures: tuple[bytes, ...]
    mandatory_pointers: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class DerivedProof:
    """What a holder shows. ``labels`` maps the number ``K`` of the canonical label ``c14nK`` in
    the shown document to the 32 bytes of the label that was signed; no two are the same.
    ``mandatory_indexes`` are positions among the sorted statements, each once."""

    base_signature: bytes
    public_key: PublicKey
    signatures: tuple[bytes, ...]
    labels: Mapping[int, bytes]
    mandatory_indexes: tuple[int, ...]


def parse_base_proof(text: str) -> BaseProof:
    """Read the ``proofValue`` of a base proof. Raises ``RefusedError``
    (``PROOF_VERIFICATION_ERROR``)."""
    base_signature, key, hmac_key, signatures, pointers = _members(text, _BASE)
    return BaseProof(
        base_signature=_bytes(base_signature, _SIGNATURE_BYTES),
        public_key=_key(key),
        hmac_key=_bytes(hmac_key, _HMAC_BYTES),
        signatures=_signatures(signatures),
        mandatory_pointers=tuple(_pointer(item) for item in _array(pointers, limits.SD_POINTERS)),
    )


def parse_derived_proof(text: str) -> DerivedProof:
    """Read the ``proofValue`` of a derived proof. Raises ``RefusedError``
    (``PROOF_VERIFICATION_ERROR``), also for a base proof: it is not made to be shown, and who
    accepts it teaches holders to give away what links all their derived proofs."""
    base_signature, key, signatures, labels, indexes = _members(text, _DERIVED)
    return DerivedProof(
        base_signature=_bytes(base_signature, _SIGNATURE_BYTES),
        public_key=_key(key),
        signatures=_signatures(signatures),
        labels=_labels(labels),
        mandatory_indexes=_indexes(indexes),
    )


def format_base_proof(proof: BaseProof) -> str:
    """The ``proofValue`` of ``proof``."""
    return _format(
        _BASE,
        proof.base_signature,
        _written_key(proof.public_key),
        proof.hmac_key,
        [*proof.signatures],
        [*proof.mandatory_pointers],
    )


def format_derived_proof(proof: DerivedProof) -> str:
    """The ``proofValue`` of ``proof``."""
    return _format(
        _DERIVED,
        proof.base_signature,
        _written_key(proof.public_key),
        [*proof.signatures],
        dict(sorted(proof.labels.items())),
        [*proof.mandatory_indexes],
    )


def _format(header: bytes, *members: object) -> str:
    return f"u{encode_base64url(header + cbor2.dumps([*members]))}"


def _written_key(key: PublicKey) -> bytes:
    return key.key_type.prefix + key.raw


# --- the outer form ---------------------------------------------------------------------


class _NoTags(Mapping[int, Any]):
    """Refuses every tag: among cbor2's own are regular expressions, references that make
    circles, and dates, and none has a place here."""

    def __getitem__(self, tag: int) -> Any:
        def refuse(_immutable: bool) -> NoReturn:
            raise ValueError(f"a tag {tag}")

        return refuse

    def __iter__(self) -> Iterator[int]:
        return iter(())

    def __len__(self) -> int:
        return 0


def _members(text: str, header: bytes) -> list[Any]:
    data = _decode(text)
    if header == _DERIVED and data.startswith(_BASE):
        raise _refused("This is a base proof, the holder's own. What is shown is derived from it.")
    if not data.startswith(header):
        raise _refused("The proof value does not begin as one of this kind.")
    members = _load(data[len(header) :])
    if type(members) is not list or len(members) != _MEMBERS:
        raise _refused(f"The proof value is no array of {_MEMBERS}.")
    return members


def _decode(text: str) -> bytes:
    if not text.startswith("u") or len(text) > limits.SD_PROOF_VALUE_CHARACTERS:
        raise _refused("The proof value is not base64url text that starts with 'u'.")
    try:
        return decode_base64url(text[1:])
    except RefusedError as error:
        raise _refused("The proof value is not base64url in its one spelling.") from error


def _load(data: bytes) -> Any:
    try:
        value = cbor2.loads(
            data,
            semantic_decoders=_NoTags(),
            max_depth=_DEPTH,
            allow_indefinite=False,
            allow_duplicate_keys=False,
        )
        written = cbor2.dumps(value)
    except cbor2.CBORError as error:
        raise _refused("The proof value is not CBOR as this proof needs it.") from error
    if written != data:
        raise _refused("The proof value is not in the shortest form.")
    return value


# --- the members ------------------------------------------------------------------------


def _bytes(value: object, length: int) -> bytes:
    if type(value) is not bytes or len(value) != length:
        raise _refused(f"A part of the proof value is not {length} bytes.")
    return value


def _array(value: object, most: int) -> list[Any]:
    if type(value) is not list or len(value) > most:
        raise _refused(f"A part of the proof value is no array of at most {most}.")
    return value


def _key(value: object) -> PublicKey:
    data = _bytes(value, _KEY_BYTES)
    prefix = KeyType.P256.prefix
    if not data.startswith(prefix):
        raise _refused("The key in the proof value is not a P-256 key.")
    try:
        return PublicKey(key_type=KeyType.P256, raw=data[len(prefix) :])
    except RefusedError as error:
        raise _refused("The key in the proof value is not usable.") from error


def _signatures(value: object) -> tuple[bytes, ...]:
    items = _array(value, limits.SD_STATEMENTS)
    return tuple(_bytes(item, _SIGNATURE_BYTES) for item in items)


def _pointer(value: object) -> str:
    if type(value) is not str:
        raise _refused("A mandatory pointer is not text.")
    return value


def _labels(value: object) -> Mapping[int, bytes]:
    """Two nodes with one label would become one node, which says what neither said."""
    if type(value) is not dict or len(value) > limits.BLANK_NODES:
        raise _refused("The labels of the proof value are no map.")
    labels = {_index(key): _bytes(label, _HMAC_BYTES) for key, label in value.items()}
    if len(set(labels.values())) != len(labels):
        raise _refused("Two labels of the proof value are the same.")
    return labels


def _indexes(value: object) -> tuple[int, ...]:
    indexes = tuple(_index(item) for item in _array(value, limits.SD_STATEMENTS))
    if len(set(indexes)) != len(indexes):
        raise _refused("A mandatory index appears twice.")
    return indexes


def _index(value: object) -> int:
    if type(value) is not int or not 0 <= value < limits.QUADS:
        raise _refused("A number of the proof value is not in its range.")
    return value


def _refused(detail: str) -> RefusedError:
    return RefusedError(Code.PROOF_VERIFICATION_ERROR, detail, pointer="/proof/proofValue")
