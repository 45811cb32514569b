"""The schemas that an operator supplies: a folder with an index, read once at the start.

``index.json`` has, for each address that credentials name, the file and its SHA-256::

    {"https://schemas.example/a.json": {"file": "a.json", "sha256": "9f86…"}}

The digest is there so that nobody swaps a file without being noticed. All faults are reported
together, and a folder with one fault is not used at all.

Leaves to others: the setting (``verifier.settings``), using the schemas (``verifier.schema``).
"""

from __future__ import annotations

import hashlib
import hmac
import re
from pathlib import Path
from typing import Final

from verifier import limits
from verifier.errors import CheckError, Code, UncheckedError
from verifier.json_schema import check_schema
from verifier.model import as_list, is_absolute_url
from verifier.sources import HeldSchema, HeldSchemas
from verifier.strict_json import JsonObject, JsonValue, parse_json_object

INDEX: Final = "index.json"
_FILE = re.compile(r"[A-Za-z0-9_-][A-Za-z0-9._-]{0,199}", re.ASCII)
_SHA256 = re.compile(r"[0-9a-f]{64}", re.ASCII)


class SchemaFolderError(Exception):
    """The folder cannot be used; ``faults`` holds one sentence for each fault."""

    def __init__(self, faults: tuple[str, ...]) -> None:
        super().__init__(" ".join(faults))
        self.faults = faults


def read_schema_folder(folder: Path) -> HeldSchemas:
    """Every schema of ``folder`` by its address. Raises ``SchemaFolderError``."""
    index = _read_index(folder / INDEX)
    found: dict[str, HeldSchema] = {}
    faults: list[str] = []
    for url, entry in index.items():
        try:
            found[url] = _read_entry(folder, url, entry)
        except (CheckError, OSError, ValueError) as error:
            faults.append(f"The schema {url[:200]!r} cannot be used: {_words(error)}")
    if faults:
        raise SchemaFolderError(tuple(faults))
    return found


def _words(error: Exception) -> str:
    match error:
        case CheckError():
            return error.detail
        case OSError():
            return "its file cannot be read."
        case _:
            return str(error)


def _read_index(path: Path) -> JsonObject:
    try:
        index = parse_json_object(_read(path))
    except OSError as error:
        raise SchemaFolderError((f"{str(path)!r} cannot be read.",)) from error
    except (CheckError, ValueError) as error:
        raise SchemaFolderError((f"{str(path)!r} is no index: {_words(error)}",)) from error
    if len(index) > limits.HELD_SCHEMAS:
        raise SchemaFolderError((f"{str(path)!r} has more than {limits.HELD_SCHEMAS} schemas.",))
    return index


def _read(path: Path) -> bytes:
    if path.stat().st_size > limits.HELD_SCHEMA_BYTES:
        raise ValueError(f"it has more than {limits.HELD_SCHEMA_BYTES} bytes.")
    return path.read_bytes()


def _read_entry(folder: Path, url: str, entry: JsonValue) -> HeldSchema:
    if not is_absolute_url(url):
        raise ValueError("its address is no URL.")
    if not isinstance(entry, dict) or set(entry) != {"file", "sha256"}:
        raise ValueError("its entry has a file and a sha256, and nothing else.")
    name, digest = entry["file"], entry["sha256"]
    if not isinstance(name, str) or _FILE.fullmatch(name) is None:
        raise ValueError("its file is not the name of a file in the folder.")
    if not isinstance(digest, str) or _SHA256.fullmatch(digest) is None:
        raise ValueError("its sha256 is not 64 digits of lower-case hexadecimal.")
    body = _read(folder / name)
    if not hmac.compare_digest(hashlib.sha256(body).hexdigest(), digest):
        raise ValueError(f"{name} is not the file with that SHA-256.")
    document = parse_json_object(body)
    return HeldSchema(body=body, document=document, is_checked=_check(document))


def _check(document: JsonObject) -> bool:
    """A schema is checked now. A credential with one is verified when it is used, and a schema
    in a dialect that is not known here leaves the question open then."""
    if "VerifiableCredential" in as_list(document.get("type")):
        return False
    try:
        check_schema(document)
    except UncheckedError as error:
        if error.code is Code.UNKNOWN_SCHEMA:
            return False
        raise
    return True
