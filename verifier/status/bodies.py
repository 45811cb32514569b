"""The body that a list's address answered, as JSON: bounded in values as well as in bytes.

A list may have many megabytes, nearly all of them in one text. The same megabytes of small values
would take seconds to read, so they are counted by their commas before anything is read.

Leaves to others: every other rule of JSON (``verifier.strict_json``), what the members mean.
"""

from __future__ import annotations

from verifier import limits
from verifier.errors import Code, UncheckedError
from verifier.strict_json import JsonObject, parse_json_object


def parse_body(body: bytes, *, max_values: int = limits.JSON_VALUES) -> JsonObject:
    """Read a list. Raises ``UncheckedError`` (``LIMIT_EXCEEDED``) for one of too many values,
    and ``RefusedError`` as ``parse_json_object``."""
    if body.count(b",") >= max_values:
        raise UncheckedError(
            Code.LIMIT_EXCEEDED, f"The list has more than {max_values} values, and is not read."
        )
    return parse_json_object(body, max_bytes=limits.STATUS_LIST_BYTES)
