"""The registered claims of a token (RFC 7519, section 4.1), beside the document in it.

Three specifications put a credential into a token and repeat some of its members as claims:
VC-JOSE-COSE, Open Badges 3.0 and data model 1.1. Wherever a claim and a member say the same
thing, they must agree: two readers, one of the claim and one of the member, must not see two
credentials.

Leaves to others: which claims are needed, and what the dates mean (``verifier.proofs.jose``).
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Final, NoReturn

from verifier import limits
from verifier.date_time_stamp import Instant, parse_instant
from verifier.errors import Code, RefusedError, UncheckedError
from verifier.model import Credential, as_list, is_absolute_url
from verifier.numeric_date import parse_numeric_date
from verifier.strict_json import JsonObject, JsonValue

REGISTERED: Final = frozenset(
    {"iss", "sub", "aud", "exp", "nbf", "iat", "jti", "nonce", "cnf", "status"}
)
"""RFC 7519, section 4.1; RFC 7800; OpenID Connect's ``nonce``; the IETF's ``status``."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Claims:
    """The claims that were read. ``end`` is the last moment before ``exp``; ``statuses`` has an
    entry for each mechanism in ``status``."""

    issuer: str | None = None
    subject: str | None = None
    id: str | None = None
    issued_at: Instant | None = None
    not_before: Instant | None = None
    expires: Instant | None = None
    end: Instant | None = None
    audience: tuple[str, ...] = ()
    nonce: str | None = None
    statuses: tuple[JsonObject, ...] = ()
    warnings: tuple[str, ...] = ()


def parse_claims(header: JsonObject, payload: JsonObject) -> Claims:
    """Read the claims of a token; ``iss`` may stand in its header too (RFC 7519, section 5.3).

    Raises ``RefusedError`` (``MALFORMED_VALUE_ERROR``) for one of another kind.
    """
    issued_at, warnings = _issued_at(payload)
    return Claims(
        issuer=_issuer(header, payload),
        subject=_text(payload, "sub"),
        id=_text(payload, "jti"),
        issued_at=issued_at,
        not_before=_date(payload, "nbf"),
        expires=_date(payload, "exp"),
        end=_date(payload, "exp", exclusive=True),
        audience=_audience(payload),
        nonce=_text(payload, "nonce"),
        statuses=_statuses(payload),
        warnings=warnings,
    )


def without_claims(payload: JsonObject) -> JsonObject:
    """The document in ``payload``: what is not a claim about the token."""
    return {name: value for name, value in payload.items() if name not in REGISTERED}


def check_identity(claims: Claims, credential: Credential) -> None:
    """VC-JOSE-COSE, section 3 (JOSE header parameters and JWT claims): said twice is said alike.

    ``sub`` is the subject's id; of several subjects, it is one of them. Raises ``RefusedError``
    (``MALFORMED_VALUE_ERROR``).
    """
    if claims.issuer is not None and claims.issuer != credential.issuer:
        _malformed("The token names another issuer than the credential.", "/iss")
    if claims.id is not None and claims.id != credential.id:
        _malformed("The token names another id than the credential.", "/jti")
    if claims.subject is not None and claims.subject not in subject_ids(credential.document):
        _malformed("The token names another subject than the credential.", "/sub")


def check_readers(claims: Claims) -> None:
    """RFC 7519, section 4.1.3: who is not meant by ``aud`` does not rely on the token. A
    verifier of credentials does not know who asks it.

    Raises ``UncheckedError`` (``INVALID_DOMAIN_ERROR``) where somebody is named.
    """
    if claims.audience:
        raise UncheckedError(
            Code.INVALID_DOMAIN_ERROR,
            "It was issued for certain readers only, and who reads it is not known here.",
            pointer="/aud",
        )


def check_dates(claims: Claims, credential: Credential) -> None:
    """``nbf`` and ``exp`` repeat the credential's dates, which may be finer than a second.

    Raises ``RefusedError`` (``MALFORMED_VALUE_ERROR``).
    """
    pairs = (
        ("nbf", claims.not_before, ("issuanceDate", "validFrom")),
        ("exp", claims.expires, ("expirationDate", "validUntil")),
    )
    for name, claim, members in pairs:
        if claim is not None and _second(claim) not in _seconds(credential.document, members):
            _malformed(f"{name} of the token is another date than the credential's.", f"/{name}")


def check_complete(claims: Claims, credential: Credential) -> None:
    """Open Badges 3.0, "Create the JWT payload": each of these members is repeated as a claim.

    Raises ``RefusedError`` (``MALFORMED_VALUE_ERROR``).
    """
    ids = subject_ids(credential.document)
    needed = (
        ("iss", True, claims.issuer),
        ("jti", True, claims.id),
        ("nbf", True, claims.not_before),
        ("exp", credential.valid_until is not None, claims.expires),
        ("sub", len(ids) == 1 and ids != [None], claims.subject),
    )
    for name, is_needed, claim in needed:
        if is_needed and claim is None:
            _malformed(f"The token has no claim {name}.", f"/{name}")


def subject_ids(document: JsonObject) -> list[JsonValue]:
    """The ids of the subjects, ``None`` for one without."""
    subjects = as_list(document.get("credentialSubject"))
    return [subject.get("id") if isinstance(subject, dict) else None for subject in subjects]


def _second(instant: Instant) -> datetime:
    return instant.at.replace(microsecond=0)


def _seconds(document: JsonObject, names: tuple[str, ...]) -> list[datetime]:
    return [
        _second(parse_instant(document[it], pointer=f"/{it}")) for it in names if it in document
    ]


def _issuer(header: JsonObject, payload: JsonObject) -> str | None:
    outer, inner = _text(header, "iss"), _text(payload, "iss")
    if outer is not None and inner is not None and outer != inner:
        _malformed("The token names two issuers.", "/iss")
    return outer if inner is None else inner


def _text(payload: JsonObject, name: str) -> str | None:
    if name not in payload:
        return None
    value = payload[name]
    if not isinstance(value, str) or not value or len(value.encode()) > limits.URL_CHARACTERS:
        _malformed(f"{name} of the token is not a text.", f"/{name}")
    return value


def _date(payload: JsonObject, name: str, *, exclusive: bool = False) -> Instant | None:
    if name not in payload:
        return None
    return parse_numeric_date(payload[name], pointer=f"/{name}", exclusive=exclusive)


def _issued_at(payload: JsonObject) -> tuple[Instant | None, tuple[str, ...]]:
    """``iat`` as a number (RFC 7519). The tokens of the W3C's own test suite write a date; it
    can be read in one way only, so it is read, with a warning."""
    if isinstance(payload.get("iat"), str):
        instant = parse_instant(payload["iat"], pointer="/iat")
        return instant, ("The token says as text, not as a number, when it was made.",)
    return _date(payload, "iat"), ()


def _audience(payload: JsonObject) -> tuple[str, ...]:
    if "aud" not in payload:
        return ()
    names = as_list(payload["aud"])
    if not names or len(names) > limits.ASKED_DOMAINS:
        _malformed("aud of the token names nobody, or too many.", "/aud")
    if not all(isinstance(name, str) and name for name in names):
        _malformed("aud of the token is a text or a list of texts.", "/aud")
    return tuple(names)


def _statuses(payload: JsonObject) -> tuple[JsonObject, ...]:
    """Token Status List, section 6.1: an object with a member for each mechanism.

    One that is not known here becomes an entry of a type that nobody knows, so that it is not
    passed over: step 7 leaves the question open.
    """
    if "status" not in payload:
        return ()
    mechanisms = payload["status"]
    if not isinstance(mechanisms, dict) or not mechanisms:
        _malformed("status of the token is an object with a mechanism.", "/status")
    if len(mechanisms) > limits.STATUS_ENTRIES:
        raise RefusedError(Code.LIMIT_EXCEEDED, "Too many statuses.", pointer="/status")
    return tuple(_status(name, value) for name, value in mechanisms.items())


def _status(name: str, value: JsonValue) -> JsonObject:
    if name != "status_list":
        return {"type": f"status.{name}"[:80]}
    index = value.get("idx") if isinstance(value, dict) else None
    if not isinstance(index, int) or isinstance(index, bool) or index < 0:
        _malformed("The status of the token has no index.", "/status/status_list/idx")
    if not is_absolute_url(value.get("uri")):
        _malformed("The status of the token has no address.", "/status/status_list/uri")
    return {"type": "TokenStatusList", "idx": index, "uri": value["uri"]}


def _malformed(detail: str, pointer: str) -> NoReturn:
    raise RefusedError(Code.MALFORMED_VALUE_ERROR, detail, pointer=pointer)
