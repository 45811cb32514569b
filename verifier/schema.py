"""Step 8: does the credential fit the schemas that it names, of those that are held here?

Follows VC JSON Schema 1.0 for the types ``JsonSchema`` and ``JsonSchemaCredential``, and Open
Badges 3.0 for ``1EdTechJsonSchemaValidator2019``. A schema has three outcomes as well: met,
not met (``RefusedError``), undecided (``UncheckedError``). Nothing is fetched, for a schema
neither nor for what it refers to: one that is not held is a warning, unless the caller's
policy demands it.

Leaves to others: where held schemas come from (``schemas``, ``verifier.schema_folder``), the
dialects and their bounds (``verifier.json_schema``), verifying a credential with a schema.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Final

import schemas
from verifier.errors import Code, RefusedError, UncheckedError
from verifier.json_pointer import child
from verifier.json_schema import DIALECTS, DRAFT_2019_09, validate
from verifier.model import Credential, as_list, is_absolute_url
from verifier.related_resource import check_related_resources
from verifier.sources import HeldSchema, HeldSchemas
from verifier.strict_json import JsonObject, JsonValue

VerifySchemaCredential = Callable[[bytes], JsonObject]
"""Verifies a credential that holds a schema, and returns it without its proof. Raises
``UncheckedError`` when it does not verify."""

META_SCHEMAS: Final = frozenset(
    {
        "https://www.w3.org/ns/credentials/json-schema/v2.json",
        "https://www.w3.org/2022/credentials/v2/json-schema-credential-schema.json",
    }
)
"""What a ``JsonSchemaCredential`` names as its own schema (section 3.2.1): the address in the
standard, and the ``$id`` inside the file there."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SchemaSources:
    """The schemas that are held, and how one inside a credential is come by."""

    held: HeldSchemas
    verify_credential: VerifySchemaCredential

    def find(self, url: str) -> HeldSchema | None:
        """What is held under ``url``: ours, or the operator's."""
        ours = schemas.schema_by_id(url)
        if ours is not None:
            return HeldSchema(body=b"", document=ours, is_checked=True)
        return self.held.get(url)


def check_schemas(
    credential: Credential, *, sources: SchemaSources, demand: bool
) -> tuple[str, ...]:
    """Check the credential against each of its schemas that is held; return the warnings.

    Raises ``RefusedError`` (``SCHEMA_VALIDATION_ERROR``, ``RESOURCE_MISMATCH``) when a held
    schema is not met or is another one, ``UncheckedError`` (``UNKNOWN_SCHEMA``) when
    ``demand`` is set and one is not held, or when a held one cannot be applied.
    """
    missing = [
        str(entry["id"])
        for entry in credential.schemas
        if not _check_entry(entry, credential.document, sources)
    ]
    if demand and (missing or not credential.schemas):
        raise _unchecked("The rules ask for a schema that is held here, and this one is not.")
    return tuple(f"The schema {url} is not held here and was not checked." for url in missing)


def _check_entry(entry: JsonObject, document: JsonObject, sources: SchemaSources) -> bool:
    """Whether the entry's schema is held; raises when the document does not fit it."""
    url = str(entry["id"])
    checks = [_TYPES[it] for it in as_list(entry["type"]) if it in _TYPES]
    found = sources.find(url)
    if found is None or len(checks) != 1:
        return False
    if url in sources.held:
        check_related_resources([entry], sources.held, name="credentialSchema")
    checks[0](url, found, document, sources)
    return True


# --- the types --------------------------------------------------------------------------


def _check_json_schema(
    url: str, found: HeldSchema, document: JsonObject, _sources: SchemaSources
) -> None:
    """Section 3.1: ``id`` leads to a schema, whose ``$id`` is that address."""
    _check_identity(found.document)
    if found.document["$id"] != url:
        raise _not_met("The schema has another $id than the address it is named by.")
    validate(found.document, document, dialects=DIALECTS, is_checked=found.is_checked)


def _check_1edtech(
    _url: str, found: HeldSchema, document: JsonObject, _sources: SchemaSources
) -> None:
    """Open Badges 3.0: JSON Schema 2019-09 at an address."""
    validate(found.document, document, dialects=DRAFT_2019_09, is_checked=found.is_checked)


def _check_schema_credential(
    url: str, found: HeldSchema, document: JsonObject, sources: SchemaSources
) -> None:
    """Section 3.2: the schema stands in a credential, which is verified before it counts."""
    credential = sources.verify_credential(found.body)
    schema = read_schema_credential(credential, url)
    validate(schema, document, dialects=DIALECTS)


_TYPES: Final[Mapping[JsonValue, Callable[[str, HeldSchema, JsonObject, SchemaSources], None]]] = {
    "JsonSchema": _check_json_schema,
    "JsonSchemaCredential": _check_schema_credential,
    "1EdTechJsonSchemaValidator2019": _check_1edtech,
}
"""An entry of another type is like a schema that is not held: nothing is said about it."""


def read_schema_credential(credential: JsonObject, url: str) -> JsonObject:
    """The schema in a ``JsonSchemaCredential`` that was named by ``url`` (section 3.2.1).

    ``credential`` is verified. Raises ``RefusedError`` (``SCHEMA_VALIDATION_ERROR``).
    """
    if credential.get("id") != url:
        raise _not_met("The schema's credential has another id than the address it is named by.")
    if "JsonSchemaCredential" not in as_list(credential.get("type")):
        raise _not_met("What is named as a schema is a credential of another type.")
    _check_own_schema(credential.get("credentialSchema"))
    subject = credential.get("credentialSubject")
    if not isinstance(subject, dict) or as_list(subject.get("type")) != ["JsonSchema"]:
        raise _not_met("The subject of the schema's credential is no JsonSchema.")
    schema = subject.get("jsonSchema")
    if not isinstance(schema, dict):
        raise _not_met("The schema's credential holds no schema.")
    _check_identity(schema)
    return schema


def _check_own_schema(value: JsonValue) -> None:
    entries = [it for it in as_list(value) if isinstance(it, dict)]
    named = [it.get("id") for it in entries if it.get("type") == "JsonSchema"]
    if len(named) != 1 or len(entries) != 1 or named[0] not in META_SCHEMAS:
        raise _not_met("The schema's credential does not follow the standard's own schema.")


def _check_identity(schema: JsonObject) -> None:
    """Section 2: a schema says what it is called and which dialect it is written in."""
    if not is_absolute_url(schema.get("$id")):
        raise _not_met("The schema has no $id that is an absolute URL.")
    if "$schema" not in schema:
        raise _not_met("The schema does not name its dialect in $schema.")


def _not_met(detail: str) -> RefusedError:
    return RefusedError(Code.SCHEMA_VALIDATION_ERROR, detail, pointer=child("", "credentialSchema"))


def _unchecked(detail: str) -> UncheckedError:
    return UncheckedError(Code.UNKNOWN_SCHEMA, detail, pointer=child("", "credentialSchema"))
