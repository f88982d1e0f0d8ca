"""The commands, as a new user would type them; and that the README's commands are real."""

from __future__ import annotations

import re
import shutil
import subprocess

import pytest
import soundfile

from ivr.cli import VERBS
from tests.support.commands import ivr
from tests.support.paths import ROOT
from tests.support.whole import REAL


@pytest.fixture(autouse=True)
def environment(monkeypatch):
    """Nothing of one command's settings stays for the next."""
    for name in ("DATABASE_URL", "LINE_CLOCK", "PORT"):
        monkeypatch.setenv(name, "8000" if name == "PORT" else "")
        monkeypatch.delenv(name)


@pytest.mark.parametrize("page", sorted((ROOT / "docs").glob("*.md")), ids=lambda page: page.name)
def test_a_page_with_a_command_says_which_program_it_is(page):
    if re.search(r"(?m)^ *ivr [a-z]", page.read_text()) or page.stem in ("deploy", "operations"):
        assert ".venv/bin/ivr" in "".join(page.read_text().splitlines()[:5])


@pytest.mark.parametrize("name", ["settings.env", "messages-private-key.txt", "var/line.db"])
def test_what_is_secret_is_never_taken_into_the_repository(name):
    done = subprocess.run(["git", "check-ignore", "-q", name], cwd=ROOT, check=False)
    assert done.returncode == 0


@pytest.mark.parametrize("verb", VERBS)
def test_every_verb_explains_itself(verb):
    result = ivr(verb, "--help")
    assert result.exit_code == 0 and len(result.output.splitlines()) > 4


def test_a_scripted_call_prints_its_transcript_and_ends_with_a_status():
    result = ivr("call", "--keys", "2,#,0,1", "--from", "withheld", "--at", "2026-11-24T10:00")
    assert result.exit_code == 0, result.output
    assert "Making a complaint." in result.output
    assert "(you talk with the adviser)" in result.output
    assert "ended by the caller" in result.output


def test_a_scripted_call_shows_the_text_that_was_asked_for():
    result = ivr("call", "--keys", "2,1,1,1,1,1,2,1", "--at", "2026-11-24T10:00")
    assert "Text to +447700900123: Advice line, about your call" in result.output


WAITS = {
    "a message": (
        ["--adviser", "busy", "--keys", "0,1,1,say:12,#,1"],
        r"A message of 12 seconds, reference \d{4}\n",
    ),
    "a call-back": (
        ["--adviser", "machine", "--keys", "0,2,1,1,1,1,2,1"],
        r"A request to be rung back, reference \d{4}\n",
    ),
}


@pytest.mark.parametrize(("words", "shown"), WAITS.values(), ids=WAITS)
def test_a_scripted_call_shows_what_waits_for_the_advisers(words, shown):
    result = ivr("call", "--at", "2026-11-24T10:00", *words)
    assert result.exit_code == 0, result.output
    assert re.search(shown, result.output)


def test_a_message_that_is_dropped_does_not_wait():
    keys = ("--adviser", "busy", "--keys", "0,1,1,say:12,#,4")
    assert "reference" not in ivr("call", "--at", "2026-11-24T10:00", *keys).output


def test_an_adviser_who_refuses_is_told_who_rings_and_does_not_get_the_call():
    keys = ("--adviser", "refuse", "--keys", "0")
    result = ivr("call", "--at", "2026-11-24T10:00", *keys)
    assert "(the adviser hears: " in result.output
    assert "(you talk with the adviser)" not in result.output


def test_the_staff_line_is_rung_and_what_is_set_there_stays(monkeypatch, tmp_path):
    monkeypatch.setenv("DATABASE_URL", f"sqlite:///{tmp_path}/line.db")
    assert ivr("migrate").exit_code == 0
    (tmp_path / "pin").write_text("402817")
    added = ivr("staff", "add", "Anna Smith", "--pin-file", str(tmp_path / "pin"))
    number = re.search(r"is (\d{4})", added.output)[1]
    result = ivr("call", "--staff", "--keys", f"{number}#,402817#,1,4,say:8,#,1")
    assert result.exit_code == 0, result.output
    status = ivr("staff", "status").output
    assert "Hours: closed by hand" in status
    assert re.search(r"Announcement: until 00:00 on .*, set by staff", status)


def test_a_call_is_kept_as_a_sound(tmp_path):
    path = tmp_path / "call.wav"
    result = ivr("call", "--keys", "1", "--wav", str(path))
    assert result.exit_code == 0, result.output
    info = soundfile.info(path)
    assert info.samplerate == 8000 and 20 < info.duration < 120


def test_recording_what_is_recorded_needs_no_voice(monkeypatch, tmp_path):
    monkeypatch.setenv("AUDIO_DIR", str(shutil.copytree(ROOT / "audio", tmp_path / "audio")))
    result = ivr("record")
    assert result.exit_code == 0, result.output
    assert result.output.startswith("en: 0 of ")


def test_a_call_to_a_real_account_is_refused(monkeypatch):
    for name, value in REAL.items():
        monkeypatch.setenv(name, value)
    result = ivr("call", "--keys", "1")
    assert result.exit_code == 1 and "the demonstration line only" in result.output


def test_a_wrong_setting_stops_the_start_and_is_named_once(monkeypatch, capfd):
    monkeypatch.setenv("ADVISER_NUMBER", "+449098765432")
    result = ivr("serve", "--port", "0")
    assert result.exit_code == 1 and capfd.readouterr().err.count("ADVISER_NUMBER") == 1


def test_content_with_a_fault_stops_the_start_and_is_named(monkeypatch, tmp_path, capfd):
    monkeypatch.setenv("CONTENT_DIR", str(tmp_path))
    result = ivr("serve", "--no-worker", "--port", "0")
    assert result.exit_code == 1 and "flow.yaml, line 1" in capfd.readouterr().err


PAGES = [*(ROOT / each for each in ("README.md", "CONTRIBUTING.md", "SECURITY.md"))]
PAGES += sorted(ROOT.glob("docs/**/*.md"))
EXAMPLES = ("NAME", "/pl/", "build/")
"""What stands in the path of a file that only an example makes."""


def test_every_command_in_the_documents_is_real():
    makefile = (ROOT / "Makefile").read_text()
    for page in PAGES:
        text = page.read_text()
        for target in re.findall(r"(?m)(?:^|`)make ([a-z-]+)", text):
            assert re.search(rf"^{target}:", makefile, re.MULTILINE), f"{page.name}: make {target}"
        for verb in re.findall(r"(?m)(?:^|/|`)ivr ([a-z][a-z-]*)", text):
            assert verb in VERBS, f"{page.name}: ivr {verb}"
        for link in re.findall(r"\]\(([^)#:]+)\)", text):
            assert (page.parent / link).exists(), f"{page.name} links to {link}"


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_every_file_in_the_documents_is_there(page):
    """From the top of the project, or from ``ivr/``, as the page on its structure writes them."""
    for path in re.findall(r"`([\w-]+/[\w/.-]*\.(?:py|yaml|sh|json|txt|md))`", page.read_text()):
        if not any(each in path for each in EXAMPLES):
            assert (ROOT / path).exists() or (ROOT / "ivr" / path).exists(), path
