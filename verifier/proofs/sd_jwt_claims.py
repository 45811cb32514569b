"""What an SD-JWT VC says (draft-ietf-oauth-sd-jwt-vc, section 2.2.2), read into a ``Credential``.

Its claims are plain JSON: no contexts, no JSON-LD. ``vct`` and ``aka_vcts`` are its types, ``nbf``
and ``exp`` its period. ``iss`` is required here, because an issuer that only a certificate names
is not supported.

Leaves to others: the registered claims' form (``verifier.proofs.jose_claims``), the type's own
rules (``verifier.type_metadata``), signatures.
"""

from __future__ import annotations

from typing import NoReturn

from verifier import limits
from verifier.errors import Code, RefusedError, UncheckedError
from verifier.model import Credential, DataModel, is_absolute_url
from verifier.proofs.jose_claims import Claims
from verifier.strict_json import JsonObject


def read_vc_claims(document: JsonObject, registered: Claims) -> Credential:
    """The credential in ``document``, the processed payload.

    Raises ``RefusedError`` (``MALFORMED_VALUE_ERROR``) for a claim that is missing or of another
    kind, ``UncheckedError`` (``INVALID_DOMAIN_ERROR``) when the issuer named who may read it.
    """
    if registered.audience:
        raise UncheckedError(
            Code.INVALID_DOMAIN_ERROR,
            "It was issued for certain readers only, and who reads it is not known here.",
            pointer="/aud",
        )
    if not is_absolute_url(document.get("iss")):
        _malformed("The issuer is not identified by a URL or DID.", "/iss")
    if isinstance(document.get("iat"), str):
        _malformed("iat is a number of seconds since 1970.", "/iat")
    start, end = registered.not_before, registered.end
    if start is not None and end is not None and start.at > end.at:
        _malformed("It ends before it starts.", "/exp")
    return Credential(
        document=document,
        data_model=DataModel.SD_JWT_VC,
        id=registered.id if is_absolute_url(registered.id) else None,
        types=_types(document),
        issuer=str(document["iss"]),
        valid_from=start,
        valid_until=end,
        statuses=registered.statuses,
        schemas=(),
        related_resources=(),
    )


def _types(document: JsonObject) -> tuple[str, ...]:
    """``vct`` first; ``aka_vcts`` names the other types that it counts as."""
    vct = _type(document.get("vct"), "/vct")
    if "vct#integrity" in document and not isinstance(document["vct#integrity"], str):
        _malformed("vct#integrity is text.", "/vct#integrity")
    if "aka_vcts" not in document:
        return (vct,)
    others = document["aka_vcts"]
    if not isinstance(others, list) or not others or len(others) > limits.VCT_ALIASES:
        _malformed("aka_vcts is a list of types.", "/aka_vcts")
    names = tuple(_type(other, "/aka_vcts") for other in others)
    if vct in names or len(set(names)) != len(names):
        _malformed("aka_vcts names a type twice.", "/aka_vcts")
    return (vct, *names)


def _type(value: object, pointer: str) -> str:
    if not isinstance(value, str) or not value or len(value.encode()) > limits.URL_CHARACTERS:
        _malformed("A type is named by a text.", pointer)
    return value


def _malformed(detail: str, pointer: str) -> NoReturn:
    raise RefusedError(Code.MALFORMED_VALUE_ERROR, detail, pointer=pointer)
