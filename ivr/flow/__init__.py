"""step(): the whole behaviour of a call.

Owns where a caller goes next. Pure: never asks a clock, a file, a database or chance. The law,
in one table: a node belongs to a handler, and a handler answers keys, silence and outcomes; what
it leaves unanswered is answered the same everywhere (``steering``).

    rang      the opening of the start; where this number rings very often, a short word first;
              where its last call ended in a topic just now, whether to go on there
    anything  where a handler lacks what it works with, it says where to go instead
    pressed   the last key again: nothing new; a third 9: 999; 0 * # 8 steer; the handler's own
              keys; else a slip
    recorded  the handler's own answer
    silence   the handler's own answer; else the ladder
    done      the handler's own answer; else the node again
    hung up   the end, with nothing said; what was recorded until then is kept

The staff's own line has handlers of its own, and each key goes to them as it is: its 9 is no 999,
its 0 no adviser, a figure pressed twice may be a PIN's, and nobody there is led to a person.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from math import ceil

from ivr.flow import (  # noqa: F401 - so that their nodes are known
    callback,
    danger,
    dating,
    deadline,
    doorway,
    double_press,
    hearing,
    short,
    steering,
    texting,
)
from ivr.flow.adviser import OftenHandler
from ivr.flow.context import OWN, Context, Go, Handler, family, kind_of, own_handler
from ivr.flow.menus import MenuHandler, QuestionHandler
from ivr.flow.resume import ResumeHandler, resumable
from ivr.flow.staff import STAFF
from ivr.flow.topics import TopicHandler
from ivr.flow.voicemail import left
from ivr.line.call import (
    Call,
    CallStarted,
    EffectDone,
    End,
    Event,
    Facts,
    HoldRingGroup,
    HungUp,
    KeyPressed,
    Listen,
    NoInput,
    Note,
    Record,
    RecordingDone,
    Transfer,
    Turn,
)
from ivr.line.model import Line
from ivr.line.wording import AFTER_KEY, SENTENCE

__all__ = ["OWN", "family", "handler_of", "kind_of", "own_handler", "resumable", "step"]

SLOW_WAIT = 1.5
MENU = MenuHandler()
QUESTION = QuestionHandler()
TOPIC = TopicHandler()
OFTEN = OftenHandler()
RESUME = ResumeHandler()


def handler_of(line: Line, node: str) -> Handler | None:
    """The handler a node belongs to; None for a node that does not exist."""
    if line.staff:
        return STAFF.get(node, STAFF[line.start])
    if node in line.menus:
        return QUESTION if line.menus[node].question else MENU
    if node in line.topics:
        return TOPIC
    handler = own_handler(node)
    match handler.family if handler else "":
        case "deadline" if "deadline" not in line.forms:
            return None
        case "text" if not line.told(node.partition("-")[2]):
            return None
        case "resume" if node.partition("-")[2] not in line.topics:
            return None
    return handler


def step(line: Line, call: Call, event: Event, facts: Facts) -> Turn:
    """What the line does when ``event`` happens to ``call``. Never raises for any call or key."""
    call = _renamed(line, call)
    turn = _understood(line, _unhurried(_turn(line, call, event, facts)))
    if turn.call.last and not call.last:
        turn = turn.noted((Note("first-key", _known(line, call.at)),))
    if isinstance(event, CallStarted) or (turn.call.at, turn.call.lang) == (call.at, call.lang):
        return turn
    return turn.noted(tuple(_moved(line, call, turn.call)))


def _understood(line: Line, turn: Turn) -> Turn:
    """With what the caller's language lacks in the first one, which is noted."""
    said = line.spoken(turn.call.lang, turn.say)
    if said == turn.say or turn.call.lang in line.doorways:
        return turn._replace(say=said)
    lacking = Note("untranslated", _known(line, turn.call.at), turn.call.lang)
    return turn._replace(say=said).noted((lacking,))


def _unhurried(turn: Turn) -> Turn:
    """Who asked for slower speech has half as long again for every key, and to speak (1.4)."""
    if turn.call.speed != "slow":
        return turn
    match turn.then:
        case Listen(seconds):
            return turn._replace(then=replace(turn.then, seconds=ceil(seconds * SLOW_WAIT)))
        case Record(silence=seconds):
            return turn._replace(then=replace(turn.then, silence=ceil(seconds * SLOW_WAIT)))
    return turn


def _renamed(line: Line, call: Call) -> Call:
    """The call with topics by the names they have now: it may have begun before they got them."""
    if not line.renamed or call.version == line.version:
        return call
    at = line.named_now(call.at)
    trail = tuple(_step_now(line, step) for step in call.trail)
    return call.stay(at=at, trail=trail, part=call.part if at == call.at else 0)


def _step_now(line: Line, step: str) -> str:
    """A step of the trail; in a topic that has another name now, back to its beginning."""
    name = step.partition(".")[0]
    now = line.named_now(name)
    return step if now == name else now


def _moved(line: Line, before: Call, after: Call) -> Iterator[Note]:
    """Where a step led, and from where; and which language is heard from now on."""
    if after.at != before.at:
        yield Note("went", _known(line, after.at), _known(line, before.at))
    if after.lang != before.lang:
        yield Note("language", after.at, after.lang)


def _known(line: Line, node: str) -> str:
    """A node as it is noted: empty for one that a made-up address names, with whatever words."""
    name, _, subject = node.partition("-")
    if handler_of(line, node) is None:
        return ""
    return node if line.told(subject) else name


def _turn(line: Line, call: Call, event: Event, facts: Facts) -> Turn:
    context = Context(line, call, facts)
    if isinstance(event, HungUp):
        kept = None if line.staff else left(context, event.recording, event.seconds)
        notes = (Note("hung-up", _known(line, call.at)),)
        return Turn(call, then=End(), effect=kept, notes=notes)
    if isinstance(event, CallStarted) and line.staff:
        return _settle(context, Go(call.stay(at=line.start)))
    if isinstance(event, CallStarted):
        rang = Note("rang", line.start, line.version), Note("language", line.start, call.lang)
        at, opens = _opens(line, facts)
        turn = opens.opening(context.on(call.stay(at=at, part=0, trail=()))).noted(rang)
        first = (*context.say(line.tried), SENTENCE) if line.tried else ()
        return turn._replace(say=(*first, *turn.say))
    handler = handler_of(line, call.at)
    turn = _settle(context, _by_event(context, handler, event) if handler else _lost(context))
    keyed = isinstance(event, KeyPressed) or (isinstance(event, EffectDone) and _is_effect(event))
    return _after_key(turn) if keyed and not line.staff else turn


def _opens(line: Line, facts: Facts) -> tuple[str, MenuHandler | OftenHandler | ResumeHandler]:
    """Where a call begins."""
    if facts.often:
        return "often", OFTEN
    if facts.resume in line.topics:
        return f"resume-{facts.resume}", RESUME
    return line.start, MENU


def _is_effect(done: EffectDone) -> bool:
    """An effect is done at once, so that its outcome still follows the key that led to it.

    Not where a telephone has rung meanwhile.
    """
    rang = isinstance(done.effect, HoldRingGroup) and done.effect.why
    return not (rang or isinstance(done.effect, Transfer))


def _by_event(
    context: Context, handler: Handler, event: KeyPressed | NoInput | EffectDone | RecordingDone
) -> Turn | Go:
    match event:
        case KeyPressed(keys):
            return _pressed(context, handler, keys)
        case NoInput():
            return _no_input(context, handler)
        case RecordingDone(key=key):
            ended = double_press.pressed(context, key) if key else context
            return _instead(ended, handler) or handler.recorded(ended, event)
        case EffectDone():
            return handler.done(context, event) or Go(context.call)


def _pressed(context: Context, handler: Handler, keys: str) -> Turn | Go:
    if context.line.staff:
        given = _instead(context, handler) or handler.typed(context, keys)
        return given or _no_input(context, handler)
    if handler.typing and danger.typed(keys):
        return danger.asked(context)
    if handler.typing:
        return handler.typed(context, keys) or _no_input(context, handler)
    key = keys[:1]
    if not key:
        return _no_input(context, handler)
    now = double_press.pressed(context, key)
    if double_press.doubled(context, key):
        return double_press.again(now, handler)
    if key == danger.NINE:
        return danger.nine(now, handler)
    if now.call.news or now.call.nines:
        now = now.on(now.call.stay(news="", nines=0))
    done = steering.steer(now, handler, key) or _instead(now, handler) or handler.key(now, key)
    return done or steering.no_match(now, handler, steering.unused(now, key))


def _no_input(context: Context, handler: Handler) -> Turn | Go:
    return (
        _instead(context, handler) or handler.no_input(context) or steering.climb(context, handler)
    )


def _instead(context: Context, handler: Handler) -> Go | None:
    """Where a caller goes on who is in a handler that lacks what it works with."""
    call = handler.missing(context)
    return Go(call) if call else None


def _lost(context: Context) -> Go:
    """A node that does not exist, after a change of content or a made-up address."""
    call = context.call.stay(at=context.line.start, part=0, trail=(), silences=0, typed="")
    return Go(call, context.say("start_again"), (Note("lost", context.line.start),))


def _settle(context: Context, result: Turn | Go) -> Turn:
    """Present nodes until one of them speaks. Each handler goes on to another at most once."""
    notes: tuple[Note, ...] = ()
    while isinstance(result, Go):
        notes += result.notes
        at = context.on(result.call)
        handler = handler_of(context.line, result.call.at)
        instead = handler.missing(at) if handler else None
        if instead:
            result = Go(instead, result.before)
        else:
            result = handler.present(at, result.before) if handler else _lost(at)
    return result.noted(notes)


def _after_key(turn: Turn) -> Turn:
    """Half a second before speaking, so that the phone is back at the ear (R17)."""
    if not turn.say:
        return turn
    return Turn(turn.call, (AFTER_KEY, *turn.say), turn.then, turn.effect, turn.notes)
