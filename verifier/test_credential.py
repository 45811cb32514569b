"""Test credentials: correctly signed, and no proof of anything.

An issuer that is set up for trying things out says so in everything that it signs, by one type
more: ``TEST_CREDENTIAL``. It stands as the whole address among the types of the credential
(``type``; ``aka_vcts`` or ``vct`` of an SD-JWT VC), so that it needs no context and reads the
same in every format. It is read from what was signed and from nothing else: names, hosts and
the keys' addresses say nothing. Selective disclosure cannot take it away, since types are never
withheld.

The outcome is not touched: such a credential verifies. But its report is one of a test, and no
page, text or program of ours may show it as a proof. A record that holds a test credential is
itself one: what it holds is a part of what it says.

Leaves to others: the words (``verifier.presentation``), an issuer that can sign nothing else
(``issuer.sandbox``).
"""

from __future__ import annotations

from typing import Final

from verifier.model import Credential, as_list
from verifier.strict_json import JsonObject

TEST_CREDENTIAL: Final = "https://w3id.org/micro-internship/v1#TestCredential"
TEST_WARNING: Final = "Test credential: it proves nothing."
"""What stands first among the warnings of a report, with its code ``TEST_CREDENTIAL`` in the
member ``notices``."""
TEST_INSIDE_WARNING: Final = "A credential in it is a test credential: the whole proves nothing."


def is_test(credential: Credential) -> bool:
    """Whether the credential says of itself that it is a test."""
    return TEST_CREDENTIAL in credential.types


def says_test(document: JsonObject) -> bool:
    """The same of a document whose form is known already: a credential without its proof, or the
    claims of an SD-JWT VC."""
    named = (as_list(document.get(name)) for name in ("type", "vct", "aka_vcts"))
    return any(TEST_CREDENTIAL in names for names in named)
