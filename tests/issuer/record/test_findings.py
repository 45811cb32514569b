"""The codes are documented, and the gravest finding decides."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from issuer.record import SENTENCES, Disposition, disposition_of
from issuer.record.findings import found

PAGE = Path(__file__).resolve().parents[3] / "docs" / "record-codes.md"


def test_every_code_is_documented() -> None:
    """The page of codes and the program name the same codes."""
    documented = re.findall(r"^\| ([EHW]\d{3}) \|", PAGE.read_text(encoding="utf-8"), re.MULTILINE)

    assert documented == list(SENTENCES)


@pytest.mark.parametrize(
    ("codes", "expected"),
    [
        ((), Disposition.ACCEPTED),
        (("W201",), Disposition.ACCEPTED_WITH_WARNINGS),
        (("W201", "H302"), Disposition.HELD),
        (("W201", "H302", "E101"), Disposition.REFUSED),
    ],
)
def test_the_gravest_finding_decides(codes: tuple[str, ...], expected: Disposition) -> None:
    """An error refuses, a question holds, a warning only tells."""
    assert disposition_of(found(code, "") for code in codes) is expected
