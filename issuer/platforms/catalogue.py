"""Which mapping profiles there are: those of the package, and an operator's own in a folder.

An operator's profile is a file ``NAME-NUMBER.json`` that holds the profile ``NAME/NUMBER``. All
of them are read when the program starts, and all that is wrong with any of them is told
together. No two profiles have one name, and none takes the name of one of the package: a record
names the profile that read it, and that must stay true.

Leaves to others: what is in a profile (``reading``), where the folder is (``issuer.settings``).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Final

import schemas
from issuer import limits
from issuer.errors import IssuerCode, NotFoundError, RefusedStartError
from issuer.platforms.profile import Profile, ProfileError
from issuer.platforms.reading import parse_profile, read_profile

_SETTING: Final = "ISSUER_PROFILES"


@cache
def load_profile(name: str) -> Profile:
    """The profile of the package called ``name``: ``gigbridge-1``, or ``gigbridge/1``.

    Raises ``schemas.UnknownNameError``, and ``ProfileError`` when the file is not good.
    """
    return parse_profile(schemas.load_profile(file_name(name)))


def file_name(name: str) -> str:
    """The name of a profile as it stands in addresses and before ``.json``."""
    return name.replace("/", "-", 1)


@dataclass(frozen=True, slots=True, kw_only=True)
class Catalogue:
    """Every profile that this program maps by. ``own`` are the operator's, by file name."""

    own: Mapping[str, Profile] = field(default_factory=dict)

    def find(self, name: str) -> Profile:
        """The profile called ``name`` (``gigbridge-1`` or ``gigbridge/1``).

        Raises ``NotFoundError``.
        """
        own = self.own.get(file_name(name))
        if own is not None:
            return own
        try:
            return load_profile(name)
        except schemas.UnknownNameError as error:
            raise NotFoundError(f"There is no mapping profile {name[:80]!r}.") from error

    def profiles(self) -> Iterator[Profile]:
        """All of them, in the order of their names."""
        for name in sorted({*schemas.profile_names(), *self.own}):
            yield self.find(name)


def open_catalogue(folder: Path | None) -> Catalogue:
    """The profiles of the package and of ``folder``.

    Raises ``RefusedStartError`` (``SETTINGS_REFUSED``) with every fault of every file.
    """
    if folder is None:
        return Catalogue()
    faults: list[str] = []
    own: dict[str, Profile] = {}
    for path in _files(folder, faults):
        profile = _read(path, faults)
        if profile is not None and file_name(profile.name) != path.stem:
            expected = f"{file_name(profile.name)}.json"
            faults.append(_fault(path, f"it holds {profile.name}: call it {expected}."))
        elif profile is not None:
            own[path.stem] = profile
    taken = sorted(set(own) & set(schemas.profile_names()))
    faults += [f"{_SETTING}: {name} is the name of a profile of this program." for name in taken]
    if faults:
        raise RefusedStartError(IssuerCode.SETTINGS_REFUSED, tuple(faults))
    return Catalogue(own=own)


def _files(folder: Path, faults: list[str]) -> list[Path]:
    try:
        paths = sorted(path for path in folder.iterdir() if path.suffix == ".json")
    except OSError:
        faults.append(f"{_SETTING}: {str(folder)!r} is not a folder that can be read.")
        return []
    if len(paths) > limits.PROFILES:
        faults.append(f"{_SETTING}: more than {limits.PROFILES} profiles.")
        return []
    return paths


def _read(path: Path, faults: list[str]) -> Profile | None:
    try:
        with path.open("rb") as file:
            return read_profile(file.read(limits.PROFILE_BYTES + 1))
    except OSError:
        faults.append(_fault(path, "it cannot be read."))
    except ProfileError as error:
        faults.append(_fault(path, str(error)))
    return None


def _fault(path: Path, detail: str) -> str:
    return f"{_SETTING}: {path.name}: {detail}"
