"""``ivr editions``, and publishing with workers that are killed in the middle."""

from __future__ import annotations

import io
import zipfile
from datetime import UTC, datetime

import pytest
from click.testing import CliRunner

from ivr.cli import main
from ivr.content.files import files_of, packed, unpacked
from ivr.store import open_store
from tests.support.postgres import fresh_sqlite
from tests.support.publisher import publisher
from tests.support.words import COMPLAINT, SHIPPED, Host


@pytest.fixture
def ivr(tmp_path, monkeypatch):
    for name, value in {
        "DATABASE_URL": fresh_sqlite(tmp_path),
        "EDITIONS_DIR": str(tmp_path / "editions"),
        "OWN_AUDIO_DIR": str(tmp_path / "audio"),
    }.items():
        monkeypatch.setenv(name, value)
    return lambda *told: CliRunner().invoke(main, ["editions", *map(str, told)])


def test_words_go_out_are_changed_come_in_and_are_gone_back_from(ivr, tmp_path):
    pack = tmp_path / "words.zip"
    assert ivr("export", 0, pack).exit_code == 0
    files = dict(unpacked(pack.read_bytes()))
    files[COMPLAINT] = files[COMPLAINT].replace(b"make a complaint", b"complain to them")
    pack.write_bytes(packed(files))
    assert "Edition 1 waits" in ivr("import", pack, "--by", "Ada").output
    assert "already" not in ivr().output and "Ada: imported" in ivr().output
    shown = ivr("show", 1).output
    assert "[-make a complaint-] {+complain to them+}" in shown
    assert "is being published" in ivr("back", 0, "--by", "Ada").output
    assert "there is no edition 7" in ivr("show", 7).output


def test_a_bad_zip_is_refused_with_file_and_line(ivr, tmp_path):
    pack = tmp_path / "words.zip"
    files = {**files_of(SHIPPED), COMPLAINT: b"label: a\nparts: [\n"}
    pack.write_bytes(packed(files))
    assert f"{COMPLAINT}, line" in ivr("import", pack).output
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w") as opened:
        opened.writestr("../../line.yaml", "")
    pack.write_bytes(made.getvalue())
    assert "not a file of the line's words" in ivr("import", pack).output


LIVES = (2, 5, 9, 16)
"""Before which of its writes to the database each worker dies; the last one's would have published."""


@pytest.mark.timeout(180)
def test_a_publish_killed_at_any_moment_goes_on_and_is_never_half(tmp_path):
    host = Host(open_store(fresh_sqlite(tmp_path), 10_000), tmp_path)
    new = "Talk first. Then use the complaints procedure. It can be in writing."
    host.change(new)
    host.change("complain", path=("label",))
    host.change("how to complain", path=("name",))
    number = host.drafting.publish("Ada", "", datetime.now(UTC))
    before = host.content_store.line("").version
    for life, dies in enumerate(LIVES):
        killed = publisher(tmp_path, life, dies)
        killed.kill()
        killed.join()
        host.content_store.look()
        assert host.editions.get(number).in_hand, f"it has fewer writes than {dies}"
        assert host.content_store.line("").version == before
    publisher(tmp_path, len(LIVES), 0).join(60)
    assert host.editions.get(number).state == "published", host.editions.get(number)
    host.content_store.look()
    assert host.content_store.line("").words("en").topics["complaint"].summary == new
    kept = {prompt.file for prompt in host.prompts.all()}
    assert kept <= {path.name for path in (tmp_path / "audio/en").iterdir()}
    assert {"normal", "slow"} == {
        prompt.speed for prompt in host.prompts.all() if prompt.words == new
    }
