"""``ivr language``: out to translators as PO files and back, with every fault at its line."""

from __future__ import annotations

import io
import shutil
from pathlib import Path

import pytest
from babel.messages.pofile import read_po, write_po
from click.testing import CliRunner, Result
from ruamel.yaml import YAML

from ivr.cli import main
from ivr.content import load
from ivr.content.files import files_of
from tests.support import doors, scrambled
from tests.support.paths import ROOT

ALL = ("--translated-by", "A. One", "--reviewed-by", "B. Two", "--second-reader", "C. Three")


@pytest.fixture(scope="module")
def whole(tmp_path_factory) -> Path:
    return scrambled.beside(tmp_path_factory.mktemp("whole") / "prompts")


@pytest.fixture
def root(whole, tmp_path) -> Path:
    """English, and a second language with every sentence signed."""
    return Path(shutil.copytree(whole, tmp_path / "prompts"))


def ivr(root: Path, *args: object) -> Result:
    run = CliRunner(env={"CONTENT_DIR": str(root), "COLUMNS": "200"})
    return run.invoke(main, ["language", *map(str, args)])


def exported(root: Path, name: str = "cy.po") -> Path:
    file = root.parent / name
    file.unlink(missing_ok=True)
    made = ivr(root, "export", "cy", "--out", file)
    assert made.exit_code == 0, made.output
    return file


def count(file: Path) -> int:
    """How many sentences stand in a file."""
    return file.read_text().count("\nmsgctxt ")


def changed(file: Path, old: str, new: str) -> Path:
    text = file.read_text()
    assert old in text, old
    file.write_text(text.replace(old, new, 1))
    return file


def test_out_and_in_without_a_change_changes_no_byte_of_either(root):
    before, file = files_of(root), exported(root)
    assert ivr(root, "import", "cy", file).exit_code == 0
    assert files_of(root) == before
    assert exported(root, "again.po").read_bytes() == file.read_bytes()


def test_a_translators_editor_that_reads_and_writes_the_file_changes_no_byte(root):
    file, written = exported(root), io.BytesIO()
    write_po(written, read_po(io.BytesIO(file.read_bytes())), width=0)
    assert written.getvalue() == file.read_bytes()


def test_a_language_that_is_lost_comes_back_whole_from_its_file(root):
    file = exported(root)
    said = load(root).units("cy")
    facts = (root / "cy" / "facts.yaml").read_bytes()
    shutil.rmtree(root / "cy")
    made = ivr(root, "import", "cy", file, *ALL)
    assert made.exit_code == 0 and f"{count(file)} are signed" in made.output
    (root / "cy" / "facts.yaml").write_bytes(facts)
    assert load(root).languages == ("en", "cy") and load(root).units("cy") == said
    assert exported(root, "again.po").read_bytes() == file.read_bytes()


def test_names_hold_when_sentences_change_places(root):
    file = exported(root)
    head, *entries = file.read_text().split("\n\n")
    file.write_text("\n\n".join([head, *reversed([each.strip() for each in entries])]) + "\n")
    before = files_of(root)
    assert ivr(root, "import", "cy", file).exit_code == 0
    assert files_of(root) == before


def test_what_nobody_has_signed_is_fuzzy_and_comes_back_as_a_draft(root):
    file = changed(exported(root), "noitaidem si a eerf,", "noitaidem si yltnerruc a eerf,")
    made = ivr(root, "import", "cy", file)
    assert "1 files were changed" in made.output
    assert f"{count(file) - 1} signed, 1 drafts" in ivr(root, "status", "cy").output
    again = exported(root, "again.po").read_text()
    assert again.count("fuzzy") == 1
    fuzzy = ivr(root, "import", "cy", root.parent / "again.po", *ALL)
    assert f"{count(file) - 1} are signed" in fuzzy.output
    assert "1 drafts" in ivr(root, "status", "cy").output
    assert f"{count(file)} are signed" in ivr(root, "import", "cy", file, *ALL).output
    assert f"{count(file)} signed, 0 drafts" in ivr(root, "status", "cy").output


@pytest.mark.parametrize(
    ("old", "new", "says"),
    [
        ("Ot {label}, sserp {key}.", "Ot {label}, sserp.", "“says.yaml:choice”: it must hold"),
        (
            "Ot {label}, sserp {key}.",
            "Ot {lebal}, sserp {key}.",
            "“says.yaml:choice”: it must hold",
        ),
        ("Ot {label}, sserp {key}.", "Ot {label, sserp {key}.", "a { or } stands alone"),
        ("Rof a nosrep, sserp 0.", "Rof a <b>nosrep</b>, sserp 0.", "“<b>” is markup"),
        ("Rof a nosrep, sserp 0.", "Rof a &quot;nosrep&quot;.", "“&quot;” is markup"),
        ("Rof a nosrep, sserp 0.", "Rof \u202ea nosrep.", "a sign that cannot be seen"),
        ("Rof a nosrep, sserp 0.", "Rof a nosrep " * 200, "letters, at most 2000"),
        ("Noitaidem si a gniteem", "Noitaidem si " + "a " * 80 + "gniteem", "words, at most 75"),
        ("Ecivda enil, tuoba ruoy llac: noitaidem", "ș" * 140, "at most 2 (134 characters)"),
        ('msgctxt "says.yaml:choice"', 'msgctxt "says.yaml:chioce"', "no sentence of this name"),
        (
            'msgid "For a person, press 0."',
            'msgid "For someone, press 0."',
            "says something else now",
        ),
    ],
)
def test_a_translation_that_cannot_be_taken_is_named_at_its_line_and_nothing_is_kept(
    root, old, new, says
):
    file, before = changed(exported(root), old, new), files_of(root)
    line = (
        file.read_text()
        .split("\n")
        .index(next(r for r in file.read_text().split("\n") if new in r))
    )
    made = ivr(root, "import", "cy", file, *ALL)
    assert made.exit_code == 1 and says in made.output, made.output
    named = int(made.output.partition("cy.po, line ")[2].partition(":")[0])
    # An entry begins with its comments, a few lines above its words.
    assert line - 6 <= named <= line + 2, (named, line)
    assert files_of(root) == before


def test_every_fault_is_named_at_once(root):
    file = exported(root)
    changed(file, "Ot {label}, sserp {key}.", "Ot {label}.")
    changed(file, "Rof a nosrep, sserp 0.", "Rof <i>a</i> nosrep.")
    made = ivr(root, "import", "cy", file)
    assert made.output.count("cy.po, line ") == 2


@pytest.mark.parametrize(
    ("raw", "says"),
    [
        ('msgid "a"\nmsgstr "școală"\n'.encode("utf-16"), "line 1: not text in UTF-8"),
        (b'msgid "a"\nmsgstr "b"\n\nmsgid "c"\nmsgstr "\xba"\n', "line 5: not text in UTF-8"),
        (
            b'msgid ""\nmsgstr ""\n"Content-Type: text/plain; charset=iso-8859-2\\n"\n',
            "in iso-8859-2",
        ),
        (b'msgid "a\nmsgstr "b"\n', "nothing in this file is translated"),
        (b"<html></html>", "no PO file that can be read"),
        (b'msgid ""\nmsgstr ""\n"Language: pl\\n"\n', "this is a file of “pl”, and not of “cy”"),
        (b"#" * 1_000_001, "larger than 1 MB"),
    ],
)
def test_a_file_that_is_none_of_ours_is_refused_in_words(root, raw, says):
    file = root.parent / "odd.po"
    file.write_bytes(raw)
    made = ivr(root, "import", "cy", file)
    assert made.exit_code == 1 and says in made.output, made.output


def test_a_sign_off_of_an_older_english_is_refused(root):
    file = exported(root)
    says = root / "en" / "says.yaml"
    says.write_text(says.read_text().replace("For a person, press 0.", "For an adviser, press 0."))
    made = ivr(root, "import", "cy", file, *ALL)
    assert made.exit_code == 1 and "“says.yaml:for_person” says something else now" in made.output
    assert "1 older than the first language" in ivr(root, "status", "cy").output


@pytest.mark.parametrize(
    ("people", "says"),
    [
        (ALL[:2], "two people"),
        (ALL[2:4], "two people"),
        ((*ALL[:2], "--reviewed-by", "a. one"), "nobody reviews themselves"),
        ((*ALL[:4], "--second-reader", "B. Two"), "nobody reviews themselves"),
    ],
)
def test_a_sign_off_needs_people_who_are_not_the_same(root, people, says):
    made = ivr(root, "import", "cy", exported(root), *people)
    assert made.exit_code == 1 and says in made.output


def test_without_a_second_reader_dates_figures_and_limits_stay_drafts(root):
    file = exported(root)
    (root / "cy" / "signed.yaml").unlink()
    assert ivr(root, "import", "cy", file, *ALL[:4]).exit_code == 0
    status = ivr(root, "status", "cy").output
    assert "Welsh (cy): off" in status and "0 signed" not in status and " 0 drafts" not in status


def test_a_new_language_begins_with_what_it_cannot_do_without(tmp_path):
    file = tmp_path / "yo.po"
    root = ROOT / "prompts"
    made = ivr(root, "add", "yo", "--out", file)
    assert made.exit_code == 0 and "Yoruba stays off" in made.output
    text = file.read_text()
    assert 'msgctxt "pieces.yaml:weekdays.0"\nmsgid "Monday"\nmsgstr ""' in text
    assert "topics/" not in text
    refused = ivr(root, "add", "yo", "--out", file)
    assert refused.exit_code == 0 and file.read_text() == text
    file.write_text("something else")
    refused = ivr(root, "add", "yo", "--out", file)
    assert refused.exit_code == 1 and "move it away first" in refused.output


@pytest.mark.parametrize("args", [("add", "xq"), ("export", "../en"), ("status", "romanian!")])
def test_a_tag_that_nobody_knows_is_refused_in_words(args):
    made = ivr(ROOT / "prompts", *args)
    assert made.exit_code == 1 and f"no language is called “{args[1]}”" in made.output


def test_the_first_language_is_translated_from_and_not_into(tmp_path):
    made = ivr(ROOT / "prompts", "export", "en", "--out", tmp_path / "en.po")
    assert made.exit_code == 1 and "what the others are translated from" in made.output


def test_words_that_people_text_go_out_and_come_back_as_one_line(root):
    file = changed(exported(root), 'msgstr "noitaidem, etaidem"', 'msgstr "noitaidem, rotaidem"')
    assert ivr(root, "import", "cy", file, *ALL).exit_code == 0
    topic = root / "cy" / "topics" / "mediation.yaml"
    assert YAML().load(topic)["keywords"] == ["noitaidem", "rotaidem"]
    assert load(root).words("cy").topics["mediation"].keywords == ("noitaidem", "rotaidem")


def test_a_sentence_that_was_changed_since_the_file_was_made_is_refused_with_both(root):
    file = changed(exported(root), "Rof a nosrep, sserp 0.", "Rof na resivda, sserp 0.")
    says = root / "cy" / "says.yaml"
    says.write_text(says.read_text().replace("Rof a nosrep, sserp 0.", "Rof enoemos, sserp 0."))
    before = files_of(root)
    made = ivr(root, "import", "cy", file, *ALL)
    assert made.exit_code == 1 and files_of(root) == before
    assert "There now: “Rof enoemos, sserp 0.”. Yours: “Rof na resivda, sserp 0.”" in made.output
    assert ivr(root, "import", "cy", file, *ALL, "--over").exit_code == 0
    assert "Rof na resivda, sserp 0." in says.read_text()


def test_a_doorway_is_begun_signed_and_switched_on(tmp_path):
    root = doors.content(tmp_path / "prompts")
    file = tmp_path / "ro.po"
    made = ivr(root, "add", "ro", "--doorway", "--out", file)
    assert "13 sentences, which are the doorway of Romanian" in made.output
    text = file.read_text()
    assert count(file) == 13 and "Heard in a doorway" in text and text.count("#, fuzzy") == 13
    assert "doorway is off: 0 of 13 sentences signed" in ivr(root, "status", "ro").output
    file.write_text(text.replace("#, fuzzy\n", "").replace("fuzzy, ", ""))
    assert "13 are signed" in ivr(root, "import", "ro", file, *ALL).output
    assert "doorway is off: 13 of 13" in ivr(root, "status", "ro").output
    doors.switched_on(root, ro=doors.ROMANIAN)
    assert "doorway is on: 13 of 13" in ivr(root, "status", "ro").output
