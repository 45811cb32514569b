"""An issuer can be a sandbox: whatever it signs says that it is a test.

Those from before this release sign real credentials, and stay that.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column(
        "issuers",
        sa.Column("is_sandbox", sa.Boolean(), nullable=False, server_default=sa.false()),
    )
