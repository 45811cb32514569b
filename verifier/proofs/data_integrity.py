"""Data Integrity proofs: their shape, verification, sets and chains, and how one is added.

Follows VC Data Integrity 1.0: sections 2.1 (members), 2.1.1 and 2.1.2 (sets and chains),
4.2 to 4.5 (add and verify). Where the standard leaves a choice, the strict one is taken: every
proof of a set must verify, a chain must name proofs that exist, and a verification method is
a URL, never a key.

Leaves to others: keys (``verifier.dids``), time (``verifier.verify``, step 6), cryptosuites.
"""

from __future__ import annotations

import copy
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

from verifier import limits
from verifier.date_time_stamp import Instant, parse_instant
from verifier.errors import Code, RefusedError
from verifier.proofs import LEGACY_SUITES, ed25519_2020, suite_of
from verifier.proofs.multikey import KeyType, PublicKey
from verifier.proofs.suite import DATA_INTEGRITY_PROOF, Sign, Suite
from verifier.strict_json import JsonObject, JsonValue

ASSERTION_METHOD: Final = "assertionMethod"
_CONTEXT_V1: Final = "https://www.w3.org/2018/credentials/v1"
_CONTEXT_OF_PROOFS: Final = "https://w3id.org/security/data-integrity/v2"
_CONTEXTS_OF_LEGACY_PROOFS: Final = {"Ed25519Signature2020": ed25519_2020.CONTEXT}


@dataclass(frozen=True, slots=True, kw_only=True)
class Proof:
    """One well-formed proof. ``raw`` is what was received; its ``@context``, if there is one,
    is the document's. ``previous`` holds the ids in ``previousProof``, ``pointer`` says where
    the proof stands."""

    type: str
    cryptosuite: str | None
    verification_method: str
    purpose: str
    created: Instant | None
    expires: Instant | None
    proof_value: str | None
    id: str | None
    previous: tuple[str, ...]
    domain: tuple[str, ...]
    challenge: str | None
    raw: JsonObject
    pointer: str = "/proof"


# --- shape ------------------------------------------------------------------------------


def parse_proofs(document: JsonObject, *, purpose: str = ASSERTION_METHOD) -> tuple[Proof, ...]:
    """Read the proof or proofs of ``document``, at least one.

    Raises ``RefusedError``: ``PARSING_ERROR`` when there is none, ``LIMIT_EXCEEDED`` beyond
    ``limits.PROOFS``, ``PROOF_VERIFICATION_ERROR`` for a missing member or another purpose,
    ``INVALID_VERIFICATION_METHOD_URL``, ``MALFORMED_VALUE_ERROR`` for a malformed one. Says
    nothing about whether the suite is supported.
    """
    value = document.get("proof")
    items = value if isinstance(value, list) else [value]
    if not items or not all(isinstance(item, dict) and item for item in items):
        raise RefusedError(Code.PARSING_ERROR, "There is no proof to check.", pointer="/proof")
    if len(items) > limits.PROOFS:
        raise RefusedError(
            Code.LIMIT_EXCEEDED, f"More than {limits.PROOFS} proofs.", pointer="/proof"
        )
    many = isinstance(value, list)
    context = document.get("@context")
    proofs = tuple(
        _parse_proof(item, f"/proof/{n}" if many else "/proof", purpose, context)
        for n, item in enumerate(items)
    )
    _check_ids(proofs)
    return proofs


def _parse_proof(raw: JsonObject, pointer: str, purpose: str, context: JsonValue) -> Proof:
    if "@context" in raw and raw["@context"] != context:
        raise _malformed("A proof may only repeat the document's context.", f"{pointer}/@context")
    if _text(raw, "proofPurpose", pointer) != purpose:
        raise RefusedError(
            Code.PROOF_VERIFICATION_ERROR,
            f"The proof is not made for the purpose {purpose!r}.",
            pointer=f"{pointer}/proofPurpose",
        )
    kind = _text(raw, "type", pointer)
    _optional_text(raw, "nonce", pointer)
    is_data_integrity = kind == DATA_INTEGRITY_PROOF
    return Proof(
        type=kind,
        cryptosuite=(_text if is_data_integrity else _optional_text)(raw, "cryptosuite", pointer),
        verification_method=_verification_method(raw, pointer),
        purpose=purpose,
        created=_optional_instant(raw, "created", pointer),
        expires=_optional_instant(raw, "expires", pointer),
        proof_value=(_text if is_data_integrity else _optional_text)(raw, "proofValue", pointer),
        id=_optional_url(raw, "id", pointer),
        previous=_texts(raw, "previousProof", pointer),
        domain=_texts(raw, "domain", pointer),
        challenge=_optional_text(raw, "challenge", pointer),
        raw=raw,
        pointer=pointer,
    )


def _text(raw: JsonObject, name: str, pointer: str) -> str:
    value = raw.get(name)
    if not isinstance(value, str) or not value:
        raise RefusedError(
            Code.PROOF_VERIFICATION_ERROR,
            f"The proof has no {name} that is text.",
            pointer=f"{pointer}/{name}",
        )
    return value


def _optional_text(raw: JsonObject, name: str, pointer: str) -> str | None:
    if name not in raw:
        return None
    if not isinstance(raw[name], str):
        raise _malformed(f"{name} is text.", f"{pointer}/{name}")
    return str(raw[name])


def _optional_url(raw: JsonObject, name: str, pointer: str) -> str | None:
    value = _optional_text(raw, name, pointer)
    if value is not None and not _is_url(value):
        raise _malformed(f"{name} is one absolute URL.", f"{pointer}/{name}")
    return value


def _is_url(value: str) -> bool:
    scheme, colon, rest = value.partition(":")
    return bool(colon and rest and scheme.isascii() and scheme[:1].isalpha()) and (
        len(value) <= limits.URL_CHARACTERS
    )


def _optional_instant(raw: JsonObject, name: str, pointer: str) -> Instant | None:
    return parse_instant(raw[name], pointer=f"{pointer}/{name}") if name in raw else None


def _texts(raw: JsonObject, name: str, pointer: str) -> tuple[str, ...]:
    if name not in raw:
        return ()
    value = raw[name]
    items = value if isinstance(value, list) else [value]
    if not items or not all(isinstance(item, str) and item for item in items):
        raise _malformed(f"{name} is text or a list of texts.", f"{pointer}/{name}")
    return tuple(items)


def _verification_method(raw: JsonObject, pointer: str) -> str:
    """Section 2.1: a URL. An object here would be a key that the signer chose to send."""
    value = raw.get("verificationMethod")
    if value is None:
        return _text(raw, "verificationMethod", pointer)
    if not isinstance(value, str) or not _is_url(value):
        raise RefusedError(
            Code.INVALID_VERIFICATION_METHOD_URL,
            "The verification method is one absolute URL.",
            pointer=f"{pointer}/verificationMethod",
        )
    return value


def _check_ids(proofs: tuple[Proof, ...]) -> None:
    """Ids are unique, every previous proof exists, and none comes, in the end, before itself."""
    ids = [proof.id for proof in proofs if proof.id is not None]
    if len(set(ids)) != len(ids):
        raise RefusedError(
            Code.PROOF_VERIFICATION_ERROR, "Two proofs have one id.", pointer="/proof"
        )
    for proof in proofs:
        _check_no_cycle(proof, proofs)


def _check_no_cycle(proof: Proof, proofs: tuple[Proof, ...]) -> None:
    reached: list[Proof] = list(_previous(proof, proofs))
    for earlier in reached:  # grows while it is read; ends, because nothing enters it twice
        if earlier is proof:
            raise _chain_error("A chain of proofs runs in a circle.", proof)
        reached.extend(it for it in _previous(earlier, proofs) if it not in reached)


def _previous(proof: Proof, proofs: Iterable[Proof]) -> tuple[Proof, ...]:
    """The proofs that ``proof`` names (section 4.5), each of which must exist."""
    by_id = {it.id: it for it in proofs if it.id is not None}
    if not set(proof.previous) <= set(by_id):
        raise _chain_error("The proof follows another one that is not here.", proof)
    return tuple(by_id[identifier] for identifier in dict.fromkeys(proof.previous))


def _chain_error(detail: str, proof: Proof) -> RefusedError:
    return RefusedError(
        Code.PROOF_VERIFICATION_ERROR, detail, pointer=f"{proof.pointer}/previousProof"
    )


def _malformed(detail: str, pointer: str) -> RefusedError:
    return RefusedError(Code.MALFORMED_VALUE_ERROR, detail, pointer=pointer)


# --- verify -----------------------------------------------------------------------------


def verify_proof(
    proof: Proof, document: JsonObject, proofs: tuple[Proof, ...], key: PublicKey
) -> None:
    """Verify ``proof`` over ``document`` (without its proofs) with ``key``.

    ``proofs`` are all proofs of the document: those that ``proof`` follows are part of what
    it signs, and the caller verifies them too. Raises ``RefusedError`` when the signature
    does not fit or a member is not covered, ``UncheckedError`` for an unsupported suite.
    """
    suite = suite_of(proof.raw)
    _check_key_type(key.key_type, suite, proof.pointer)
    if proof.proof_value is None:
        raise RefusedError(
            Code.PROOF_VERIFICATION_ERROR, "The proof has no value.", pointer=proof.pointer
        )
    options = {name: value for name, value in proof.raw.items() if name != "proofValue"}
    suite.verify(_with(document, _previous(proof, proofs)), options, proof.proof_value, key)


def _check_key_type(key_type: KeyType, suite: Suite, pointer: str) -> None:
    if key_type not in suite.key_types:
        raise RefusedError(
            Code.PROOF_VERIFICATION_ERROR,
            "The key is not of the kind that this proof needs.",
            pointer=pointer,
        )


def _with(document: JsonObject, previous: tuple[Proof, ...]) -> JsonObject:
    """Section 4.5: the proofs that came before are signed along with the document."""
    unsecured = {name: value for name, value in document.items() if name != "proof"}
    if not previous:
        return unsecured
    return {**unsecured, "proof": [proof.raw for proof in previous]}


# --- add --------------------------------------------------------------------------------


def secure(
    document: JsonObject, options: JsonObject, sign: Sign, suite: Suite, key_type: KeyType
) -> JsonObject:
    """A copy of ``document`` with one more proof by a key of ``key_type`` (section 4.3).

    ``options`` needs ``verificationMethod`` and ``proofPurpose``; the names of the suite are
    set here. ``sign`` gets the bytes to sign and returns the signature. A document whose
    contexts do not define the proof gets the one that does (section 2.4.1). Raises ``RefusedError``
    as ``parse_proofs`` and ``Suite.create`` do, before anything is signed.
    """
    _check_key_type(key_type, suite, "/proof")
    secured = copy.deepcopy(document)
    _inject_context(secured, suite)
    purpose = str(options.get("proofPurpose"))
    existing = parse_proofs(secured, purpose=purpose) if "proof" in secured else ()
    earlier = [proof.raw for proof in existing]
    candidates = {**secured, "proof": [*earlier, _placeholder(options, suite)]}
    *_, added = parse_proofs(candidates, purpose=purpose)
    signed = _with(secured, _previous(added, existing))
    proof = suite.create(signed, copy.deepcopy(options), key_type, sign)
    secured["proof"] = [*earlier, proof] if earlier else proof
    return secured


def _placeholder(options: JsonObject, suite: Suite) -> JsonObject:
    """What the proof will look like, so that its shape is checked before a key is asked."""
    names = {"type": DATA_INTEGRITY_PROOF, "cryptosuite": suite.cryptosuite}
    if suite.cryptosuite in LEGACY_SUITES:
        names = {"type": suite.cryptosuite}
    return {**options, **names, "proofValue": "z1"}


def _inject_context(document: JsonObject, suite: Suite) -> None:
    """Data model 2.0 defines the words of today's proofs in its own context; 1.1 does not. A
    proof of an older kind has a context of its own."""
    context = document.get("@context")
    entries = context if isinstance(context, list) else [context]
    needed = _CONTEXTS_OF_LEGACY_PROOFS.get(suite.cryptosuite, _CONTEXT_OF_PROOFS)
    is_defined = needed == _CONTEXT_OF_PROOFS and entries[:1] != [_CONTEXT_V1]
    if not is_defined and needed not in entries:
        document["@context"] = [*entries, needed]
