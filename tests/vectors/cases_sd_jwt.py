"""The cases of SD-JWT, SD-JWT VC and key binding (RFC 9901)."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from datetime import UTC, datetime
from typing import Any, Final

from tests.sd_jwts import HEADER, KEY, hashed, issued, raw, token
from tests.signers import EcTestKey
from tests.vectors.cases import EXAMPLES, SITE, STRANGER, V2, Answers, Case, refused, undecided
from verifier import limits
from verifier.proofs.jwk import build_jwk
from verifier.proofs.jws import build_jws
from verifier.proofs.sd_jwt_present import bind, present
from verifier.strict_json import JsonObject

MADE_AT: Final = datetime(2026, 6, 1, 12, 0, tzinfo=UTC)
HOLDER: Final = EcTestKey.number(9)
SITE_KEY: Final = EcTestKey.number(4)
SECTION_7: Final = "RFC 9901, section 7.1."
LEFT_OUT: Final = (
    "A holder chooses what to show. What decides about a credential must not be among it: "
)


def claims(**members: Any) -> JsonObject:
    """The claims of a small SD-JWT VC; ``...`` leaves one out."""
    document: JsonObject = {
        "iss": KEY.did,
        "iat": 1774297866,
        "vct": "https://issuer.example/types/badge",
        "cnf": {"jwk": build_jwk(HOLDER.public)},
        "name": "Maya",
        "skills": ["reading", "writing"],
    }
    return {name: value for name, value in (document | members).items() if value is not ...}


def w3c(**members: Any) -> JsonObject:
    """A small credential of the W3C data model; ``...`` leaves a member out."""
    document: JsonObject = {
        "@context": [V2, EXAMPLES],
        "type": ["VerifiableCredential", "ExampleAlumniCredential"],
        "issuer": KEY.did,
        "credentialSubject": {"id": "did:example:learner", "alumniOf": "A school"},
    }
    return {name: value for name, value in (document | members).items() if value is not ...}


W3C_HEADER: Final = HEADER | {"typ": "vc+sd-jwt"}
NAME: Final = raw("salt", "name", "Maya")


def bound(text: str, **members: Any) -> str:
    """A token that the holder bound."""
    chosen = {
        "audience": "https://verifier.example",
        "nonce": "n-1",
        "now": MADE_AT,
        "algorithm": "ES256",
        "sign": HOLDER.sign,
    }
    return bind(text, **(chosen | members))


def bound_by_hand(header: JsonObject | None = None, **members: Any) -> str:
    """A token with a binding of any form; ``...`` leaves a claim out."""
    text = issued(claims(), "/name")
    payload = {
        "iat": int(MADE_AT.timestamp()),
        "aud": "https://verifier.example",
        "nonce": "n-1",
        "sd_hash": hashed(text),
    } | members
    given = {name: value for name, value in payload.items() if value is not ...}
    named = header or {"alg": "ES256", "typ": "kb+jwt"}
    return text + token(given, key=HOLDER, header=named).removesuffix("~")


def _unread(title: str, why: str, build: Callable[[], str], step: int = 3, **api: Any) -> Case:
    return Case(title=title, why=why, build=build, expected=refused("PARSING_ERROR", step, **api))


def _malformed(title: str, why: str, build: Callable[[], Any], step: int = 3) -> Case:
    return Case(title=title, why=why, build=build, expected=refused("MALFORMED_VALUE_ERROR", step))


def _unbound(title: str, why: str, build: Callable[[], str], step: int = 3) -> Case:
    return Case(title=title, why=why, build=build, expected=refused("INVALID_KEY_BINDING", step))


# --- form and disclosures -----------------------------------------------------------------


def _forms() -> Iterator[tuple[str, Case]]:
    yield (
        "sd-jwt-without-its-last-tilde",
        _unread(
            "A disclosure in the place of the key binding",
            "Without the last tilde the last part is a key binding. RFC 9901, section 4.",
            lambda: issued(claims(), "/name").removesuffix("~"),
            2,
        ),
    )
    yield (
        "sd-jwt-with-an-empty-part",
        _unread(
            "Two tildes in a row",
            "One token has one spelling. RFC 9901, section 4.",
            lambda: issued(claims(), "/name").replace("~", "~~", 1),
            2,
        ),
    )
    yield (
        "sd-jwt-disclosure-in-a-second-spelling",
        _unread(
            "Spare bits at the end of a disclosure",
            "Read carelessly, two texts are one disclosure, and its digest is only of one.",
            lambda: _second_spelling(issued(claims(name="Mayas"), "/name")),
            2,
        ),
    )
    for name, between in (("padding", "="), ("a-line-break", "\n")):
        yield (
            f"sd-jwt-disclosure-with-{name}",
            _unread(
                f"A disclosure with {name.replace('-', ' ')} in it",
                "Readers that skip what is no base64url read one disclosure from many texts.",
                lambda between=between: _spoiled(issued(claims(name="Mayas"), "/name"), between),
                1,
            ),
        )
    yield (
        "sd-jwt-of-thousands-of-disclosures",
        Case(
            title="More disclosures than anybody needs",
            why="Each costs a hash and a reading; their number is bounded before any is read.",
            build=lambda: token(claims(), *(["WzFd"] * (limits.DISCLOSURES + 1))),
            expected=refused("LIMIT_EXCEEDED", 2),
        ),
    )
    yield (
        "sd-jwt-tower-of-disclosures",
        Case(
            title="A disclosure in a disclosure in a disclosure",
            why="Each is short and flat, but together they are deeper than any reader goes.",
            build=_tower,
            expected=refused("LIMIT_EXCEEDED", 3),
        ),
    )
    yield (
        "sd-jwt-claim-twice",
        _unread(
            "One claim twice in a signed payload",
            "Two readers would see two credentials under one signature.",
            lambda: _signed_bytes(
                b'{"iss":"' + KEY.did.encode() + b'","vct":"urn:a","vct":"urn:b"}'
            ),
            2,
        ),
    )


def _second_spelling(text: str) -> str:
    """The same bytes in another text: the last character has bits that say nothing."""
    head, disclosure, tail = text.split("~")
    assert len(disclosure) % 4 != 0
    return f"{head}~{disclosure[:-1]}{chr(ord(disclosure[-1]) + 1)}~{tail}"


def _spoiled(text: str, between: str) -> str:
    """One character more at the end of the disclosure."""
    return f"{text.removesuffix('~')}{between}~"


def _tower() -> str:
    below: Any = "the ground"
    disclosures: list[str] = []
    for _ in range(limits.JSON_DEPTH + 1):
        disclosures.append(raw("salt", "inside", below))
        below = {"_sd": [hashed(disclosures[-1])]}
    return token(claims() | below, *disclosures)


def _signed_bytes(payload: bytes) -> str:
    return f"{build_jws(HEADER, payload, KEY.sign)}~"


def _disclosures() -> Iterator[tuple[str, Case]]:
    yield (
        "sd-jwt-disclosure-that-nothing-asks-for",
        _unread(
            "A disclosure that no digest covers",
            f"The issuer did not sign it; anybody could have added it. {SECTION_7}",
            lambda: token(claims(), raw("salt", "grade", "A")),
        ),
    )
    yield (
        "sd-jwt-disclosure-twice",
        _unread(
            "One disclosure twice",
            f"Every disclosure answers one digest. {SECTION_7}",
            lambda: token(claims(name=...) | {"_sd": [hashed(NAME)]}, NAME, NAME),
        ),
    )
    yield (
        "sd-jwt-digest-twice",
        _unread(
            "One digest in two places",
            f"One disclosure would say two things. {SECTION_7}",
            lambda: token(
                claims(name=..., child={"_sd": [hashed(NAME)]}) | {"_sd": [hashed(NAME)]}, NAME
            ),
        ),
    )
    yield (
        "sd-jwt-disclosure-over-a-claim",
        _unread(
            "A disclosure with the name of a claim that stands in the open",
            f"Whoever shows it would replace what others see. {SECTION_7}",
            lambda: token(
                claims() | {"_sd": [hashed(raw("s", "name", "M."))]}, raw("s", "name", "M.")
            ),
        ),
    )
    for name, title in (("_sd", "sd"), ("...", "dots"), ("_sd_alg", "hash")):
        yield (
            f"sd-jwt-disclosure-named-{title}",
            _unread(
                f"A disclosure named {name}",
                f"It would bring digests that the issuer did not sign as such. {SECTION_7}",
                lambda name=name: _with_disclosure(raw("s", name, [])),
                2,
            ),
        )
    yield (
        "sd-jwt-member-in-a-list",
        _unread(
            "A disclosure of a member, in the place of an element",
            SECTION_7,
            lambda: token(claims(skills=[{"...": hashed(NAME)}]), NAME),
        ),
    )
    yield (
        "sd-jwt-element-in-an-object",
        _unread(
            "A disclosure of an element, in the place of a member",
            SECTION_7,
            lambda: _with_disclosure(raw("s", "x")),
        ),
    )
    yield (
        "sd-jwt-digests-that-are-no-list",
        _unread(
            "Digests as one text instead of a list",
            "A reader that skips it shows less than the issuer signed, and says nothing.",
            lambda: token(claims() | {"_sd": hashed(NAME)}),
        ),
    )
    yield (
        "sd-jwt-digest-beside-a-member",
        _unread(
            "A hidden element that says something in the open as well",
            "Readers disagree on whether it is there.",
            lambda: token(claims(skills=[{"...": "x", "name": "reading"}])),
        ),
    )
    for name, title in (("sha-1", "weak"), ("SHA-256", "in-capitals")):
        yield (
            f"sd-jwt-hash-{title}",
            Case(
                title=f"Digests by {name}",
                why="Only the names of the table count, as they are written there; a weak hash "
                "lets a disclosure be swapped for another one.",
                build=lambda name=name: token(claims(_sd_alg=name)),
                expected=refused("UNSUPPORTED_ALGORITHM", 3),
            ),
        )


def _with_disclosure(disclosure: str) -> str:
    return token(claims() | {"_sd": [hashed(disclosure)]}, disclosure)


# --- what must stand in the open ----------------------------------------------------------


def _decisive() -> Iterator[tuple[str, Case]]:
    brought: Mapping[str, tuple[Any, str]] = {
        "iss": (KEY.did, "the issuer."),
        "exp": (1774384266, "the end."),
        "cnf": ({"jwk": build_jwk(STRANGER.public)}, "whose credential it is."),
        "vct": ("https://issuer.example/types/other", "the type."),
        "status": (
            {"status_list": {"idx": 1, "uri": f"{SITE}/status/1"}},
            "the list on which it is withdrawn.",
        ),
    }
    for name, (value, what) in brought.items():
        yield (
            f"sd-jwt-{name}-in-a-disclosure",
            _unread(
                f"A disclosure brings {name}",
                f"{LEFT_OUT}{what} SD-JWT VC, section 2.2.2.",
                lambda name=name, value=value: _brought(claims(**{name: ...}), name, value),
            ),
        )
    yield (
        "sd-jwt-status-with-a-hidden-part",
        _unread(
            "A status whose list is hidden",
            f"{LEFT_OUT}a status that was kept back would count as none.",
            lambda: token(claims(status={"_sd": ["x"]})),
        ),
    )
    yield (
        "vc-sd-jwt-with-a-hidden-context",
        _unread(
            "A context that was kept back",
            f"{LEFT_OUT}without it the words have another meaning. VC-JOSE-COSE, section 3.2.",
            _hidden_context,
        ),
    )
    documents: Mapping[str, Any] = {
        "issuer": KEY.did,
        "@context": [V2, EXAMPLES],
        "credentialStatus": {"type": "BitstringStatusListEntry"},
    }
    for name, value in documents.items():
        yield (
            f"vc-sd-jwt-{name.strip('@').lower()}-in-a-disclosure",
            _unread(
                f"A disclosure brings {name} into a W3C credential",
                f"{LEFT_OUT}{name}. VC-JOSE-COSE, section 3.2.",
                lambda name=name, value=value: _brought(
                    w3c(**{name: ...}), name, value, W3C_HEADER
                ),
            ),
        )


def _hidden_context() -> str:
    return token(w3c(**{"@context": [V2, EXAMPLES, {"...": "kept-back"}]}), header=W3C_HEADER)


def _brought(document: JsonObject, name: str, value: Any, header: JsonObject = HEADER) -> str:
    disclosure = raw("s", name, value)
    return token(document | {"_sd": [hashed(disclosure)]}, disclosure, header=header)


# --- kinds, signatures and claims ---------------------------------------------------------


def _kinds() -> Iterator[tuple[str, Case]]:
    why = "A token that was signed for something else says nothing here. RFC 8725, section 3.11."
    for typ in ("kb+jwt", "statuslist+jwt"):
        yield (
            f"sd-jwt-of-type-{typ.replace('+', '-')}",
            _malformed(
                f"Claims of a credential in a {typ}",
                why,
                lambda typ=typ: token(claims(), header=HEADER | {"typ": typ}),
                2,
            ),
        )
    yield (
        "sd-jwt-vct-in-place-of-contexts",
        _malformed(
            "An SD-JWT VC under the type of W3C credentials",
            "Drafts had it so, and the two kinds were confused. A vc+sd-jwt is a W3C credential.",
            lambda: issued(claims(), header=W3C_HEADER),
        ),
    )
    yield (
        "sd-jwt-of-unknown-kind",
        Case(
            title="An SD-JWT of a kind that is not known here",
            why="What it means is not ours to say: neither yes nor no.",
            build=lambda: issued(claims(), header=HEADER | {"typ": "example+sd-jwt"}),
            expected=undecided("UNSUPPORTED_FORMAT", 2),
        ),
    )
    yield (
        "sd-jwt-by-a-certificate",
        Case(
            title="An issuer that a certificate names",
            why="That is another way to know an issuer, which is not supported: neither yes nor "
            "no, and never a choice that the token makes.",
            build=lambda: issued(claims(), header=HEADER | {"x5c": ["MIIBszCCAVmg"]}),
            expected=undecided("UNSUPPORTED_FORMAT", 2),
        ),
    )
    yield (
        "vc-sd-jwt-in-the-envelope-of-another-kind",
        _malformed(
            "A vc+sd-jwt in an envelope for dc+sd-jwt",
            "The envelope would let it be read by other rules than its own.",
            lambda: envelope("dc+sd-jwt", issued(w3c(), header=W3C_HEADER)),
            2,
        ),
    )


def envelope(kind: str, text: str) -> JsonObject:
    """A token in a ``data:`` URL."""
    return {
        "@context": V2,
        "type": "EnvelopedVerifiableCredential",
        "id": f"data:application/{kind},{text}",
    }


def _signatures() -> Iterator[tuple[str, Case]]:
    for name in ("none", "HS256"):
        yield (
            f"sd-jwt-signed-with-{name.lower()}",
            Case(
                title=f"An SD-JWT with the algorithm {name}",
                why="Anybody can make such a signature. RFC 8725, section 3.1.",
                build=lambda name=name: issued(claims(), header=HEADER | {"alg": name}),
                expected=refused("UNSUPPORTED_ALGORITHM", 2),
            ),
        )
    mismatch = refused("ISSUER_KEY_MISMATCH", 4)
    yield (
        "sd-jwt-by-a-stranger",
        Case(
            title="An SD-JWT with a good signature by another DID",
            why="The key must be the issuer's, not just a key.",
            build=lambda: issued(
                claims(), key=STRANGER, header=HEADER | {"kid": STRANGER.verification_method}
            ),
            expected=mismatch,
        ),
    )
    yield (
        "sd-jwt-with-its-own-key",
        Case(
            title="The key to check with, in the token's own header",
            why="A key that an attacker brings along fits whatever the attacker signed.",
            build=lambda: issued(
                claims(),
                key=STRANGER,
                header={"alg": "EdDSA", "typ": "dc+sd-jwt", "jwk": build_jwk(STRANGER.public)},
            ),
            expected=mismatch,
        ),
    )
    yield (
        "sd-jwt-changed-payload",
        Case(
            title="A claim of an SD-JWT was changed after signing",
            why="The signature covers every claim and every digest.",
            build=_changed,
            expected=refused("PROOF_VERIFICATION_ERROR", 5),
        ),
    )
    yield (
        "sd-jwt-ended",
        Case(
            title="An SD-JWT VC past its exp",
            why="RFC 7519, section 4.1.4.",
            build=lambda: issued(claims(exp=1780185600)),
            expected=refused("EXPIRED", 6),
        ),
    )
    yield (
        "sd-jwt-status-of-unknown-kind",
        Case(
            title="A status mechanism that is not known here",
            why="Skipped, it would count as not withdrawn.",
            build=lambda: issued(claims(status={"other_mechanism": {"idx": 1}})),
            expected=undecided("UNSUPPORTED_STATUS_TYPE", 7),
        ),
    )
    yield (
        "sd-jwt-without-issuer",
        _malformed(
            "An SD-JWT VC without iss",
            "Nobody would know whose key to look for.",
            lambda: issued(claims(iss=...)),
        ),
    )
    yield (
        "sd-jwt-end-as-text",
        _malformed(
            "An exp that is text",
            "Compared carelessly, a text never ends. RFC 7519, section 2.",
            lambda: issued(claims(exp="1780185600")),
        ),
    )
    yield (
        "vc-sd-jwt-of-two-issuers",
        _malformed(
            "A claim iss beside another issuer",
            "Two readers would see two issuers. VC-JOSE-COSE, section 3.1.3.",
            lambda: issued(w3c(iss=STRANGER.did), header=W3C_HEADER),
        ),
    )


def _changed() -> str:
    head, _, signature = issued(claims()).split(".")
    other = token(claims(name="Somebody")).split(".")[1]
    return f"{head}.{other}.{signature}"


# --- key binding --------------------------------------------------------------------------


def _bindings() -> Iterator[tuple[str, Case]]:
    yield (
        "sd-jwt-bound-by-another-key",
        _unbound(
            "A key binding by somebody else",
            "Only the key that the issuer named can show who holds it. RFC 9901, section 7.3.",
            lambda: bound(issued(claims()), sign=EcTestKey.number(8).sign),
            5,
        ),
    )
    yield (
        "sd-jwt-bound-by-the-key-it-brings",
        _unbound(
            "A key binding whose header holds the key",
            "The holder's key comes from the issuer's cnf and from nowhere else.",
            lambda: (
                issued(claims(cnf=...))
                + bound_by_hand(
                    {"alg": "ES256", "typ": "kb+jwt", "jwk": build_jwk(HOLDER.public)}
                ).rpartition("~")[2]
            ),
        ),
    )
    yield (
        "sd-jwt-bound-with-more-disclosures",
        _unbound(
            "A disclosure taken away under a key binding",
            "The holder signed what was shown, all of it. RFC 9901, section 4.3.1.",
            _truncated,
            5,
        ),
    )
    forms: Mapping[str, tuple[str, Callable[[], str]]] = {
        "of-another-type": (
            "A key binding with another typ",
            lambda: bound_by_hand({"alg": "ES256", "typ": "JWT"}),
        ),
        "for-two-audiences": (
            "A key binding for a list of verifiers",
            lambda: bound_by_hand(aud=["https://verifier.example", "https://other.example"]),
        ),
        "without-nonce": ("A key binding without a nonce", lambda: bound_by_hand(nonce=...)),
        "without-hash": ("A key binding without sd_hash", lambda: bound_by_hand(sd_hash=...)),
        "without-time": ("A key binding without iat", lambda: bound_by_hand(iat=...)),
    }
    for name, (title, build) in forms.items():
        yield (
            f"sd-jwt-bound-{name}",
            _unbound(
                title,
                "A binding that is there is checked in full, whoever asked for it; otherwise a "
                "copy of another day would do. RFC 9901, sections 4.3 and 7.3.",
                build,
            ),
        )
    yield (
        "sd-jwt-bound-with-none",
        Case(
            title="A key binding with the algorithm none",
            why="Anybody can make it.",
            build=lambda: bound_by_hand({"alg": "none", "typ": "kb+jwt"}),
            expected=refused("UNSUPPORTED_ALGORITHM", 2),
        ),
    )
    yield (
        "sd-jwt-bound-in-the-future",
        Case(
            title="A key binding made tomorrow",
            why="A binding made in advance shows nothing about today.",
            build=lambda: bound_by_hand(iat=int(MADE_AT.timestamp()) + 86_400),
            expected=refused("NOT_YET_VALID", 6),
        ),
    )


def _truncated() -> str:
    text = issued(claims(), "/name", "/skills")
    binding = bound(text).rpartition("~")[2]
    return present(text, ["/name"]) + binding


_ROOMS: Final = (_forms, _disclosures, _decisive, _kinds, _signatures, _bindings)
REFUSED: Final[Mapping[str, Case]] = dict(pair for room in _ROOMS for pair in room())


# --- the accepted -------------------------------------------------------------------------


def _good(
    title: str, build: Callable[[], Any], network: Callable[[], Answers] | None = None
) -> Case:
    return Case(
        title=title,
        why="It must verify: a verifier that refuses everything is of no use.",
        build=build,
        expected={"outcome": "verified"},
        network=network,
    )


def _by_site() -> str:
    header = {"alg": "ES256", "typ": "dc+sd-jwt", "kid": "one"}
    return issued(claims(iss=f"{SITE}/issuers/1"), "/name", key=SITE_KEY, header=header)


def _metadata() -> Answers:
    jwk = {**build_jwk(SITE_KEY.public), "kid": "one"}
    document = {"issuer": f"{SITE}/issuers/1", "jwks": {"keys": [jwk]}}
    return {f"{SITE}/.well-known/jwt-vc-issuer/issuers/1": document}


ACCEPTED: Final[Mapping[str, Case]] = {
    "sd-jwt-vc": _good(
        "An SD-JWT VC that shows one claim and keeps others back",
        lambda: present(issued(claims(), "/name", "/skills/0", "/skills", decoys=2), ["/name"]),
    ),
    "sd-jwt-vc-bound": _good(
        "An SD-JWT VC that its holder bound to a verifier", lambda: bound(issued(claims(), "/name"))
    ),
    "sd-jwt-vc-of-a-web-issuer": _good(
        "An SD-JWT VC of an https issuer with metadata", _by_site, _metadata
    ),
    "vc-sd-jwt": _good(
        "A W3C credential as an SD-JWT, with a hidden claim",
        lambda: issued(w3c(), "/credentialSubject/alumniOf", header=W3C_HEADER),
    ),
    "vc-sd-jwt-in-an-envelope": _good(
        "A W3C credential as an SD-JWT in an envelope",
        lambda: envelope("vc+sd-jwt", issued(w3c(), header=W3C_HEADER)),
    ),
}
