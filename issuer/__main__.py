"""The issuer on the command line: ``python -m issuer COMMAND``. Prints JSON.

Exit codes: 0 done, 1 refused (the reason is on standard error), 64 misuse, 70 our own fault.
``serve`` starts the web side (only then is it imported) and, unless told otherwise, a worker.

Leaves to others: what a command does (``issuer.commands``).
"""

from __future__ import annotations

import argparse
import getpass
import json
import os
import sys
import threading
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import nullcontext
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final, TextIO

from issuer import limits, profile_commands
from issuer.callers import Caller, Scope
from issuer.commands import COMMANDS
from issuer.did_document import DidMethod
from issuer.errors import IssuerError, OwnFaultError, RefusedStartError
from issuer.events import Kind
from issuer.importing import import_file, read_order
from issuer.jobs import Progress
from issuer.lifecycle import Reason
from issuer.office import Office, open_office
from issuer.platforms import PayloadError
from issuer.record import RecordError
from issuer.settings import EMBEDDED, Settings
from issuer.signing.formats import DEFAULT_FORMAT, KEY_TYPES, PROOF_FORMATS
from issuer.store.job_rows import JobState
from issuer.store.rows import StatusPolicy
from issuer.tenants import choose_issuer, find_tenant
from issuer.work_queue import open_queue, queue_url
from issuer.worker import Worker
from issuer.worker_process import WITH_PARENT, kept_worker, stop_on_signal, stop_with_parent
from verifier import command_line
from verifier.command_line import (
    MISUSE,
    OUR_FAULT,
    MisuseError,
    Parser,
    add_serve_options,
    parse_bind,
)
from verifier.errors import CheckError
from verifier.jsonld.contexts import load_all

REFUSED: Final = 1
COMPLETIONS: Final = "completions"
"""Stands for a profile where a file needs none."""


def _ask_password() -> str:
    """From the terminal, twice and unseen; otherwise the first line of standard input."""
    if not sys.stdin.isatty():
        return sys.stdin.readline(limits.PASSWORD_CHARACTERS_MAX + 2).rstrip("\r\n")
    password = getpass.getpass("Password: ")
    if getpass.getpass("Again: ") != password:
        raise MisuseError("The two are not the same.")
    return password


def main(
    arguments: Sequence[str],
    *,
    environ: Mapping[str, str],
    stdout: TextIO,
    stderr: TextIO,
    clock: Callable[[], datetime],
    ask_password: Callable[[], str] = _ask_password,
) -> int:
    """Run one command and return its exit code."""
    try:
        options = _parser().parse_args(arguments)
        options.ask_password = ask_password
        if options.command == "serve":
            return _serve(options, environ, stdout)
        if options.command == "worker":
            return _work(options, environ, stdout, clock)
        if options.command == "profile":
            return profile_commands.run(options, environ, stdout, stderr, clock())
        if options.command == "import":
            return _import(options, environ, stdout, stderr, clock)
        return _run(options, environ, stdout, clock)
    except (MisuseError, RefusedStartError) as error:
        stderr.write("\n".join(getattr(error, "faults", None) or [str(error)]) + "\n")
        return MISUSE
    except OwnFaultError as error:
        stderr.write(f"{error.detail}\n")
        return OUR_FAULT
    except (IssuerError, CheckError) as error:
        stderr.write(f"{error.detail}\n")
        return REFUSED
    except RecordError as error:
        findings = [finding.to_json() for finding in error.findings]
        stderr.write(json.dumps({"findings": findings}, ensure_ascii=False, indent=2) + "\n")
        return REFUSED


def _run(
    options: argparse.Namespace,
    environ: Mapping[str, str],
    stdout: TextIO,
    clock: Callable[[], datetime],
) -> int:
    words = (options.command, options.verb) if "verb" in options else (options.command,)
    office = open_office(Settings.from_env(environ))
    try:
        answer = COMMANDS[words](office, options, clock())
        if isinstance(answer, Iterator):
            stdout.writelines(json.dumps(line, ensure_ascii=False) + "\n" for line in answer)
        else:
            stdout.write(json.dumps(answer, ensure_ascii=False, indent=2) + "\n")
    finally:
        office.store.close()
    return 0


def _serve(options: argparse.Namespace, environ: Mapping[str, str], stdout: TextIO) -> int:
    host, port = parse_bind(options)
    settings = Settings.from_env(environ)
    try:
        from issuer.web.wsgi import FACTORY, THREADS
        from verifier.serving import Service, serve
    except ModuleNotFoundError as error:
        raise MisuseError(
            f"The web side needs the extra [issuer]: {error.name} is not installed."
        ) from error
    open_office(settings).store.close()  # what cannot be opened stops the start, not a request
    service = Service(
        name="issuer",
        base_url=settings.base_url,
        factory=FACTORY,
        ready_path="/readyz",
        threads=THREADS,
    )
    with kept_worker(environ) if settings.worker == EMBEDDED else nullcontext():
        serve(service, host=host, port=port, workers=options.workers, stdout=stdout)
    return 0


def _work(
    options: argparse.Namespace,
    environ: Mapping[str, str],
    stdout: TextIO,
    clock: Callable[[], datetime],
) -> int:
    if not 0 < options.threads <= limits.WORKER_THREADS_MAX:
        raise MisuseError(f"--threads is a number from 1 to {limits.WORKER_THREADS_MAX}.")
    settings = Settings.from_env(environ)
    load_all()  # a context that is not the pinned one stops the start, not a task
    office = open_office(settings)
    try:
        if options.once:
            done = Worker(office=office, clock=clock).work_once()
            stdout.write(json.dumps(done, indent=2) + "\n")
            return OUR_FAULT if None in done.values() else 0
        return _work_on(office, settings, options, stdout, clock)
    finally:
        office.store.close()


def _work_on(
    office: Office,
    settings: Settings,
    options: argparse.Namespace,
    stdout: TextIO,
    clock: Callable[[], datetime],
) -> int:
    stop = threading.Event()
    stop_on_signal(stop)
    if options.with_parent:
        stop_with_parent(stop, sys.stdin.buffer)
    queue = open_queue(settings.queue_url or queue_url(settings.database_url))
    stdout.write(f"The worker is ready ({options.threads} threads).\n")
    stdout.flush()
    worker = Worker(office=office, clock=clock)
    is_finished = worker.work(queue, threads=options.threads, stop=stop)
    queue.close()
    return 0 if is_finished else OUR_FAULT


def _import(
    options: argparse.Namespace,
    environ: Mapping[str, str],
    stdout: TextIO,
    stderr: TextIO,
    clock: Callable[[], datetime],
) -> int:
    stop = threading.Event()
    if threading.current_thread() is threading.main_thread():
        stop_on_signal(stop)
    office = open_office(Settings.from_env(environ))
    try:
        progress = _import_file(office, options, stderr, clock, stop)
    except PayloadError as error:
        stderr.write(f"{error}\n")
        return REFUSED
    finally:
        office.store.close()
    counts = {state.value: count for state, count in sorted(progress.counts.items())}
    answer = {"job": progress.job.id, "state": progress.job.state.value, "counts": counts}
    stdout.write(json.dumps(answer, indent=2) + "\n")
    if progress.job.state is JobState.FINISHED:
        return REFUSED if progress.failed else 0
    stderr.write("Not finished. Give the command again to go on; a worker goes on as well.\n")
    return REFUSED


def _import_file(
    office: Office,
    options: argparse.Namespace,
    stderr: TextIO,
    clock: Callable[[], datetime],
    stop: threading.Event,
) -> Progress:
    def show(progress: Progress) -> None:
        line = f"{progress.done} of {progress.rows} rows done, {progress.failed} failed"
        stderr.write(f"\r{line}" if stderr.isatty() else f"{line}\n")
        stderr.flush()

    tenant = find_tenant(office.store, options.tenant)
    caller = Caller(tenant_id=tenant.id, actor="cli", scopes=frozenset(Scope))
    order = read_order(
        profile=None if options.profile == COMPLETIONS else options.profile,
        consent=options.consent,
        share=options.share,
        is_dry_run=options.dry_run,
    )
    return import_file(
        office,
        caller,
        order,
        options.file,
        issuer=choose_issuer(office.store, tenant.id, options.issuer),
        clock=clock,
        show=show,
        stop=stop,
    )


# --- the words --------------------------------------------------------------------------

_Commands = Any
"""argparse's own type for a group of commands has no public name."""


def _parser() -> Parser:
    parser = Parser(
        prog="python -m issuer",
        description="Issue credentials for completed micro-internships.",
        epilog="Exit codes: 0 done, 1 refused, 64 misuse, 70 our own fault. Settings come from "
        "ISSUER_* in the environment; see docs/operations.md.",
    )
    commands = parser.add_subparsers(dest="command", required=True, metavar="COMMAND")
    _add_serve(commands)
    _add_worker(commands)
    _add_tenants(commands)
    _add_issuers(commands)
    _add_keys(commands)
    _add_api_keys(commands)
    _add_webhooks(commands)
    _add_credentials(commands)
    _add_mails(commands)
    _add_profiles(commands)
    check = commands.add_parser("self-check", help="list the intents that a crash left")
    check.add_argument("--settle", action="store_true", help="finish or void them")
    _add_operators(commands)
    _add_audit(commands)
    commands.add_parser("demo-seed", help="make a demo tenant on this machine; print its key")
    commands.add_parser(
        "conformance-seed",
        help="make a tenant with an issuer for each proof format; print their paths and a key",
    )
    return parser


def _group(commands: _Commands, name: str, help_text: str) -> _Commands:
    group = commands.add_parser(name, help=help_text)
    return group.add_subparsers(dest="verb", required=True, metavar="VERB")


def _for_tenant(verbs: _Commands, name: str, help_text: str) -> Parser:
    parser: Parser = verbs.add_parser(name, help=help_text)
    parser.add_argument("--tenant", required=True, metavar="NAME", help="whose")
    return parser


def _add_serve(commands: _Commands) -> None:
    serve = commands.add_parser("serve", help="serve the API and the share pages")
    add_serve_options(serve, "127.0.0.1:8100")


def _add_worker(commands: _Commands) -> None:
    worker = commands.add_parser("worker", help="do background work until a signal ends it")
    worker.add_argument(
        "--threads",
        type=int,
        default=limits.WORKER_THREADS,
        metavar="N",
        help=f"things done at a time ({limits.WORKER_THREADS})",
    )
    worker.add_argument("--once", action="store_true", help="do what there is to do, and end")
    worker.add_argument(WITH_PARENT, action="store_true", help=argparse.SUPPRESS)


def _add_tenants(commands: _Commands) -> None:
    verbs = _group(commands, "tenant", "platforms and schools that use this issuer")
    verbs.add_parser("add", help="add one").add_argument("name", metavar="NAME")
    verbs.add_parser("list", help="list all")


def _add_issuers(commands: _Commands) -> None:
    verbs = _group(commands, "issuer", "the DIDs that sign for a tenant")
    add = _for_tenant(verbs, "add", "add one, with a new key")
    add.add_argument("name", metavar="NAME", help="stands in the DID: small letters, digits, -")
    add.add_argument("--profile-name", required=True, metavar="TEXT", help="its name for people")
    add.add_argument("--profile-url", metavar="URL", help="its web address")
    add.add_argument(
        "--status",
        choices=[policy.value for policy in StatusPolicy],
        default=StatusPolicy.REVOCATION.value,
        help="which status entries its credentials carry (revocation)",
    )
    add.add_argument(
        "--format",
        choices=list(PROOF_FORMATS),
        default=DEFAULT_FORMAT,
        metavar="FORMAT",
        help=f"how its credentials are secured: {', '.join(PROOF_FORMATS)} ({DEFAULT_FORMAT})",
    )
    add.add_argument(
        "--key-type",
        choices=list(KEY_TYPES),
        metavar="KIND",
        help=f"kind of its key: {', '.join(KEY_TYPES)} (the usual one of the format)",
    )
    add.add_argument(
        "--did-method",
        choices=[method.value for method in DidMethod],
        default=DidMethod.WEB.value,
        help="web: served here, keys can be rotated; key: the key is the DID, for tests (web)",
    )
    add.add_argument(
        "--sandbox", action="store_true", help="whatever it signs says that it is a test, for good"
    )
    add.add_argument("--key", metavar="URI", help="use this key of the keyring, not a new one")
    _for_tenant(verbs, "list", "list a tenant's")


def _add_keys(commands: _Commands) -> None:
    verbs = _group(commands, "key", "signing keys of an issuer")
    for name, help_text in (("list", "list them"), ("rotate", "sign with a new one from now on")):
        parser = _for_tenant(verbs, name, help_text)
        parser.add_argument("--issuer", metavar="NAME", help="which issuer, if there are several")


def _add_api_keys(commands: _Commands) -> None:
    verbs = _group(commands, "apikey", "keys for the API")
    create = _for_tenant(verbs, "create", "make one; it is shown once")
    create.add_argument("--label", required=True, metavar="TEXT", help="what it is for")
    create.add_argument(
        "--scope",
        action="append",
        required=True,
        choices=[scope.value for scope in Scope],
        help="what it allows; may be given again",
    )
    length = create.add_mutually_exclusive_group()
    length.add_argument(
        "--days", type=int, default=limits.API_KEY_DAYS, metavar="N", help="how long it lasts"
    )
    length.add_argument("--expires", metavar="DAY", help="when it ends: 2027-06-30, or an instant")
    _for_tenant(verbs, "list", "list a tenant's")
    revoke = _for_tenant(verbs, "revoke", "switch one off")
    revoke.add_argument("prefix", metavar="PREFIX", help="the part after mic_")


def _add_profiles(commands: _Commands) -> None:
    verbs = _group(commands, "profile", "how platforms' payloads are read")
    verbs.add_parser("list", help="list them")
    test = verbs.add_parser("test", help="say what would become of each row; nothing is stored")
    test.add_argument("profile", metavar="PROFILE", help="its name, or a file that ends in .json")
    test.add_argument("file", type=Path, metavar="FILE", help="a payload, as JSON or CSV")
    test.add_argument("--day", metavar="YYYY-MM-DD", help="the day of its arrival (today)")


def _add_webhooks(commands: _Commands) -> None:
    verbs = _group(commands, "webhook", "addresses that are told what happened")
    add = _for_tenant(verbs, "add", "add one; its secret is shown once")
    add.add_argument("url", metavar="URL", help="https, on port 443")
    add.add_argument(
        "--kind",
        action="append",
        default=[],
        choices=[kind.value for kind in Kind],
        metavar="KIND",
        help="what to tell of; may be given again (everything)",
    )
    _for_tenant(verbs, "list", "list a tenant's")
    remove = _for_tenant(verbs, "remove", "forget one")
    remove.add_argument("id", metavar="ID")


def _add_credentials(commands: _Commands) -> None:
    issue = _for_tenant(commands, "issue", "issue from a file as for POST /completions")
    issue.add_argument("file", type=Path, metavar="FILE")
    issue.add_argument("--issuer", metavar="NAME", help="which issuer, if there are several")
    _add_import(commands)
    reasons = [reason.value for reason in Reason]
    for name, help_text in (
        ("revoke", "withdraw a credential for good"),
        ("suspend", "put a credential on hold"),
        ("reinstate", "end a hold"),
    ):
        parser = _for_tenant(commands, name, help_text)
        parser.add_argument("id", metavar="ID", help="of the credential or of its issuance")
        if name != "reinstate":
            parser.add_argument("--reason", choices=reasons, help="kept inside, never shown")


def _add_operators(commands: _Commands) -> None:
    verbs = _group(commands, "operator", "people who sign in to the console")
    for name, help_text in (
        ("add", "add one; the password is asked for, or read from standard input"),
        ("disable", "switch one off and end the sessions"),
        ("password", "set another password and end the sessions"),
    ):
        parser = verbs.add_parser(name, help=help_text)
        parser.add_argument("name", metavar="NAME")
        if name == "add":
            parser.add_argument("--tenant", metavar="NAME", help="for this tenant alone (all)")
            parser.add_argument(
                "--subject",
                metavar="SUB",
                help="sign in through the identity provider of ISSUER_OIDC_ISSUER, as this one",
            )
    verbs.add_parser("list", help="list all")


def _add_audit(commands: _Commands) -> None:
    verbs = _group(commands, "audit", "the trail of what was done")
    for name, help_text in (
        ("verify", "check every line; name the first that is not what was written"),
        ("head", "print the ends of the chains, to be kept elsewhere"),
        ("export", "print every line, one JSON object each"),
    ):
        parser = verbs.add_parser(name, help=help_text)
        parser.add_argument("--tenant", metavar="NAME", help="whose (everybody's)")
        if name == "verify":
            parser.add_argument(
                "--head",
                action="append",
                metavar="HASH",
                help="a head that was kept elsewhere and has to be in a chain; may be given again",
            )


def _add_mails(commands: _Commands) -> None:
    verbs = _group(commands, "mail", "mails that wait, were sent, or cannot be delivered")
    verbs.add_parser("list", help="count them")
    verbs.add_parser("send", help="send what is due (the worker does it all the time)")
    verbs.add_parser("retry", help="let those wait again that no server took")


def _add_import(commands: _Commands) -> None:
    parser = _for_tenant(commands, "import", "import a file of many rows, as POST /jobs does")
    parser.add_argument(
        "profile",
        metavar="PROFILE",
        help=f"mapping profile, or {COMPLETIONS}: each line is what POST /completions takes",
    )
    parser.add_argument("file", type=Path, metavar="FILE")
    parser.add_argument("--issuer", metavar="NAME", help="which issuer, if there are several")
    parser.add_argument("--dry-run", action="store_true", help="say what would be, issue nothing")
    parser.add_argument("--consent", type=Path, metavar="FILE", help="learnerConsent for all rows")
    parser.add_argument("--share", action="store_true", help="make a share link for each")


def run() -> int:
    """The process's own edge: its streams, its clock, its environment."""
    return command_line.run(
        lambda: main(
            sys.argv[1:],
            environ=os.environ,
            stdout=sys.stdout,
            stderr=sys.stderr,
            clock=lambda: datetime.now(UTC),
        ),
        "Something failed on our side. A repeated call does no harm.",
    )


if __name__ == "__main__":
    sys.exit(run())
