"""The caller's rules: small values that say what must hold beyond the signature.

The standard policy is the strict one, and every softer choice has a name that is stated in
the report. Leaves to others: applying them (``verifier.verify``, step 9 and where named).
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import timedelta
from enum import StrEnum
from typing import Final

from verifier import limits


class InlineContexts(StrEnum):
    """What to do with a context that is an object instead of a pinned URL."""

    UNDECIDED = "undecided"
    """Could not check: the meaning of the words is not ours to vouch for."""
    WARN = "warn"
    """Accept those that redefine nothing protected, and say so (VC-API endpoints)."""


class Binding(StrEnum):
    """What to do when the key that signed is not the issuer's."""

    REQUIRE = "require"
    UNSAFE_WARN = "unsafe_warn"
    """Only for published test vectors, whose keys and issuers do not belong together."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Policy:
    """One set of rules. ``name`` appears in every report made under it."""

    name: str = "standard"
    clock_skew: timedelta = timedelta(seconds=limits.CLOCK_SKEW_SECONDS)
    inline_contexts: InlineContexts = InlineContexts.UNDECIDED
    binding: Binding = Binding.REQUIRE
    require_known_issuer: bool = False
    require_held_schema: bool = False
    accept_unreachable_status: bool = False
    """Report an unreachable list as a warning instead of *could not check* (named ``soft``)."""
    trusted_status_issuers: frozenset[str] = frozenset()
    """DIDs whose status lists count although they did not issue the credential."""


STANDARD: Final = Policy()
VC_API: Final = replace(STANDARD, name="vc-api", inline_contexts=InlineContexts.WARN)
SOFT: Final = replace(STANDARD, name="soft", accept_unreachable_status=True)
KNOWN_ISSUERS: Final = replace(STANDARD, name="known-issuers", require_known_issuer=True)
UNSAFE_VECTORS: Final = replace(VC_API, name="unsafe-vectors", binding=Binding.UNSAFE_WARN)

BY_NAME: Final = {policy.name: policy for policy in (STANDARD, SOFT, KNOWN_ISSUERS)}
"""The policies that a person may ask for by name."""
