"""One round of sending in a process of its own, which a receiver may kill in the middle.

Called with the database's URL, the folder of keys, and the origin of the receiver.
"""

from __future__ import annotations

import sys
from pathlib import Path

from issuer.delivery.webhooks import deliver_due
from issuer.office import Office, open_door
from issuer.signing.keyring import open_keyring
from issuer.store import open_store
from tests.issuer.offices import BASE_URL, START

if __name__ == "__main__":
    database_url, keys, origin = sys.argv[1:]
    office = Office(
        store=open_store(database_url),
        keyring=open_keyring(f"file:{Path(keys)}", passphrase_file=None),
        base_url=BASE_URL,
        door=open_door(loopback_origins=frozenset({origin})),
    )
    deliver_due(office, START)
