"""An operator's own profiles, beside those of the package."""

from __future__ import annotations

import json
from copy import deepcopy
from pathlib import Path

import pytest

import schemas
from issuer.errors import NotFoundError, RefusedStartError
from issuer.office import open_office
from issuer.platforms import Catalogue, open_catalogue
from issuer.settings import Settings


def write(folder: Path, file: str, **changes: object) -> None:
    """A profile like the marketplace's, with some members replaced, in a file of that name."""
    document = deepcopy(schemas.load_profile("gigbridge-1")) | changes
    (folder / file).write_text(json.dumps(document), "utf-8")


def faults(folder: Path) -> tuple[str, ...]:
    with pytest.raises(RefusedStartError) as refused:
        open_catalogue(folder)
    return refused.value.faults


def test_an_own_profile_stands_beside_those_of_the_package(tmp_path: Path) -> None:
    """Under both of its names; other files in the folder are passed over."""
    write(tmp_path, "day-one-2.json", profile="day-one/2")
    (tmp_path / "README.md").write_text("Ours.")

    catalogue = open_catalogue(tmp_path)

    assert "day-one/2" == catalogue.find("day-one-2").name == catalogue.find("day-one/2").name
    assert ["career-centre-csv/1", "day-one/2", "gigbridge/1", "teamlearn/1"] == [
        profile.name for profile in catalogue.profiles()
    ]


def test_without_a_folder_there_are_those_of_the_package() -> None:
    """All of them are good."""
    assert list(Catalogue().profiles()) == list(open_catalogue(None).profiles())
    assert len(schemas.profile_names()) == len(list(Catalogue().profiles()))


@pytest.mark.parametrize("name", ["nobody-1", "../gigbridge-1", "", "gigbridge-1.json"])
def test_a_name_is_looked_up_and_never_joined_to_a_path(tmp_path: Path, name: str) -> None:
    """What is not there is not found."""
    with pytest.raises(NotFoundError):
        open_catalogue(tmp_path).find(name)


def test_all_faults_of_all_files_are_told_together(tmp_path: Path) -> None:
    """Each with the file, the place in it and a sentence."""
    write(tmp_path, "a-1.json", profile="a/1", records="projects")
    write(tmp_path, "b-1.json", profile="c/1")
    write(tmp_path, "gigbridge-1.json")
    (tmp_path / "d-1.json").write_bytes(b"{")
    (tmp_path / "e-1.json").write_bytes(b" " * 300_000)
    (tmp_path / "f-1.json").mkdir()

    told = [
        ("a-1.json: /records: ", "does."),
        ("b-1.json: it holds c/1", "c-1.json."),
        ("d-1.json: /: The file is not good JSON", "."),
        ("e-1.json: /: The file is not good JSON", "bytes."),
        ("f-1.json: it cannot be read", "."),
        ("gigbridge-1 is the name", "of this program."),
    ]

    found = faults(tmp_path)

    assert len(told) == len(found)
    for fault, (start, end) in zip(found, told, strict=True):
        assert fault.startswith(f"ISSUER_PROFILES: {start}")
        assert fault.endswith(end)


def test_a_folder_that_is_not_there_stops_the_start(tmp_path: Path) -> None:
    """Before the database is opened."""
    settings = Settings.from_env(
        {
            "ISSUER_PROFILES": str(tmp_path / "nothing"),
            "ISSUER_DATABASE_URL": f"sqlite:///{tmp_path / 'issuer.db'}",
        }
    )

    with pytest.raises(RefusedStartError):
        open_office(settings)

    assert not (tmp_path / "issuer.db").exists()
