"""PyLD expands JSON-LD with no base IRI, and whatever it would drop is an error.

Follows JSON-LD 1.1 API, section 5, and VC Data Integrity 1.0, section 2.4.3. PyLD only ever sees
contexts that were looked at: on others it raises errors of its own making. Its caches are not
made for threads, so each thread has its own.

Leaves to others: which contexts are admitted (``verifier.jsonld.contexts``), statements
(``verifier.jsonld.statements``).
"""

from __future__ import annotations

import copy
import threading
from collections.abc import Callable
from typing import Any, Final

from cachetools import LRUCache
from pyld.context_resolver import ContextResolver
from pyld.jsonld import JsonLdError, JsonLdProcessor

from verifier import limits
from verifier.errors import Code, RefusedError, UncheckedError
from verifier.jsonld import contexts
from verifier.jsonld.budget import spend_values
from verifier.jsonld.inline_contexts import count_words
from verifier.jsonld.members import check_members, locate
from verifier.jsonld.null_vocabulary import spell_out_null_vocabulary
from verifier.policy import InlineContexts
from verifier.strict_json import JsonObject

_UNAVAILABLE: Final = frozenset({"loading remote context failed", "loading document failed"})


def expand(document: JsonObject) -> list[Any]:
    """The expanded form of ``document``.

    Raises ``RefusedError`` (``DATA_LOSS_DETECTION_ERROR``, ``MALFORMED_VALUE_ERROR``,
    ``LIMIT_EXCEEDED``) and ``UncheckedError`` for an unknown context.
    """
    return _expand(document, JsonLdProcessor)


def expand_and_find_unnamed(document: JsonObject) -> tuple[list[Any], JsonObject, list[JsonObject]]:
    """The expanded form, a copy of ``document``, and the objects in that copy that became nodes
    without a name, in its order. Raises as ``expand``; ``MALFORMED_VALUE_ERROR`` also for a
    name of the kind ``_:x``, which would have to be followed through the document."""
    watched: list[_Watched] = []

    def make(**options: Any) -> JsonLdProcessor:
        watched.append(_Watched(**options))
        return watched[0]

    expanded = _expand(_apart(document), make)
    return expanded, watched[0].document, watched[0].unnamed


def _apart(value: Any) -> Any:
    """A copy in which no object stands in two places, as it may where a program made it."""
    match value:
        case dict():
            return {name: _apart(member) for name, member in value.items()}
        case list():
            return [_apart(item) for item in value]
        case _:
            return value


class _ThreadState(threading.local):
    """PyLD's cache of processed contexts; not safe to share between threads."""

    def __init__(self) -> None:
        self.contexts: LRUCache[str, Any] = LRUCache(maxsize=100)


_STATE: Final = _ThreadState()


class _Watched(JsonLdProcessor):  # type: ignore[misc]  # PyLD has no types
    """Remembers PyLD's own copy of the document, and the objects in it that became nodes
    without a name."""

    def __init__(self, **options: Any) -> None:
        super().__init__(**options)
        self.document: JsonObject = {}
        self.unnamed: list[JsonObject] = []

    def _expand(
        self, active_ctx: Any, active_property: Any, element: Any, *rest: Any, **options: Any
    ) -> Any:
        self.document = self.document or element  # the first call is for the whole
        expanded = super()._expand(active_ctx, active_property, element, *rest, **options)
        if isinstance(element, dict) and isinstance(expanded, dict):
            self._remember(element, expanded)
        return expanded

    def _remember(self, element: JsonObject, expanded: JsonObject) -> None:
        if str(expanded.get("@id", "")).startswith("_:"):
            raise RefusedError(
                Code.MALFORMED_VALUE_ERROR,
                "Leave the id out, or write one that is a URL.",
                pointer=locate(self.document, str(expanded["@id"])),
            )
        if expanded.keys().isdisjoint({"@id", "@value", "@list"}):
            self.unnamed.append(element)


def _expand(document: JsonObject, processor: Callable[..., JsonLdProcessor]) -> list[Any]:
    # Whatever the policy was, PyLD only ever sees contexts that were looked at: on others it
    # raises KeyError, TypeError or ValueError of its own making.
    contexts.check_contexts(document, inline=InlineContexts.WARN, in_proofs=False)
    contexts.check_inner_contexts(document)
    spend_values(check_members(document) + count_words(document))

    def refuse(name: str | None) -> None:
        raise RefusedError(
            Code.DATA_LOSS_DETECTION_ERROR,
            f"No context defines {name[:80] if name else 'a member'!r}: it is not covered.",
            pointer=locate(document, name),
        )

    readable = spell_out_null_vocabulary(document)
    options = {
        "base": None,
        "documentLoader": _load_context,
        "contextResolver": ContextResolver(
            _STATE.contexts, _load_context, max_context_urls=limits.CONTEXTS
        ),
    }
    try:
        expanded: list[Any] = processor(on_property_dropped=refuse).expand(readable, options)
    except JsonLdError as error:
        raise _translated(error) from error
    return expanded


def _load_context(url: str, _options: object) -> dict[str, Any]:
    """A copy, because PyLD writes into what it is given. ``static`` lets it keep the result."""
    return {
        "contentType": "application/ld+json",
        "contextUrl": None,
        "documentUrl": url,
        "document": copy.deepcopy(contexts.load(url)),
        "tag": "static",
    }


def _translated(error: JsonLdError) -> RefusedError | UncheckedError:
    """PyLD's error in our words; a context that could not be had may be deep inside it."""
    inner: BaseException | None = error
    while inner is not None:
        if isinstance(inner, UncheckedError):
            return inner
        if isinstance(inner, JsonLdError) and inner.code in _UNAVAILABLE:
            return UncheckedError(
                Code.UNKNOWN_CONTEXT, "A context is not known here.", pointer="/@context"
            )
        inner = inner.__cause__
    reason = error.code or error.type
    return RefusedError(Code.MALFORMED_VALUE_ERROR, f"This is not valid JSON-LD: {reason}.")
