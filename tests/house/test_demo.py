"""``make demo`` tells the whole story on two real services and leaves what it promises."""

from __future__ import annotations

from pathlib import Path

import pytest

from deploy.demo import LEFT, STEPS, demo, main
from deploy.services import ServiceError, own_folder
from verifier.strict_json import parse_json_object


def test_the_demo_tells_its_story_to_the_end(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Every step is told, every file that is announced is there, and no process is left."""
    demo(tmp_path / "demo")

    told = capsys.readouterr().out
    names = [name for listed in LEFT for name in listed.split(", ")]
    assert [f"{n}. {step.__doc__}" for n, step in enumerate(STEPS, 1)] == [
        line for line in told.splitlines() if line[:1].isdigit()
    ]
    assert [] == [name for name in names if not (tmp_path / "demo" / name).is_file()]
    credential = parse_json_object((tmp_path / "demo" / "credential.json").read_bytes())
    assert "did:web" == credential["issuer"]["id"][:7]


def test_two_runs_do_not_share_a_folder(tmp_path: Path) -> None:
    """A second run in the same folder is refused before it takes anything away."""
    kept = tmp_path / "demo" / "kept.txt"
    with own_folder(tmp_path / "demo", emptied=True):
        kept.write_text("here", encoding="utf-8")
        with pytest.raises(ServiceError), own_folder(tmp_path / "demo", emptied=True):
            pass

        assert kept.is_file()


def test_an_unknown_word_is_misuse(capsys: pytest.CaptureFixture[str]) -> None:
    """A mistyped option starts nothing."""
    assert main(["--sreve"]) == 64
    assert "--serve" in capsys.readouterr().err
