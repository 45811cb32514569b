"""Makes the corpus below this folder: credentials that must be refused, and some that must not.

``python -m tests.vectors.generate`` writes every directory anew, always the same bytes: the
keys are numbered test keys that everybody can read, and nothing depends on the clock. Each
directory has a ``README.md`` (what it is and why it matters), an input, ``expected.json`` and,
where a verifier would ask the network, what the network answers.

Leaves to others: running it (``tests/test_corpus.py``), the cases (``cases.py``).
"""

from __future__ import annotations

import json
import shutil
from pathlib import Path

from tests.vectors.cases import ACCEPTED, REFUSED, Case

HERE = Path(__file__).resolve().parent


def write(folder: Path, case: Case) -> None:
    """One directory of the corpus."""
    folder.mkdir(parents=True)
    (folder / "README.md").write_text(f"# {case.title}\n\n{case.why}\n", encoding="utf-8")
    (folder / "expected.json").write_text(text(case.expected), encoding="utf-8")
    data = case.build()
    if isinstance(data, bytes):
        (folder / "input.bin").write_bytes(data)
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


def main() -> None:
    """Write both halves anew."""
    for name, cases in (("refused", REFUSED), ("accepted", ACCEPTED)):
        shutil.rmtree(HERE / name, ignore_errors=True)
        for key, case in cases.items():
            write(HERE / name / key, case)


if __name__ == "__main__":
    main()
