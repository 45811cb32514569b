"""Adding a proof: the active key of an issuer signs a document. Nothing else touches a key.

Leaves to others: what is signed, and checking what came of it.
"""

from __future__ import annotations

from datetime import datetime, timedelta

from issuer import limits
from issuer.errors import IssuerCode, OwnFaultError
from issuer.office import Office
from issuer.store.rows import IssuerRow, KeyRow, KeyState
from verifier.date_time_stamp import format_instant
from verifier.proofs import suite_named
from verifier.proofs.data_integrity import ASSERTION_METHOD, secure
from verifier.proofs.multikey import format_multikey
from verifier.strict_json import JsonObject


def add_proof(
    office: Office, issuer: IssuerRow, document: JsonObject, *, created: datetime
) -> JsonObject:
    """A copy of ``document`` with a proof by the issuer's active key.

    Raises ``OwnFaultError`` when the key cannot be used or the clock is wrong, and
    ``RefusedError`` when a part of the document would not be covered.
    """
    key = _active_key(office, issuer)
    if created < key.created - timedelta(seconds=limits.CLOCK_BACK_SECONDS):
        raise OwnFaultError(IssuerCode.CLOCK_WRONG, "The clock stands before the key was made.")
    signer = office.keyring.signer(key.signer_uri)
    if format_multikey(signer.public_key) != key.multikey:
        raise OwnFaultError(
            IssuerCode.KEYS_UNUSABLE, "The key at hand is not the one in the DID document."
        )
    options = {
        "created": format_instant(created),
        "verificationMethod": key.verification_method,
        "proofPurpose": ASSERTION_METHOD,
    }
    return secure(
        document,
        options,
        signer.sign,
        suite_named(issuer.cryptosuite),
        signer.public_key.key_type,
    )


def _active_key(office: Office, issuer: IssuerRow) -> KeyRow:
    with office.store.read(issuer.tenant_id) as unit:
        keys = unit.keys.of(issuer.id)
    for key in keys:
        if key.state is KeyState.ACTIVE:
            return key
    raise OwnFaultError(IssuerCode.KEYS_UNUSABLE, "The issuer has no active key.")
