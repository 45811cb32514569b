"""Where credentials stand inside other documents."""

from __future__ import annotations

from typing import Any

import pytest

from verifier.embedded import find_embedded

INNER = {"type": "VerifiableCredential"}


@pytest.mark.parametrize(
    ("document", "expected"),
    [
        ({"verifiableCredential": INNER}, [("/verifiableCredential", False)]),
        (
            {"verifiableCredential": [INNER, "a.b.c"]},
            [("/verifiableCredential/0", False), ("/verifiableCredential/1", False)],
        ),
        (
            {"credentialSubject": {"verifiableCredential": [INNER]}},
            [("/credentialSubject/verifiableCredential/0", False)],
        ),
        (
            {"credentialSubject": [{}, {"verifiableCredential": INNER}]},
            [("/credentialSubject/1/verifiableCredential", False)],
        ),
        ({"endorsement": INNER}, [("/endorsement", True)]),
        ({"issuer": {"endorsement": [INNER]}}, [("/issuer/endorsement/0", True)]),
        ({"a": {"": {"b\nc": {"endorsement": INNER}}}}, [("/a//b\nc/endorsement", True)]),
        ({"endorsementJwt": ["a.b.c"]}, [("/endorsementJwt/0", True)]),
        ({"endorsement": "a.b.c"}, [("/endorsement", True)]),
        ({"endorsementJwt": INNER}, []),
        ({"evidence": {"verifiableCredential": INNER}}, []),
        ({"credentialSubject": {"source": {"verifiableCredential": INNER}}}, []),
        ({"endorsements": INNER, "myendorsement": INNER}, []),
        ({"endorsement": [[INNER], 4, None]}, [("/endorsement/0/0", True)]),
        ({"endorsement": {"endorsement": INNER}}, [("/endorsement", True)]),
        ({"name": "a.b.c", "endorsementComment": "a.b.c"}, []),
    ],
)
def test_credentials_are_found_where_the_standards_put_them(
    document: dict[str, Any], expected: list[tuple[str, bool]]
) -> None:
    """In presentations, in records of learning, and wherever something is endorsed; not in
    what was found already."""
    found = [(embedded.pointer, embedded.is_endorsement) for embedded in find_embedded(document)]

    assert expected == found
