"""A real browser (Debian's Chromium), pages in it at two widths, and the checker axe-core."""

from __future__ import annotations

import shutil
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from flask import Flask
from playwright.sync_api import Browser, Page, sync_playwright
from werkzeug.serving import WSGIRequestHandler, make_server

ROOT = Path(__file__).resolve().parents[2]
PICTURES = ROOT / "var" / "pictures"
WIDTHS = (320, 1280)


class _Quiet(WSGIRequestHandler):
    def log(self, type: str, message: str, *args: object) -> None:  # noqa: A002
        """Say nothing: the tests look at answers, not at logs."""


@pytest.fixture(scope="session")
def chromium() -> Iterator[Browser]:
    """Debian's Chromium, without a network of its own."""
    executable = shutil.which("chromium")
    if executable is None:
        pytest.skip("no Chromium: install the package chromium")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=executable,
            args=["--no-sandbox", "--disable-gpu", "--disable-background-networking"],
        )
        yield browser
        browser.close()


@pytest.fixture(scope="session")
def axe() -> str:
    """The source of axe-core, from the pinned packages."""
    path = ROOT / "node_modules" / "axe-core" / "axe.min.js"
    if not path.is_file():
        pytest.skip("no axe-core: run npm ci --ignore-scripts")
    return path.read_text(encoding="utf-8")


@contextmanager
def served(app: Flask) -> Iterator[str]:
    """The address of ``app`` on a free port of loopback, for as long as it is served."""
    server = make_server("127.0.0.1", 0, app, threaded=True, request_handler=_Quiet)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


@contextmanager
def opened(
    browser: Browser,
    width: int,
    *,
    dark: bool = False,
    script: bool = True,
    bypass_csp: bool = False,
) -> Iterator[Page]:
    """An empty page of one width. ``bypass_csp`` lets the checker in, and nothing else needs it."""
    context = browser.new_context(
        viewport={"width": width, "height": 800},
        color_scheme="dark" if dark else "light",
        java_script_enabled=script,
        bypass_csp=bypass_csp,
    )
    try:
        yield context.new_page()
    finally:
        context.close()


def violations(page: Page, axe: str) -> list[str]:
    """What axe-core finds wrong with the page as it stands."""
    found = page.evaluate(f"{axe}; axe.run()")
    return [
        f"{item['id']}: {node['html'][:120]}"
        for item in found["violations"]
        for node in item["nodes"]
    ]


def keep_picture(page: Page, name: str, *, whole: bool = True) -> None:
    """A picture of the whole page, or of its first screen, under ``var/``, to be looked at."""
    PICTURES.mkdir(parents=True, exist_ok=True)
    page.screenshot(path=str(PICTURES / f"{name}.png"), full_page=whole)
