"""The parameters of a did:webvh log: what each entry may set, and what then holds.

Follows did:webvh 1.0, section 3.7.1. Parameters that are not known are refused, because one of
them might take away what the others promise.

Leaves to others: hashes and signatures (``verifier.dids.webvh_log``), the proofs of witnesses
(``verifier.dids.webvh_witness``).
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from hashlib import sha256
from typing import Any, Final

from verifier import limits
from verifier.errors import Code, RefusedError, UncheckedError
from verifier.proofs.multikey import encode_base58btc
from verifier.strict_json import JsonObject, JsonValue

METHOD: Final = "did:webvh:1.0"

_METHOD_FORM = re.compile(r"did:webvh:\d+\.\d+", re.ASCII)
_ED25519 = re.compile(r"z6Mk[1-9A-HJ-NP-Za-km-z]{44}")
_HASH = re.compile(r"Qm[1-9A-HJ-NP-Za-km-z]{44}")
_KEY_PREFIX: Final = "did:key:"
_MULTIHASH_SHA256: Final = b"\x12\x20"


@dataclass(frozen=True, slots=True, kw_only=True)
class Witnesses:
    """Who has to approve entries: ``threshold`` of those with these Multikeys."""

    threshold: int
    keys: tuple[str, ...]

    def to_json(self) -> JsonObject:
        """As it stands in a log."""
        return {
            "threshold": self.threshold,
            "witnesses": [{"id": f"{_KEY_PREFIX}{key}"} for key in self.keys],
        }


@dataclass(frozen=True, slots=True, kw_only=True)
class Parameters:
    """What holds after an entry. ``update_keys`` are Multikeys of Ed25519 by their form, and
    are read when they sign; ``next_key_hashes`` are the hashes of those that the next entry may
    use; ``ttl`` is in seconds."""

    scid: str
    update_keys: tuple[str, ...]
    next_key_hashes: frozenset[str] = frozenset()
    witnesses: Witnesses | None = None
    watchers: tuple[str, ...] = ()
    portable: bool = False
    deactivated: bool = False
    ttl: int | None = None


def hash_text(data: bytes) -> str:
    """The SHA-256 multihash of ``data`` in base58-btc, which always starts with ``Qm``."""
    return encode_base58btc(_MULTIHASH_SHA256 + sha256(data).digest()).removeprefix("z")


def first_parameters(raw: JsonObject) -> Parameters:
    """The parameters of the first entry, which sets the method, the hash and the keys.

    Raises ``RefusedError`` (``INVALID_CONTROLLED_IDENTIFIER_DOCUMENT``),
    ``UncheckedError`` (``UNSUPPORTED_DID_METHOD``) for another version.
    """
    _check_method(raw.get("method"))
    scid = raw.get("scid")
    if not isinstance(scid, str) or _HASH.fullmatch(scid) is None:
        raise invalid("The first entry of the log does not state its hash.")
    rest = {name: value for name, value in raw.items() if name not in ("method", "scid")}
    found = _apply(Parameters(scid=scid, update_keys=()), rest)
    if not found.update_keys:
        raise invalid("The first entry of the log states no keys.")
    return found


def next_parameters(before: Parameters, raw: JsonObject) -> Parameters:
    """The parameters after an entry that follows one with ``before``. Raises as
    ``first_parameters``, also when keys are not those that were announced."""
    if before.deactivated:
        raise invalid("The log goes on after its end.")
    if "method" in raw:
        _check_method(raw["method"])
    if "scid" in raw:
        raise invalid("The log states its hash a second time.")
    if raw.get("portable") is True and not before.portable:
        raise invalid("Only the first entry of a log can let it move.")
    if before.next_key_hashes:
        _check_announced(before, raw)
    return _apply(before, {name: value for name, value in raw.items() if name != "method"})


def _check_announced(before: Parameters, raw: JsonObject) -> None:
    """Pre-rotation: whoever stole the keys of today cannot appoint those of tomorrow."""
    if not isinstance(raw.get("updateKeys"), list) or "nextKeyHashes" not in raw:
        raise invalid("The log does not go on with the keys that it announced.")
    for key in raw["updateKeys"]:
        if not isinstance(key, str) or hash_text(key.encode()) not in before.next_key_hashes:
            raise invalid("The log goes on with a key that it did not announce.")


def _check_method(value: JsonValue) -> None:
    if not isinstance(value, str) or _METHOD_FORM.fullmatch(value) is None:
        raise invalid("The log does not state its method.")
    if value != METHOD:
        raise UncheckedError(
            Code.UNSUPPORTED_DID_METHOD, f"Logs of {value[:40]} are not supported."
        )


def _apply(before: Parameters, raw: JsonObject) -> Parameters:
    changes: dict[str, Any] = {}
    for name, value in raw.items():
        if name not in _PARSERS:
            raise invalid(f"The log has a parameter {name[:40]!r} that is not known.")
        field, parse = _PARSERS[name]
        changes[field] = parse(value)
    return replace(before, **changes)


def _texts(value: JsonValue) -> tuple[str, ...]:
    """A list of texts; ``null``, which old logs write, is the empty one."""
    items = [] if value is None else value
    if not isinstance(items, list) or len(items) > limits.WEBVH_KEYS:
        raise invalid(f"A parameter of the log is no list of at most {limits.WEBVH_KEYS}.")
    if not all(isinstance(item, str) for item in items):
        raise invalid("A parameter of the log is no list of texts.")
    return tuple(items)


def _keys(value: JsonValue) -> tuple[str, ...]:
    if value is None or not all(_ED25519.fullmatch(text) for text in _texts(value)):
        raise invalid("The log states no keys, or one that is not of Ed25519.")
    return _texts(value)


def _hashes(value: JsonValue) -> frozenset[str]:
    texts = _texts(value)
    if not all(_HASH.fullmatch(text) for text in texts):
        raise invalid("An announced key of the log is not given by its hash.")
    return frozenset(texts)


def _witnesses(value: JsonValue) -> Witnesses | None:
    """``{}`` is none. One witness that is listed twice would count twice."""
    if value is None or value == {}:
        return None
    if not isinstance(value, dict) or set(value) != {"threshold", "witnesses"}:
        raise invalid("The witnesses of the log are malformed.")
    listed = value["witnesses"]
    if not isinstance(listed, list) or not 0 < len(listed) <= limits.WEBVH_KEYS:
        raise invalid(f"The log has no list of at most {limits.WEBVH_KEYS} witnesses.")
    keys = tuple(_witness(item) for item in listed)
    threshold = value["threshold"]
    if len(set(keys)) != len(keys):
        raise invalid("The log lists one witness twice.")
    if type(threshold) is not int or not 0 < threshold <= len(keys):
        raise invalid("The number of witnesses that the log asks for makes no sense.")
    return Witnesses(threshold=threshold, keys=keys)


def _witness(item: JsonValue) -> str:
    if not isinstance(item, dict) or set(item) != {"id"} or not isinstance(item["id"], str):
        raise invalid("A witness of the log is malformed.")
    key = item["id"].removeprefix(_KEY_PREFIX)
    if item["id"] != f"{_KEY_PREFIX}{key}" or _ED25519.fullmatch(key) is None:
        raise invalid("A witness of the log is not a did:key of Ed25519.")
    return key


def _boolean(value: JsonValue) -> bool:
    if value is not None and not isinstance(value, bool):
        raise invalid("A parameter of the log is neither true nor false.")
    return value is True


def _seconds(value: JsonValue) -> int | None:
    if value is not None and (type(value) is not int or value < 0):
        raise invalid("ttl of the log is no number of seconds.")
    return value


_PARSERS: Final[Mapping[str, tuple[str, Callable[[JsonValue], object]]]] = {
    "updateKeys": ("update_keys", _keys),
    "nextKeyHashes": ("next_key_hashes", _hashes),
    "witness": ("witnesses", _witnesses),
    "watchers": ("watchers", _texts),
    "portable": ("portable", _boolean),
    "deactivated": ("deactivated", _boolean),
    "ttl": ("ttl", _seconds),
}


def invalid(detail: str) -> RefusedError:
    """A log that breaks a rule of the method."""
    return RefusedError(Code.INVALID_CONTROLLED_IDENTIFIER_DOCUMENT, detail)
