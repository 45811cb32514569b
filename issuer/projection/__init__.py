"""From the record to the unsigned credential: a pure function of record, choices and ids.

What is shown, and what never is, follows ``domain.md`` §1 and the learner's disclosure
choices in the record. The credential is an Open Badges 3.0 credential; everything of ours
hangs on its first evidence entry, and a reader who drops that object and our context still
has a plain badge with the facts in words.

Leaves to others: whether the record is good (``issuer.record``), which ids and status entries
are reserved (``issuer.issue``), losslessness and signing.
"""

from issuer.projection.birth import Birth, IssuerProfile
from issuer.projection.credential import project

__all__ = ["Birth", "IssuerProfile", "project"]
