"""The program is updated and the published edition stays: callers keep the words of both."""

from __future__ import annotations

import logging
from dataclasses import replace
from types import SimpleNamespace

import pytest

from ivr.content import ContentError, version_of
from ivr.content.content_store import ContentStore
from ivr.content.edit import changed, value_at, without
from ivr.content.files import files_of, packed, unpacked, version_of_files
from ivr.health.doctor import Health, inside
from ivr.store.drafts import Drafts
from ivr.store.editions import Editions
from tests.support.broken import small
from tests.support.commands import ivr
from tests.support.staff_pages import post, signed_in
from tests.support.telephone import Telephone
from tests.support.whole import demo, opened, settings_of
from tests.support.words import NOW, SHIPPED, Host, no_voice, studio

SAYS, ASKED, PIECES = "en/says.yaml", "en/questions.yaml", "en/pieces.yaml"
OWN = "Special needs advice of the charity."
PROGRAM = "For a person, press 0."


def older() -> dict[str, bytes]:
    """An edition of a charity that an older program checked."""
    texts = {name: raw.decode() for name, raw in files_of(SHIPPED).items()}
    says = changed(texts[SAYS], ["greeting"], OWN)
    says = changed(without(says, ["for_person"]), ["gone_since"], "We said this once.")
    asked = "topics:\n  school: [talk to the head]\nharmless: [this form is killing me]\n"
    pieces = changed(texts[PIECES], ["counts"], ["uno", "two", "three", "four"])
    made = {**texts, SAYS: says, ASKED: asked, PIECES: pieces}
    return {name: text.encode() for name, text in made.items()}


def publish(store, files: dict[str, bytes]) -> str:
    editions, version = Editions(store), version_of_files(files)
    number = editions.add(packed(files), version, by="Ada", why="before the update", now=NOW)
    editions.publish(number, "", NOW)
    return version


@pytest.fixture
def host(store, tmp_path):
    publish(store, older())
    return Host(store, tmp_path / "one")


def test_a_caller_hears_the_charitys_sentence_and_the_programs_new_one(store, tmp_path):
    version = publish(store, older())
    settings = demo(tmp_path, DATABASE_URL=store._url)
    with opened(settings) as app:
        telephone = Telephone(app, settings)
        answer = telephone.voice()
        words = telephone.words(answer)
        assert OWN in words and PROGRAM in words
        assert f"v={version}" in answer.find("Gather").get("action")


def test_a_call_that_is_pinned_to_it_hears_the_same_after_a_restart(store, tmp_path, host):
    older_one = host.content_store.line("").version
    host.change("Talk first. Then complain in writing.")
    assert host.publish(recorder=studio()) == "published"
    line = Host(store, tmp_path / "two").content_store.line(older_one)
    says = line.words("en").says
    assert (line.version, says["greeting"], says["for_person"]) == (older_one, OWN, PROGRAM)


def test_lists_and_pieces_that_grew_are_filled_and_what_the_edition_has_stays(host):
    words = host.content_store.line("").words("en")
    assert words.pieces.counts == ("uno", "two", "three", "four", "five")
    assert words.questions.topics["certificate"] and "gone_since" not in words.says


def test_it_is_logged_once_in_words(store, tmp_path, caplog):
    version = publish(store, older())
    with caplog.at_level(logging.WARNING):
        host = Host(store, tmp_path / "one")
        host.content_store.look()
        host.content_store.line(version)
    assert [each.getMessage() for each in caplog.records] == [
        f"edition {version} lacks 3 phrases that this version of the program says; the program's "
        "own are used: pieces.counts, questions, for_person",
        f"edition {version} has 1 names that this version of the program does not know: gone_since",
    ]


def test_the_doctor_says_to_look_and_what_to_do_until_it_is_published(
    store, tmp_path, host, monkeypatch
):
    for name, value in settings_of(tmp_path, DATABASE_URL=store._url).items():
        monkeypatch.setenv(name, value)
    said = " ".join(ivr("doctor", "--here").output.split())
    assert "lacks 3 phrases that this version of the program says" in said
    assert "for_person" in said and "no longer knows, and leaves out: gone_since." in said
    assert "Open Words on the staff pages, read them, and publish" in said
    assert host.publish(recorder=no_voice) == "published"
    said = ivr("doctor", "--here").output
    assert "lacks" not in said and "The words are as new as the program." in said


def test_a_draft_of_it_is_published_whole(host):
    host.change("Talk first. Then complain in writing.")
    assert host.publish(recorder=no_voice) == "published"
    files = unpacked(host.editions.files(2))
    says = files[SAYS].decode()
    assert value_at(says, ["for_person"]) == PROGRAM and value_at(says, ["greeting"]) == OWN
    assert value_at(says, ["gone_since"]) is None
    assert "# " in says, "the remarks of people stay"
    host.content_store.look()
    line = host.content_store.line("")
    assert (line.version, line.lacks) == (version_of_files(files), ())


def test_staff_see_what_is_filled_in_and_publish_it_without_any_other_change(store, tmp_path):
    publish(store, older())
    with opened(demo(tmp_path, DATABASE_URL=store._url)) as app:
        client = signed_in(app, "editor")
        page = client.get("/office/draft").text
        assert "The program was updated" in page and PROGRAM in page
        assert "Throw the draft away" not in page
        answer = post(client, "/office/draft/publish", "/office/draft", why="as new as the program")
        assert answer.headers["Location"].endswith("/office/editions/2")
        page = client.get("/office/editions/2").text
        assert PROGRAM in page and OWN not in page, "what changed since edition 1, and no more"
        assert Editions(store).get(2).state == "waiting"


def test_a_draft_that_was_begun_before_the_update_is_whole_and_keeps_what_was_written(store, host):
    files = {**older(), "flow.yaml": older()["flow.yaml"] + b"# Ours.\n"}
    drafts = Drafts(store)
    draft = drafts.begin(1, packed(files), "Ada", NOW)
    text = changed(files[SAYS].decode(), ["closed"], "We are closed. Ring tomorrow.")
    drafts.save(draft, SAYS, "closed", text.encode(), "Ada", NOW)
    assert host.publish(recorder=no_voice) == "published"
    says = unpacked(host.editions.files(2))[SAYS].decode()
    assert value_at(says, ["closed"]) == "We are closed. Ring tomorrow."
    assert value_at(says, ["for_person"]) == PROGRAM and "gone_since" not in says


def test_a_slip_in_a_draft_is_still_refused(host):
    says = host.drafting.files()[SAYS].decode().replace("greeting:", "greting:")
    host.drafting.put(SAYS, says.encode(), 0, "Ada", NOW)
    assert host.publish(recorder=no_voice) == "refused"
    assert "“greting”: the line never says this" in host.editions.get(2).says


def test_going_back_to_it_publishes_it_whole(store, tmp_path, monkeypatch):
    publish(store, older())
    for name, value in settings_of(tmp_path, DATABASE_URL=store._url).items():
        monkeypatch.setenv(name, value)
    assert ivr("editions", "back", "1").exit_code == 0
    with opened(demo(tmp_path, DATABASE_URL=store._url)) as app:
        Editions(store).refuse(2, "failed", "")
        client = signed_in(app, "editor")
        post(client, "/office/editions/1/back", "/office/editions/1")
    for number in (2, 3):
        says = unpacked(Editions(store).files(number))[SAYS].decode()
        assert (value_at(says, ["for_person"]), value_at(says, ["gone_since"])) == (PROGRAM, None)


@pytest.fixture
def small_host(store, tmp_path):
    """Publishes the small line, with some files changed, where the program ships the large one."""

    def made(**changes: str | None) -> Host:
        files = dict(files_of(small(tmp_path / "small")))
        for name, text in changes.items():
            files[f"en/{name}.yaml"] = (text or "").encode()
        publish(store, {name: raw for name, raw in files.items() if raw})
        return Host(store, tmp_path / "one")

    return made


def test_where_the_file_of_texts_is_missing_the_programs_is_used_for_topics_that_are_there(
    small_host,
):
    line = small_host(questions=None).content_store.line("")
    assert set(line.topics) == {"school", "complaint", "service", "others"}
    answered = line.words("en").questions.topics
    assert answered["certificate" if "certificate" in line.topics else "school"]
    assert all({*names} & {*line.topics} for names in answered.values())


def test_where_a_list_is_filled_in_what_the_edition_has_stays(small_host):
    line = small_host(questions="topics:\n  school: [others]\n").content_store.line("")
    asked = line.words("en").questions
    assert [*asked.topics["school"]] == ["others"] and asked.numbers


def test_a_phrase_whose_fields_are_others_now_is_the_programs(small_host):
    says = (SHIPPED / SAYS).read_text()
    line = small_host(says=changed(says, ["count"], "Choose one.")).content_store.line("")
    assert "{count}" in line.words("en").says["count"] and "count" in line.lacks


@pytest.mark.parametrize("text", ["- a list", "greeting: [a]", "greeting: {", "&a greeting: b"])
def test_a_file_that_cannot_be_read_is_refused_and_the_line_begins_with_its_own(small_host, text):
    line = small_host(says=text).content_store.line("")
    assert line.version == version_of(SHIPPED) and not line.lacks


def test_what_the_program_comes_with_is_read_as_it_is(tmp_path):
    root = small(tmp_path / "small")
    says = root / SAYS
    says.write_text(without(says.read_text(), ["for_person"]))
    with pytest.raises(ContentError, match="“for_person” is missing"):
        ContentStore(root)


def test_the_doctor_names_a_few_and_counts_the_rest(store, tmp_path):
    names = tuple(f"p{at}" for at in range(15))
    line = replace(Host(store, tmp_path / "one").content_store.line(""), lacks=names)
    (found,) = inside.edition(SimpleNamespace(line=line))
    assert (found.state, found.says.endswith("p10, p11, and 3 more.")) == (Health.LOOK, True)
