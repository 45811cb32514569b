"""The project's own JSON Schemas, JSON-LD context, mapping profiles and tables.

Holds data and a loader; decides nothing. The files are part of the package, so what is read
here was written by this project: names from outside are only ever looked up among the files
that exist, never joined to a path. The objects returned are shared: read, do not change.

Leaves to others: contexts of others (``verifier.jsonld``), what a profile means
(``issuer.platforms``), validation.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from functools import cache
from importlib.resources import files
from typing import Any, Final

CONTEXT_URL: Final = "https://w3id.org/micro-internship/v1"
"""Our vocabulary. Its file never changes after the first real signature."""

CREDENTIAL_SCHEMA_URL: Final = (
    "https://w3id.org/micro-internship/schemas/micro-internship-credential-1.0.json"
)
"""The JSON Schema that our completions name in ``credentialSchema``."""
SKILL_SCHEMA_URL: Final = (
    "https://w3id.org/micro-internship/schemas/micro-internship-skill-1.0.json"
)
"""The same for one skill of a completion as a badge of its own."""
CREDIT_SCHEMA_URL: Final = (
    "https://w3id.org/micro-internship/schemas/micro-internship-credit-1.0.json"
)
"""The same for academic credit that a school awarded for a completion."""

_CONTEXT_FILES: Final[Mapping[str, str]] = {CONTEXT_URL: "micro-internship-v1"}
_SCHEMA_FOLDERS: Final = ("records", "credentials")


class UnknownNameError(LookupError):
    """No file of this project has that name."""


def load_schema(name: str) -> dict[str, Any]:
    """The JSON Schema called ``name``, for example ``micro-internship-completion-1.0``."""
    for folder in _SCHEMA_FOLDERS:
        if name in _names(folder, ".schema.json"):
            return _load(folder, f"{name}.schema.json")
    raise UnknownNameError(f"no schema is called {name[:80]!r}")


def schema_by_id(url: str) -> dict[str, Any] | None:
    """The JSON Schema whose ``$id`` is ``url``, or ``None`` when it is not held here."""
    return _schemas_by_id().get(url)


def load_context(url: str) -> dict[str, Any]:
    """Our JSON-LD context document (an object with ``@context``)."""
    if url not in _CONTEXT_FILES:
        raise UnknownNameError(f"not a context of this project: {url[:80]!r}")
    return _load("contexts", f"{_CONTEXT_FILES[url]}.jsonld")


def load_profile(name: str) -> dict[str, Any]:
    """The mapping profile called ``name``, for example ``gigbridge-1``."""
    return _load_named("profiles", name)


def load_table(name: str) -> dict[str, Any]:
    """The curated skill table called ``name``, for example ``skills-table-1``."""
    return _load_named("tables", name)


def load_pay_floor(policy: str) -> dict[str, Any]:
    """The pay-floor table of ``policy``: jurisdiction, first day, rates per hour as text."""
    return _load_named("pay_floors", policy)


def profile_names() -> tuple[str, ...]:
    """The names that ``load_profile`` knows, in order."""
    return tuple(sorted(_names("profiles", ".json")))


def _load_named(folder: str, name: str) -> dict[str, Any]:
    if name not in _names(folder, ".json"):
        raise UnknownNameError(f"nothing in {folder} is called {name[:80]!r}")
    return _load(folder, f"{name}.json")


@cache
def _names(folder: str, suffix: str) -> frozenset[str]:
    entries = (entry.name for entry in (files(__name__) / folder).iterdir())
    return frozenset(name.removesuffix(suffix) for name in entries if name.endswith(suffix))


@cache
def _load(folder: str, file_name: str) -> dict[str, Any]:
    text = (files(__name__) / folder / file_name).read_text(encoding="utf-8")
    document: dict[str, Any] = json.loads(text)  # noqa: TID251  a file of this package
    return document


@cache
def _schemas_by_id() -> dict[str, dict[str, Any]]:
    names = (name for folder in _SCHEMA_FOLDERS for name in _names(folder, ".schema.json"))
    schemas = (load_schema(name) for name in names)
    return {schema["$id"]: schema for schema in schemas}
