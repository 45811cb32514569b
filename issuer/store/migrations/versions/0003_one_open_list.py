"""One list of an issuer and purpose takes new entries.

Two units that found no open list could each open one when the first committed between the
second's two questions. Where that happened, the newest list stays open.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

_CLOSE_OLDER = """
UPDATE status_lists SET is_open = false
WHERE is_open AND EXISTS (
    SELECT 1 FROM status_lists AS newer
    WHERE newer.is_open
    AND newer.tenant_id = status_lists.tenant_id
    AND newer.issuer_id = status_lists.issuer_id
    AND newer.purpose = status_lists.purpose
    AND newer.number > status_lists.number
)
"""


def upgrade() -> None:
    op.execute(_CLOSE_OLDER)
    op.create_index(
        "uq_status_lists_one_open",
        "status_lists",
        ["tenant_id", "issuer_id", "purpose"],
        unique=True,
        sqlite_where=sa.text("is_open"),
        postgresql_where=sa.text("is_open"),
    )
