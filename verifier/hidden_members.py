"""Members that a signature over statements covers and that a reader of JSON would not see.

Such a signature covers what is said, not where and under which name. A second spelling of ``id``
or ``type``, a list inside of ``@set``, or an end or status that stands in another object with the
document's id keeps every statement and is overlooked by whoever looks in the usual place. So one
spelling and one place are admitted.

Leaves to others: members' own rules (``verifier.model``), names that are full IRIs
(``verifier.jsonld.members``), what is said twice (``verifier.repeated``).
"""

from __future__ import annotations

from typing import Final

from verifier.embedded import is_inside
from verifier.errors import Code, RefusedError
from verifier.json_pointer import objects_within
from verifier.strict_json import JsonObject

_VALUE_OBJECT_KEYWORDS: Final = frozenset({"@value", "@language", "@direction", "@type"})
_ALLOWED_KEYWORDS: Final = frozenset({"@context", "@list"}) | _VALUE_OBJECT_KEYWORDS
_OF_CREDENTIALS: Final = frozenset(
    {
        "confidenceMethod",
        "credentialSchema",
        "credentialStatus",
        "credentialSubject",
        "evidence",
        "expirationDate",
        "issuanceDate",
        "issuer",
        "refreshService",
        "relatedResource",
        "renderMethod",
        "termsOfUse",
        "validFrom",
        "validUntil",
    }
)
"""What a credential says about itself; a reader looks for it at the top."""


def check_nothing_hidden(root: JsonObject) -> None:
    """Look at every object of ``root``. Raises ``RefusedError`` (``MALFORMED_VALUE_ERROR``)."""
    for pointer, node in objects_within(root):
        _check_keywords(node, pointer)
        if pointer:
            _check_is_said_at_the_top(node, root, pointer)


def _check_keywords(node: JsonObject, pointer: str) -> None:
    """Refuse the second spellings of ``id`` and ``type``: one reader would see one of them. The
    same holds for a list inside of ``@set``."""
    keywords = {name for name in node if name.startswith("@")}
    if not keywords <= _ALLOWED_KEYWORDS or ("@type" in keywords and "@value" not in keywords):
        name = sorted(keywords)[0]
        raise _hidden(f"Write the plain name instead of {name!r}.", f"{pointer}/{name}")


def _check_is_said_at_the_top(node: JsonObject, root: JsonObject, pointer: str) -> None:
    """Two objects with one id are one thing to RDF. Wherever the document refers to itself, an
    end or a status could be moved there from the top, under the same signature. Credentials
    inside are for ``verifier.contents``."""
    hidden = node.keys() & _OF_CREDENTIALS
    if hidden and "id" in node and node["id"] == root.get("id") and not is_inside(pointer):
        name = sorted(hidden)[0]
        raise _hidden("What the document says about itself stands elsewhere.", f"{pointer}/{name}")


def _hidden(detail: str, pointer: str) -> RefusedError:
    return RefusedError(Code.MALFORMED_VALUE_ERROR, detail, pointer=pointer)
