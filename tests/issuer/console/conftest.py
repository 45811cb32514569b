"""A whole issuer, with a console."""

from __future__ import annotations

from tests.issuer.web.conftest import any_site, database, site

__all__ = ["any_site", "database", "site"]
