"""Credentials and presentations secured as SD-JWT, as a ``Secured``.

Three kinds, told apart by ``typ`` alone: ``dc+sd-jwt`` is an SD-JWT VC, whose claims are plain
JSON; ``vc+sd-jwt`` and ``vp+sd-jwt`` hold a document of the VC Data Model 2.0, read as in
``vc+jwt`` once the disclosures are in their places (VC-JOSE-COSE, section 3.2). A ``vc+sd-jwt``
with a ``vct`` in place of contexts, as older drafts had it, is none of them. What decides about a
credential must stand in the open (``sd_jwt_issue.ALWAYS_DISCLOSED``): a holder chooses what to
show, not what is true.

Leaves to others: disclosures (``verifier.proofs.sd_jwt``), the plain claims
(``verifier.proofs.sd_jwt_claims``), documents in tokens (``verifier.proofs.jose``), the holder's
signature (``verifier.proofs.key_binding``), types (``verifier.type_metadata``).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import Final, NoReturn

from verifier.errors import Code, RefusedError, UncheckedError
from verifier.model import Credential, Presentation
from verifier.policy import Policy
from verifier.proofs.jose import (
    VC_JWT,
    CredentialToken,
    JoseSignature,
    PresentationToken,
    check_content_type,
    read_hint,
    whole_payload,
)
from verifier.proofs.jose_claims import parse_claims
from verifier.proofs.key_binding import KeyBinding, read_key_binding
from verifier.proofs.sd_jwt import Opened, SdJwt, check_always_disclosed, open_payload, parse_sd_jwt
from verifier.proofs.sd_jwt_claims import read_vc_claims
from verifier.proofs.sd_jwt_issue import ALWAYS_DISCLOSED
from verifier.secured import WITHHELD, Content, Format, Reading
from verifier.strict_json import JsonObject


@dataclass(frozen=True, slots=True, kw_only=True)
class SecuredSdJwt:
    """An SD-JWT whose ``typ`` is known, with its key binding where one is there."""

    token: SdJwt
    format: Format

    @property
    def key_binding(self) -> KeyBinding | None:
        """The holder's signature. Raises as ``read_key_binding``."""
        return read_key_binding(self.token)

    def read_credential(self, policy: Policy) -> Reading[Credential]:
        """The disclosures, then the rules of the kind."""
        opened = self._open()
        reading = _CREDENTIALS[self.format](self.token, opened.claims, policy)
        return self._complete(reading, opened)

    def read_presentation(self, policy: Policy) -> Reading[Presentation]:
        """The same for a presentation."""
        opened = self._open()
        reading = _PRESENTATIONS[self.format](self.token, opened.claims, policy)
        return self._complete(reading, opened)

    def _open(self) -> Opened:
        payload = self.token.unverified_payload
        opened = open_payload(payload, self.token.disclosures)
        check_always_disclosed(payload, opened, ALWAYS_DISCLOSED[self.format])
        return opened

    def _complete(self, reading: Reading[Content], opened: Opened) -> Reading[Content]:
        """Two signatures where the holder has signed as well: both must verify. A digest that
        nothing answers may be a decoy, so no more is said than that there may be more."""
        binding = self.key_binding
        return replace(
            reading,
            signatures=reading.signatures if binding is None else (*reading.signatures, binding),
            warnings=(*reading.warnings, *((WITHHELD,) if opened.withheld else ())),
        )


def read_sd_jwt(text: str) -> SecuredSdJwt:
    """Step 2 for a token with tildes.

    Raises ``RefusedError`` as ``parse_sd_jwt``; ``MALFORMED_VALUE_ERROR`` for a token of another
    kind; ``UncheckedError`` (``UNSUPPORTED_FORMAT``) for a kind of SD-JWT that is not known, and
    for one whose issuer is shown by a certificate.
    """
    token = parse_sd_jwt(text)
    typ = token.jws.typ
    if typ is None or typ not in _CONTENT_TYPES:
        _refuse_typ(typ)
    found = Format(typ)
    content_type = _CONTENT_TYPES[found]
    if content_type is not None:
        check_content_type(token.jws, content_type)
    elif "x5c" in token.jws.unverified_header:
        raise UncheckedError(
            Code.UNSUPPORTED_FORMAT, "Issuers that are shown by a certificate are not supported."
        )
    return SecuredSdJwt(token=token, format=found)


_CONTENT_TYPES: Final[Mapping[str, str | None]] = {
    Format.SD_JWT_VC: None,
    Format.VC_SD_JWT: "vc",
    Format.VP_SD_JWT: "vp",
}
"""The kinds by ``typ``, with the ``cty`` that belongs to each (VC-JOSE-COSE, section 3.2)."""


def _refuse_typ(typ: str | None) -> NoReturn:
    if typ is not None and typ.endswith("sd-jwt"):
        raise UncheckedError(
            Code.UNSUPPORTED_FORMAT, f"SD-JWTs of the kind {typ[:40]!r} are not supported."
        )
    _malformed("The token does not say that it is a credential.")


def _read_claims(token: SdJwt, claims: JsonObject, _policy: Policy) -> Reading[Credential]:
    """An SD-JWT VC. Its period is the credential's, so the signature's own is ``iat`` alone."""
    registered = parse_claims({}, claims)
    content = read_vc_claims(claims, registered)
    signature = JoseSignature(
        jws=token.jws,
        hint=read_hint(token.jws),
        signer=content.issuer,
        start=registered.issued_at,
        end=None,
    )
    return Reading(content=content, signatures=(signature,))


def _read_vc(token: SdJwt, claims: JsonObject, policy: Policy) -> Reading[Credential]:
    return CredentialToken(
        form=VC_JWT, jws=token.jws, hint=read_hint(token.jws), payload=claims
    ).read_credential(policy)


def _read_vp(token: SdJwt, claims: JsonObject, policy: Policy) -> Reading[Presentation]:
    return PresentationToken(
        format=Format.VP_SD_JWT,
        unwrap=whole_payload,
        jws=token.jws,
        hint=read_hint(token.jws),
        payload=claims,
    ).read_presentation(policy)


def _no_presentation(_token: SdJwt, _claims: JsonObject, _policy: Policy) -> Reading[Presentation]:
    _malformed("This is a credential, and not a presentation of one.")


def _no_credential(_token: SdJwt, _claims: JsonObject, _policy: Policy) -> Reading[Credential]:
    _malformed("This is a presentation, and not a credential.")


_CREDENTIALS: Final[Mapping[Format, Callable[[SdJwt, JsonObject, Policy], Reading[Credential]]]] = {
    Format.SD_JWT_VC: _read_claims,
    Format.VC_SD_JWT: _read_vc,
    Format.VP_SD_JWT: _no_credential,
}
_PRESENTATIONS: Final[
    Mapping[Format, Callable[[SdJwt, JsonObject, Policy], Reading[Presentation]]]
] = {
    Format.SD_JWT_VC: _no_presentation,
    Format.VC_SD_JWT: _no_presentation,
    Format.VP_SD_JWT: _read_vp,
}


def _malformed(detail: str) -> NoReturn:
    raise RefusedError(Code.MALFORMED_VALUE_ERROR, detail)
