"""Status tokens that were signed lately, so that asking again costs no signature.

A token is a function of a published list and a key; what is here can be made again at any time,
by this process or another. Leaves to others: making tokens (``issuer.token_status_list``).
"""

from __future__ import annotations

import threading
from collections import OrderedDict
from dataclasses import dataclass, field

from issuer import limits


@dataclass(slots=True)
class SignedTokens:
    """Tokens by the tag of the list they were made from, bounded, shared by threads."""

    _tokens: OrderedDict[str, str] = field(default_factory=OrderedDict, repr=False)
    _lock: threading.Lock = field(default_factory=threading.Lock, repr=False)

    def get(self, tag: str) -> str | None:
        """The token under ``tag``."""
        with self._lock:
            return self._tokens.get(tag)

    def put(self, tag: str, token: str) -> None:
        """Keep a token; the one that was put in first makes room."""
        with self._lock:
            self._tokens[tag] = token
            while len(self._tokens) > limits.STATUS_TOKENS_KEPT:
                self._tokens.popitem(last=False)
