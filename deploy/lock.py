"""Renew the locks: the newest versions that fit, pinned by hash, without any address.

Leaves to others: which versions fit (``pyproject.toml``, ``package.json``).
"""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

from deploy.setup_test_machine import find_node, run_npm

ROOT = Path(__file__).resolve().parent.parent
COMPILE = (
    *("uv", "pip", "compile", "--quiet", "--upgrade", "--universal", "--python-version", "3.11"),
    *("--generate-hashes", "--no-header", "--no-annotate"),
)


def _python_lock(*words: str, output: str) -> None:
    line = [sys.executable, "-m", *COMPILE, *words, "--output-file", output]
    subprocess.run(line, cwd=ROOT, check=True)


def main() -> int:
    """Write the three lock files; 1 when npm fails, ``CalledProcessError`` when uv does."""
    _python_lock("--all-extras", "pyproject.toml", output="requirements.lock")
    _python_lock("deploy/node.in", output="deploy/node.lock")
    node = find_node()
    if node is None:
        sys.stdout.write("Node is missing: package-lock.json was left as it is.\n")
        return 0
    return 0 if run_npm(node, "install", "--package-lock-only", "--ignore-scripts") else 1


if __name__ == "__main__":
    sys.exit(main())
