"""Platform payloads: mapping profiles as data, executed row by row.

A profile is one JSON file that says which member of a payload becomes which member of a
record, through a closed list of operations. It holds no expression, no code and no pattern,
and its ``never`` list has teeth. What comes out are drafts: the issuer's own members are
added by ``issuer.record.complete_submission``.

Leaves to others: where payloads come from, and what happens to a draft.
"""

from issuer.platforms.mapping import PayloadError, RowOutcome, map_payload
from issuer.platforms.profile import Profile, ProfileError
from issuer.platforms.reading import load_profile, parse_profile

__all__ = [
    "PayloadError",
    "Profile",
    "ProfileError",
    "RowOutcome",
    "load_profile",
    "map_payload",
    "parse_profile",
]
