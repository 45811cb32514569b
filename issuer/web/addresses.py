"""Names in addresses: the shape of everything that is then looked up in the database.

Ids of ours are hexadecimal, names of issuers are small letters, digits and hyphens. Anything
else is nowhere (404) before a database sees it; PostgreSQL, for one, refuses NUL as a fault.

Leaves to others: share tokens (``verifier.qr``) and names that are looked up in our files.
"""

from __future__ import annotations

from typing import Final

from werkzeug.routing import BaseConverter


class NameConverter(BaseConverter):
    """``<name:…>`` in a route."""

    regex: str = r"[A-Za-z0-9-]{1,64}"


CONVERTERS: Final = {"name": NameConverter}
