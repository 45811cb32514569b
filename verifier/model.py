"""The shape of a credential: members, types, dates and ids, parsed once into frozen values.

Follows VC Data Model 2.0, section 4, and 1.1 where the first context says so. Everything
that passes here is well formed; nothing here says that it is true. Unknown members are left
to the context check, which refuses those that no context defines.

Leaves to others: contexts (``verifier.jsonld``), proofs (``verifier.proofs``), time and
status (``verifier.verify``), what Open Badges asks beyond the data model.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any, Final, NoReturn

from verifier import limits
from verifier.date_time_stamp import Instant, parse_instant
from verifier.errors import Code, RefusedError
from verifier.hidden_members import check_nothing_hidden
from verifier.strict_json import JsonObject, JsonValue

CONTEXT_V2: Final = "https://www.w3.org/ns/credentials/v2"
CONTEXT_V1: Final = "https://www.w3.org/2018/credentials/v1"

_URL = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*:[^\s<>\"{}|\\^`\x00-\x20]+")
_LANGUAGE_OBJECT_MEMBERS: Final = frozenset({"@value", "@language", "@direction"})

_STARTS: Final = ("issuanceDate", "validFrom")
_ENDS: Final = ("expirationDate", "validUntil")
"""The names in data model 1.1, then those in 2.0."""


class DataModel(StrEnum):
    """Which edition of the VC Data Model a document follows, decided by its first context."""

    V1_1 = "1.1"
    V2_0 = "2.0"
    SD_JWT_VC = "dc+sd-jwt"
    """None of them: the plain claims of an SD-JWT VC, which have no contexts."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Credential:
    """A well-formed credential. ``document`` is what was received, without ``proof``;
    ``issuer`` is the identifier in ``issuer`` or ``issuer.id``."""

    document: JsonObject
    data_model: DataModel
    id: str | None
    types: tuple[str, ...]
    issuer: str
    valid_from: Instant | None
    valid_until: Instant | None
    statuses: tuple[JsonObject, ...]
    schemas: tuple[JsonObject, ...]
    related_resources: tuple[JsonObject, ...]
    warnings: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Presentation:
    """A well-formed presentation. ``document`` is what was received, without ``proof``;
    ``holder`` is the identifier in ``holder`` or ``holder.id``; ``credentials`` stand as they
    came: objects, or, in data model 1.1, tokens as text."""

    document: JsonObject
    data_model: DataModel
    id: str | None
    types: tuple[str, ...]
    holder: str | None
    credentials: tuple[JsonObject | str, ...]
    warnings: tuple[str, ...] = ()


def parse_credential(document: JsonObject) -> Credential:
    """Read ``document`` (a parsed object, with or without ``proof``).

    Raises ``RefusedError`` (``MALFORMED_VALUE_ERROR``, with a pointer) when a member is
    missing, of the wrong kind, or not of the form that the data model asks for.
    """
    unsecured = {name: value for name, value in document.items() if name != "proof"}
    check_nothing_hidden(unsecured)
    data_model = _parse_data_model(unsecured.get("@context"))
    valid_from, valid_until = _parse_validity(unsecured, data_model)
    _check_subjects(unsecured.get("credentialSubject"))
    _check_typed_members(unsecured, data_model)
    _check_texts(unsecured)
    return Credential(
        document=unsecured,
        data_model=data_model,
        id=_document_id(unsecured),
        types=_parse_types(unsecured.get("type")),
        issuer=_identifier(unsecured.get("issuer"), "issuer"),
        valid_from=valid_from,
        valid_until=valid_until,
        statuses=_parse_statuses(unsecured),
        schemas=_objects(unsecured, "credentialSchema"),
        related_resources=_parse_related_resources(unsecured),
        warnings=_offset_warnings(valid_from, valid_until),
    )


def parse_presentation(document: JsonObject) -> Presentation:
    """Read ``document`` (VC Data Model 2.0, section 4.13). Raises as ``parse_credential``."""
    unsecured = {name: value for name, value in document.items() if name != "proof"}
    check_nothing_hidden(unsecured)
    data_model = _parse_data_model(unsecured.get("@context"))
    holder = unsecured.get("holder")
    for item in _objects(unsecured, "termsOfUse"):
        _check_type(item, "/termsOfUse")
    return Presentation(
        document=unsecured,
        data_model=data_model,
        id=_document_id(unsecured),
        types=_parse_types(unsecured.get("type"), "VerifiablePresentation"),
        holder=None if "holder" not in unsecured else _identifier(holder, "holder"),
        credentials=_parse_presented(unsecured, data_model),
    )


def _parse_presented(document: JsonObject, data_model: DataModel) -> tuple[JsonObject | str, ...]:
    """Credentials are objects; data model 1.1 has tokens as text as well."""
    if "verifiableCredential" not in document:
        return ()
    items = as_list(document["verifiableCredential"])
    kinds = (dict, str) if data_model is DataModel.V1_1 else (dict,)
    if not all(isinstance(item, kinds) and item for item in items):
        _malformed("A presentation holds credentials.", "/verifiableCredential")
    if any(isinstance(item, str) and "{" in item for item in items):  # an object hidden in a text
        _malformed("A credential as text is a token.", "/verifiableCredential")
    if len(items) > limits.EMBEDDED_CREDENTIALS:
        raise RefusedError(
            Code.LIMIT_EXCEEDED,
            f"More than {limits.EMBEDDED_CREDENTIALS} credentials.",
            pointer="/verifiableCredential",
        )
    return tuple(items)


def is_absolute_url(value: object) -> bool:
    """Whether ``value`` is text of the form ``scheme:rest`` without white space (RFC 3986).

    Its length is counted in bytes of UTF-8, as databases and other programs count it.
    """
    return (
        isinstance(value, str)
        and len(value.encode()) <= limits.URL_CHARACTERS
        and _URL.fullmatch(value) is not None
    )


def as_list(value: JsonValue) -> list[Any]:
    """JSON-LD's two ways to write one value: alone, or as a list of one."""
    return value if isinstance(value, list) else [value]


def _malformed(detail: str, pointer: str = "") -> NoReturn:
    raise RefusedError(Code.MALFORMED_VALUE_ERROR, detail, pointer=pointer)


def _parse_data_model(context: JsonValue) -> DataModel:
    """VC Data Model 2.0, section 4.3: the first context is the base context, no other place."""
    entries = as_list(context)
    if len(entries) > limits.CONTEXTS:
        raise RefusedError(Code.LIMIT_EXCEEDED, "Too many contexts.", pointer="/@context")
    models = {CONTEXT_V2: DataModel.V2_0, CONTEXT_V1: DataModel.V1_1}
    first = entries[0] if entries else None
    model = models.get(first) if isinstance(first, str) else None
    if model is None:
        _malformed(f"The first context must be {CONTEXT_V2}.", "/@context")
    if any(entry in models for entry in entries[1:] if isinstance(entry, str)):
        _malformed("A base context stands in a place other than the first.", "/@context")
    return model


def _parse_types(value: JsonValue, needed: str = "VerifiableCredential") -> tuple[str, ...]:
    types = as_list(value)
    if not types or not all(isinstance(item, str) and item for item in types):
        _malformed("A document needs types, written as text.", "/type")
    if needed not in types:
        _malformed(f"This is not a {needed}.", "/type")
    return tuple(types)


def _identifier(value: JsonValue, name: str) -> str:
    """Who: a URL or DID, alone or as the ``id`` of an object (sections 4.7 and 4.13)."""
    is_object = isinstance(value, dict)
    identifier = value.get("id") if isinstance(value, dict) else value
    if not is_absolute_url(identifier):
        _malformed(
            f"The {name} is not identified by a URL or DID.",
            f"/{name}/id" if is_object else f"/{name}",
        )
    return str(identifier)


def _document_id(document: JsonObject) -> str | None:
    """An address of its own. A ``data:`` URL is the content of an envelope (section 4.13.1),
    and a reader could take it for what was signed."""
    identifier = _optional_url(document, "id")
    if identifier is not None and identifier[:5].lower() == "data:":
        _malformed("Only an envelope has a data: URL for its id.", "/id")
    return identifier


def _optional_url(node: JsonObject, name: str, pointer: str = "") -> str | None:
    if name not in node:
        return None
    if not is_absolute_url(node[name]):
        _malformed("An id is one absolute URL.", f"{pointer}/{name}")
    return str(node[name])


def _parse_validity(
    document: JsonObject, data_model: DataModel
) -> tuple[Instant | None, Instant | None]:
    """Section 4.9. Data model 1.1 has names of its own, and its context defines those of 2.0 as
    well: where both are written, both hold."""
    if data_model is DataModel.V2_0:
        for name in (_STARTS[0], _ENDS[0]):
            if name in document:
                _malformed(f"{name} belongs to another edition of the data model.", f"/{name}")
    elif _STARTS[0] not in document:
        _malformed("A credential of data model 1.1 needs an issuanceDate.", f"/{_STARTS[0]}")
    start = max(_instants(document, _STARTS), key=_moment, default=None)
    end = min(_instants(document, _ENDS), key=_moment, default=None)
    if start and end and start.at > end.at:
        name = next(name for name in _ENDS if name in document)
        _malformed("It ends before it starts.", f"/{name}")
    return start, end


def _instants(document: JsonObject, names: tuple[str, ...]) -> list[Instant]:
    return [parse_instant(document[it], pointer=f"/{it}") for it in names if it in document]


def _moment(instant: Instant) -> datetime:
    return instant.at


def _offset_warnings(*instants: Instant | None) -> tuple[str, ...]:
    if any(instant and not instant.has_offset for instant in instants):
        return ("A date has no time zone and was read as UTC.",)
    return ()


def _check_subjects(value: JsonValue) -> None:
    subjects = as_list(value)
    if not subjects:
        _malformed("A credential needs a subject.", "/credentialSubject")
    for subject in subjects:
        if not isinstance(subject, dict) or not subject:
            _malformed("A subject is an object that says something.", "/credentialSubject")
        _optional_url(subject, "id", "/credentialSubject")


def _objects(document: JsonObject, name: str) -> tuple[JsonObject, ...]:
    if name not in document:
        return ()
    items = as_list(document[name])
    if not items or not all(isinstance(item, dict) for item in items):
        _malformed(f"{name} holds an object or objects.", f"/{name}")
    return tuple(items)


def _check_typed_members(document: JsonObject, data_model: DataModel) -> None:
    """Members whose objects need a type; some need an id as well (sections 4.10 to 4.12)."""
    needs_id: dict[str, bool] = {
        "credentialStatus": data_model is DataModel.V1_1,
        "credentialSchema": True,
        "refreshService": data_model is DataModel.V1_1,
        "termsOfUse": False,
        "evidence": False,
        "confidenceMethod": False,
        "renderMethod": False,
    }
    for name, id_is_required in needs_id.items():
        for item in _objects(document, name):
            _check_type(item, f"/{name}")
            if _optional_url(item, "id", f"/{name}") is None and id_is_required:
                _malformed(f"{name} needs an id.", f"/{name}")


def _check_type(item: JsonObject, pointer: str) -> None:
    types = as_list(item.get("type"))
    if not types or not all(isinstance(entry, str) and entry for entry in types):
        _malformed("An object here needs a type, written as text.", f"{pointer}/type")


def _parse_statuses(document: JsonObject) -> tuple[JsonObject, ...]:
    statuses = _objects(document, "credentialStatus")
    if len(statuses) > limits.STATUS_ENTRIES:
        raise RefusedError(
            Code.LIMIT_EXCEEDED,
            f"More than {limits.STATUS_ENTRIES} status entries.",
            pointer="/credentialStatus",
        )
    return statuses


def _parse_related_resources(document: JsonObject) -> tuple[JsonObject, ...]:
    """Section 5.3: an id, unique in the list, and at least one digest each."""
    resources = _objects(document, "relatedResource")
    ids = [_optional_url(item, "id", "/relatedResource") for item in resources]
    if None in ids or len(set(ids)) != len(ids):
        _malformed("Each related resource has an id of its own.", "/relatedResource")
    for item in resources:
        if not any(isinstance(item.get(name), str) for name in ("digestSRI", "digestMultibase")):
            _malformed("A related resource needs a digest.", "/relatedResource")
    return resources


def _check_texts(document: JsonObject) -> None:
    """``name`` and ``description`` of credential and issuer: text, or text with a language."""
    places: list[tuple[str, JsonValue]] = [("", document), ("/issuer", document.get("issuer"))]
    for pointer, node in places:
        if not isinstance(node, dict):
            continue
        for name in ("name", "description"):
            if name in node:
                _each(node[name], _check_text, f"{pointer}/{name}")


def _each(value: JsonValue, check: Callable[[JsonValue, str], None], pointer: str) -> None:
    for item in as_list(value):
        check(item, pointer)


def _check_text(value: JsonValue, pointer: str) -> None:
    if isinstance(value, str):
        return
    if (
        not isinstance(value, dict)
        or not set(value) <= _LANGUAGE_OBJECT_MEMBERS
        or not all(isinstance(member, str) for member in value.values())
        or "@value" not in value
        or value.get("@direction", "ltr") not in ("ltr", "rtl")
    ):
        _malformed("This is text, or text with a language and nothing else.", pointer)
