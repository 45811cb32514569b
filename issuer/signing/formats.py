"""The proof formats in which an issuer can sign: one table, by name.

Each entry says which kinds of key fit, which documents, and how a rehearsed document becomes
the signed one. What comes out is always a JSON object: the document with its proof, or, where a
format makes a token, an envelope around the token (VC Data Model 2.0, section 4.13.1), which
VC-API clients and our own verifier take like any credential.

Leaves to others: keys (``issuer.signing.proofs``), tokens (``issuer.signing.tokens``), the
mechanisms themselves (``verifier.proofs``).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, Final

from issuer.errors import IssuerCode, RequestRefusedError
from issuer.signing.proofs import SigningKey, proof_options
from issuer.signing.tokens import (
    MakeToken,
    envelope,
    make_dc_sd_jwt,
    make_ob_jwt,
    make_vc_jwt,
    make_vc_sd_jwt,
)
from issuer.signing.unsigned import Unsigned
from issuer.store.rows import StatusPolicy
from verifier.model import Credential, DataModel
from verifier.proofs import suite_named
from verifier.proofs.data_integrity import secure
from verifier.proofs.ecdsa_sd import ECDSA_SD_2023, WHOLE, derive
from verifier.proofs.multikey import KeyType
from verifier.strict_json import JsonObject

KEY_TYPES: Final[Mapping[str, KeyType]] = {
    "Ed25519": KeyType.ED25519,
    "P-256": KeyType.P256,
    "P-384": KeyType.P384,
}
"""The kinds of key that sign, by the names of RFC 7518 and RFC 8037."""
_NAMES: Final = {key_type: name for name, key_type in KEY_TYPES.items()}
_EVERY_MODEL: Final = frozenset(DataModel)


@dataclass(frozen=True, slots=True, kw_only=True)
class ProofFormat:
    """One way to sign. The first of ``key_types`` is the usual one; ``reveal`` makes of what
    was signed what a verifier is shown."""

    name: str
    key_types: tuple[KeyType, ...]
    sign: Callable[[Unsigned, SigningKey], JsonObject]
    data_models: frozenset[DataModel] = _EVERY_MODEL
    purposes: frozenset[str] = frozenset({"revocation", "suspension"})
    is_token: bool = False
    """Whether it makes a token, which names its key as a JSON Web Key."""
    is_for_records: bool = False
    """Whether it can say nothing but a work record of ours."""
    is_particular: bool = False
    """Whether it can refuse a document that the verifier's rules admit."""
    reveal: Callable[[JsonObject], JsonObject] = lambda signed: signed

    def choose_key_type(self, name: str | None) -> KeyType:
        """The kind of key called ``name``, or the usual one.

        Raises ``RequestRefusedError`` (``FORMAT_UNFIT``) for one that does not fit.
        """
        if name is None:
            return self.key_types[0]
        found = KEY_TYPES.get(name)
        if found is None:
            raise _unfit(f"{name[:40]!r} is no kind of key here: {', '.join(KEY_TYPES)}.")
        self.check_key_type(found)
        return found

    def check_key_type(self, key_type: KeyType, *, only: KeyType | None = None) -> None:
        """Raises ``RequestRefusedError`` (``FORMAT_UNFIT``) for a key that does not fit, or is
        not the one kind that was asked for."""
        fitting = self.key_types if only is None else (only,)
        if key_type not in fitting:
            wanted = " or ".join(_NAMES[it] for it in fitting)
            raise _unfit(
                f"{self.name} is to be signed with a key of the kind {wanted}, "
                f"not {_NAMES.get(key_type, key_type.name)}."
            )

    def check_status(self, policy: StatusPolicy) -> None:
        """Raises ``RequestRefusedError`` (``FORMAT_UNFIT``) for entries it cannot carry."""
        if not self.purposes.issuperset(policy.purposes):
            raise _unfit(f"{self.name} carries no status entry for {policy.purposes[-1]}.")

    def check_document(
        self, credential: Credential, created: datetime, mandatory: tuple[str, ...] | None
    ) -> None:
        """Hold a caller's document to what this format can secure, before anything is
        reserved and without any key.

        Raises ``RequestRefusedError`` (``FORMAT_UNFIT``), and ``CheckError`` as ``sign``.
        """
        if self.is_for_records:
            raise _unfit(f"{self.name} is made of completions only (POST /completions).")
        if credential.data_model not in self.data_models:
            raise _unfit(f"{self.name} does not secure data model {credential.data_model.value}.")
        if self.is_particular:
            unsigned = Unsigned(
                document=credential.document,
                created=created,
                vct="urn:example:nothing",
                salts=lambda: "",
                mandatory=mandatory,
            )
            self.sign(unsigned, _no_key(self.key_types[0]))


def _no_key(key_type: KeyType) -> SigningKey:
    """For a signature that nobody will ever see."""
    return SigningKey(
        verification_method="did:example:nobody#key",
        kid="did:example:nobody#key",
        key_type=key_type,
        sign=lambda _data: bytes(64),
    )


def format_named(name: str) -> ProofFormat:
    """The format called ``name``. Raises ``RequestRefusedError`` (``FORMAT_UNFIT``)."""
    found = PROOF_FORMATS.get(name)
    if found is None:
        raise _unfit(f"{name[:60]!r} is no proof format here: {', '.join(PROOF_FORMATS)}.")
    return found


def _unfit(detail: str) -> RequestRefusedError:
    return RequestRefusedError(IssuerCode.FORMAT_UNFIT, detail)


# --- the formats ------------------------------------------------------------------------


def _with_proof(name: str, *key_types: KeyType) -> ProofFormat:
    """A cryptosuite, or a type of proof from before there were any."""

    def sign(unsigned: Unsigned, key: SigningKey) -> JsonObject:
        options = proof_options(key, unsigned.created)
        return secure(unsigned.document, options, key.sign, suite_named(name), key.key_type)

    return ProofFormat(name=name, key_types=key_types, sign=sign)


def _sign_selectively(unsigned: Unsigned, key: SigningKey) -> JsonObject:
    """A base proof, for the holder alone."""
    suite = ECDSA_SD_2023.requiring(unsigned.mandatory)
    options = proof_options(key, unsigned.created)
    return secure(unsigned.document, options, key.sign, suite, key.key_type)


def _reveal_all(signed: JsonObject) -> JsonObject:
    """A verifier takes derived proofs only, and a base proof lets anybody derive."""
    return derive(signed, WHOLE)


def _token(name: str, media_type: str, make: MakeToken, **changes: Any) -> ProofFormat:
    """A token in an envelope, signed with a key of any kind."""

    def sign(unsigned: Unsigned, key: SigningKey) -> JsonObject:
        return envelope(media_type, make(unsigned, key))

    usual = ProofFormat(
        name=name,
        key_types=tuple(KEY_TYPES.values()),
        sign=sign,
        data_models=frozenset({DataModel.V2_0}),
        is_token=True,
        is_particular=True,
    )
    return replace(usual, **changes)


_SELECTIVE: Final = ProofFormat(
    name="ecdsa-sd-2023",
    key_types=(KeyType.P256,),
    sign=_sign_selectively,
    reveal=_reveal_all,
    is_particular=True,
)
_SD_JWT_VC: Final = _token(
    "dc+sd-jwt",
    "application/dc+sd-jwt",
    make_dc_sd_jwt,
    purposes=frozenset({"revocation"}),  # its status claim names one place of one list
    is_for_records=True,
)

PROOF_FORMATS: Final[Mapping[str, ProofFormat]] = {
    it.name: it
    for it in (
        _with_proof("eddsa-rdfc-2022", KeyType.ED25519),
        _with_proof("eddsa-jcs-2022", KeyType.ED25519),
        _with_proof("ecdsa-rdfc-2019", KeyType.P256, KeyType.P384),
        _with_proof("ecdsa-jcs-2019", KeyType.P256, KeyType.P384),
        _SELECTIVE,
        _with_proof("Ed25519Signature2020", KeyType.ED25519),
        _token("vc+jwt", "application/vc+jwt", make_vc_jwt),
        _token("ob-jwt", "application/jwt", make_ob_jwt),
        _token("vc+sd-jwt", "application/vc+sd-jwt", make_vc_sd_jwt),
        _SD_JWT_VC,
    )
}
"""Every format by its name. What is not here is refused when an issuer is made."""
DEFAULT_FORMAT: Final = "eddsa-rdfc-2022"
