"""A new operator on a clean machine: from red to a call, by the files and words that we give them.

Real parts: the line with the settings of production, Caddy, https by an authority of the test's
own, and the simulator as the carrier, which trusts that authority and checks what it is told.
"""

from __future__ import annotations

import re
import subprocess
import threading
import time
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path

import pytest
import requests
from twilio.request_validator import RequestValidator

from ivr.secrets.sealed_box import pair_of
from tests.support.authority import Authority
from tests.support.machine import (
    ROOT,
    SERVED_FROM,
    TIME_LIMITS,
    TOLD,
    answers,
    block,
    confined,
    free_port,
    machine,
    needed,
    proxy,
    until,
)
from tests.support.world import ACCOUNT, CALLER, LINE, TOKEN, World, world_at

FORM = {"CallSid": "CA" + "0" * 32, "From": CALLER, "To": LINE, "AccountSid": ACCOUNT.sid}


@pytest.fixture
def world(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[World]:
    """A clean machine behind Caddy."""
    with world_at(tmp_path, monkeypatch) as made:
        yield made


def mend_settings(world: World) -> tuple[list[str], str]:
    """Do what is said until the settings are taken; every name that was said, and what is said then."""
    here = world.here
    here.settings = {"IVR_ENV": "production", **world.elsewhere}
    keys = here.ivr("inbox keys")
    world.right["MESSAGES_PUBLIC_KEY"] = re.search("MESSAGES_PUBLIC_KEY=(.+)", keys.stdout)[1]
    told: list[str] = []
    while "these settings cannot be used" in (seen := world.doctor()):
        named = set(re.findall(r"^  ([A-Z_]+): ", seen, re.MULTILINE)) - set(told)
        assert named, f"nothing new is named: {seen}"
        told += sorted(named)
        here.settings |= {name: world.right[name] for name in named}
        if "SMTP_HOST" in seen:
            here.settings["SMTP_HOST"] = world.right["SMTP_HOST"]
    return told, seen


@pytest.mark.timeout(300)
def test_an_operator_comes_from_red_to_a_call_by_doing_what_is_said(world):
    told, seen = mend_settings(world)
    assert {"PUBLIC_BASE_URL", "TWILIO_ACCOUNT_SID", "MESSAGES_PUBLIC_KEY", "SECRET_KEY"} < set(
        told
    )
    assert seen.startswith("red")
    assert "See whether the line runs" in seen and "PROXIES" in seen
    world.here.settings["PROXIES"] = "1"
    world.here.start()
    seen = world.untrusting().doctor()
    assert "Twilio will not ask this address either" in seen
    assert "The certificate of localhost cannot be used" in seen
    world.here.settings |= world.trust
    seen = world.doctor()
    assert seen.startswith("red") and "PROXIES" not in seen
    assert f"A test call to {world.address} was answered" in seen
    assert "The certificate of localhost is good for 60 days" in seen
    assert "Point it here: ivr connect" in seen
    assert world.here.ivr("connect", says="y\n").returncode == 0
    seen = world.doctor()
    assert f"{LINE} leads here" in seen and "ivr connect --fallback" in seen
    assert "ivr backup every night" in seen
    assert world.here.ivr("fallback --out fallback.xml").returncode == 0
    assert world.here.ivr("connect --fallback https://twin.example.org/1 --yes").returncode == 0
    assert world.here.ivr("backup").returncode == 0
    assert world.doctor().startswith("green")
    heard = world.ring("2", *"-----", "2", "1")
    assert any("Special needs advice" in each for each in heard), heard
    assert not [each for each in heard if "failed" in each or "error" in each]
    until(
        lambda: [each.status for each in world.carrier.room.newest()] == ["delivered"], "the text"
    )


def test_a_forged_request_is_refused_through_the_proxy_and_a_signed_one_is_answered(world):
    key = pair_of("a secret of our own, for tests only")[0]
    own = {"IVR_ENV": "production", "MESSAGES_PUBLIC_KEY": key, "PROXIES": "1"}
    world.here.settings = {**world.right, **world.elsewhere, **own}
    world.here.start()
    address = f"{world.address}/voice?at=main&on=key"
    form = FORM | {"Digits": "2"}
    signed = RequestValidator(TOKEN).compute_signature

    def asked(signature: str, url: str = address, **headers: str) -> int:
        sent = {"X-Twilio-Signature": signature, **headers}
        return requests.post(url, form, headers=sent, timeout=TIME_LIMITS).status_code

    good = signed(address, form)
    assert asked(good) == 200
    spoofed = {"X-Forwarded-Host": "evil.example", "X-Forwarded-Proto": "http"}
    assert asked(good, **spoofed) == 200
    assert asked("") == asked("wrong") == asked(good[:-4]) == 403
    assert asked(signed(address.replace("https", "http"), form)) == 403
    assert asked(signed("https://evil.example/voice?at=main&on=key", form), **spoofed) == 403
    assert asked(good, address.replace("main", "text-complaint")) == 403
    assert world.here.ivr("texts").returncode == 0
    assert world.carrier.room.newest() == []


@dataclass
class Ringing:
    """Rings all the time, as Twilio does: the slowest answer, and what was no answer."""

    address: str
    trust: str
    slowest: float = 0.0
    answered: int = 0
    failed: list[int] = field(default_factory=list)
    ended: threading.Event = field(default_factory=threading.Event)

    def ring(self) -> None:
        while not self.ended.is_set():
            form = FORM | {"CallSid": f"CA{self.answered:032x}", "From": ""}
            signature = RequestValidator(TOKEN).compute_signature(self.address, form)
            sent = {"headers": {"X-Twilio-Signature": signature}, "verify": self.trust}
            began = time.monotonic()
            seen = requests.post(self.address, form, timeout=TIME_LIMITS, **sent)
            self.slowest = max(self.slowest, time.monotonic() - began)
            self.answered += 1
            if seen.status_code != 200 or "<Response>" not in seen.text:
                self.failed.append(seen.status_code)


def test_a_restart_behind_the_proxy_refuses_no_webhook_and_is_a_wait_of_seconds(world):
    key = pair_of("a secret of our own, for tests only")[0]
    own = {"IVR_ENV": "production", "MESSAGES_PUBLIC_KEY": key, "PROXIES": "1"}
    world.here.settings = {**world.right, **world.elsewhere, **own}
    world.here.start()
    trust = world.trust["REQUESTS_CA_BUNDLE"]
    callers = [Ringing(f"{world.address}/voice", trust) for _ in range(6)]
    threads = [threading.Thread(target=each.ring) for each in callers]
    for each in threads:
        each.start()
    for _ in range(2):
        until_answered(callers)
        world.here.running[-1].terminate()
        world.here.running[-1].wait(TIME_LIMITS)
        world.here.start()
    until_answered(callers)
    for each in callers:
        each.ended.set()
    for each in threads:
        each.join()
    slowest = max(each.slowest for each in callers)
    print(
        f"two restarts, {sum(each.answered for each in callers)} calls: the longest wait {slowest:.1f} s"
    )
    assert [each.failed for each in callers] == [[]] * len(callers)
    assert slowest < 20, "longer than Twilio waits"


def until_answered(callers: list[Ringing]) -> None:
    before = [each.answered for each in callers]
    until(
        lambda: all(now.answered > then + 5 for now, then in zip(callers, before, strict=True)),
        "they are answered",
    )


def test_the_service_starts_confined_as_systemd_confines_it(tmp_path):
    with machine(tmp_path) as here:
        process = here.run(confined(here), PYTHONPATH=SERVED_FROM)
        until(lambda: answers(here.port) or process.poll() is not None, "the line starts")
        assert process.poll() is None
        address = f"http://127.0.0.1:{here.port}"
        assert requests.get(f"{address}/healthz", timeout=TIME_LIMITS).status_code == 200
        assert requests.get(f"{address}/readyz", timeout=TIME_LIMITS).json()["checks"]["database"]


def test_the_settings_are_told_as_the_page_says():
    assert TOLD in (ROOT / "docs" / "deploy.md").read_text(encoding="utf-8")


def test_only_its_owner_reads_the_settings_wherever_a_page_has_them_made(tmp_path):
    making = "install -m 600 /dev/null settings.env"
    pages = [ROOT / "README.md", *(ROOT / "docs").rglob("*.md")]
    told = [each for each in pages if "settings.env" in each.read_text(encoding="utf-8")]
    assert told and all(making in each.read_text(encoding="utf-8") for each in told), told
    subprocess.run(["sh", "-c", f"umask 0; {making}"], cwd=tmp_path, check=True)
    assert (tmp_path / "settings.env").stat().st_mode & 0o777 == 0o600


def test_systemd_takes_the_unit(tmp_path):
    with machine(tmp_path) as here:
        file = tmp_path / "line.service"
        file.write_text(block("ini").replace(SERVED_FROM, str(here.folder)))
        command = [needed("systemd-analyze"), "verify", "--man=no", str(file)]
        seen = subprocess.run(command, capture_output=True, text=True, check=False)
    assert seen.returncode == 0 and not seen.stderr, seen.stderr


class Echo(BaseHTTPRequestHandler):
    """A server that answers with who is said to have asked."""

    def do_POST(self) -> None:
        self.rfile.read(int(self.headers["Content-Length"]))
        with suppress(BrokenPipeError):
            self.send_response(200)
            self.end_headers()
            self.wfile.write(self.headers.get("X-Forwarded-For", "").encode())

    def log_message(self, *said: object) -> None:
        """Quiet."""


def test_the_proxy_believes_nobody_about_who_asks_and_takes_no_huge_body(tmp_path):
    authority, port = Authority(tmp_path), free_port()
    trust = str(authority.file)
    with HTTPServer(("127.0.0.1", 0), Echo) as server:
        threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True).start()
        pair = authority.certificate("localhost", days=60)
        with proxy(tmp_path, server.server_port, pair, port):
            address, lie = f"https://localhost:{port}/", {"X-Forwarded-For": "192.0.2.1"}
            seen = requests.post(address, headers=lie, verify=trust, timeout=TIME_LIMITS)
            huge = requests.post(address, data=b"x" * 5_000_000, verify=trust, timeout=TIME_LIMITS)
        server.shutdown()
    assert seen.text in ("127.0.0.1", "::1")
    assert huge.status_code in (413, 502), "Caddy 2.6 says 502 where it stops in mid-body"
    assert "larger than 4 MB" in huge.text and "Go back" in huge.text
