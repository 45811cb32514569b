"""Makes the corpus below this folder: credentials that must be refused, and some that must not.

``python -m tests.vectors.generate`` writes every directory anew, always the same bytes, and
``… generate cases_jose`` those of one module of cases. The keys are numbered test keys that
everybody can read, and nothing depends on the clock. Each directory has a ``README.md`` (what
it is and why it matters), an input, ``expected.json`` and, where a verifier would ask the
network, what the network answers.

Leaves to others: running it (``tests/test_corpus.py``), the cases (``cases*.py``).
"""

from __future__ import annotations

import json
import shutil
import sys
from collections.abc import Collection, Mapping, Sequence
from importlib import import_module
from pathlib import Path
from types import ModuleType

from tests.vectors.cases import Case

HERE = Path(__file__).resolve().parent
HALVES = ("refused", "accepted")


def write(folder: Path, case: Case) -> None:
    """One directory of the corpus."""
    folder.mkdir(parents=True)
    (folder / "README.md").write_text(f"# {case.title}\n\n{case.why}\n", encoding="utf-8")
    (folder / "expected.json").write_text(text(case.expected), encoding="utf-8")
    data = case.build()
    if isinstance(data, bytes):
        (folder / "input.bin").write_bytes(data)
    elif isinstance(data, str):
        (folder / "input.txt").write_text(data, encoding="utf-8")
    else:
        (folder / "input.json").write_text(text(data), encoding="utf-8")
    _write_network(folder / "network", case)


def _write_network(folder: Path, case: Case) -> None:
    answers = {} if case.network is None else case.network()
    if not answers:
        return
    folder.mkdir()
    index = {}
    for number, (url, body) in enumerate(sorted(answers.items())):
        index[url] = f"{number}.json"
        content = body if isinstance(body, str) else text(body)
        (folder / f"{number}.json").write_text(content, encoding="utf-8")
    (folder / "index.json").write_text(text(index), encoding="utf-8")


def text(value: object) -> str:
    """JSON as the corpus is written."""
    return json.dumps(value, ensure_ascii=False, indent=1) + "\n"


def rooms() -> dict[str, ModuleType]:
    """The modules that hold cases: ``cases.py`` and ``cases_*.py`` beside this one."""
    names = sorted(path.stem for path in HERE.glob("cases*.py"))
    return {name: import_module(f"tests.vectors.{name}") for name in names}


def cases(half: str, only: Collection[str] = ()) -> dict[str, Case]:
    """The cases of one half (``refused``, ``accepted``) by the name of their directory."""
    found: dict[str, Case] = {}
    for name, module in rooms().items():
        if not only or name in only:
            its_own: Mapping[str, Case] = getattr(module, half.upper(), {})
            if doubled := found.keys() & its_own.keys():
                raise ValueError(f"two cases have one name: {sorted(doubled)}")
            found |= its_own
    return found


def main(only: Sequence[str] = ()) -> None:
    """Write both halves anew, or only the directories of the modules that are named."""
    for half in HALVES:
        if not only:
            shutil.rmtree(HERE / half, ignore_errors=True)
        for key, case in cases(half, only).items():
            shutil.rmtree(HERE / half / key, ignore_errors=True)
            write(HERE / half / key, case)


if __name__ == "__main__":
    main(sys.argv[1:])
