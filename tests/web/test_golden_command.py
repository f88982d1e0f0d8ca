"""``ivr golden-calls`` for whoever adds a topic: what is lost, what is missing, what is not recorded."""

from __future__ import annotations

import shutil

import pytest
from click.testing import CliRunner

from ivr.cli import main
from tests.support.paths import ROOT

CALLS = ("topic-complaint", "topic-ways", "person-busy", "text-mobile", "choose-letter-plan")


@pytest.fixture
def content(tmp_path, monkeypatch):
    """The line's content, with a few of its golden calls."""
    folder = tmp_path / "prompts"
    shutil.copytree(ROOT / "prompts", folder, ignore=shutil.ignore_patterns("golden_calls"))
    (folder / "golden_calls" / "en").mkdir(parents=True)
    for name in CALLS:
        for kind in ("yaml", "txt"):
            shutil.copy(kept(ROOT / "prompts", name, kind), kept(folder, name, kind))
    for name in ("DATABASE_URL", "LINE_CLOCK", "LOG_LEVEL"):
        monkeypatch.setenv(name, "set by one command, for the next")
        monkeypatch.delenv(name)
    monkeypatch.setenv("CONTENT_DIR", str(folder))
    return folder


def kept(folder, name: str, kind: str = "txt"):
    return folder / "golden_calls" / "en" / f"{name}.{kind}"


def run(*words: str):
    return CliRunner().invoke(main, ["golden-calls", *words])


@pytest.mark.parametrize(
    ("name", "keys", "lost"),
    [
        ("topic-complaint", '["3", "-", "-", "-", "-", "-"]', "the end of the topic “complaint”"),
        ("topic-complaint", '["2", "-"]', "the end of the topic “complaint”"),
        ("person-busy", '["1"]', "the end “busy”"),
        ("text-mobile", '["2"]', "“text”"),
        ("choose-letter-plan", '["4"]', "“choose”"),
    ],
)
def test_a_call_that_does_not_reach_what_its_name_says_is_not_kept(content, name, keys, lost):
    before = kept(content, name).read_text()
    kept(content, name, "yaml").write_text(f"about: It is so.\nkeys: {keys}\n")
    done = run()
    assert done.exit_code == 1
    assert f"not kept: en/{name} does not reach {lost}" in done.output
    assert kept(content, name).read_text() == before


def test_a_topic_without_a_call_is_named_and_its_call_made_when_asked(content):
    for kind in ("yaml", "txt"):
        kept(content, "topic-ways", kind).unlink()
    done = run()
    assert done.exit_code == 1 and "missing: en/topic-ways" in done.output
    assert "en/topic-complaint" not in done.output
    assert run("--add").exit_code == 0
    assert "Usually you can use more than one way." in kept(content, "topic-ways").read_text()
    assert "school without pressing" in kept(content, "topic-school", "yaml").read_text()
    assert run("--check").exit_code == 0


def test_a_sentence_without_a_recording_keeps_a_call_from_being_kept(content):
    file = content / "en" / "topics" / "ways.yaml"
    file.write_text(file.read_text().replace("Usually you can use", "Mostly you can use"))
    before = kept(content, "topic-ways").read_text()
    done = run()
    assert done.exit_code == 1 and "run make record" in done.output
    assert "without a recording (1), such as “Mostly you can use" in done.output
    assert kept(content, "topic-ways").read_text() == before
