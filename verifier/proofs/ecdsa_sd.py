"""The cryptosuite ``ecdsa-sd-2023`` (Data Integrity ECDSA Cryptosuites 1.0, section 3.5): an
issuer signs every statement on its own, and the holder chooses which of them to show.

1. The issuer makes a *base proof*. Its own key signs the options, the mandatory statements and
   the public half of a key that exists for this proof only; that key signs each other statement.
2. The holder *derives* from it a smaller document with a *derived proof*, for which no key is
   needed.
3. The verifier checks the issuer's signature with the issuer's key, and each other statement
   with the key that the issuer signed. Were the first done with that key too, as the standard's
   text can be read, anybody could issue.

What was not made mandatory can be left out, and nobody can tell that it was there. So a status
entry is mandatory in every base proof made here, whatever else the caller asks for. Issuers
elsewhere may do otherwise: a derived credential without a status is a credential whose issuer
let the holder hide one, or that has none.

Leaves to others: the parts of this suite (``verifier.proofs.ecdsa_sd_cbor``, ``…_keys``,
``…_lines``, ``…_select``, ``…_statements``), whose the issuer's key is.
"""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from typing import Final

from verifier import limits
from verifier.errors import Code, RefusedError
from verifier.proofs.ecdsa_sd_cbor import (
    BaseProof,
    DerivedProof,
    format_base_proof,
    format_derived_proof,
    parse_base_proof,
    parse_derived_proof,
)
from verifier.proofs.ecdsa_sd_keys import ProofSecrets, draw_secrets
from verifier.proofs.ecdsa_sd_lines import Sheet, lay_out, shown_lines
from verifier.proofs.ecdsa_sd_select import select
from verifier.proofs.multikey import KeyType, PublicKey
from verifier.proofs.rdfc import digest_of_options, without_contexts_in_proofs
from verifier.proofs.suite import DATA_INTEGRITY_PROOF, Sign
from verifier.strict_json import JsonObject

NAME: Final = "ecdsa-sd-2023"
STATUS_POINTER: Final = "/credentialStatus"
USUAL_POINTERS: Final = (
    "/issuer",
    "/validFrom",
    "/validUntil",
    "/issuanceDate",
    "/expirationDate",
    STATUS_POINTER,
    "/credentialSubject/id",
    "/credentialSubject/identifier",
    "/credentialSubject/achievement/name",
    "/credentialSubject/achievement/description",
    "/credentialSubject/achievement/criteria",
)
"""What is mandatory where the caller does not say, so far as it is there: who says it, about
whom, for how long, where it would be revoked, and without what a badge is no badge (Open Badges
3.0, Achievement). The ``id`` and ``type`` of the document always.

Not the schema: it describes the whole, and a part that had to name it would not meet it."""

_ONLY_WITHOUT: Final = {"/credentialSubject/identifier": "/credentialSubject/id"}
"""One of the two tells whose badge it is. An identifier is often an address or a name."""

WHOLE: Final = ("",)
"""The pointers that choose everything."""


@dataclass(frozen=True, slots=True, kw_only=True)
class EcdsaSd2023:
    """The suite. ``mandatory_pointers`` are those of the base proofs that ``create`` makes,
    ``None`` for the usual ones; ``random`` gives that many unpredictable bytes."""

    cryptosuite: str = NAME
    key_types: frozenset[KeyType] = frozenset({KeyType.P256})
    mandatory_pointers: tuple[str, ...] | None = None
    random: Callable[[int], bytes] = secrets.token_bytes

    def requiring(self, pointers: Sequence[str] | None) -> EcdsaSd2023:
        """The suite that makes ``pointers`` mandatory, ``None`` for the usual ones."""
        chosen = None if pointers is None else tuple(pointers)
        return replace(self, mandatory_pointers=chosen)

    def verify(
        self, document: JsonObject, options: JsonObject, proof_value: str, key: PublicKey
    ) -> None:
        """As ``Suite.verify``, for a derived proof; a base proof is refused (section 3.5.7)."""
        proof = parse_derived_proof(proof_value)
        mandatory, others = shown_lines(without_contexts_in_proofs(document), proof)
        key.verify(proof.base_signature, _base_data(document, options, proof, mandatory))
        for line, signature in zip(others, proof.signatures, strict=True):
            proof.public_key.verify(signature, line.encode())

    def create(
        self, document: JsonObject, options: JsonObject, key_type: KeyType, sign: Sign
    ) -> JsonObject:
        """As ``Suite.create``: a base proof, which its holder derives from."""
        return create_base(
            document,
            options,
            key_type,
            sign,
            mandatory_pointers=self.mandatory_pointers,
            proof_secrets=draw_secrets(self.random),
        )


ECDSA_SD_2023: Final = EcdsaSd2023()


# --- the issuer -------------------------------------------------------------------------


def create_base(
    document: JsonObject,
    options: JsonObject,
    key_type: KeyType,
    sign: Sign,
    *,
    mandatory_pointers: Sequence[str] | None = None,
    proof_secrets: ProofSecrets,
) -> JsonObject:
    """The base proof over ``document``, which has no other proof (sections 3.5.2 and 3.5.9).

    ``sign`` is the issuer's P-256 key. ``mandatory_pointers`` are JSON Pointers of what every
    holder must show; ``None`` stands for ``USUAL_POINTERS``, and a status entry is added to
    whatever is given. Raises ``RefusedError``: ``PROOF_GENERATION_ERROR`` for a pointer that
    chooses nothing, and as ``canonicalize`` does.
    """
    if key_type is not KeyType.P256 or "proof" in document:
        raise _ungenerated("This proof is made with a P-256 key, and follows no other proof.")
    config = _config(options)
    pointers = _mandatory_pointers(document, mandatory_pointers)
    sheet = lay_out(document, proof_secrets.hmac_key)
    chosen = sheet.lines_of(pointers)
    others = [line for line in sheet.lines if line not in chosen]
    if len(others) > limits.SD_STATEMENTS:
        raise RefusedError(
            Code.LIMIT_EXCEEDED, f"More than {limits.SD_STATEMENTS} statements are not mandatory."
        )
    proof = BaseProof(
        base_signature=b"",
        public_key=proof_secrets.public_key,
        hmac_key=proof_secrets.hmac_key,
        signatures=tuple(proof_secrets.sign(line.encode()) for line in others),
        mandatory_pointers=pointers,
    )
    signature = sign(_base_data(document, config, proof, sorted(chosen)))
    return {**config, "proofValue": format_base_proof(replace(proof, base_signature=signature))}


def _config(options: JsonObject) -> JsonObject:
    names = {"type": DATA_INTEGRITY_PROOF, "cryptosuite": NAME}
    given = {name: value for name, value in options.items() if name != "@context"}
    return {**names, **given, **names}


def _mandatory_pointers(document: JsonObject, given: Sequence[str] | None) -> tuple[str, ...]:
    pointers = _usual_pointers(document) if given is None else given
    status = [STATUS_POINTER] if document.get("credentialStatus") else []
    return tuple(dict.fromkeys([*pointers, *status]))


def _usual_pointers(document: JsonObject) -> list[str]:
    there = [it for it in USUAL_POINTERS if _is_there(document, it)]
    return [it for it in there if _ONLY_WITHOUT.get(it) not in there]


def _is_there(document: JsonObject, pointer: str) -> bool:
    try:
        return bool(select(document, [pointer]))
    except RefusedError:
        return False


# --- the holder -------------------------------------------------------------------------


def derive(secured: JsonObject, selective_pointers: Sequence[str]) -> JsonObject:
    """A document that shows of ``secured`` what is mandatory and what the pointers choose, with
    a derived proof (sections 3.5.3 and 3.5.6); ``WHOLE`` shows everything.

    Other proofs of ``secured`` do not fit the smaller document and are left out. Raises
    ``RefusedError``: ``PARSING_ERROR`` unless there is exactly one base proof,
    ``PROOF_GENERATION_ERROR`` for a pointer that chooses nothing or when nothing at all would
    be shown, ``PROOF_VERIFICATION_ERROR`` for a base proof that does not fit ``secured``.
    Whether the issuer signed it, only the issuer's key can tell.
    """
    raw = _base_proof_of(secured)
    base = parse_base_proof(str(raw.get("proofValue")))
    document = {name: value for name, value in secured.items() if name != "proof"}
    pointers = tuple(dict.fromkeys([*base.mandatory_pointers, *selective_pointers]))
    sheet = lay_out(document, base.hmac_key)
    shown = select(document, pointers)
    mandatory = sheet.lines_of(base.mandatory_pointers)
    chosen = sorted(sheet.lines_of(pointers))
    proof = DerivedProof(
        base_signature=base.base_signature,
        public_key=base.public_key,
        signatures=_signatures_of(sheet, base, mandatory, chosen),
        labels=sheet.labels_in(pointers),
        mandatory_indexes=tuple(n for n, line in enumerate(chosen) if line in mandatory),
    )
    _check_derived(shown, proof, mandatory)
    return {**shown, "proof": {**raw, "proofValue": format_derived_proof(proof)}}


def _base_proof_of(secured: JsonObject) -> JsonObject:
    value = secured.get("proof")
    proofs = value if isinstance(value, list) else [value]
    found = [it for it in proofs if isinstance(it, dict) and it.get("cryptosuite") == NAME]
    if len(found) != 1 or "previousProof" in found[0]:
        raise RefusedError(
            Code.PARSING_ERROR,
            f"There is not exactly one proof of {NAME} that stands alone.",
            pointer="/proof",
        )
    return dict(found[0])


def _signatures_of(
    sheet: Sheet, base: BaseProof, mandatory: frozenset[str], chosen: Iterable[str]
) -> tuple[bytes, ...]:
    """The signatures of the chosen lines, each of which must fit."""
    others = [line for line in sheet.lines if line not in mandatory]
    if len(others) != len(base.signatures):
        raise _unfit("The number of signatures is not that of the statements.")
    signatures = dict(zip(others, base.signatures, strict=True))
    shown = [line for line in chosen if line not in mandatory]
    for line in shown:
        base.public_key.verify(signatures[line], line.encode())
    return tuple(signatures[line] for line in shown)


def _check_derived(shown: JsonObject, proof: DerivedProof, mandatory: frozenset[str]) -> None:
    """A verifier will read in the smaller document what was meant."""
    found, others = shown_lines(shown, proof)
    if set(found) != mandatory or len(others) != len(proof.signatures):
        raise RefusedError(
            Code.PROOF_TRANSFORMATION_ERROR, "The part shown does not say what was signed."
        )


# --- what is signed ---------------------------------------------------------------------


def _base_data(
    document: JsonObject,
    options: JsonObject,
    proof: BaseProof | DerivedProof,
    mandatory: Iterable[str],
) -> bytes:
    """What the issuer's key signs (section 3.5.1)."""
    key = proof.public_key.key_type.prefix + proof.public_key.raw
    digest = hashlib.sha256("".join(mandatory).encode()).digest()
    return digest_of_options(document, options, "sha256") + key + digest


def _unfit(detail: str) -> RefusedError:
    return RefusedError(Code.PROOF_VERIFICATION_ERROR, detail, pointer="/proof/proofValue")


def _ungenerated(detail: str) -> RefusedError:
    return RefusedError(Code.PROOF_GENERATION_ERROR, detail, pointer="/proof")
