"""Languages: each sentence in English beside its translation, to be translated, signed, and taken
out and back as a PO file.

Owns these pages. What is kept is in the draft. Nobody's words or file win silently over what
somebody else has saved since: both are shown.
"""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator, Mapping

from flask import Response, abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from ivr.content import po
from ivr.content.files import LARGEST, Files
from ivr.content.languages import Languages, languages_of
from ivr.content.po import Entry, PoError
from ivr.content.sentences import fields_of, hash_of
from ivr.content.signing import IMPORTED, NotSignedError, People, people_of, writers
from ivr.content.translation import Stand
from ivr.line.tongues import name_of
from ivr.staff.gate import ROOM, PageSection, Upload
from ivr.staff.people import StaffMember
from ivr.staff.roles import Permission
from ivr.staff.saving import LONGEST_NAME
from ivr.staff.services import StaffServices
from ivr.staff.translation_forms import (
    DOORWAY,
    ImportForm,
    LanguageForm,
    SignForm,
    TranslationForm,
    direction,
    limit_of,
    parts_of,
    row,
)
from ivr.store.editions import BusyError

section = PageSection("translating")
TAG = re.compile(r"[a-z]{2,3}(?:-[a-z]+)?")
KEPT = "It is kept in the draft. Callers hear it once it is signed and published."


@section.get("/languages", needs=Permission.TRANSLATE)
def languages(services: StaffServices, who: StaffMember) -> ResponseReturnValue:
    """Every language that is begun, and how far it is; ``?lang=`` begins another."""
    form = LanguageForm(request.args, meta={"csrf": False})
    if request.args and form.validate():
        return redirect(url_for("translating.language", lang=form.lang.data))
    found = _languages(services)
    rows = []
    for lang in sorted(found.all(), key=_name):
        stands = found.stands(lang)
        few = parts_of(stands, {})[DOORWAY][1]
        whys = Counter(each.why for each in stands)
        rows.append((lang, _name(lang), whys, len(stands), few, _state(found, lang)))
    page = render_template("languages.html", rows=rows, form=form)
    return page, 422 if form.errors else 200


@section.get("/languages/<lang>", needs=Permission.TRANSLATE)
def language(services: StaffServices, who: StaffMember, lang: str) -> ResponseReturnValue:
    """A part of its sentences (``?part=``), each in English beside its translation."""
    return _page(services, lang)


@section.get("/languages/<lang>/sentence", needs=Permission.TRANSLATE)
def sentence(services: StaffServices, who: StaffMember, lang: str) -> ResponseReturnValue:
    """One sentence (``?name=``), to be translated."""
    stand = _stand(_languages(services), lang)
    was = {"seen": hash_of(stand.words), "english": hash_of(stand.sentence.text)}
    form = TranslationForm(formdata=None, data={"words": stand.words, **was})
    return _sentence(services, lang, stand, form)


@section.post("/languages/<lang>/sentence", needs=Permission.TRANSLATE)
def keep(services: StaffServices, who: StaffMember, lang: str) -> ResponseReturnValue:
    """Keep a translation in the draft, and go on to the next sentence."""
    found, form = _languages(services), TranslationForm()
    stand = _stand(found, lang)
    if form.english.data != hash_of(stand.sentence.text):
        form.english.data = hash_of(stand.sentence.text)
        form.words.errors = ["The English was changed after this page was made. Read it again."]
        return _sentence(services, lang, stand, form, 409)
    if form.validate():
        wrong = po.faults_of(found.content.line, lang, stand.sentence, form.words.data)
        form.words.errors = [f"{each[:1].upper()}{each[1:]}." for each in wrong]
    if form.errors or form.words.errors:
        return _sentence(services, lang, stand, form, 422)
    entry = Entry(stand.sentence, form.words.data, fuzzy=True, seen=form.seen.data or "")
    try:
        _rework(services, who, stand.sentence.name, lambda now: _put(now, lang, [entry]))
    except (OvertakenWordsError, BusyError) as error:
        stand = _stand(_languages(services), lang)
        form.seen.data, form.words.errors = hash_of(stand.words), [str(error)]
        return _sentence(services, lang, stand, form, 409, both=stand.words)
    flash(KEPT)
    return redirect(_next(services, lang, stand))


@section.post("/languages/<lang>/sign", needs=Permission.TRANSLATE)
def sign(services: StaffServices, who: StaffMember, lang: str) -> ResponseReturnValue:
    """Sign what is ticked: as who has reviewed it or, where that is all it lacks, as its second
    reader. All of it or nothing."""
    _named(lang)
    form = SignForm()
    if not form.validate():
        return _page(services, lang, form, 422)
    try:
        _rework(services, who, "sign", lambda now: _signed(services, now, lang, form, who))
    except RefusedSignsError as error:
        form.sentences.errors = list(error.args)
        return _page(services, lang, form, 409)
    count = len(form.seals)
    flash(f"{count} sentence{' is' if count == 1 else 's are'} signed, in the draft.")
    return redirect(url_for("translating.language", lang=lang, part=_part()))


@section.get("/languages/<lang>/po", needs=Permission.TRANSLATE)
def po_file(services: StaffServices, who: StaffMember, lang: str) -> ResponseReturnValue:
    """The part that is shown, or everything, as a PO file."""
    _named(lang)
    stands = _languages(services).stands(lang)
    part = request.args.get("part", "")
    some = parts_of(stands, {}).get(part, ("", stands))[1]
    answer = Response(po.written(lang, some), content_type="text/x-gettext-translation")
    answer.headers["Content-Disposition"] = f"attachment; filename={lang}.po"
    return answer


def _too_large(services: StaffServices) -> ResponseReturnValue:
    form = ImportForm(formdata=None)
    form.file.errors = ["This file is larger than 1 MB. Nothing of it is kept."]
    return _page(services, str((request.view_args or {}).get("lang")), form, 413)


@section.post("/languages/<lang>/po", Permission.TRANSLATE, Upload(LARGEST + ROOM, _too_large))
def take(services: StaffServices, who: StaffMember, lang: str) -> ResponseReturnValue:
    """Take a PO file back into the draft: all of it, or nothing of one with a fault."""
    _named(lang)
    form = ImportForm()
    if not form.validate():
        return _page(services, lang, form, 422)
    name, raw = form.file.data.filename or "the file", form.file.data.read()

    def work(now: Files) -> Mapping[str, str]:
        found = languages_of(now)
        read = found.entries(lang, name, raw, over=form.over.data)
        return po.merged(now, lang, read, found.like)

    try:
        _rework(services, who, IMPORTED, work)
    except (PoError, BusyError) as error:
        faults = error.faults if isinstance(error, PoError) else [error]
        form.file.errors = [str(each) for each in faults]
        return _page(services, lang, form, 422)
    flash("The file is in the draft. Callers hear it once it is signed and published.")
    return redirect(url_for("translating.language", lang=lang, part=_part()))


class OvertakenWordsError(Exception):
    """Somebody else has changed the sentence since the page was made."""


class RefusedSignsError(Exception):
    """Sentences that cannot be signed by this person, each with why."""


def _rework(
    services: StaffServices, who: StaffMember, what: str, work: Callable[[Files], Mapping[str, str]]
) -> None:
    services.drafting.rework(work, what, who.name[:LONGEST_NAME], services.now())
    services.changes.note(who.id, "draft", what[-LONGEST_NAME:], services.now())


def _put(now: Files, lang: str, entries: list[Entry]) -> Mapping[str, str]:
    """The files with these in them. Raises OvertakenWordsError."""
    found = languages_of(now)
    stands = {each.sentence.name: each.words for each in found.stands(lang)}
    for each in entries:
        if list(po.overtaken(each, stands.get(each.sentence.name, ""))):
            says = "Somebody has changed this meanwhile. Yours is not kept yet: both stand here."
            raise OvertakenWordsError(says)
    return po.merged(now, lang, entries, found.like)


def _signed(
    services: StaffServices, now: Files, lang: str, form: SignForm, who: StaffMember
) -> Mapping[str, str]:
    """The file of sign-offs with what is ticked. Raises RefusedSignsError."""
    found, draft = languages_of(now), services.drafting.open()
    signs, wrote = found.signs(lang), dict[str, str]()
    if draft:
        own = (e for e in draft.saves if e.file.startswith(f"{lang}/"))
        wrote = writers((each.file, each.what, each.by) for each in own)
    stands = {each.sentence.name: each for each in found.stands(lang)}
    groups, refused = defaultdict[People, dict[str, str]](dict), []
    for name, seen in form.seals.items():
        translator = wrote.get(name, form.translator.data)
        try:
            stand = stands[name]
            groups[people_of(stand, signs, seen, who.name, translator)][name] = seen
        except KeyError:
            refused.append(f"{name}: the line has no sentence of this name.")
        except NotSignedError as error:
            refused.append(f"“{stands[name].sentence.text}”: {error}.")
    if refused:
        raise RefusedSignsError(*refused)
    made: Files = now
    for (by, reviewed_by, second), seals in groups.items():
        people = {"by": by, "reviewed_by": reviewed_by, "second_reader": second}
        signed = po.signing(made, lang, people, services.clock().date(), seals)
        made = {**made, **{file: text.encode() for file, text in signed.items()}}
    return {file: made[file].decode() for file in made if made[file] != now.get(file)}


def _languages(services: StaffServices) -> Languages:
    return languages_of(services.drafting.files())


def _named(lang: str) -> str:
    """The name of a language; a page that is not there for a tag that nobody knows."""
    if not TAG.fullmatch(lang):
        abort(404)
    try:
        return name_of(lang)
    except ValueError:
        abort(404)


def _name(lang: str) -> str:
    return name_of(lang) if TAG.fullmatch(lang) else lang


def _stand(found: Languages, lang: str) -> Stand:
    _named(lang)
    name = request.args.get("name", "")
    stand = next((e for e in found.stands(lang) if e.sentence.name == name), None)
    return stand or abort(404)


def _part() -> str:
    return request.args.get("part", DOORWAY)


def _state(found: Languages, lang: str) -> str:
    if lang in found.content.line.doorways:
        return "Its doorway is on."
    return "It is on." if found.switched_on(lang) else "It is off: callers do not hear it."


def _titles(services: StaffServices) -> dict[str, str]:
    line = services.line()
    words = line.words(line.languages[0])
    return {name: words.node(name).name for name in line.topics}


def _parts(services: StaffServices, stands: list[Stand]) -> dict[str, tuple[str, list[Stand]]]:
    return parts_of(stands, _titles(services))


def _next(services: StaffServices, lang: str, stand: Stand) -> str:
    """The next sentence of the part that lacks words, or the part where none does."""
    part = _part()
    some = _parts(services, _languages(services).stands(lang)).get(part, ("", []))[1]
    names = [each.sentence.name for each in some]
    at = names.index(stand.sentence.name) + 1 if stand.sentence.name in names else 0
    for each in [*some[at:], *some[:at]]:
        if each.why in ("missing", "stale", "unfit"):
            name = each.sentence.name
            return url_for("translating.sentence", lang=lang, name=name, part=part)
    return url_for("translating.language", lang=lang, part=part, _anchor=f"s{at}")


def _sentence(
    services: StaffServices, lang: str, stand: Stand, form: TranslationForm, status: int = 200,
    both: str = "",
) -> ResponseReturnValue:  # fmt: skip
    line, library = services.line(), services.checkup().library()
    first = line.languages[0]
    page = render_template(
        "sentence.html",
        lang=lang, name=_named(lang), first=first, first_name=name_of(first),
        dir=direction(lang), stand=stand, form=form,
        both=both, part=_part(), heard=po.comment_of(stand.sentence), twice=po.TWICE,
        fields=sorted(fields_of(stand.sentence.text) or ()), limit=limit_of(stand.sentence),
        sounds=[
            (label, prompt.file)
            for label, spoken, words in (
                (name_of(first), first, stand.sentence.text), (_named(lang), lang, stand.words),
            )
            if (prompt := library.find(spoken, "normal", words))
        ],
    )  # fmt: skip
    return page, status


def _page(
    services: StaffServices, lang: str, sent: SignForm | ImportForm | None = None, status: int = 200
) -> ResponseReturnValue:
    """The page of a language; with the form that was ``sent`` and not kept, as it was sent."""
    name, found, part = _named(lang), _languages(services), _part()
    if lang == found.first:
        abort(404)
    signs, parts = found.signs(lang), _parts(services, found.stands(lang))
    if part not in parts:
        abort(404)
    title, some = parts[part]
    page = render_template(
        "language.html",
        lang=lang, name=name, first=found.first, dir=direction(lang), part=part, title=title,
        parts=[(key, each, *_count(few)) for key, (each, few) in parts.items()],
        rows=[row(number, each, signs) for number, each in enumerate(some, 1)],
        state=_state(found, lang), largest=LARGEST,
        signing=sent if isinstance(sent, SignForm) else SignForm(formdata=None),
        taking=sent if isinstance(sent, ImportForm) else ImportForm(formdata=None),
    )  # fmt: skip
    return page, status


def _count(stands: list[Stand]) -> Iterator[int]:
    yield sum(not each.why for each in stands)
    yield len(stands)
