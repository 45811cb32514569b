"""What the tests of the house read: modules, their imports, and the files under version control."""

from __future__ import annotations

import ast
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent.parent
PACKAGES = ("schemas", "verifier", "issuer")


@dataclass(frozen=True, slots=True, kw_only=True)
class Module:
    """One module of ours: its dotted name and its syntax tree."""

    name: str
    tree: ast.Module

    def is_in(self, *packages: str) -> bool:
        """Whether it is one of ``packages`` or lies inside one."""
        return any(self.name == it or self.name.startswith(it + ".") for it in packages)

    @property
    def is_entry_point(self) -> bool:
        """Whether it starts a program, and so may reach the web side of its own package."""
        return self.name.rpartition(".")[2] in {"__main__", "wsgi"}


def modules() -> tuple[Module, ...]:
    """Every module of the three packages."""
    return tuple(
        Module(name=_dotted(path), tree=ast.parse(path.read_text("utf-8"), str(path)))
        for package in PACKAGES
        for path in sorted((ROOT / package).rglob("*.py"))
    )


def _dotted(path: Path) -> str:
    parts = list(path.relative_to(ROOT).with_suffix("").parts)
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


def imports(module: Module) -> Iterator[str]:
    """The dotted names that ``module`` imports, anywhere in it, also inside functions.

    ``from a import b`` counts as ``a`` and as ``a.b``, because ``b`` may be a module.
    """
    for node in ast.walk(module.tree):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert node.module is not None, "relative imports are banned"
            yield node.module
            yield from (f"{node.module}.{alias.name}" for alias in node.names)


_NOT_OURS = {".venv", "node_modules", "var", "dist", ".git", "__pycache__"}


def tracked_files() -> tuple[Path, ...]:
    """Every file under version control; outside a working copy, every file that would be."""
    listed = subprocess.run(
        ["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, text=True, check=False
    )
    if listed.returncode != 0:
        return tuple(path for path in ROOT.rglob("*") if path.is_file() and _is_ours(path))
    paths = (ROOT / name for name in listed.stdout.split("\0") if name)
    return tuple(path for path in paths if path.is_file())


def _is_ours(path: Path) -> bool:
    parts = path.relative_to(ROOT).parts
    return not _NOT_OURS.intersection(parts) and not any(it.endswith("_cache") for it in parts)
