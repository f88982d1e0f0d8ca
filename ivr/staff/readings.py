"""A person's own voice: any sentence of the line read aloud, sent up, heard back, and put to use.

Owns these pages. A recording belongs to the words: once they change it is heard no more, and the
pages say that it must be made again.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from functools import cached_property

from flask import Response, abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_wtf.file import FileField
from wtforms import StringField
from wtforms.validators import DataRequired, Length

from ivr.content import ContentError, load
from ivr.content.checks.pieces import Origins
from ivr.line.model import Line
from ivr.speech import AnnouncementError
from ivr.speech.library import HUMAN, prompt_key
from ivr.staff.forms import PageForm, tidy
from ivr.staff.gate import ROOM, PageSection, Upload
from ivr.staff.people import StaffMember
from ivr.staff.roles import Permission
from ivr.staff.saving import LONGEST_NAME
from ivr.staff.services import StaffServices
from ivr.store.people_read import FullError, PersonRecording

section = PageSection("readings")
LARGEST_SOUND = 12_000_000
"""Bytes of a recording that is sent up: a minute of the best that a telephone records."""
LARGE = "That file is larger than 12 MB. Send this sentence alone, or save it as MP3."
FULL = "There is no room for more. Remove recordings of words that are no longer said."
GONE = "These words are no longer said, so nothing was kept."
LISTEN = "It is not in use yet. Listen to it below, then press “Use it”."
USED = "Callers hear it within seconds, wherever these words are said."
LONGEST_SEARCH = 100


class ReadingForm(PageForm):
    """One recording that is sent up."""

    sound = FileField(
        "The recording",
        description="WAV, MP3, FLAC or OGG, this sentence alone, at most 12 MB. "
        "It is made as loud and as slow as the others; that takes some seconds.",
    )
    by = StringField("Who has read it", [DataRequired("Give a name."), Length(max=64)], [tidy])


@dataclass(frozen=True)
class Sentence:
    """Words that are said in one language. ``read``: what callers hear, ``offered``: what was sent
    up and is not in use, ``before``: what callers heard here before the words changed.

    ``published``: whether callers hear these words now.
    """

    line: Line
    lang: str
    words: str
    published: bool
    place: str = ""
    read: PersonRecording | None = None
    offered: PersonRecording | None = None
    before: PersonRecording | None = None

    @cached_property
    def key(self) -> str:
        """What stands for it in an address."""
        return prompt_key(self.lang, HUMAN, "normal", self.words)


@section.get("/recordings", needs=Permission.EDIT)
def readings(services: StaffServices, who: StaffMember) -> ResponseReturnValue:
    """Every sentence of a language, and who speaks it."""
    lines = _lines(services)
    langs = list(dict.fromkeys(lang for line in lines for lang in line.offered))
    lang = request.args.get("lang", langs[0])
    if lang not in langs:
        abort(404)
    find = request.args.get("find", "").strip()[:LONGEST_SEARCH]
    found = list(sentences(services, lines, lang))
    said = {each.words for each in found}
    return render_template(
        "readings.html",
        sentences=[each for each in found if find.lower() in each.words.lower()],
        read=sum(each.read is not None for each in found),
        spoken=_spoken(services, lang),
        unsaid=[
            each
            for each in services.people_read.all()
            if each.lang == lang and each.used_at and each.words not in said
        ],
        find=find,
        lang=lang,
        langs={each: lines[-1].language(each) for each in langs},
    )


@section.get("/recordings/<lang>/<key>", needs=Permission.EDIT)
def reading(services: StaffServices, who: StaffMember, lang: str, key: str) -> ResponseReturnValue:
    """One sentence: who speaks it, and the form for another recording."""
    return _page(services, _found(services, lang, key), _form(who))


def _too_large(services: StaffServices) -> ResponseReturnValue:
    flash(LARGE, "wrong")
    return redirect(request.path)


@section.post("/recordings/<lang>/<key>", Permission.EDIT, Upload(LARGEST_SOUND + ROOM, _too_large))
def send(services: StaffServices, who: StaffMember, lang: str, key: str) -> ResponseReturnValue:
    """Take a recording, to be heard back first."""
    sentence, form = _found(services, lang, key), ReadingForm()
    if not form.validate():
        return _page(services, sentence, form)
    sent = form.sound.data.read() if form.sound.data else b""
    try:
        made = services.read_aloud(sentence.line, lang, sentence.words, sent)
        told = (lang, sentence.words, sentence.place, form.by.data, made.sounds)
        services.people_read.offer(*told, services.now())
    except (AnnouncementError, FullError) as error:
        form.sound.errors = [str(error) or FULL]
        return _page(services, sentence, form)
    services.changes.note(who.id, "recording-sent", key, services.now())
    if made.heard:
        flash(f"By machine this was heard: “{made.heard}”. Is it this sentence?", "wrong")
    flash(LISTEN)
    return redirect(url_for("readings.reading", lang=lang, key=key))


@section.post("/recordings/<lang>/<key>/<recording>/use", needs=Permission.EDIT)
def use(
    services: StaffServices, who: StaffMember, lang: str, key: str, recording: str
) -> ResponseReturnValue:
    """Let callers hear it."""
    sentence = _found(services, lang, key)
    offered = sentence.offered.id if sentence.offered else ""
    if recording != offered or not services.people_read.use(recording, services.now()):
        flash("Somebody has sent another meanwhile. Listen to that one.", "wrong")
    else:
        _taken_up(services)
        services.changes.note(who.id, "recording-used", key, services.now())
        flash(USED if sentence.published else "It is heard once these words are published.")
    return redirect(url_for("readings.reading", lang=lang, key=key))


@section.post("/recordings/<recording>/remove", needs=Permission.EDIT)
def remove(services: StaffServices, who: StaffMember, recording: str) -> ResponseReturnValue:
    """Forget a recording: the line's own voice speaks again."""
    found = next((each for each in services.people_read.all() if each.id == recording), None)
    if found is None:
        return redirect(url_for("readings.readings"))
    services.people_read.remove(recording)
    _taken_up(services)
    services.changes.note(who.id, "recording-removed", recording[:LONGEST_NAME], services.now())
    flash(f"The recording by {found.by} is gone.")
    return redirect(url_for("readings.readings", lang=found.lang))


@section.get("/recordings/sound/<recording>/<speed>.mp3", needs=Permission.EDIT)
def sound(
    services: StaffServices, who: StaffMember, recording: str, speed: str
) -> ResponseReturnValue:
    """What was sent up, as callers would hear it."""
    found = services.people_read.sound(recording, slow=speed == "slow")
    return Response(found, content_type="audio/mpeg") if found else abort(404)


def _taken_up(services: StaffServices) -> None:
    """Let this machine know at once; where it cannot, it looks again within seconds, as all do."""
    with suppress(OSError):
        services.folders.fetch_people()


def _lines(services: StaffServices) -> list[Line]:
    """The words that callers hear, and after them those of the draft, where they can be read."""
    lines = [services.line()]
    if services.drafting.open():
        with suppress(ContentError):
            lines.append(load(services.drafting.folder()))
    return lines


def sentences(services: StaffServices, lines: list[Line], lang: str) -> Iterator[Sentence]:
    """Everything that is said, of the draft too, each once."""
    units = {
        unit: line for line in reversed(lines) if lang in line.offered for unit in line.units(lang)
    }
    published = set(lines[0].units(lang)) if lang in lines[0].offered else set()
    read = [each for each in services.people_read.all() if each.lang == lang]
    used = {each.words: each for each in read if each.used_at}
    offered = {each.words: each for each in read if not each.used_at}
    before = {each.place: each for each in read if each.used_at and each.words not in units}
    origins = {id(line): Origins(line, lang) for line in lines}
    for words, line in units.items():
        place = _place(origins[id(line)], words)
        stale = before.get(place) if place and words not in used else None
        told = (words in published, place, used.get(words), offered.get(words), stale)
        yield Sentence(line, lang, words, *told)


def _place(origins: Origins, words: str) -> str:
    """Where these words stand; empty where they are put together of several."""
    piece = origins.of(words)
    whole = piece.path and (piece.text == words or piece.kind == "help")
    return f"{piece.file} {'.'.join(map(str, piece.path))}" if whole else ""


def _found(services: StaffServices, lang: str, key: str) -> Sentence:
    lines = _lines(services)
    found = (each for each in sentences(services, lines, lang) if each.key == key)
    return next(found, None) or abort(redirect(_gone()))


def _gone() -> str:
    flash(GONE, "wrong")
    return url_for("readings.readings")


def _spoken(services: StaffServices, lang: str) -> set[str]:
    """The words of which there is any recording."""
    library = services.checkup().library()
    return {each.words for each in library.prompts if each.lang == lang and each.words}


def _form(who: StaffMember) -> ReadingForm:
    return ReadingForm(formdata=None, data={"by": who.name})


def _page(services: StaffServices, sentence: Sentence, form: ReadingForm) -> ResponseReturnValue:
    page = render_template(
        "reading.html",
        sentence=sentence,
        language=sentence.line.language(sentence.lang),
        spoken=sentence.words in _spoken(services, sentence.lang),
        form=form,
        largest=LARGEST_SOUND,
        large=LARGE,
    )
    return page, 422 if form.errors else 200
