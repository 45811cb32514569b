"""Which mapping profiles there are: those of the package.

Leaves to others: what is in a profile (``reading``).
"""

from __future__ import annotations

from functools import cache

import schemas
from issuer.platforms.profile import Profile
from issuer.platforms.reading import parse_profile


@cache
def load_profile(name: str) -> Profile:
    """The profile of the package called ``name``: ``gigbridge-1``, or ``gigbridge/1``.

    Raises ``schemas.UnknownNameError``, and ``ProfileError`` when the file is not good.
    """
    return parse_profile(schemas.load_profile(name.replace("/", "-", 1)))
