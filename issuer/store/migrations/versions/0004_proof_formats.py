"""An issuer has a proof format, of which a cryptosuite is only one kind.

Its DID method is told by its DID, and its kind of key by the public half of its active key.
"""

from __future__ import annotations

from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.alter_column("issuers", "cryptosuite", new_column_name="proof_format")
