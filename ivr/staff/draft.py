"""The draft: what is changed, what speaks against it, trying it by telephone, and publishing it.

Owns these pages. Who changes what in it is ``value``, ``timetable`` and ``contacts``; recording and
publishing is the worker's.
"""

from __future__ import annotations

from flask import abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_wtf.file import FileField
from wtforms import IntegerField, StringField, TextAreaField
from wtforms.validators import DataRequired, Length
from wtforms.widgets import HiddenInput

from ivr.content import ContentError, load
from ivr.content.checks import Finding, piece_at
from ivr.content.edit import RefusedError, taken
from ivr.content.editions.differences import Change
from ivr.content.editions.drafting import ConflictError, NothingChangedError
from ivr.content.files import LARGEST, NAME, Files, version_of_files
from ivr.content.translation import SIGNED
from ivr.health.doctor.finding import counted
from ivr.line.model import Line
from ivr.line.tongues import shown
from ivr.staff.forms import PageForm, tidy
from ivr.staff.gate import ROOM, PageSection, Upload
from ivr.staff.people import StaffMember
from ivr.staff.places import as_heard, link, named, place_on
from ivr.staff.roles import Permission
from ivr.staff.saving import KEPT, LONGEST_NAME, drafted, in_words, unpublished
from ivr.staff.services import StaffServices
from ivr.staff.things import FILE, called, things
from ivr.store.drafts import NoDraftError, OvertakenError
from ivr.store.editions import BusyError

section = PageSection("draft")
LONGEST_WHY = 200
MOST = 3 * LARGEST + ROOM
"""Bytes of a form with a whole file: typed, where the end of a line takes two, and sent up."""
LARGE = (
    "What was sent is larger than 1 MB, and nothing of it is kept. This is the file as it stands; "
    "your browser's way back has what you typed."
)


class PublishForm(PageForm):
    """What the history says of an edition."""

    why = StringField(
        "What is changed, in a few words", [
            DataRequired("Say in a few words what is changed, for the history."),
            Length(max=LONGEST_WHY, message=f"Write {LONGEST_WHY} letters or fewer."),
        ],
        [tidy], description="It stands in the history.",
    )  # fmt: skip


class FileForm(PageForm):
    """A whole file, typed or sent up. ``revision``: which draft it was opened in."""

    revision = IntegerField(default=0, widget=HiddenInput())
    text = TextAreaField(
        "Its text", default="", render_kw={"rows": 24, "spellcheck": "false", "class": "code"}
    )
    upload = FileField(
        "Or a file in its place",
        render_kw={
            "accept": ".yaml,.yml",
            "data-most": LARGEST,
            "data-large": "This file is larger than 1 MB. Make it shorter.",
        },
    )


@section.get("/draft", needs=Permission.EDIT)
def draft(services: StaffServices, who: StaffMember) -> ResponseReturnValue:
    """What is changed, and what can be done with it."""
    return _page(services)


@section.post("/draft/check-all", needs=Permission.EDIT)
def check_all(services: StaffServices, who: StaffMember) -> ResponseReturnValue:
    """Ask every rule of the whole draft, as publishing will; it takes a second or two."""
    return _page(services, services.stopping(services.drafting.folder()))


@section.post("/draft/try", needs=Permission.EDIT)
def try_out(services: StaffServices, who: StaffMember) -> ResponseReturnValue:
    """Ring the draft on the phone page."""
    folder = services.drafting.folder()
    try:
        load(folder)
    except ContentError as error:
        why = " ".join(in_words(services, error.faults))
        return _page(services, wrong=f"It cannot be rung yet. {why}")
    if not services.settings.demo_account:
        abort(404)
    return redirect(f"/phone?edition={version_of_files(services.drafting.files())}")


@section.get("/draft/throw-away", needs=Permission.EDIT)
def throwing_away(services: StaffServices, who: StaffMember) -> ResponseReturnValue:
    """Asks before the draft is ended: what is lost, and whose it is."""
    open_ = services.drafting.open()
    if open_ is None:
        return redirect(url_for("draft.draft"))
    by = " and ".join(dict.fromkeys([open_.began_by, *(each.by for each in open_.saves)]))
    count = counted(len(unpublished(services)), "unpublished change")
    return render_template(
        "confirm.html",
        title="Throw the draft away?",
        says=[
            f"{count} by {by} would be gone. Callers go on hearing what they hear.",
            "It can be put back on the page Changes for a day.",
        ],
        action=url_for("draft.throw_away"),
        label="Throw it away",
        back=url_for("draft.draft"),
    )


@section.post("/draft/throw-away", needs=Permission.EDIT)
def throw_away(services: StaffServices, who: StaffMember) -> ResponseReturnValue:
    """End the draft. Callers go on hearing what they hear."""
    services.drafting.throw_away(services.now())
    services.changes.note(who.id, "draft-thrown-away", "", services.now())
    flash("The draft is thrown away. It can be put back here for a day.")
    return redirect(url_for("draft.draft"))


@section.post("/draft/put-back", needs=Permission.EDIT)
def put_back(services: StaffServices, who: StaffMember) -> ResponseReturnValue:
    """Open the draft again that was thrown away last."""
    try:
        if not services.drafting.put_back(services.now()):
            return _page(services, wrong="It cannot be put back any more.")
    except BusyError as error:
        return _page(services, wrong=str(error))
    services.changes.note(who.id, "draft-put-back", "", services.now())
    flash("The draft is back, as it was.")
    return redirect(url_for("draft.draft"))


@section.post("/draft/publish", needs=Permission.PUBLISH)
def publish(services: StaffServices, who: StaffMember) -> ResponseReturnValue:
    """Hand the draft in to be checked, recorded and published."""
    form = PublishForm()
    if not form.validate():
        return _page(services, sent=form)
    try:
        number = services.drafting.publish(who.name[:LONGEST_NAME], form.why.data, services.now())
    except OvertakenError as error:
        wrong = f"{error}. Look at it once more, then publish."
        return _page(services, wrong=wrong, sent=form)
    except (NoDraftError, NothingChangedError, BusyError) as error:
        return _page(services, wrong=str(error), sent=form)
    services.changes.note(who.id, "publish", str(number), services.now())
    return redirect(url_for("editions.edition", number=number))


@section.get("/draft/file", needs=Permission.EDIT)
def whole(services: StaffServices, who: StaffMember) -> ResponseReturnValue:
    """A whole file of the draft, for changes that have no form of their own."""
    return _as_it_stands(services)


def _as_it_stands(
    services: StaffServices, wrong: str = "", status: int = 200
) -> ResponseReturnValue:
    file = _file(services, request.args.get("file", ""))
    open_ = services.drafting.open()
    text = services.drafting.files()[file].decode("utf-8", "replace")
    form = FileForm(formdata=None, text=text, revision=open_.revision if open_ else 0)
    return _whole(file, form.refuse("text", wrong) if wrong else form, status)


def _too_large(services: StaffServices) -> ResponseReturnValue:
    return _as_it_stands(services, LARGE, 413)


@section.post("/draft/file", Permission.EDIT, Upload(MOST, _too_large))
def put(services: StaffServices, who: StaffMember) -> ResponseReturnValue:
    """Put a whole file, typed, pasted or sent up."""
    file, form = _file(services, request.values.get("file", "")), FileForm()
    raw = (form.upload.data.read() if form.upload.data else b"") or form.text.data.encode()
    form.text.data, revision = raw.decode("utf-8", "replace"), form.revision.data or 0
    try:
        faults = services.drafting.faults_with(file, taken(file, raw))
        if not faults:
            services.drafting.put(file, raw, revision, who.name[:LONGEST_NAME], services.now())
    except RefusedError as error:
        faults = list(error.faults)
    except ConflictError as error:
        by = error.save.by if error.save else "Somebody"
        says = f"{by} has changed this file meanwhile. Yours is not kept: copy it, open it again."
        return _whole(file, form.refuse("text", says), 409)
    except BusyError as error:
        return _whole(file, form.refuse("text", error), 409)
    for each in faults:
        form.refuse("text", f"{each.says} ({each.file}, line {each.line}).")
    if faults:
        return _whole(file, form, 422)
    services.changes.note(who.id, "draft", file, services.now())
    flash(KEPT)
    return redirect(url_for("draft.draft"))


def _whole(file: str, form: FileForm, status: int) -> ResponseReturnValue:
    return render_template("file.html", file=file, form=form), status


def _file(services: StaffServices, name: str) -> str:
    if not NAME.fullmatch(name) or name not in services.drafting.files():
        abort(404)
    return name


def _called(line: Line, began: Files, files: Files, change: Change) -> str:
    """What a change is called; of another language, with its name."""
    lang, folder, _ = change.file.partition("/")
    own = not folder or lang == line.languages[0] or change.file.endswith(SIGNED)
    return ("" if own else f"{shown(lang)}: ") + called(line, began, files, change)


def _heard(line: Line, change: Change) -> bool:
    """Whether callers hear what stands there now: a language may be off."""
    lang, folder, _ = change.file.partition("/")
    spoken = piece_at(change.file, change.path, "") or change.file == "flow.yaml"
    return bool(spoken) and (not folder or lang in line.offered)


def _again(line: Line, files: Files, change: Change) -> str:
    """The page on which a change is changed again; empty where there is none."""
    if change.file in files and piece_at(change.file, change.path, ""):
        return url_for("value.value", file=change.file, at=named(change.path))
    return link(line, files, change.file, change.path) if change.file == FILE else ""


def _page(
    services: StaffServices,
    found: list[Finding] | None = None,
    wrong: str = "",
    sent: PublishForm | None = None,
) -> ResponseReturnValue:
    open_ = services.drafting.open()
    files, began, line = services.drafting.files(), services.drafting.began(), services.line()
    places = [
        (as_heard(line, began, files, each), _called(line, began, files, each),
         _again(line, files, each), _heard(line, each))
        for each in things(began, files)
    ]  # fmt: skip
    draft_line = drafted(services) if found else line
    against = [(each, place_on(draft_line, files, each.file, each.line)) for each in found or ()]
    page = render_template(
        "draft.html",
        draft=open_,
        thrown_away=None if open_ else services.drafting.thrown_away(services.now()),
        changes=places,
        files=sorted(files),
        found=None if found is None else against,
        wrong=wrong,
        form=sent or PublishForm(formdata=None),
        in_hand=next((each for each in services.editions.all() if each.in_hand), None),
        current=services.folders.current(),
        demo=bool(services.settings.demo_account),
    )
    return page, 422 if wrong or sent else 200
