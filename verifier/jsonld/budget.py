"""How much work one verification may make, whatever it holds: proofs, credentials inside, lists.

Each canonical form has limits of its own, which eight proofs or sixty credentials inside reach
eight or sixty times. So everything that happens within ``one_budget`` shares one amount. The
amount goes with the flow of control (a context variable), because what spends it is deep below
what grants it, behind interfaces that have nothing to do with it. Outside of any, nothing is
counted: an issuer makes its own documents.

Leaves to others: the limits of one document (``verifier.jsonld.oracle``).
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from typing import Final

from verifier import limits
from verifier.errors import Code, RefusedError


@dataclass(slots=True)
class _Budget:
    values: int = limits.VALUES_IN_ALL
    search: int = limits.N_DEGREE_WORK


_CURRENT: Final[ContextVar[_Budget | None]] = ContextVar("budget", default=None)


@contextmanager
def one_budget() -> Iterator[None]:
    """Let everything within share one budget; within another one, share that."""
    if _CURRENT.get() is not None:
        yield
        return
    token = _CURRENT.set(_Budget())
    try:
        yield
    finally:
        _CURRENT.reset(token)


def spend_values(count: int) -> None:
    """Before ``count`` values are expanded. Raises ``RefusedError`` (``LIMIT_EXCEEDED``)."""
    budget = _CURRENT.get()
    if budget is not None:
        budget.values -= count
        _check(budget.values)


def spend_search(work: int) -> None:
    """Before ``work`` steps of telling unnamed nodes apart. Raises as ``spend_values``."""
    budget = _CURRENT.get()
    if budget is not None:
        budget.search -= work
        _check(budget.search)


def _check(left: int) -> None:
    if left < 0:
        raise RefusedError(
            Code.LIMIT_EXCEEDED, "The document and what is in it take too long to check."
        )
