"""The files of our pages, and the templates that use them."""

from __future__ import annotations

import pytest
from jinja2 import Environment, FileSystemLoader, StrictUndefined

from tests.verifier.web.states import document
from verifier import presentation
from verifier.presentation.assets import asset_name, assets, icon_body, read_asset
from verifier.presentation.facts import read_facts
from verifier.presentation.verdict import APPEARANCES
from verifier.presentation.words import words

EVIL = "<img src=x onerror=alert(1)>\"'&{{7*7}}"


def _render(source: str, **context: object) -> str:
    environment = Environment(
        loader=FileSystemLoader(presentation.TEMPLATE_FOLDER),
        autoescape=True,
        undefined=StrictUndefined,
    )
    environment.globals.update(presentation.TEMPLATE_GLOBALS)
    source = '{% import "presentation/parts.html" as parts %}' + source
    return environment.from_string(source).render(**context)


def test_a_file_is_found_under_its_own_digest_only() -> None:
    """An old name is gone instead of giving new content, and no path reaches the disk."""
    name = asset_name("base.css")

    assert read_asset(name) == assets()["base.css"]
    assert None is read_asset("0000000000000000/base.css")
    assert None is read_asset(name.replace("base.css", "../facts.py"))
    assert None is read_asset("base.css")


def test_sheets_load_nothing_from_elsewhere() -> None:
    """No font, image or sheet of another origin."""
    for name, asset in assets().items():
        body = asset.body.decode().replace("http://www.w3.org/2000/svg", "")

        assert "http:" not in body, name
        assert "@import" not in body, name


@pytest.mark.parametrize("icon", sorted({look.icon for look in APPEARANCES.values()}))
def test_every_state_has_an_icon(icon: str) -> None:
    """Drawn in the colour of its surroundings."""
    assert "currentColor" in icon_body(icon)


@pytest.mark.parametrize("language", ["en", "ar"])
def test_text_of_others_is_escaped_everywhere(language: str) -> None:
    """Markup in any text of a credential stays text, in both languages."""
    poisoned = _poison(document())
    facts = read_facts(poisoned, words(language))
    html = _render(
        "{{ parts.share_sheet(facts, words) }}{{ parts.summary(facts, words) }}"
        "{{ parts.details(facts, words) }}{{ parts.name_lines(facts) }}",
        facts=facts,
        words=words(language),
    )

    assert EVIL not in html
    assert "<img" not in html
    assert "onerror=alert(1)&gt;" in html


_KEEP = ("id", "type", "url", "forResult", "resultDescription", "achievedLevel", "alignedTo")
_WORD_LISTS = ("form", "mode", "matchKind", "alignedBy", "identityType", "attestedBy")


def _poison(value: object, name: str = "") -> dict[str, object]:
    poisoned = _poisoned(value, name)
    assert isinstance(poisoned, dict)
    return poisoned


def _poisoned(value: object, name: str) -> object:
    if isinstance(value, dict):
        return {key: _poisoned(member, key) for key, member in value.items()}
    if isinstance(value, list):
        return [_poisoned(item, name) for item in value]
    is_free_text = isinstance(value, str) and name not in (*_KEEP, *_WORD_LISTS, "targetUrl")
    return EVIL if is_free_text else value


def test_the_frame_names_nobody_in_previews() -> None:
    """Chat applications copy titles: the preview is the same for every credential."""
    html = _frame()

    assert '<meta property="og:title" content="A micro-internship credential">' in html
    assert "erified" not in html.split("<body>")[0]


def _frame() -> str:
    environment = Environment(
        loader=FileSystemLoader(presentation.TEMPLATE_FOLDER), autoescape=True
    )
    environment.globals.update(presentation.TEMPLATE_GLOBALS)
    return environment.get_template("presentation/page.html").render(words=words("en"))
