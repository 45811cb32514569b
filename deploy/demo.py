"""The main job, told once: a platform's payload becomes a credential that a recruiter checks.

``make demo`` starts both services afresh on free ports, does everything over HTTP as a
platform, a student and a recruiter would, prints each step in plain words, leaves the files in
``var/demo`` and stops what it started. ``make serve`` starts the same pair on the ports 8100
and 8200, keeps its data in ``var/serve`` and stays until Ctrl-C.

Exit codes: 0 told to the end, 1 a step went wrong (it says which, and where the logs are),
64 misuse.

Leaves to others: the processes (``deploy/services.py``).
"""

from __future__ import annotations

import json
import os
import signal
import sys
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

import httpx

from deploy.services import (
    ROOT,
    Pair,
    ServiceError,
    answer_json,
    free_port,
    is_free,
    own_folder,
    run,
    running_pair,
)
from verifier.date_time_stamp import format_instant
from verifier.strict_json import JsonObject, parse_json_object

DEMO = ROOT / "var" / "demo"
SERVE = ROOT / "var" / "serve"
PAYLOAD = ROOT / "deploy" / "demo_payload.json"
ISSUER_PORT, VERIFIER_PORT = 8100, 8200
LEFT = {
    "credential.json": "the credential, as the share page gives it",
    "qr.png, qr.svg": "the QR code for the paper",
    "share.html": "the issuer's share page",
    "verified.html": "the recruiter's answer before the revocation",
    "revoked.html": "and after it",
    "changed.json": "the copy that somebody changed",
}
"""What a run leaves for the reader, beside the services' own files."""
PATIENCE_SECONDS = 60
"""A revocation shows at the latest when the list has been signed and fetched again."""


@dataclass(slots=True, kw_only=True)
class Story:
    """The pair, a client for it, and what the steps hand on to each other."""

    pair: Pair
    http: httpx.Client
    credential: JsonObject = field(default_factory=dict)
    share: JsonObject = field(default_factory=dict)

    def path(self, name: str) -> Path:
        """A file that stays for the reader."""
        return self.pair.folder / name


def _say(line: str = "") -> None:
    sys.stdout.write(line + "\n")
    sys.stdout.flush()


def _as_platform(story: Story) -> dict[str, str]:
    return {"Authorization": f"Bearer {story.pair.api_key}"}


def import_payload(story: Story) -> None:
    """The platform GigBridge reports a finished project; the issuer signs a credential."""
    now = datetime.now(UTC)
    consent = {"given": True, "at": format_instant(now), "facets": {}}
    answer = answer_json(
        story.http.post(
            f"{story.pair.issuer_url}/imports/gigbridge-1",
            headers=_as_platform(story),
            json={
                "payload": parse_json_object(PAYLOAD.read_bytes()),
                "learnerConsent": consent,
                "share": True,
            },
        ),
        expected=(200, 201),
    )
    (row,) = answer["rows"]
    story.credential, story.share = row["verifiableCredential"], row["share"]
    _say(f"    state: {row['state']}; credential {row['credentialId']}")


def open_share_page(story: Story) -> None:
    """The student opens the share page and saves the QR code and the credential."""
    link = story.share["url"]
    for suffix, name in (("", "share.html"), ("/qr.png", "qr.png"), ("/qr.svg", "qr.svg")):
        story.path(name).write_bytes(_get(story, link + suffix).content)
    shared = answer_json(_get(story, link + ".json"), expected=(200,))
    text = json.dumps(shared["verifiableCredential"], ensure_ascii=False, indent=2)
    story.path("credential.json").write_text(text + "\n", encoding="utf-8")
    _say(f"    share page    {link}")
    _say(f"    QR code says  {story.share['verifyUrl']}")


def check_by_link(story: Story) -> None:
    """A recruiter follows the link on a résumé."""
    page = _get(story, story.share["verifyUrl"])
    story.path("verified.html").write_bytes(page.content)
    _expect(story, "verified", _check(story, data={"link": story.share["verifyUrl"]}))


def check_by_picture(story: Story) -> None:
    """Another recruiter uploads a picture of the QR code on the paper."""
    _expect(story, "verified", _check(story, upload="qr.png"))


def check_by_file(story: Story) -> None:
    """A third has the file, and uploads it."""
    _expect(story, "verified", _check(story, upload="credential.json"))


def check_a_changed_file(story: Story) -> None:
    """Somebody changes one word of the file and tries it."""
    changed = parse_json_object(story.path("credential.json").read_bytes())
    changed["name"] += " (with distinction)"
    story.path("changed.json").write_text(json.dumps(changed), encoding="utf-8")
    _expect(story, "not_verified", _check(story, upload="changed.json"))


def revoke(story: Story) -> None:
    """The issuer learns that the credential went to the wrong person, and revokes it."""
    body = {
        "credentialId": story.credential["id"],
        "credentialStatus": {"type": "BitstringStatusListEntry", "statusPurpose": "revocation"},
        "status": True,
    }
    url = f"{story.pair.issuer_url}/credentials/status"
    answer_json(story.http.post(url, headers=_as_platform(story), json=body), expected=(200,))
    _say("    revoked")


def check_again_by_picture(story: Story) -> None:
    """The same picture of the QR code is uploaded again."""
    _expect(story, "not_verified", _check(story, upload="qr.png"), code="REVOKED")
    page = _get(story, story.share["verifyUrl"])
    story.path("revoked.html").write_bytes(page.content)


def check_again_on_the_command_line(story: Story) -> None:
    """The saved file is checked on the command line, which reads the signed status list."""
    command = ("verifier", "--json", str(story.path("credential.json")))
    answer = _ask_until(
        lambda: parse_json_object(run(story.pair.environment, *command, expected=(0, 1)).encode()),
        outcome="not_verified",
    )
    _expect(story, "not_verified", answer, code="REVOKED")


STEPS: Sequence[Callable[[Story], None]] = (
    import_payload,
    open_share_page,
    check_by_link,
    check_by_picture,
    check_by_file,
    check_a_changed_file,
    revoke,
    check_again_by_picture,
    check_again_on_the_command_line,
)


def _get(story: Story, url: str) -> httpx.Response:
    response = story.http.get(url, headers={"Accept": "text/html, */*;q=0.5"})
    if response.status_code != httpx.codes.OK:
        raise ServiceError(f"{url} answered {response.status_code}.")
    return response


def _check(
    story: Story, *, data: dict[str, str] | None = None, upload: str | None = None
) -> JsonObject:
    """The verifier's answer to one link or one file, as JSON."""
    files = {"file": (upload, story.path(upload).read_bytes())} if upload else None
    response = story.http.post(
        f"{story.pair.verifier_url}/check",
        headers={"Accept": "application/json"},
        data=data,
        files=files,
    )
    return answer_json(response, expected=(200, 400))


def _ask_until(ask: Callable[[], JsonObject], *, outcome: str) -> JsonObject:
    """Ask again until the answer has ``outcome`` or patience ends; the last answer."""
    deadline = time.monotonic() + PATIENCE_SECONDS
    while (answer := ask())["outcome"] != outcome and time.monotonic() < deadline:
        time.sleep(1)
    return answer


def _expect(story: Story, outcome: str, answer: JsonObject, *, code: str | None = None) -> None:
    """Say the verdict; raise ``ServiceError`` when it is not the one that the story needs."""
    verdict = answer["verdict"]
    _say(f"    {verdict['word']}: {verdict['headline']}  [{answer['outcome']}]")
    codes = {str(problem["type"]).rpartition("/")[2] for problem in answer["problemDetails"]}
    if answer["outcome"] != outcome or (code is not None and code not in codes):
        found = json.dumps(answer["problemDetails"], ensure_ascii=False)
        raise ServiceError(f"Expected {outcome} {code or ''}, got {answer['outcome']}: {found}")


def tell(story: Story) -> None:
    """All steps in order."""
    for number, step in enumerate(STEPS, start=1):
        _say(f"{number}. {(step.__doc__ or '').splitlines()[0]}")
        try:
            step(story)
        except (ServiceError, httpx.HTTPError) as error:
            raise ServiceError(f"Step {number} ({step.__name__}) failed. {error}") from error


def demo(folder: Path = DEMO) -> None:
    """Tell the story on fresh data, left in ``folder``; raises ``ServiceError``."""
    _say("Starting an issuer and a verifier on this machine …")
    ports = {"issuer_port": free_port(), "verifier_port": free_port()}
    with (
        own_folder(folder, emptied=True),
        running_pair(folder, **ports) as pair,
        httpx.Client(timeout=30, trust_env=False) as client,
    ):
        _say(f"    issuer {pair.issuer_url}, verifier {pair.verifier_url}")
        tell(Story(pair=pair, http=client))
    _say(f"Done. Both services are stopped. In {os.path.relpath(folder)}:")
    for name, what in LEFT.items():
        _say(f"    {name:16} {what}")


def serve() -> None:
    """Keep the pair running until Ctrl-C; raises ``ServiceError``."""
    for port in (ISSUER_PORT, VERIFIER_PORT):
        if not is_free(port):
            raise ServiceError(f"Port {port} is in use. Stop what listens there and try again.")
    signal.signal(signal.SIGTERM, signal.getsignal(signal.SIGINT))
    with (
        own_folder(SERVE, emptied=False),
        running_pair(SERVE, issuer_port=ISSUER_PORT, verifier_port=VERIFIER_PORT) as pair,
    ):
        _say(f"issuer    {pair.issuer_url}")
        _say(f"verifier  {pair.verifier_url}")
        _say(f"API key of the demo tenant  {pair.api_key}")
        _say(f"data and logs in {os.path.relpath(SERVE)}; Ctrl-C stops both")
        pair.watch()


def main(arguments: Sequence[str]) -> int:
    """``--serve`` or nothing."""
    task = {(): demo, ("--serve",): serve}.get(tuple(arguments))
    if task is None:
        sys.stderr.write("usage: python -m deploy.demo [--serve]\n")
        return 64
    try:
        task()
    except ServiceError as error:
        sys.stderr.write(f"{error}\nThe logs are *.log below {(ROOT / 'var').name}/.\n")
        return 1
    except KeyboardInterrupt:
        _say("Stopped.")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
