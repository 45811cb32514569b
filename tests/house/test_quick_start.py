"""``docs/quick-start.md`` does what it says: every command runs, and what comes out is shown.

The services listen on free ports and keep their data in a folder of the test; nothing else of
the page is changed.
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import httpx
import pytest

from deploy.services import ROOT, free_port

PAGE = ROOT / "docs" / "quick-start.md"
STEP = re.compile(r"```(\w+)\n(.*?)```\n(?:\n((?:    [^\n]*\n)+))?", re.DOTALL)
PATIENCE_SECONDS = 90
BASH = shutil.which("bash")


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """A block of the page, and what it shows as coming out (empty where nothing is shown)."""

    kind: str
    code: str
    shown: str


def steps() -> list[Step]:
    found = STEP.findall(PAGE.read_text("utf-8"))
    return [Step(kind=kind, code=code, shown=shown) for kind, code, shown in found]


def fits(shown: str, output: str) -> bool:
    """Whether the output has the shown words in their order; ``…`` stands for anything."""
    words = [re.escape(re.sub(r"\s+", "", part)) for part in shown.split("…")]
    return re.search(".*?".join(words), re.sub(r"\s+", "", output), re.DOTALL) is not None


@dataclass(slots=True)
class Reader:
    """Somebody who follows the page."""

    environment: dict[str, str]
    ports: Mapping[str, str]
    stack: ExitStack
    folder: Path
    outputs: list[str] = field(default_factory=list)

    def follow(self, step: Step) -> str:
        """Do what one block says: what came out."""
        code = step.code
        for port, ours in self.ports.items():
            code = code.replace(port, ours)
        output = _DOERS[step.kind](self, code)
        self.outputs.append(output)
        return output

    def shell(self, code: str) -> str:
        """Run it; what it sets is there for the next block, as in a terminal."""
        kept = self.folder / "environment"
        done = subprocess.run(
            [str(BASH), "-euc", f"set -a\n{code}\nenv -0 > '{kept}'"],
            cwd=ROOT,
            env=self.environment,
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.returncode == 0, done.stderr
        self.environment = dict(
            item.split("=", 1) for item in kept.read_text().split("\0") if "=" in item
        )
        return done.stdout

    def serve(self, code: str) -> str:
        """Start each line as a service of its own."""
        for line in code.splitlines():
            self.stack.enter_context(_service(line, self.environment, self.folder))
        for port in self.ports.values():
            _wait_for(f"http://127.0.0.1:{port}/healthz")
        return ""

    def set_variables(self, code: str) -> str:
        """Put in the key that was shown before."""
        (key,) = re.findall(r"mic_\w{20,}", self.outputs[0])
        return self.shell(code.replace("mic_…", key))

    def python(self, code: str) -> str:
        """Run it with the interpreter of the project."""
        script = self.folder / "script.py"
        script.write_text(code, encoding="utf-8")
        return self.shell(f".venv/bin/python '{script}'")


@contextmanager
def _service(line: str, environment: dict[str, str], folder: Path) -> Iterator[None]:
    with (folder / "services.log").open("ab") as log:
        process = subprocess.Popen(
            [str(BASH), "-c", re.sub(r"^(\w+=\S+ )?", r"\1exec ", line)],
            cwd=ROOT,
            env=environment,
            stdout=log,
            stderr=log,
        )
        try:
            yield
        finally:
            process.terminate()
            process.wait()


def _wait_for(url: str) -> None:
    deadline = time.monotonic() + PATIENCE_SECONDS
    while time.monotonic() < deadline:
        try:
            if httpx.get(url, trust_env=False).is_success:
                return
        except httpx.TransportError:
            time.sleep(0.1)
    raise AssertionError(f"{url} does not answer")


_DOERS: Mapping[str, Callable[[Reader, str], str]] = {
    "sh": Reader.shell,
    "eventually": Reader.shell,
    "serve": Reader.serve,
    "variables": Reader.set_variables,
    "python": Reader.python,
}


def follow_until_it_fits(reader: Reader, step: Step) -> str:
    """A block that may need some time to show what it shows."""
    deadline = time.monotonic() + PATIENCE_SECONDS
    output = reader.follow(step)
    while not fits(step.shown, output) and time.monotonic() < deadline:
        time.sleep(1)
        output = reader.follow(step)
    return output


def environment_of(folder: Path, issuer: int, verifier: int) -> dict[str, str]:
    kept = {k: v for k, v in os.environ.items() if not k.startswith(("ISSUER", "VERIFIER"))}
    return {
        **kept,
        "PYTHONPATH": str(ROOT),
        "ISSUER_BASE_URL": f"http://127.0.0.1:{issuer}",
        "ISSUER_DATABASE_URL": f"sqlite:///{folder / 'issuer.db'}",
        "ISSUER_KEYS": f"file:{folder / 'keys'}",
        "ISSUER_VERIFIER_URL": f"http://127.0.0.1:{verifier}",
        "VERIFIER_BASE_URL": f"http://127.0.0.1:{verifier}",
    }


def test_the_quick_start_works_as_it_is_written(tmp_path: Path) -> None:
    """Block by block, in the order of the page."""
    if shutil.which("curl") is None or BASH is None:
        pytest.skip("no curl: install the package curl")
    (ROOT / "var").mkdir(exist_ok=True)
    issuer, verifier = free_port(), free_port()
    with ExitStack() as stack:
        reader = Reader(
            environment=environment_of(tmp_path, issuer, verifier),
            ports={"8100": str(issuer), "8200": str(verifier)},
            stack=stack,
            folder=tmp_path,
        )
        for step in steps():
            again = follow_until_it_fits if step.kind == "eventually" else None
            output = again(reader, step) if again else reader.follow(step)

            assert fits(step.shown, output), (step.code, output)
    (ROOT / "var" / "answer.json").unlink()
    assert ["sh", "serve", "variables", "sh", "sh", "python", "sh", "eventually"] == [
        step.kind for step in steps()
    ]
