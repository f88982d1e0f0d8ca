"""What callers left, worked from top to bottom: take, open, note, hand over, done.

Owns these pages. What names a caller is opened only for who has taken it, and that is written down.
"""

from __future__ import annotations

from flask import Response, abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from wtforms import BooleanField, RadioField, SelectChoice, SelectField, TextAreaField
from wtforms.validators import InputRequired, Length

from ivr.secrets.sealed_box import SealedBoxError, seal, unseal
from ivr.staff.forms import PageForm, plain
from ivr.staff.gate import PageSection
from ivr.staff.people import StaffMember
from ivr.staff.roles import Permission, may
from ivr.staff.rows import KINDS, OUTCOMES, STEPS, CallbackWish, WaitingRow, row_of, wish_of
from ivr.staff.services import StaffServices
from ivr.store import Item
from ivr.store.accounts import Account

section = PageSection("waiting")
LONGEST_NOTE = 1_000
NO_KEY = (
    "You cannot open what callers left: your account has no key. Ask a manager who can to send "
    "you a new link."
)


class NoteForm(PageForm):
    """What came of it, and whether it is dealt with."""

    outcome = RadioField(
        "What came of it?", [InputRequired("Say what came of it.")],
        choices=[SelectChoice(*each) for each in OUTCOMES.items()],
    )  # fmt: skip
    words = TextAreaField(
        "In a few words, if it helps",
        [Length(max=LONGEST_NOTE, message=f"Write {LONGEST_NOTE} letters or fewer.")], [plain],
        description="Sealed, like what the caller left. It goes when this does.",
        render_kw={"rows": 3},
    )  # fmt: skip
    done = BooleanField()


class HandOverForm(PageForm):
    """Who is to have it."""

    to = SelectField("Give it to")

    def among(self, others: list[Account]) -> HandOverForm:
        """The same with these to choose from, beside everybody."""
        named = [SelectChoice(each.id, each.name) for each in others]
        self.to.choices = [SelectChoice("", "everybody again"), *named]
        return self


@section.get("/waiting", needs=Permission.WAITING)
def waiting(services: StaffServices, who: StaffMember) -> ResponseReturnValue:
    """The list, oldest first; ``?done=1`` shows also what is done."""
    everything = request.args.get("done") == "1"
    rows = [row_shown(services, item) for item in services.inbox.items(done=everything)]
    return render_template("waiting.html", rows=rows, everything=everything)


@section.get("/waiting/<kind>/<item_id>", needs=Permission.WAITING)
def item(services: StaffServices, who: StaffMember, kind: str, item_id: str) -> ResponseReturnValue:
    """One item: how to ring, or the sound; open to who has taken it."""
    return _page(services, who, _item(services, kind, item_id))


def _page(
    services: StaffServices, who: StaffMember, found: Item, sent: NoteForm | None = None
) -> ResponseReturnValue:
    """The page; with a form that was sent and not kept, as it was sent."""
    mine = found.taken_by == who.id and found.taken_at is not None
    opened = _opened(services, who, found) if mine and found.sealed else None
    page = render_template(
        "item.html",
        row=row_shown(services, found),
        mine=mine,
        wish=_wish(who, found, opened) if opened and found.kind == "callback" else None,
        wrong=NO_KEY if mine and found.sealed and opened is None else "",
        steps=_steps(services, who, found),
        form=sent or NoteForm(formdata=None),
        giving=HandOverForm(formdata=None).among(_others(services, who)),
    )
    return page, 422 if sent else 200


@section.get("/waiting/message/<item_id>/sound.wav", needs=Permission.WAITING)
def sound(services: StaffServices, who: StaffMember, item_id: str) -> ResponseReturnValue:
    """The sound of a message, for who has taken it."""
    found = _item(services, "message", item_id)
    if found.taken_by != who.id or not found.sealed:
        abort(404)
    opened = _opened(services, who, found)
    return Response(opened, content_type="audio/wav") if opened else abort(404)


@section.post("/waiting/<kind>/<item_id>/take", needs=Permission.WAITING)
def take(services: StaffServices, who: StaffMember, kind: str, item_id: str) -> ResponseReturnValue:
    """Take it, so that nobody else rings the same caller."""
    found = _item(services, kind, item_id)
    if services.inbox.take(found, services.now(), who.id):
        services.handling.note(found, who.id, "taken", b"", services.now())
        return redirect(url_for("waiting.item", kind=kind, item_id=item_id))
    flash("Somebody else has just taken it.", "wrong")
    return redirect(url_for("waiting.waiting"))


@section.post("/waiting/<kind>/<item_id>/note", needs=Permission.WAITING)
def note(services: StaffServices, who: StaffMember, kind: str, item_id: str) -> ResponseReturnValue:
    """Write down what came of it; with ``done`` it is dealt with."""
    found, form = _item(services, kind, item_id), NoteForm()
    if found.taken_by != who.id:
        flash("Nothing was written down: take it first.", "wrong")
        return redirect(url_for("waiting.item", kind=kind, item_id=item_id))
    if not form.validate():
        return _page(services, who, found, form)
    words = form.words.data.encode()
    sealed = seal(services.settings.public_key, words) if words else b""
    services.handling.note(found, who.id, form.outcome.data, sealed, services.now())
    if not form.done.data:
        flash("It is written down.")
        return redirect(url_for("waiting.item", kind=kind, item_id=item_id))
    services.inbox.done(found, services.now(), who.id)
    flash(f"{found.reference} is done.")
    return redirect(url_for("waiting.waiting"))


@section.post("/waiting/<kind>/<item_id>/hand-over", needs=Permission.WAITING)
def hand_over(
    services: StaffServices, who: StaffMember, kind: str, item_id: str
) -> ResponseReturnValue:
    """Give it to somebody else, or back to all."""
    found, form = _item(services, kind, item_id), HandOverForm().among(_others(services, who))
    to = form.to.data or ""
    # A manager gives on what somebody has who is ill, too.
    holder = found.taken_by if who.may(Permission.MANAGE) else who.id
    if not form.validate():
        flash("That person cannot take it.", "wrong")
    elif services.handling.hand_over(found, holder, to, services.now()):
        flash("It is handed over." if to else "It is back in the list.")
    else:
        flash("It is not yours any more.", "wrong")
    return redirect(url_for("waiting.waiting"))


def _item(services: StaffServices, kind: str, item_id: str) -> Item:
    found = services.inbox.item(kind, item_id) if kind in KINDS else None
    return found or abort(404)


def row_shown(services: StaffServices, item: Item) -> WaitingRow:
    """An item as staff see it."""
    line = services.line()
    topics = line.words(line.languages[0]).topics
    titles = {name: topic.name for name, topic in topics.items()}
    titles |= {was: topics[now].name for was, now in line.renamed.items()}
    language = "" if item.lang == line.languages[0] else line.language(item.lang)
    return row_of(item, services.people.accounts.names(), titles, language, services.now())


def _others(services: StaffServices, who: StaffMember) -> list[Account]:
    everybody = services.people.accounts.all()
    return [each for each in everybody if each.id != who.id and may(each.role, Permission.WAITING)]


def _opened(services: StaffServices, who: StaffMember, item: Item) -> bytes | None:
    """What was sealed; None where this account has no key that opens it.

    Who opened it is written down, once for each person, before they see it.
    """
    try:
        opened = unseal(who.private_key(), item.sealed)
    except SealedBoxError:
        return None
    steps = services.handling.steps(item)
    if not any(step.what == "opened" and step.by == who.id for step in steps):
        services.handling.note(item, who.id, "opened", b"", services.now())
    return opened


def _wish(who: StaffMember, item: Item, opened: bytes) -> CallbackWish:
    """How to ring; what was asked beside it is sealed with the same key."""
    return wish_of([opened, *(unseal(who.private_key(), each) for each in item.beside)])


def _steps(services: StaffServices, who: StaffMember, item: Item) -> list[dict[str, object]]:
    """What was done with it; what was written, for who may read it."""
    names, private = services.people.accounts.names(), who.private_key()
    return [
        {
            "at": step.at,
            "by": names.get(step.by, "somebody in the terminal"),
            "what": STEPS.get(step.what, step.what),
            "words": _words(private, step.sealed),
        }
        for step in services.handling.steps(item)
    ]


def _words(private_key: str, sealed: bytes) -> str:
    """What somebody wrote down; empty where there is nothing, or this key does not open it."""
    try:
        return unseal(private_key, sealed).decode() if sealed and private_key else ""
    except SealedBoxError:
        return ""
