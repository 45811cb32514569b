"""A credential in a token: how it is taken out, and what must agree with it.

* ``vc+jwt`` (VC-JOSE-COSE, section 3.1.1): the payload is the credential.
* Open Badges 3.0: the payload is the credential, and repeats five of its members as claims.
* Data model 1.1, section 6.3.1: the credential stands in ``vc``, and claims stand for members
  that are left out. Some issuers wrap the newer edition in the same way.

Leaves to others: which token is which (``verifier.proofs.jose``), the members themselves
(``verifier.model``).
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Final

from verifier import limits
from verifier.date_time_stamp import Instant, format_instant
from verifier.dids.keys import KeyHint
from verifier.errors import Code, RefusedError
from verifier.model import (
    CONTEXT_V1,
    Credential,
    DataModel,
    Presentation,
    as_list,
    parse_credential,
)
from verifier.policy import Policy
from verifier.proofs.jose_claims import (
    Claims,
    check_complete,
    check_dates,
    check_identity,
    check_readers,
    parse_claims,
)
from verifier.proofs.jose_token import (
    JoseSignature,
    check_document,
    given_members,
    malformed,
    start_of,
    whole_payload,
    wrapped,
)
from verifier.proofs.jws import Jws
from verifier.secured import Format, Reading
from verifier.strict_json import JsonObject

_DECIDING: Final = ("credentialStatus", "expirationDate", "validFrom", "validUntil")
"""What nobody reads beside the claim ``vc``, and somebody could believe to be heard there."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CredentialForm:
    """One way to put a credential into a token: how it is taken out, and what must agree."""

    format: Format
    unwrap: Callable[[JsonObject, Claims], JsonObject]
    checks: tuple[Callable[[Claims, Credential], None], ...]
    dates_are_the_credentials: bool
    """``nbf`` and ``exp`` repeat the credential's dates, and are no dates of the signature."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CredentialToken:
    """A token that holds a credential."""

    form: CredentialForm
    jws: Jws
    hint: KeyHint
    payload: JsonObject

    @property
    def format(self) -> Format:
        """By ``typ``."""
        return self.form.format

    def read_credential(self, policy: Policy) -> Reading[Credential]:
        """Claims, contexts and members, and that the three do not contradict each other."""
        claims = parse_claims(self.jws.unverified_header, self.payload)
        document = self.form.unwrap(self.payload, claims)
        warnings = check_document(document, policy)
        content = parse_credential(document)
        check_readers(claims)
        for check in self.form.checks:
            check(claims, content)
        return Reading(
            content=replace(content, statuses=_all_statuses(content, claims)),
            signatures=(self._signature(claims, content.issuer),),
            warnings=(*warnings, *content.warnings, *claims.warnings),
        )

    def read_presentation(self, policy: Policy) -> Reading[Presentation]:
        """A credential is none."""
        malformed("This is a credential, and not a presentation of one.")

    def _signature(self, claims: Claims, issuer: str) -> JoseSignature:
        own = Claims(issued_at=claims.issued_at) if self.form.dates_are_the_credentials else claims
        return JoseSignature(
            jws=self.jws, hint=self.hint, signer=issuer, start=start_of(own), end=own.end
        )


def _all_statuses(content: Credential, claims: Claims) -> tuple[JsonObject, ...]:
    statuses = (*content.statuses, *claims.statuses)
    if len(statuses) > limits.STATUS_ENTRIES:
        raise RefusedError(
            Code.LIMIT_EXCEEDED,
            f"More than {limits.STATUS_ENTRIES} status entries.",
            pointer="/status",
        )
    return statuses


def _unwrap_old(payload: JsonObject, claims: Claims) -> JsonObject:
    """Data model 1.1, section 6.3.1, "JWT decoding": claims stand for members left out."""
    dates = {
        "issuanceDate": _text_of(claims.not_before),
        "expirationDate": _text_of(claims.expires),
    }
    return given_members(dates) | _unwrap(payload, claims)


def _unwrap(payload: JsonObject, claims: Claims) -> JsonObject:
    for name in _DECIDING:
        if name in payload:
            malformed(f"{name} stands beside the credential instead of in it.", f"/{name}")
    names = given_members({"issuer": claims.issuer, "id": claims.id})
    return _with_subject(names | wrapped(payload, "vc"), claims.subject)


def _with_subject(document: JsonObject, subject: str | None) -> JsonObject:
    """``sub`` for a subject without an id, if there is one only, alone or as a list of one."""
    value = document.get("credentialSubject")
    subjects = as_list(value)
    if subject is None or len(subjects) != 1 or not isinstance(subjects[0], dict):
        return document
    named = {"id": subject, **subjects[0]}
    return document | {"credentialSubject": [named] if isinstance(value, list) else named}


def _check_edition(_claims: Claims, credential: Credential) -> None:
    """VC-JOSE-COSE, section 1: it secures data model 2.0. What it says of a token's claims and
    the credential's dates does not hold for the older edition."""
    if credential.data_model is not DataModel.V2_0:
        malformed("A token of this kind holds credentials of data model 2.0.", "/@context")


VC_JWT: Final = CredentialForm(
    format=Format.VC_JWT,
    unwrap=whole_payload,
    checks=(_check_edition, check_identity),
    dates_are_the_credentials=False,
)
OPEN_BADGES: Final = CredentialForm(
    format=Format.JWT,
    unwrap=whole_payload,
    checks=(check_complete, check_identity, check_dates),
    dates_are_the_credentials=True,
)
_WRAPPED_OLD: Final = CredentialForm(
    format=Format.JWT,
    unwrap=_unwrap_old,
    checks=(check_identity, check_dates),
    dates_are_the_credentials=True,
)
_WRAPPED: Final = CredentialForm(
    format=Format.JWT,
    unwrap=_unwrap,
    checks=(check_identity,),
    dates_are_the_credentials=False,
)


def wrapped_form(payload: JsonObject) -> CredentialForm:
    """The form of what stands in ``vc``, by its first context.

    No standard wraps a credential of data model 2.0, but issuers do. Its dates have no claims
    that stand for them there: ``nbf`` and ``exp`` are about the signature, as in a ``vc+jwt``.
    """
    document = payload["vc"]
    contexts = as_list(document.get("@context")) if isinstance(document, dict) else []
    return _WRAPPED_OLD if contexts[:1] == [CONTEXT_V1] else _WRAPPED


def _text_of(instant: Instant | None) -> str | None:
    return None if instant is None else format_instant(instant.at)
