"""The JSON-LD contexts this verifier knows, each pinned by digest, and the check that a
document uses no others (VC Data Integrity 1.0, section 4.6: context validation).

Contexts of others are not part of this project: they are read from installed packages and
compared with a SHA-256 of their RFC 8785 form, because packages re-format them. Nothing is
ever fetched. A context is compared by its exact spelling; one that is not in ``KNOWN`` makes
the document *could not check*.

Left out on purpose: the unversioned ``ob/v3p0/context.json``, whose text changed under its
address and redefines protected terms.

Leaves to others: what an inline context may say (``verifier.jsonld.inline_contexts``), and
whether every term is defined (``verifier.jsonld.oracle``).
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping, Set
from dataclasses import dataclass
from functools import cache, lru_cache
from importlib.metadata import distribution
from pathlib import Path
from typing import Final

import rfc8785

import schemas
from verifier import limits
from verifier.embedded import is_embedded
from verifier.errors import Code, RefusedError, UncheckedError
from verifier.json_pointer import objects_within
from verifier.jsonld.inline_contexts import (
    Defined,
    Names,
    check_inline_context,
    check_no_compact_values,
    check_scoped_work,
    defined_iris,
    defined_names,
)
from verifier.policy import InlineContexts
from verifier.strict_json import JsonObject, JsonValue, parse_json_object

_EXAMPLES_URL: Final = "https://www.w3.org/ns/credentials/examples/v2"
_LISTS: Final = 64
"""Lists of pinned contexts, beside an inline one, whose names are kept."""
_OB: Final = "https://purl.imsglobal.org/spec/ob/v3p0/"


class PinMismatchError(Exception):
    """A context file is not the one that was pinned: the installation is not the tested one."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Pin:
    """Where one context comes from and what it must be.

    ``sha256`` is of the RFC 8785 form. ``published_sha256`` is set where the shipped bytes
    have a digest that a specification publishes, and is then checked as well.
    """

    read: Callable[[], bytes]
    sha256: str
    published_sha256: str | None = None


def _file_of(package: str, path: str) -> Callable[[], bytes]:
    """Read a data file without importing its package, which takes six times as long."""

    def read() -> bytes:
        return Path(str(distribution(package).locate_file(path))).read_bytes()

    return read


def _openbadgeslib(name: str) -> Callable[[], bytes]:
    return _file_of("openbadgeslib", f"openbadgeslib/ob3/contexts/{name}")


def _pyld(name: str) -> Callable[[], bytes]:
    return _file_of("pyld", f"pyld/documentloader/frozen/bundled/{name}")


def _our_own() -> bytes:
    return rfc8785.dumps(schemas.load_context(schemas.CONTEXT_URL))


def _examples() -> bytes:
    """The one statement of the examples context: every other term is an example."""
    vocabulary = "https://www.w3.org/ns/credentials/examples#"
    return rfc8785.dumps({"@context": {"@vocab": vocabulary}})


KNOWN: Final[Mapping[str, Pin]] = {
    "https://www.w3.org/ns/credentials/v2": Pin(
        read=_openbadgeslib("credentials-v2.json"),
        sha256="b463c8d6a066214123ddd9827b135e1b50e1fc73322cc52a9b12a4f1fc7d86cf",
        published_sha256="59955ced6697d61e03f2b2556febe5308ab16842846f5b586d7f1f7adec92734",
    ),
    "https://www.w3.org/2018/credentials/v1": Pin(
        read=_pyld("credentials-v1.jsonld"),
        sha256="b01e671e873981f19a9102a9a57f666dbcaeb31b99e3e124378d143e71549247",
    ),
    "https://w3id.org/security/data-integrity/v2": Pin(
        read=_openbadgeslib("security-data-integrity-v2.json"),
        sha256="7ba3c50acf2689d5e07927267343eb353249c7c22a9f2d00307cc970e855e305",
        published_sha256="67f21e6e33a6c14e5ccfd2fc7865f7474fb71a04af7e94136cb399dfac8ae8f4",
    ),
    "https://w3id.org/security/multikey/v1": Pin(
        read=_openbadgeslib("security-multikey-v1.json"),
        sha256="be20c3ee6af6e9c4102e66a85c26617831218e32216bdf050f870e389e737cdc",
        published_sha256="ba2c182de2d92f7e47184bcca8fcf0beaee6d3986c527bf664c195bbc7c58597",
    ),
    "https://w3id.org/security/suites/ed25519-2020/v1": Pin(
        read=_pyld("security-ed25519-2020-v1.jsonld"),
        sha256="fb517f09d990829aed734c9bad8cbbb2ac3d5063b865c7e3d81f246074bf5691",
    ),
    "https://www.w3.org/ns/did/v1": Pin(
        read=_pyld("did-v1.jsonld"),
        sha256="a7e146c40fcec005d3f0f14ae745665f446da58d7914a9d8f733746686fad82b",
    ),
    "https://w3id.org/security/suites/jws-2020/v1": Pin(
        read=_pyld("security-jws-2020-v1.jsonld"),
        sha256="eed16334842a5635257913b33acd1aeee29009eb188d855f9a1d0ceee4a8ae4d",
    ),
    "https://purl.imsglobal.org/spec/clr/v2p0/context-2.0.1.json": Pin(
        read=_openbadgeslib("clr_context_2.0.1.json"),
        sha256="7defe702c102faf14108579b7d65ef39ecf4c3bbef925b803e15bd77cd6e3394",
    ),
    f"{_OB}context-3.0.1.json": Pin(
        read=_openbadgeslib("ob-v3p0-context-3.0.1.json"),
        sha256="8bb2354552b70cbdf2066f6d3e24bc5c2be2619145737580ad2aebdc366e77d5",
    ),
    f"{_OB}context-3.0.2.json": Pin(
        read=_openbadgeslib("ob-v3p0-context-3.0.2.json"),
        sha256="bdd1d11a55a660322f24660862a1d430ee80cce584465f750909daa43684357c",
    ),
    f"{_OB}context-3.0.3.json": Pin(
        read=_openbadgeslib("ob-v3p0-context-3.0.3.json"),
        sha256="04b1136ddc4eda9a8966bc7ef182789f233a26739473140ef75d6968c29a2966",
    ),
    f"{_OB}extensions.json": Pin(
        read=_openbadgeslib("ob-v3p0-extensions.json"),
        sha256="15f4c347c6fe4380d9b6b93795859e33747ef48d5c55b91a71c52fb51c7bcbd7",
    ),
    schemas.CONTEXT_URL: Pin(
        read=_our_own,
        sha256="d7ac4429f61d2d39bfa9444819e0f09d9ca833cc383eedd361c7c212e4cbf47f",
    ),
    _EXAMPLES_URL: Pin(
        read=_examples,
        sha256="8a675bead391be98e6054c4e07c41f73337508d398e07047344c5d349aa2dc58",
    ),
}
"""Every context that may be named, by its exact URL."""


def is_known(url: str) -> bool:
    """Whether ``url`` is, letter by letter, the address of a pinned context."""
    return url in KNOWN


@cache
def load(url: str) -> JsonObject:
    """The pinned context document of ``url``. The object is shared: read, do not change.

    Raises ``UncheckedError`` (``UNKNOWN_CONTEXT``) for a URL that is not pinned, and
    ``PinMismatchError`` when the installed file is another one.
    """
    pin = KNOWN.get(url)
    if pin is None:
        raise _unknown(url, "/@context")
    return read_pinned(url, pin)


def read_pinned(url: str, pin: Pin) -> JsonObject:
    """Read the file of ``pin`` and insist that it is the pinned one."""
    data = pin.read()
    document = parse_json_object(data)
    if hashlib.sha256(rfc8785.dumps(document)).hexdigest() != pin.sha256:
        raise PinMismatchError(f"the installed copy of {url} is not the pinned one")
    published = pin.published_sha256
    if published is not None and hashlib.sha256(data).hexdigest() != published:
        raise PinMismatchError(f"the installed copy of {url} does not have its published digest")
    return document


def load_all() -> None:
    """Read every pinned context, so that a wrong installation fails at start-up."""
    for url in KNOWN:
        load(url)


def check_contexts(
    document: JsonObject, *, inline: InlineContexts, in_proofs: bool = True
) -> tuple[str, ...]:
    """Insist that every context of ``document`` is known; return warnings.

    ``in_proofs`` admits a context directly in a proof, where ``verifier.proofs`` insists that
    it is the document's and takes it out.

    Raises ``UncheckedError`` (``UNKNOWN_CONTEXT``) for an unknown URL, for a context inside
    the document, and, unless ``inline`` admits it, for an inline context. Raises
    ``RefusedError`` for a missing or malformed ``@context``, for more than
    ``limits.CONTEXTS`` of them, and for an inline one that redefines what is known.
    """
    if "@context" not in document:
        raise RefusedError(
            Code.MALFORMED_VALUE_ERROR, "The document has no @context.", pointer="/@context"
        )
    _check_no_inner_contexts(document, in_proofs=in_proofs)
    entries = _entries(document["@context"])
    warnings = _check_entries(entries, "/@context", inline)
    if warnings:
        check_no_compact_values(document, entries)
        check_scoped_work(document, entries)
    return warnings


def check_inner_contexts(document: JsonObject) -> None:
    """Look at the contexts of the credentials that stand in ``document``, and of their proofs,
    as ``check_contexts`` looks at its own where inline ones are admitted. Each credential is
    held to the caller's policy when it is verified itself; here the concern is what the words
    of the whole document mean."""
    for pointer, node in objects_within(document):
        if pointer and "@context" in node:
            entries = _entries(node["@context"])
            if _check_entries(entries, f"{pointer}/@context", InlineContexts.WARN):
                check_scoped_work(node, entries)


def _entries(value: JsonValue) -> list[JsonValue]:
    entries: list[JsonValue] = value if isinstance(value, list) else [value]
    if len(entries) > limits.CONTEXTS:
        raise RefusedError(
            Code.LIMIT_EXCEEDED, f"More than {limits.CONTEXTS} contexts.", pointer="/@context"
        )
    return entries


def _check_entries(
    entries: list[JsonValue], pointer: str, inline: InlineContexts
) -> tuple[str, ...]:
    urls = frozenset(entry for entry in entries if isinstance(entry, str) and is_known(entry))
    warnings: list[str] = []
    for number, entry in enumerate(entries):
        place = f"{pointer}/{number}"
        if not isinstance(entry, str):
            warnings.extend(_check_inline(entry, place, inline, urls))
        elif not is_known(entry):
            raise _unknown(entry, place)
    return tuple(dict.fromkeys(warnings))


def _check_inline(
    entry: JsonValue, pointer: str, inline: InlineContexts, urls: frozenset[str]
) -> tuple[str, ...]:
    if not isinstance(entry, dict):
        raise RefusedError(
            Code.MALFORMED_VALUE_ERROR, "A context is a URL or an object.", pointer=pointer
        )
    if inline is InlineContexts.UNDECIDED:
        raise UncheckedError(
            Code.UNKNOWN_CONTEXT,
            "The document defines words of its own, which nobody vouches for.",
            pointer=pointer,
        )
    check_inline_context(entry, pointer, known=is_known, defined=_defined(), listed=_names_in(urls))
    return ("The document defines words of its own (an inline context).",)


@cache
def _defined() -> Defined:
    return defined_iris(load(url) for url in KNOWN if url != _EXAMPLES_URL)


@lru_cache(maxsize=_LISTS)
def _names_in(urls: frozenset[str]) -> Names:
    return defined_names(load(url) for url in urls if url != _EXAMPLES_URL)


def known_iris() -> Set[str]:
    """Every IRI to which a pinned context gives a name, the examples left out."""
    return _defined().keys()


def _check_no_inner_contexts(document: JsonObject, *, in_proofs: bool) -> None:
    """Embedded credentials have contexts of their own and are looked at on their own."""
    for pointer, node in objects_within(document, below=lambda at: not is_embedded(at)):
        is_free = not pointer or is_embedded(pointer) or (in_proofs and _is_proof(pointer))
        if "@context" in node and not is_free:
            raise UncheckedError(
                Code.UNKNOWN_CONTEXT,
                "A part of the document has a context of its own.",
                pointer=f"{pointer}/@context",
            )


def _is_proof(pointer: str) -> bool:
    parts = pointer.split("/")
    return parts[1:] == ["proof"] or (len(parts) == 3 and parts[1] == "proof")


def _unknown(url: str, pointer: str) -> UncheckedError:
    return UncheckedError(
        Code.UNKNOWN_CONTEXT, f"The context {url[:120]!r} is not known here.", pointer=pointer
    )
