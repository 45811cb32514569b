"""Regular expressions of JSON Schemas, matched in a time that grows with the text and no faster.

A backtracking matcher can be led into years of work by thirty letters, so patterns are matched
by RE2, which follows all ways at once. What needs backtracking (look-around, references to what
was matched) is not admitted. JSON Schema recommends the common part of the dialects (2020-12,
section 6.4); beyond it ``\\s`` knows ASCII only here.

Leaves to others: who may bring a pattern, and counting the work (``verifier.json_schema``).
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any, Final

import re2

from verifier import limits
from verifier.errors import Code, UncheckedError

_UNICODE_ESCAPE: Final = re.compile(r"(?<!\\)((?:\\\\)*)\\u([0-9A-Fa-f]{4})")


@dataclass(frozen=True, slots=True)
class Pattern:
    """A pattern that is ready to be searched for."""

    _compiled: Any = field(repr=False)

    def search(self, text: str) -> bool:
        """Whether a part of ``text`` matches (patterns are not anchored)."""
        return self._compiled.search(text) is not None


@lru_cache(maxsize=limits.PATTERNS)
def compile_pattern(text: str) -> Pattern:
    """Read a pattern. Raises ``UncheckedError`` (``UNKNOWN_SCHEMA``) when it is not admitted."""
    if len(text) > limits.PATTERN_CHARACTERS:
        raise _not_admitted("It is too long.")
    options = re2.Options()
    options.log_errors = False
    options.max_mem = limits.PATTERN_BYTES
    try:
        return Pattern(re2.compile(_UNICODE_ESCAPE.sub(r"\1\\x{\2}", text), options))
    except re2.error as error:
        raise _not_admitted(f"{error.args[0]!r}"[:120]) from error


def _not_admitted(detail: str) -> UncheckedError:
    return UncheckedError(
        Code.UNKNOWN_SCHEMA,
        f"The schema holds a pattern that is not matched here. {detail}",
        pointer="/credentialSchema",
    )
