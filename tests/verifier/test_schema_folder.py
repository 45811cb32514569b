"""The operator's folder of schemas."""

from __future__ import annotations

import hashlib
import io
import json
from pathlib import Path
from typing import Any

import pytest

from tests.verifier.judging import NOW, signed
from verifier.__main__ import main
from verifier.outside import Outside
from verifier.schema_folder import SchemaFolderError, read_schema_folder
from verifier.settings import Settings, SettingsError
from verifier.strict_json import parse_json_object

URL = "https://schemas.example/a.json"
SCHEMA = {"$id": URL, "$schema": "https://json-schema.org/draft/2020-12/schema", "type": "object"}
CREDENTIAL = {"type": ["VerifiableCredential", "JsonSchemaCredential"]}


def folder_with(folder: Path, **files: Any) -> Path:
    """A folder with ``files`` (text or JSON), all of them in its index."""
    index = {}
    for name, content in files.items():
        body = content if isinstance(content, str) else json.dumps(content)
        (folder / f"{name}.json").write_text(body)
        digest = hashlib.sha256(body.encode()).hexdigest()
        index[f"https://schemas.example/{name}.json"] = {"file": f"{name}.json", "sha256": digest}
    (folder / "index.json").write_text(json.dumps(index))
    return folder


def test_schemas_are_read_by_their_address(tmp_path: Path) -> None:
    """With their bytes, and checked once; a credential with one is looked at when it is used."""
    found = read_schema_folder(folder_with(tmp_path, a=SCHEMA, b=CREDENTIAL))

    assert {URL: True, URL.replace("a.json", "b.json"): False} == {
        url: held.is_checked for url, held in found.items()
    }
    assert SCHEMA == found[URL].document
    assert json.dumps(SCHEMA).encode() == found[URL].body


@pytest.mark.parametrize(
    "content",
    ["not json", '{"a": 1, "a": 2}', '{"$schema": 4, "type": 5}', SCHEMA | {"type": 5}],
    ids=str,
)
def test_a_file_that_is_no_schema_is_a_fault(tmp_path: Path, content: Any) -> None:
    """Except where its dialect is not known here: that is found out when it is used."""
    folder = folder_with(tmp_path, a=content)
    if content == '{"$schema": 4, "type": 5}':
        assert read_schema_folder(folder)[URL].is_checked is False
        return

    with pytest.raises(SchemaFolderError) as caught:
        read_schema_folder(folder)

    assert 1 == len(caught.value.faults)


def test_a_file_that_was_swapped_is_a_fault(tmp_path: Path) -> None:
    """The digest in the index is of the file that the operator looked at."""
    folder = folder_with(tmp_path, a=SCHEMA)
    (folder / "a.json").write_text(json.dumps(SCHEMA | {"type": "array"}))

    with pytest.raises(SchemaFolderError):
        read_schema_folder(folder)


def test_all_faults_are_reported_together(tmp_path: Path) -> None:
    """Names that lead out of the folder, files that are not there, digests that are none."""
    entry = {"file": "a.json", "sha256": "0" * 64}
    index = {
        "no url": entry,
        "urn:x:1": "a.json",
        "urn:x:2": entry | {"file": "../a.json"},
        "urn:x:3": entry | {"file": ".hidden"},
        "urn:x:4": entry | {"sha256": "x"},
        "urn:x:5": entry,
        "urn:x:6": entry | {"more": 1},
    }
    (tmp_path / "index.json").write_text(json.dumps(index))

    with pytest.raises(SettingsError) as caught:
        Outside(Settings(schemas=tmp_path))

    assert len(index) == len(caught.value.faults)


def test_a_folder_without_an_index_is_a_fault(tmp_path: Path) -> None:
    """Files alone are not enough: nobody says what they are for."""
    with pytest.raises(SchemaFolderError):
        read_schema_folder(tmp_path)


def test_the_sources_of_a_verification_hold_the_schemas(tmp_path: Path) -> None:
    """What the setting names arrives where schemas are looked for."""
    settings = Settings(schemas=folder_with(tmp_path, a=SCHEMA))

    with Outside(settings) as outside, outside.open_sources() as sources:
        assert [URL] == list(sources.held_schemas)


@pytest.mark.parametrize(("needed", "exit_code"), [("name", 0), ("gpa", 1)])
def test_the_command_line_holds_a_credential_to_them(
    tmp_path: Path, needed: str, exit_code: int
) -> None:
    """From the environment to the verdict."""
    folder = tmp_path / "schemas"
    folder.mkdir()
    folder_with(folder, a=SCHEMA | {"required": [needed]})
    file = tmp_path / "badge.json"
    file.write_text(json.dumps(signed(credentialSchema={"id": URL, "type": "JsonSchema"})))
    stdout, stderr = io.StringIO(), io.StringIO()

    code = main(
        [str(file), "--json"],
        environ={"VERIFIER_SCHEMAS": str(folder)},
        stdin=io.BytesIO(),
        stdout=stdout,
        stderr=stderr,
        clock=lambda: NOW,
    )

    report = parse_json_object(stdout.getvalue().encode())
    results = {"name": "passed", "gpa": "failed"}
    assert exit_code == code, stderr.getvalue()
    assert [results[needed]] == [
        check["result"] for check in report["checks"] if check["name"] == "schema"
    ]
