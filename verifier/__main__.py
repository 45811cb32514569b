"""The verifier on the command line: check one credential, or serve the web side.

``python -m verifier FILE|URL|-`` says the verdict in words. Exit codes: 0 verified, 1 not
verified, 2 could not check, 64 misuse, 70 our own fault. ``python -m verifier serve`` starts
the pages and the API; only then is the web side imported.

Leaves to others: the judgement (``verifier.judgement``), the words (``verifier.presentation``).
"""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import BinaryIO, Final, TextIO

from verifier import command_line, limits
from verifier.command_line import MISUSE, MisuseError, Parser, add_serve_options, parse_bind
from verifier.errors import CheckError, Code, UncheckedError
from verifier.intake.links import receive_link, receive_share
from verifier.intake.pictures import PictureReader
from verifier.intake.received import Received
from verifier.intake.uploads import receive_file
from verifier.judgement import Judgement, judge, unreceived
from verifier.outside import Outside
from verifier.policy import BY_NAME, Policy
from verifier.presentation.answer import build_json, build_text
from verifier.presentation.words import words
from verifier.problems import LIBRARY_BASE
from verifier.qr import parse_any_check_address
from verifier.report import Outcome
from verifier.settings import Settings, SettingsError
from verifier.sources import Fetch

EXIT_CODES: Final = {
    Outcome.VERIFIED: 0,
    Outcome.NOT_VERIFIED: 1,
    Outcome.COULD_NOT_CHECK: 2,
}


def main(
    arguments: Sequence[str],
    *,
    environ: Mapping[str, str],
    stdin: BinaryIO,
    stdout: TextIO,
    stderr: TextIO,
    clock: Callable[[], datetime],
) -> int:
    """Run one command and return its exit code."""
    try:
        if arguments[:1] == ["serve"]:
            return _serve(arguments[1:], environ, stdout)
        return _check(arguments, environ, stdin, stdout, clock)
    except (MisuseError, SettingsError) as error:
        stderr.write(f"{error}\n")
        return MISUSE


def _check(
    arguments: Sequence[str],
    environ: Mapping[str, str],
    stdin: BinaryIO,
    stdout: TextIO,
    clock: Callable[[], datetime],
) -> int:
    options = _check_parser().parse_args(arguments)
    settings = _with_registries(Settings.from_env(environ), options.registry)
    policy = BY_NAME[options.policy]
    judgement = _judge(options.what, settings, policy, stdin, clock())
    if options.json:
        body = build_json(judgement, words("en"), LIBRARY_BASE)
        stdout.write(_escape_unseen(json.dumps(body, ensure_ascii=False, indent=2)) + "\n")
    else:
        stdout.write(build_text(judgement, words("en")) + "\n")
    return EXIT_CODES[judgement.report.outcome]


def _escape_unseen(text: str) -> str:
    """The same JSON without what a terminal obeys: in it, such signs stand in strings only."""
    return "".join(
        sign if sign.isprintable() or sign == "\n" else json.dumps(sign)[1:-1] for sign in text
    )


def _check_parser() -> Parser:
    parser = Parser(
        prog="python -m verifier",
        description="Check one micro-internship credential, or another Open Badges 3.0 one.",
        epilog="Exit codes: 0 verified, 1 not verified, 2 could not check, 64 misuse, 70 our "
        "own fault. To start the pages and the API: python -m verifier serve --help",
    )
    parser.add_argument("what", metavar="FILE|URL|-", help="a file, a link, or - for stdin")
    parser.add_argument("--json", action="store_true", help="print the whole report as JSON")
    parser.add_argument(
        "--policy", choices=sorted(BY_NAME), default="standard", help="the rules (standard)"
    )
    parser.add_argument(
        "--registry",
        type=Path,
        action="append",
        default=[],
        metavar="FILE",
        help="a register of known issuers; may be given again",
    )
    return parser


def _with_registries(settings: Settings, paths: list[Path]) -> Settings:
    for path in paths:
        if not path.is_file():
            raise MisuseError(f"There is no file {str(path)!r}.")
    return replace(settings, registries=(*settings.registries, *paths))


def _judge(
    what: str, settings: Settings, policy: Policy, stdin: BinaryIO, now: datetime
) -> Judgement:
    with Outside(settings) as outside, outside.open_sources() as sources:
        try:
            received = _receive(what, stdin, settings.base_url, sources.fetch)
        except CheckError as error:
            return unreceived(error, now=now, policy=policy)
        return judge(received, now=now, policy=policy, sources=sources)


def _receive(what: str, stdin: BinaryIO, base_url: str, fetch: Fetch) -> Received:
    if what.startswith(("https://", "http://")):
        # The check address of any verifier names an issuer's share: we are a verifier too,
        # so the share is fetched from the issuer, and the other verifier is not asked.
        address = parse_any_check_address(what)
        if address is not None:
            return receive_share(address, fetch=fetch)
        return receive_link(what, base_url=base_url, fetch=fetch)
    data = _read(what, stdin)
    if len(data) > limits.UPLOAD_BYTES:
        raise UncheckedError(Code.LIMIT_EXCEEDED, "The file is larger than 5 MB.")
    return receive_file(data, base_url=base_url, fetch=fetch, read_codes=PictureReader().read_codes)


def _read(what: str, stdin: BinaryIO) -> bytes:
    if what == "-":
        return stdin.read(limits.UPLOAD_BYTES + 1)
    try:
        with Path(what).open("rb") as file:
            return file.read(limits.UPLOAD_BYTES + 1)
    except OSError as error:
        raise MisuseError(f"{what!r} cannot be read: {error.strerror}.") from error


def _serve(arguments: Sequence[str], environ: Mapping[str, str], stdout: TextIO) -> int:
    parser = Parser(prog="python -m verifier serve", description="Serve the pages and the API.")
    add_serve_options(parser, "127.0.0.1:8200")
    options = parser.parse_args(arguments)
    host, port = parse_bind(options)
    settings = Settings.from_env(environ)
    try:
        from verifier.serving import Service, serve
        from verifier.web.wsgi import FACTORY, THREADS
    except ModuleNotFoundError as error:
        raise MisuseError(
            f"The web side needs the extra [verifier]: {error.name} is not installed."
        ) from error
    with Outside(settings):  # registries that cannot be read stop the start, not a request
        pass
    service = Service(
        name="verifier",
        base_url=settings.base_url,
        factory=FACTORY,
        ready_path="/healthz",
        threads=THREADS,
    )
    serve(service, host=host, port=port, workers=options.workers, stdout=stdout)
    return 0


def run() -> int:
    """The process's own edge: its streams, its clock, its environment."""
    return command_line.run(
        lambda: main(
            sys.argv[1:],
            environ=os.environ,
            stdin=sys.stdin.buffer,
            stdout=sys.stdout,
            stderr=sys.stderr,
            clock=lambda: datetime.now(UTC),
        ),
        "Something failed on our side. Nothing was decided.",
    )


if __name__ == "__main__":
    sys.exit(run())
