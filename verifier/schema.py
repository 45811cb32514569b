"""Step 8: ``credentialSchema`` and ``relatedResource``, from what is held here.

Follows VC JSON Schema 1.0 for the type ``JsonSchema``. Nothing is fetched: a schema that is
not held is a warning, unless the caller's policy demands it. Leaves to others: where held
schemas come from (``schemas``).
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

from jsonschema import Draft202012Validator
from jsonschema.exceptions import best_match
from referencing import Registry

from verifier.errors import Code, RefusedError, UncheckedError
from verifier.json_pointer import child
from verifier.model import Credential
from verifier.strict_json import JsonObject

HeldSchema = Callable[[str], JsonObject | None]
"""The schema held under a URL (its ``$id``), or ``None``."""


def check_schemas(credential: Credential, *, held: HeldSchema, demand: bool) -> tuple[str, ...]:
    """Check the credential against each of its schemas that is held; return the warnings.

    Raises ``RefusedError`` (``SCHEMA_VALIDATION_ERROR``) when a held schema is not met and
    ``UncheckedError`` (``UNKNOWN_SCHEMA``) when ``demand`` is set and one is not held.
    """
    missing = [
        str(entry["id"])
        for entry in credential.schemas
        if not _check_entry(entry, credential.document, held)
    ]
    if demand and (missing or not credential.schemas):
        raise UncheckedError(
            Code.UNKNOWN_SCHEMA,
            "The rules ask for a schema that is held here, and this one is not.",
            pointer="/credentialSchema",
        )
    return tuple(f"The schema {url} is not held here and was not checked." for url in missing)


def _check_entry(entry: JsonObject, document: JsonObject, held: HeldSchema) -> bool:
    """Whether the entry's schema is held; raises when the document does not fit it."""
    schema = held(str(entry["id"])) if entry["type"] == "JsonSchema" else None
    if schema is None:
        return False
    error = best_match(_validator(schema).iter_errors(document))
    if error is not None:
        raise RefusedError(
            Code.SCHEMA_VALIDATION_ERROR,
            f"The credential does not fit its schema: {error.message[:200]}",
            pointer=_pointer(error.absolute_path),
        )
    return True


def _validator(schema: JsonObject) -> Draft202012Validator:
    """A validator with an empty registry: a remote ``$ref`` is an error, never a fetch."""
    return Draft202012Validator(schema, registry=Registry())


def _pointer(path: Sequence[str | int]) -> str:
    pointer = ""
    for part in path:
        pointer = child(pointer, str(part))
    return pointer


def related_resource_warnings(credential: Credential) -> tuple[str, ...]:
    """Say that related resources were not looked at: none is held here and none is fetched."""
    return tuple(
        f"The related resource {resource['id']} was not checked."
        for resource in credential.related_resources
    )
