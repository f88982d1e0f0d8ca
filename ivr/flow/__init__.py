"""step(): the whole behaviour of a call.

Owns where a caller goes next. Pure: never asks a clock, a file, a database or chance. The law,
in one table: a place belongs to a room, and a room answers keys, silence and outcomes; what it
leaves unanswered is answered the same everywhere (``steering``).

    rang      the opening of the start; where this number rings very often, a short word first
    anything  where a room lacks what it works with, it says where to go instead
    pressed   the last key again: nothing new; a third 9: 999; 0 * # 8 steer; the room's own
              keys; else a slip
    recorded  the room's own answer
    silence   the room's own answer; else the ladder
    done      the room's own answer; else the place again
    hung up   the end, with nothing said; what was recorded until then is kept
"""

from __future__ import annotations

from collections.abc import Iterator

from ivr.flow import danger, double_press, steering
from ivr.flow.adviser import AdviserRoom, LeavingRoom, NobodyRoom, OftenRoom, TellRoom
from ivr.flow.callback import (
    CallbackRoom,
    ConfirmRoom,
    LeaveRoom,
    PhoneCheckRoom,
    PhoneRoom,
    SafeRoom,
    SayingRoom,
    TongueRoom,
    WhenRoom,
)
from ivr.flow.context import Go, Room, Scene
from ivr.flow.dating import DateRoom, DayRoom, MonthRoom, YearRoom
from ivr.flow.deadline import AnswerRoom, CannotRoom, DeadlineRoom, PaperRoom
from ivr.flow.hearing import HearingRoom, HoldRoom, LanguagesRoom
from ivr.flow.menus import MenuRoom, QuestionRoom
from ivr.flow.short import ShortRoom
from ivr.flow.texting import CheckRoom, NumberRoom, TextRoom
from ivr.flow.topics import TopicRoom
from ivr.flow.voicemail import KeepRoom, MessageRoom, NotedRoom, left
from ivr.line.call import (
    Call,
    Done,
    End,
    Facts,
    Heard,
    HoldDesk,
    HungUp,
    Note,
    Pressed,
    Rang,
    Recorded,
    Silence,
    Transfer,
    Turn,
)
from ivr.line.model import Line
from ivr.line.wording import AFTER_KEY

__all__ = ["room_of", "step"]

MENU = MenuRoom()
QUESTION = QuestionRoom()
TOPIC = TopicRoom()
OFTEN = OftenRoom()
OWN: dict[str, Room] = {
    "hearing": HearingRoom(),
    "hold": HoldRoom(),
    "languages": LanguagesRoom(),
    "adviser": AdviserRoom(),
    "tell": TellRoom(),
    "nobody": NobodyRoom(),
    "short": ShortRoom(),
    "leaving": LeavingRoom(),
    "often": OFTEN,
    "message": MessageRoom(),
    "keep": KeepRoom(),
    "noted": NotedRoom(),
    "callback": CallbackRoom(),
    "phone": PhoneRoom(),
    "phonecheck": PhoneCheckRoom(),
    "safe": SafeRoom(),
    "leave": LeaveRoom(),
    "saying": SayingRoom(),
    "when": WhenRoom(),
    "tongue": TongueRoom(),
    "confirm": ConfirmRoom(),
    "danger": danger.DangerRoom(),
    "text": TextRoom(),
    "number": NumberRoom(),
    "check": CheckRoom(),
    "deadline": DeadlineRoom(),
    "paper": PaperRoom(),
    "day": DayRoom(),
    "month": MonthRoom(),
    "year": YearRoom(),
    "date": DateRoom(),
    "cannot": CannotRoom(),
    "answer": AnswerRoom(),
}
"""The line's own places. What one is about stands after a dash: ``text-complaint``."""
FORM = ("deadline", "paper", "day", "month", "year", "date", "cannot", "answer")
"""Those of the form, which a line may have or not."""


def room_of(line: Line, place: str) -> Room | None:
    """The room a place belongs to; None for a place that does not exist."""
    if place in line.menus:
        return QUESTION if line.menus[place].question else MENU
    if place in line.topics:
        return TOPIC
    name, _, subject = place.partition("-")
    if name in FORM and "deadline" not in line.forms:
        return None
    texting = name in ("text", "number", "check")
    return None if texting and not line.told(subject) else OWN.get(name)


def step(line: Line, call: Call, heard: Heard, facts: Facts) -> Turn:
    """What the line does when ``heard`` happens to ``call``. Never raises for any call or key."""
    turn = _turn(line, call, heard, facts)
    if turn.call.last and not call.last:
        turn = turn.noted((Note("first-key", _known(line, call.at)),))
    if isinstance(heard, Rang) or (turn.call.at, turn.call.lang) == (call.at, call.lang):
        return turn
    return turn.noted(tuple(_moved(line, call, turn.call)))


def _moved(line: Line, before: Call, after: Call) -> Iterator[Note]:
    """Where a step led, and from where; and which language is heard from now on."""
    if after.at != before.at:
        yield Note("went", _known(line, after.at), _known(line, before.at))
    if after.lang != before.lang:
        yield Note("language", after.at, after.lang)


def _known(line: Line, place: str) -> str:
    """A place as it is noted: empty for one that a made-up address names, with whatever words."""
    name, _, subject = place.partition("-")
    if room_of(line, place) is None:
        return ""
    return place if line.told(subject) else name


def _turn(line: Line, call: Call, heard: Heard, facts: Facts) -> Turn:
    scene = Scene(line, call, facts)
    if isinstance(heard, HungUp):
        kept = left(scene, heard.recording, heard.seconds)
        notes = (Note("hung-up", _known(line, call.at)),)
        return Turn(call, then=End(), errand=kept, notes=notes)
    if isinstance(heard, Rang):
        rang = Note("rang", line.start, line.version), Note("language", line.start, call.lang)
        at = "often" if facts.often else line.start
        ringing = scene.on(call.stay(at=at, part=0, trail=()))
        turn = OFTEN.opening(ringing) if facts.often else MENU.opening(ringing)
        return turn.noted(rang)
    room = room_of(line, call.at)
    turn = _settle(scene, _heard(scene, room, heard) if room else _lost(scene))
    keyed = isinstance(heard, Pressed) or (isinstance(heard, Done) and _is_errand(heard))
    return _after_key(turn) if keyed else turn


def _is_errand(done: Done) -> bool:
    """An errand is done at once, so that its outcome still follows the key that led to it.

    Not where a telephone has rung meanwhile.
    """
    rang = isinstance(done.errand, HoldDesk) and done.errand.why
    return not (rang or isinstance(done.errand, Transfer))


def _heard(scene: Scene, room: Room, heard: Pressed | Silence | Done | Recorded) -> Turn | Go:
    match heard:
        case Pressed(keys):
            return _pressed(scene, room, keys)
        case Silence():
            return _silence(scene, room)
        case Recorded(key=key):
            ended = double_press.pressed(scene, key) if key else scene
            return _instead(ended, room) or room.recorded(ended, heard)
        case Done():
            return room.done(scene, heard) or Go(scene.call)


def _pressed(scene: Scene, room: Room, keys: str) -> Turn | Go:
    if room.typing and danger.typed(keys):
        return danger.asked(scene)
    if room.typing:
        return room.typed(scene, keys) or _silence(scene, room)
    key = keys[:1]
    if not key:
        return _silence(scene, room)
    now = double_press.pressed(scene, key)
    if double_press.doubled(scene, key):
        return double_press.again(now, room)
    if key == danger.NINE:
        return danger.nine(now, room)
    if now.call.news or now.call.nines:
        now = now.on(now.call.stay(news="", nines=0))
    done = steering.steer(now, key) or _instead(now, room) or room.key(now, key)
    return done or steering.slip(now, room, steering.unused(now, key))


def _silence(scene: Scene, room: Room) -> Turn | Go:
    return _instead(scene, room) or room.silence(scene) or steering.climb(scene, room)


def _instead(scene: Scene, room: Room) -> Go | None:
    """Where a caller goes on who is in a room that lacks what it works with."""
    call = room.missing(scene)
    return Go(call) if call else None


def _lost(scene: Scene) -> Go:
    """A place that does not exist, after a change of content or a made-up address."""
    call = scene.call.stay(at=scene.line.start, part=0, trail=(), silences=0, typed="")
    return Go(call, scene.say("start_again"), (Note("lost", scene.line.start),))


def _settle(scene: Scene, result: Turn | Go) -> Turn:
    """Present places until one of them speaks. Each room goes on to another at most once."""
    notes: tuple[Note, ...] = ()
    while isinstance(result, Go):
        notes += result.notes
        at = scene.on(result.call)
        room = room_of(scene.line, result.call.at)
        instead = room.missing(at) if room else None
        if instead:
            result = Go(instead, result.before)
        else:
            result = room.present(at, result.before) if room else _lost(at)
    return result.noted(notes)


def _after_key(turn: Turn) -> Turn:
    """Half a second before speaking, so that the phone is back at the ear (R17)."""
    if not turn.say:
        return turn
    return Turn(turn.call, (AFTER_KEY, *turn.say), turn.then, turn.errand, turn.notes)
