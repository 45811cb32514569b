"""The form of status entries by their type, for an issuer that is about to sign some.

An entry that no verifier could read is a credential that nobody can accept, and Bitstring
Status List 1.0 (section 3) has an error for it wherever it is met. Kinds that are not known here
are left as they are: an issuer may use one of its own.

Leaves to others: what each type asks for (``verifier.status.bitstring`` and the modules beside
it), and reading the lists (``verifier.status.check``).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Final

from verifier.model import as_list
from verifier.status import bitstring, revocation_list, token_status_list
from verifier.strict_json import JsonObject

PARSERS: Final[Mapping[str, Callable[[JsonObject], object]]] = {
    bitstring.BITSTRING.entry_type: bitstring.parse_entry,
    bitstring.STATUS_LIST_2021.entry_type: bitstring.parse_entry,
    revocation_list.ENTRY_TYPE: revocation_list.parse_entry,
    token_status_list.ENTRY_TYPE: token_status_list.parse_entry,
}
"""How an entry of each type is read that ``verifier.status.check`` has lists for."""


def lint_entries(entries: tuple[JsonObject, ...]) -> None:
    """Hold each entry of a known type to its form. Nothing is fetched.

    Raises ``RefusedError`` for a malformed one, ``UncheckedError`` for one beyond our limits.
    """
    for entry in entries:
        for kind in as_list(entry.get("type")):
            if isinstance(kind, str) and kind in PARSERS:
                PARSERS[kind](entry)
