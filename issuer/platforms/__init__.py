"""Platform payloads: mapping profiles as data, executed row by row.

A profile is one JSON file that says which member of a payload becomes which member of a
record, through a closed list of operations. It holds no expression, no code and no pattern,
and its ``never`` list has teeth. What comes out are drafts: the issuer's own members are
added by ``issuer.record.complete_submission``.

For files of any size: ``survey`` and ``map_rows`` over ``rows_of`` hold one row at a time.

Leaves to others: where payloads come from, and what happens to a draft.
"""

from issuer.platforms.bad_rows import what_to_fix, write_bad_rows
from issuer.platforms.catalogue import Catalogue, load_profile, open_catalogue
from issuer.platforms.mapping import RowOutcome, Twins, map_payload, map_rows, survey
from issuer.platforms.paths import Row
from issuer.platforms.payload_error import PayloadError
from issuer.platforms.profile import Format, Profile, ProfileError
from issuer.platforms.reading import parse_profile, read_profile
from issuer.platforms.rows import open_table, payload_rows, rows_of

__all__ = [
    "Catalogue",
    "Format",
    "PayloadError",
    "Profile",
    "ProfileError",
    "Row",
    "RowOutcome",
    "Twins",
    "load_profile",
    "map_payload",
    "map_rows",
    "open_catalogue",
    "open_table",
    "parse_profile",
    "payload_rows",
    "read_profile",
    "rows_of",
    "survey",
    "what_to_fix",
    "write_bad_rows",
]
