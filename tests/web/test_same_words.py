"""Every verb reads what callers hear now, the published edition, and says which; others if told."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from click.testing import CliRunner, Result

from ivr.cli import main
from ivr.config import read
from ivr.content.editions import edition_folders
from ivr.content.editions.drafting import Drafting
from ivr.content.files import files_of, packed, version_of_files
from ivr.store import open_store
from ivr.store.services import StoreServices

TUESDAY = "2026-12-29T11:00"
LINE, SAYS, SCHOOL = "line.yaml", "en/says.yaml", "en/topics/school.yaml"
CLOSED = b"other_days:\n  - {from: 2026-12-28, until: 2026-12-31, hours: [], why: Christmas}\n"
GREETING = "Take your time."
NEW = "There is time."


@pytest.fixture
def published(url, tmp_path, monkeypatch):
    """Edition 1 is what callers hear: closed at Christmas, with other words."""
    for name, value in {
        "DATABASE_URL": url,
        "LINE_CLOCK": TUESDAY,  # as ivr call --at sets it, which ends with the test
        "EDITIONS_DIR": str(tmp_path / "editions"),
        "OWN_AUDIO_DIR": str(tmp_path / "audio"),
    }.items():
        monkeypatch.setenv(name, value)
    settings, now = read(), datetime.now(UTC)
    store = open_store(settings.database)
    kept = StoreServices(settings, store)
    files = dict(files_of(settings.content_dir))
    files[LINE] = files[LINE].replace(b"other_days: []\n", CLOSED)
    files[SAYS] = files[SAYS].replace(GREETING.encode(), NEW.encode())
    number = kept.editions.add(packed(files), version_of_files(files), by="Ada", why="x", now=now)
    assert kept.editions.claim(number, now)
    kept.editions.publish(number, "", now)
    assert Drafting(kept.drafts, edition_folders(kept)).open() is None
    store.close()


def ivr(*words: str) -> Result:
    return CliRunner(mix_stderr=False).invoke(main, [*words])


def rung(*words: str):
    return ivr("call", "--keys", "0,bye", "--at", TUESDAY, *words)


def test_a_published_closure_rings_no_adviser(published):
    made = rung()
    assert "edition 1, which callers hear now" in made.stderr
    assert "telephone rings" not in made.stdout and "We open again" in made.stdout
    for other in ("--files", "--edition=0"):
        assert "telephone rings" in rung(other).stdout


@pytest.mark.parametrize(
    "verb", [["script"], ["script", "--for-a-lawyer"], ["hours", "--at", TUESDAY], ["fallback"]]
)
def test_what_is_written_is_what_callers_hear(published, verb):
    now, files = ivr(*verb), ivr(*verb, "--files")
    assert now.exit_code == files.exit_code == 0, now.output
    assert "edition 1, which callers hear now" in now.stderr
    assert "the files of prompts/" in files.stderr and "edition" not in files.stderr
    assert ivr(*verb, "--edition", "1").stdout == now.stdout
    assert ivr(*verb, "--edition", "0").stdout == files.stdout
