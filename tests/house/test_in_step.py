"""What the pages say is what the code does: tables, numbers and names, read from both sides."""

from __future__ import annotations

import ast
import re
from pathlib import Path

import pytest

from tests.house.sources import ROOT, modules
from verifier.dids import METHODS
from verifier.errors import Code
from verifier.problems import TITLES
from verifier.proofs import SUITES
from verifier.proofs.jws import ALGORITHMS
from verifier.report import Step
from verifier.status.check import TYPES

STANDARDS = ROOT / "docs" / "standards.md"
REFUSED = ROOT / "tests" / "vectors" / "refused"


def _marked(page: Path, marker: str) -> set[str]:
    """The names in code type in the first column of the table after ``<!-- marker -->``."""
    _, found, rest = page.read_text("utf-8").partition(f"<!-- {marker} -->")
    assert found, f"{page.name} has no table marked {marker!r}"
    rows = rest.lstrip("\n").partition("\n\n")[0].splitlines()[2:]
    return {match[1] for row in rows if (match := re.match(r"\| `([^`]+)` \| yes", row))}


def _numbered(page: str) -> dict[int, str]:
    """The number and name of each row of the table of steps in ``docs/{page}``."""
    text = (ROOT / "docs" / page).read_text("utf-8")
    return {int(n): name for n, name in re.findall(r"^\| (\d+) \| (\w+) \|", text, re.MULTILINE)}


def test_the_steps_of_verification_are_those_of_the_page() -> None:
    """``docs/verification.md`` and ``report.Step`` have the same numbers and names."""
    assert _numbered("verification.md") == {int(step): step.name.lower() for step in Step}


def test_the_steps_of_issuance_stand_in_the_code() -> None:
    """Every step of ``docs/issuance.md`` is named with its number in ``issuer/issue.py``."""
    code = (ROOT / "issuer" / "issue.py").read_text("utf-8").lower()

    unnamed = {n for n in _numbered("issuance.md") if not re.search(rf"\bsteps? {n}\b", code)}

    assert set() == unnamed


@pytest.mark.parametrize(
    ("marker", "table"),
    [
        ("cryptosuites", set(SUITES)),
        ("token algorithms", set(ALGORITHMS)),
        ("did methods", set(METHODS)),
        ("status types", set(TYPES)),
    ],
)
def test_the_page_of_standards_lists_what_is_supported(marker: str, table: set[str]) -> None:
    """``docs/standards.md`` says *yes* to exactly the entries of the table in the code."""
    assert table == _marked(STANDARDS, marker)


def test_every_code_has_a_title() -> None:
    """Each reason that a report can give has words for a problem document."""
    assert set(Code) == set(TITLES)


def test_every_module_says_what_it_is() -> None:
    """Every module of the three packages begins with a docstring."""
    silent = [module.name for module in modules() if not ast.get_docstring(module.tree)]

    assert [] == silent


def test_every_refused_vector_explains_itself() -> None:
    """Each directory of the corpus has a README, an input and the answer that is expected."""
    folders = [path for path in REFUSED.iterdir() if path.is_dir()]
    needed = {"README.md", "expected.json"}

    incomplete = [
        folder.name
        for folder in folders
        if needed - {path.name for path in folder.iterdir()} or not list(folder.glob("input.*"))
    ]

    assert len(folders) >= 25
    assert [] == incomplete


def test_every_link_between_pages_leads_somewhere() -> None:
    """Relative links in README, CONTRIBUTING and ``docs/`` name files that exist."""
    pages = [*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md")]
    links = [
        (page, target)
        for page in pages
        for target in re.findall(r"\]\(([^)#:]+)(?:#[^)]*)?\)", page.read_text("utf-8"))
    ]

    broken = [f"{page.name}: {to}" for page, to in links if not (page.parent / to).exists()]

    assert [] == broken
