"""A new topic, and the choices of a menu: added, put in another order, taken out.

Owns these pages. All of it is a draft; callers hear it once it is published.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

from flask import abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from wtforms import HiddenField, SelectChoice, SelectField

from ivr.content import ContentError
from ivr.content.arrange import (
    FLOW,
    MENUS,
    NewTopic,
    NoPlaceError,
    keyed,
    most,
    with_topic,
    without_topic,
)
from ivr.content.checks import Finding, check_menus
from ivr.content.edit import RefusedError, changed
from ivr.content.editions.drafting import ConflictError
from ivr.content.files import Files
from ivr.line.model import Line
from ivr.line.wording import Wording
from ivr.staff.forms import PageForm
from ivr.staff.gate import PageSection
from ivr.staff.people import StaffMember
from ivr.staff.roles import Permission
from ivr.staff.saving import (
    KEPT,
    LONGEST_NAME,
    NotKeptError,
    as_seen,
    drafted,
    in_words,
    keep_whole,
)
from ivr.staff.services import StaffServices
from ivr.staff.topic_form import TopicForm
from ivr.store.editions import BusyError

section = PageSection("topics")
MEANWHILE = {
    "name": ("name", "Somebody has just added this name. Choose another."),
    "menu_name": ("menu_name", "Somebody has just added a menu of this name. Choose another."),
    "menu": ("where", "Somebody has just filled this menu. Choose another place."),
    "gone": ("where", "Somebody has just taken this topic out of the main menu."),
}
"""What may have changed while the form was read: at which field it stands, and in which words."""


class ChoiceForm(PageForm):
    """One choice more in a menu. ``seen``: its choices when the page was made."""

    seen = HiddenField()
    to = SelectField("What it leads to")

    def __init__(self, line: Line, menu: str, **more: object) -> None:
        super().__init__(**more)
        words, there = line.words(line.languages[0]), line.menus[menu].keys.values()
        self.to.choices = [
            SelectChoice(name, words.node(name).name)
            for name in (*line.topics, *line.forms)
            if name not in there
        ]


@section.get("/draft/topic", needs=Permission.EDIT)
def new(services: StaffServices, who: StaffMember) -> ResponseReturnValue:
    """The form of a new topic; ``?menu=`` says where it is to stand."""
    form = TopicForm(drafted(services), services.clock().date(), formdata=None)
    form.where.data = request.args.get("menu") or form.first_room
    return _form(form)


@section.post("/draft/topic", needs=Permission.EDIT)
def add(services: StaffServices, who: StaffMember) -> ResponseReturnValue:
    """Put the topic into the draft, with its place in a menu."""
    line = drafted(services)
    form = TopicForm(line, services.clock().date())
    if not form.validate():
        return _form(form)
    topic = form.topic()
    try:
        if alike := _add(services, who, topic, line.languages[0]):
            form.label.errors = [f"{each.what}. {each.do}" for each in alike]
            return _form(form)
    except NoPlaceError as error:
        field, says = MEANWHILE[error.what]
        form[field].errors = [says]
        return _form(form)
    except NotKeptError as error:
        return _form(form, " ".join(error.lines))
    flash(f"{KEPT} Check everything on the page Changes before you publish it.")
    return redirect(url_for("words.node", name=topic.name))


@section.get("/draft/topic/<name>/remove", needs=Permission.EDIT)
def removing(services: StaffServices, who: StaffMember, name: str) -> ResponseReturnValue:
    """Asks before a topic that callers never heard is taken out of the draft."""
    words = _unpublished(services, name).node(name)
    return render_template(
        "confirm.html",
        title=f"Take “{words.name}” out?",
        says=["All that was written for it is gone. Callers never heard it."],
        action=url_for("topics.remove", name=name),
        label="Take it out",
        back=url_for("words.node", name=name),
    )


@section.post("/draft/topic/<name>/remove", needs=Permission.EDIT)
def remove(services: StaffServices, who: StaffMember, name: str) -> ResponseReturnValue:
    """Take it out, and the menu that was made for it."""
    lang = _unpublished(services, name).lang

    def make(files: Files) -> dict[str, bytes | None]:
        return without_topic(files, lang, name)

    try:
        _rearrange(services, who, make, f"without {name}")
    except NotKeptError as error:
        flash(" ".join(error.lines), "wrong")
        return redirect(url_for("words.node", name=name))
    flash("The topic is taken out of the draft.")
    return redirect(url_for("draft.draft"))


def _unpublished(services: StaffServices, name: str) -> Wording:
    """The words of the draft, which has a topic of this name that callers never heard."""
    line = drafted(services)
    if name not in line.topics or services.line().has(name):
        abort(404)
    return line.words(line.languages[0])


@section.get("/draft/choices/<menu>", needs=Permission.EDIT)
def choices(services: StaffServices, who: StaffMember, menu: str) -> ResponseReturnValue:
    """What a menu leads to, in the order of its keys."""
    return _choices(services, menu)


@section.post("/draft/choices/<menu>", needs=Permission.EDIT)
def change(services: StaffServices, who: StaffMember, menu: str) -> ResponseReturnValue:
    """Put a choice one key up or down, or take it out."""
    there = _menu(services, menu)[1]
    for name, step in (("up", -1), ("down", 1), ("out", 0)):
        at = request.form.get(name, -1, type=int)
        if 0 <= at < len(there) and 0 <= at + step < len(there):
            moved = there.pop(at)
            there[at + step : at + step] = [moved] if step else []
            return _keep(services, who, menu, there)
    return abort(400)


@section.post("/draft/choices/<menu>/add", needs=Permission.EDIT)
def add_choice(services: StaffServices, who: StaffMember, menu: str) -> ResponseReturnValue:
    """One choice more, by the last key."""
    line, there = _menu(services, menu)
    form = ChoiceForm(line, menu)
    if not form.validate():
        return _choices(services, menu, form=form)
    return _keep(services, who, menu, [*there, form.to.data], form)


def _add(services: StaffServices, who: StaffMember, topic: NewTopic, lang: str) -> list[Finding]:
    """Keep a new topic, or say which choices are too much alike with it.

    Raises NoPlaceError, NotKeptError.
    """

    def make(files: Files) -> dict[str, bytes | None]:
        return with_topic(files, lang, topic)

    if against := _against(services, make(services.drafting.files())):
        return against
    _rearrange(services, who, make, f"topic {topic.name}")
    return []


def _rearrange(
    services: StaffServices,
    who: StaffMember,
    make: Callable[[Files], dict[str, bytes | None]],
    what: str,
) -> None:
    """Keep what is made of several files of the draft. Raises NotKeptError, and what is raised."""
    try:
        services.drafting.rearrange(make, what, who.name[:LONGEST_NAME], services.now())
    except RefusedError as error:
        raise NotKeptError(in_words(services, error.faults)) from None
    except ConflictError as error:
        raise NotKeptError([f"{str(error).capitalize()}. Try again."]) from None
    except BusyError as error:
        raise NotKeptError([str(error)]) from None
    services.changes.note(who.id, "draft", what[:LONGEST_NAME], services.now())


def _keep(
    services: StaffServices,
    who: StaffMember,
    menu: str,
    there: Sequence[str],
    form: ChoiceForm | None = None,
) -> ResponseReturnValue:
    flow, path = services.drafting.files()[FLOW].decode(), (*MENUS, menu)
    try:
        against = _against(services, {FLOW: changed(flow, path, keyed(there)).encode()})
        if against:
            raise NotKeptError([_why(each) for each in against])
        keep_whole(services, who, FLOW, path, request.form.get("seen", ""), keyed(there))
    except NotKeptError as error:
        if form is None:
            return _choices(services, menu, " ".join(error.lines))
        form.to.errors = list(error.lines)
        return _choices(services, menu, form=form)
    flash(KEPT)
    return redirect(url_for("topics.choices", menu=menu))


def _why(finding: Finding) -> str:
    """Why a menu cannot be kept so, for who has its choices before them."""
    if finding.rule == "R02":
        return "Callers could not reach it in two presses any more. Put it into another menu first."
    if finding.rule == "R01":
        return "This menu is full. Take a choice out of it first."
    return f"{finding.what[:1].upper()}{finding.what[1:]}. {finding.do}"


def _against(services: StaffServices, new: dict[str, bytes | None]) -> list[Finding]:
    """What rules of menus have against these files that they have not against the draft.

    Raises NotKeptError for files that cannot be read.
    """
    try:
        line = services.drafting.line(new)
    except ContentError as error:
        raise NotKeptError(in_words(services, error.faults, new)) from None
    before = check_menus(drafted(services))
    return [each for each in check_menus(line) if each not in before]


def _form(form: TopicForm, wrong: str = "") -> ResponseReturnValue:
    page = render_template("topic.html", form=form, wrong=wrong)
    return page, 422 if wrong or form.errors else 200


def _choices(
    services: StaffServices, menu: str, wrong: str = "", form: ChoiceForm | None = None
) -> ResponseReturnValue:
    line, there = _menu(services, menu)
    heard, words = services.line().menus.get(menu), line.words(line.languages[0])
    before = heard.keys if heard else {}
    keys = line.menus[menu].keys
    said = zip(keys.items(), words.choices(menu, keys), strict=True)
    page = render_template(
        "choices.html",
        menu=menu,
        title=words.node(menu).name,
        choices=[(to, each, before.get(key) != to) for (key, to), each in said],
        full=len(there) >= most(line.start, menu),
        seen=as_seen(keyed(there)),
        form=form or ChoiceForm(line, menu, formdata=None),
        wrong=wrong,
    )
    return page, 422 if wrong or form else 200


def _menu(services: StaffServices, menu: str) -> tuple[Line, list[str]]:
    """The draft's line, and what this menu of it leads to."""
    line = drafted(services)
    if menu not in line.menus or line.menus[menu].question:
        abort(404)
    return line, list(line.menus[menu].keys.values())
