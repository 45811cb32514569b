"""An issuer's active key, ready to sign; and Data Integrity proofs by it. Nothing else in the
program touches a key.

Leaves to others: what is signed, the other proof formats (``issuer.signing.formats``), checking
what came of it.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from issuer import limits
from issuer.errors import IssuerCode, OwnFaultError
from issuer.key_urls import kid_of
from issuer.office import Office
from issuer.store.rows import IssuerRow, KeyRow, KeyState
from verifier.date_time_stamp import format_instant
from verifier.proofs import suite_named
from verifier.proofs.data_integrity import ASSERTION_METHOD, secure
from verifier.proofs.multikey import KeyType, format_multikey
from verifier.proofs.suite import Sign
from verifier.strict_json import JsonObject

_LIST_SUITES: Final[Mapping[KeyType, str]] = {
    KeyType.ED25519: "eddsa-rdfc-2022",
    KeyType.P256: "ecdsa-rdfc-2019",
    KeyType.P384: "ecdsa-rdfc-2019",
}
"""What an issuer's own lists are signed with, by the kind of its key."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SigningKey:
    """An active key that was held to its public half. A proof calls it ``verification_method``,
    a token of an issuer of tokens ``kid``. ``sign`` asks the signer, and raises
    ``OwnFaultError`` (``SIGNER_UNAVAILABLE``)."""

    verification_method: str
    kid: str
    key_type: KeyType
    sign: Sign


def open_key(office: Office, issuer: IssuerRow, *, now: datetime) -> SigningKey:
    """The issuer's active key, for a signature made ``now``, whatever dates it is to carry: an
    intent or a list may be older than the key.

    Raises ``OwnFaultError`` when the key cannot be used or the clock is wrong.
    """
    key = _active_key(office, issuer)
    if now < key.created - timedelta(seconds=limits.CLOCK_BACK_SECONDS):
        raise OwnFaultError(IssuerCode.CLOCK_WRONG, "The clock stands before the key was made.")
    signer = office.keyring.signer(key.signer_uri)
    if format_multikey(signer.public_key) != key.multikey:
        raise OwnFaultError(
            IssuerCode.KEYS_UNUSABLE, "The key at hand is not the one in the DID document."
        )
    return SigningKey(
        verification_method=key.verification_method,
        kid=kid_of(issuer.did, signer.public_key),
        key_type=signer.public_key.key_type,
        sign=signer.sign,
    )


def proof_options(key: SigningKey, created: datetime) -> JsonObject:
    """The members of a proof that do not depend on its suite."""
    return {
        "created": format_instant(created),
        "verificationMethod": key.verification_method,
        "proofPurpose": ASSERTION_METHOD,
    }


def add_proof(
    office: Office, issuer: IssuerRow, document: JsonObject, *, created: datetime
) -> JsonObject:
    """A copy of ``document``, a list of the issuer's own, with a proof by its active key.

    Whatever an issuer's credentials are secured with, everybody can read its lists: they
    carry an rdfc proof, which takes away nothing that a list could say. Raises
    ``OwnFaultError`` as ``open_key``, and ``RefusedError`` when a part of the document would
    not be covered.
    """
    key = open_key(office, issuer, now=created)
    suite = suite_named(_LIST_SUITES[key.key_type])
    return secure(document, proof_options(key, created), key.sign, suite, key.key_type)


def _active_key(office: Office, issuer: IssuerRow) -> KeyRow:
    with office.store.read(issuer.tenant_id) as unit:
        keys = unit.keys.of(issuer.id)
    for key in keys:
        if key.state is KeyState.ACTIVE:
            return key
    raise OwnFaultError(IssuerCode.KEYS_UNUSABLE, "The issuer has no active key.")
