"""Editions: drafted by several people, published whole or not at all, on both databases."""

from __future__ import annotations

import os
from datetime import timedelta

import pytest
from hypothesis import HealthCheck, given, settings, strategies
from sqlalchemy import update

from ivr.content import version_of
from ivr.content.edit import RefusedError, changed, leaves, taken, typed, value_at, without
from ivr.content.editions.differences import differences
from ivr.content.editions.drafting import ConflictError, NothingChangedError
from ivr.content.editions.publishing import stopping
from ivr.content.files import PackError, files_of, packed, unpacked, version_of_files, written
from ivr.content.source import Source, parsed
from ivr.speech.manifest import read_library
from ivr.store import people_read
from ivr.store.edition_tables import edition
from ivr.store.editions import BusyError
from tests.support.at_once import at_once
from tests.support.words import AUDIO, COMPLAINT, NOW, SHIPPED, SUMMARY, Host, no_voice, studio

NEW = "Talk first. Then use the complaints procedure. It can be done in writing."


@pytest.fixture
def host(store, tmp_path):
    return Host(store, tmp_path / "one")


def heard(host: Host) -> str:
    host.content_store.look()
    return host.content_store.line("").words("en").topics["complaint"].summary


def test_a_published_sentence_is_heard_on_every_host_and_in_the_voice_of_the_line(
    store, host, tmp_path
):
    other = Host(store, tmp_path / "two")
    host.change(NEW)
    assert heard(host) != NEW
    assert host.publish(recorder=studio(), inspect=stopping) == "published"
    assert heard(host) == heard(other) == NEW
    files = {path.name for path in (other.audio / "en").glob("*.mp3")}
    assert files == {path.name for path in (host.audio / "en").glob("*.mp3")} and len(files) == 2


def test_what_a_person_reads_and_what_is_removed_reaches_every_host(store, host, tmp_path):
    other, words = Host(store, tmp_path / "two"), heard(host)
    sounds = {"normal": (b"a voice", 2.0), "slow": (b"a slower voice", 3.0)}
    for _ in range(2):
        host.people.offer("en", words, "", "Rosa", sounds, NOW)
    (read,) = host.people.all()
    heard(other)
    assert read_library(other.audio).find("en", "normal", words) is None
    assert host.people.use(read.id, NOW)
    heard(other)
    prompt = read_library(AUDIO, other.audio).find("en", "slow", words)
    assert (prompt.voice, (other.audio / prompt.path).read_bytes()) == ("human", b"a slower voice")
    path = other.audio / prompt.path
    long_ago = path.stat().st_mtime - 100_000
    os.utime(path, (long_ago, long_ago))
    host.people.remove(read.id)
    assert not host.people.use(read.id, NOW)
    heard(other)
    assert read_library(AUDIO, other.audio).find("en", "slow", words).voice != "human"
    assert path.is_file(), "a call may be playing it"
    os.utime(path, (long_ago, long_ago))
    host.people.offer("en", "Yes.", "", "Rosa", dict.fromkeys(sounds, (b"yes", 1.0)), NOW)
    host.people.use(host.people.all()[0].id, NOW)
    heard(other)
    assert not path.is_file() and read_library(other.audio).find("en", "slow", "Yes.")


def test_there_is_a_bound_to_what_people_read(store, host, monkeypatch):
    monkeypatch.setattr(people_read, "MOST", 2)
    sounds = {"normal": (b"a voice", 2.0), "slow": (b"a slower voice", 3.0)}
    for words in ("One.", "Two."):
        host.people.offer("en", words, "", "Rosa", sounds, NOW)
    with pytest.raises(people_read.FullError):
        host.people.offer("en", "Three.", "", "Rosa", sounds, NOW)
    host.people.offer("en", "Two.", "", "Rosa", sounds, NOW)
    later = NOW + timedelta(days=1, minutes=1)
    host.people.offer("en", "Three.", "", "Rosa", sounds, later)
    assert [each.words for each in host.people.all()] == ["Three."], "left for a day, and forgotten"


def test_what_is_published_is_what_was_drafted(store, host):
    host.change(NEW)
    files = host.drafting.files()
    host.publish(recorder=studio())
    assert unpacked(host.editions.files(1)) == files
    assert files_of(host.folders.newest()) == files
    differing = {change.path for change in differences(files_of(SHIPPED), files)}
    assert differing == {SUMMARY}


def test_a_call_keeps_its_words_across_a_publish_and_a_restart(store, host, tmp_path):
    before = host.content_store.line("")
    host.change(NEW)
    host.publish(recorder=studio())
    host.change(NEW.replace("can be done", "can be"))
    assert host.publish(recorder=studio()) == "published"
    first, second = host.editions.get(1), host.editions.get(2)
    later = Host(store, tmp_path / "three")
    assert later.content_store.line("").version == second.version
    assert later.content_store.line(first.version).words("en").topics["complaint"].summary == NEW
    assert later.content_store.line(before.version).version == before.version
    assert later.content_store.line("00000000").version == second.version


def test_without_a_voice_the_words_are_published_and_it_is_said_who_speaks_them(host):
    host.change(NEW)
    assert host.publish(recorder=no_voice, inspect=stopping) == "published"
    assert "no voice is installed on this machine: 1 of" in host.editions.get(1).says
    assert heard(host) == NEW


def test_a_sentence_that_cannot_be_recorded_is_named_and_nothing_is_published(host):
    before = heard(host)
    host.change(NEW)
    assert host.publish(recorder=studio(refuses="Talk first")) == "failed"
    assert NEW in host.editions.get(1).says and "could not be recorded" in host.editions.get(1).says
    assert heard(host) == before
    assert host.value() == NEW, "the draft is open again, with what was written"


def test_words_that_break_a_rule_are_refused_with_their_place(host):
    host.change("Utilise the aforementioned procedure " * 12 + ".")
    assert host.publish(inspect=stopping) == "refused"
    assert f"{COMPLAINT}, line " in host.editions.get(1).says
    assert host.editions.current() is None


def test_two_who_change_different_things_both_succeed_and_the_same_are_both_shown(host):
    was = host.value()
    host.change("a complaint", path=("name",))
    host.drafting.change(COMPLAINT, SUMMARY, was, "From Ada.", "Ada", NOW)
    with pytest.raises(ConflictError) as met:
        host.drafting.change(COMPLAINT, SUMMARY, was, "From Ben.", "Ben", NOW)
    assert (met.value.theirs, met.value.yours) == ("From Ada.", "From Ben.")
    assert met.value.save.by == "Ada" and host.value() == "From Ada."


def test_twenty_saves_at_once_are_all_kept(host):
    host.change("begun", by="Ada")
    host.drafting.change(COMPLAINT, ("keywords",), ["complain", "complaint"], ["k"] * 20, "A", NOW)

    def save(n):
        host.drafting.change(COMPLAINT, ("keywords", n), "k", f"k{n}", f"P{n}", NOW)

    at_once(save, range(8))
    kept = [word for word in host.value(("keywords",)) if word != "k"]
    saved = {save.by for save in host.drafting.open().saves if save.by.startswith("P")}
    assert set(kept) == {f"k{by[1:]}" for by in saved} and len(kept) == 8


def test_a_second_publish_waits_for_the_first_and_an_empty_one_is_refused(host):
    host.change(host.value(("name",)), path=("name",))
    assert host.drafting.open(), "the draft is begun"
    with pytest.raises(NothingChangedError):
        host.drafting.publish("Ada", "", NOW)
    host.change(NEW)
    host.drafting.publish("Ada", "", NOW)
    with pytest.raises(BusyError):
        host.change("more")


def test_going_back_is_a_new_edition_with_the_old_words(host):
    before = heard(host)
    host.change(NEW)
    host.publish(recorder=studio())
    old = host.folders.files(0)
    number = host.editions.add(packed(old), version_of_files(old), "Ada", "back to edition 0", NOW)
    assert host.job(recorder=studio()).attempt(str(number)) == "published"
    assert (number, heard(host)) == (2, before)


def test_a_host_whose_database_is_away_goes_on_with_what_it_had(store, host, tmp_path):
    host.change(NEW)
    host.publish(recorder=studio())
    assert heard(host) == NEW
    store.close()
    store._engine = type(store)("sqlite:////nowhere/at/all.db")._engine
    assert heard(Host(store, tmp_path / "one")) == NEW


def test_a_worker_that_dies_again_and_again_over_an_edition_gives_it_up(store, host):
    host.change(NEW)
    number = host.drafting.publish("Ada", "", NOW)
    with store.write() as connection:
        connection.execute(update(edition).values(tries=5))
    assert host.job().attempt(str(number)) == "failed"
    assert "went wrong 5 times" in host.editions.get(number).says


def test_a_worker_that_died_between_two_recordings_of_a_sentence_is_followed(host):
    host.change(NEW)
    number = host.drafting.publish("Ada", "", NOW)
    make = studio()

    def dies(*told, **more):
        yield next(iter(make(*told, **more)))
        raise SystemExit

    with pytest.raises(SystemExit):
        host.job(recorder=dies).attempt(str(number))
    assert [prompt.speed for prompt in host.prompts.all()] == ["normal"]
    later = host.job(lambda: NOW + timedelta(minutes=2), recorder=make, inspect=stopping)
    assert later.attempt(str(number)) == "published"


def test_a_recording_that_a_worker_made_and_died_before_it_kept_it_is_kept_by_the_next(host):
    host.change(NEW)
    number = host.drafting.publish("Ada", "", NOW)

    def dies(*told, **more):
        made = list(studio()(*told, **more))
        yield made[0]
        raise SystemExit

    with pytest.raises(SystemExit):
        host.job(recorder=dies).attempt(str(number))
    later = host.job(lambda: NOW + timedelta(minutes=2), recorder=studio())
    assert later.attempt(str(number)) == "published"
    assert sorted(prompt.speed for prompt in host.prompts.all()) == ["normal", "slow"]


def test_only_one_worker_publishes_and_another_takes_over_when_it_has_died(host):
    host.change(NEW)
    number = host.drafting.publish("Ada", "", NOW)
    assert host.editions.claim(number, NOW)
    assert host.job().attempt(str(number)) == "not ours"
    later = NOW + timedelta(minutes=2)
    assert host.job(lambda: later, recorder=studio()).attempt(str(number)) == "published"


BAD = {
    "no text": (b"label: \xff", 1, "UTF-8"),
    "too large": (b"# " + b"x" * 1_000_000, 1, "1 MB"),
    "broken YAML": (b"label: a\nparts: [", 2, "not readable"),
    "a sign that cannot be seen": (b"label: a\nname: b\x07", 2, "cannot be seen"),
    "a name twice": (b"label: a\nlabel: b", 2, "duplicate"),
}


@pytest.mark.parametrize(("raw", "line", "says"), BAD.values(), ids=BAD)
def test_a_bad_file_is_refused_with_its_line(raw, line, says):
    with pytest.raises(RefusedError) as refused:
        taken(COMPLAINT, raw)
    fault = refused.value.faults[0]
    assert abs(fault.line - line) <= 1 and says in fault.says


MENDED = {
    "curly quotes": ("label: “yes”", 'label: "yes"'),
    "an apostrophe": ("label: it’s", "label: it's"),
    "line ends": ("label: a\r\nname: b\r\n", "label: a\nname: b\n"),
    "quotes in quotes stay": ('label: "say “yes”"', 'label: "say “yes”"'),
}


@pytest.mark.parametrize(("raw", "kept"), MENDED.values(), ids=MENDED)
def test_what_a_word_processor_leaves_is_mended(raw, kept):
    assert taken(COMPLAINT, raw.encode()) == kept


ZIPS = {
    "no zip": b"hello",
    "a way out": packed({"../line.yaml": b""}),
    "something else": packed({"run.sh": b""}),
    "nothing": packed({}),
    "too much": packed({"line.yaml": b"#" * 1_000_001}),
}


@pytest.mark.parametrize("pack", ZIPS.values(), ids=ZIPS)
def test_a_zip_that_holds_no_edition_is_refused(pack):
    with pytest.raises(PackError):
        unpacked(pack)


WORDS = strategies.text(strategies.characters(codec="utf-8"), min_size=1, max_size=300).map(typed)


@settings(max_examples=25, deadline=None, suppress_health_check=list(HealthCheck))
@given(words=WORDS.filter(bool))
def test_any_words_that_are_saved_are_read_back_and_change_nothing_else(words, tmp_path):
    shipped = files_of(SHIPPED)
    text = shipped[COMPLAINT].decode()
    for path in (SUMMARY, ("label",), ("parts", 0, "says")):
        text = changed(text, path, words)
        assert value_at(text, path) == words
    after = {**shipped, COMPLAINT: text.encode()}
    assert {change.path for change in differences(shipped, after)} <= {
        SUMMARY,
        ("label",),
        ("parts", 0, "says"),
    }
    assert unpacked(packed(after)) == after
    folder = written(after, tmp_path / version_of_files(after))
    assert version_of(folder) == folder.name and files_of(folder) == after


LOOSE = "en/questions.yaml"
"""One list of it stands on lines of its own, and is put on one line when the file is changed."""


def test_where_one_value_is_changed_every_other_line_stays():
    for name, raw in files_of(SHIPPED).items():
        before = raw.decode().rstrip("\n").split("\n")
        after = changed(raw.decode(), ["x"], "y").rstrip("\n").split("\n")
        assert after == [*before, "x: y"] or name == LOOSE, name


def test_a_name_more_stands_above_the_remark_on_what_comes_next_and_goes_without_a_trace():
    before = (SHIPPED / "flow.yaml").read_text()
    after = changed(before, ("topics", "travel"), "ways")
    rows = after.split("\n")
    at = rows.index("  travel: ways")
    assert rows[at - 1].startswith("  ") and rows[:at] + rows[at + 1 :] == before.split("\n")
    assert without(after, ("topics", "travel")) == before


def test_what_stands_on_a_line_of_a_file_is_found_by_its_path():
    for name, raw in files_of(SHIPPED).items():
        text = raw.decode()
        source = Source(name, text, parsed(text))
        for path in leaves(text) if "/topics/" in name or name == "flow.yaml" else ():
            found = source.path(source.line(*path))
            # What stands in brackets has no line of its own.
            assert found == path[: len(found)] and (len(found) == len(path) or path[-1] != "says")
