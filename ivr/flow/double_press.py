"""Double presses: two presses of one key by a shaking hand are one (R16).

Owns which press counts. The moment of a press is a fact that is handed in; while a number is
typed nothing is a double, since 00 and 77 are real digits.
"""

from __future__ import annotations

from ivr.flow import steering
from ivr.flow.context import Context, Go, Handler
from ivr.flow.danger import NINE
from ivr.line.wording import KEYS

DOUBLE_MS = 500
"""The same key again within this is one press (R16)."""
NEWS = (
    *("slower_on", "normal_on", "language_on", "sending", "already_sending", "cannot_text"),
    *("message_deleted", "cannot_delete"),
)
"""What is said because of a key, and must not be lost when that key comes twice."""


def doubled(context: Context, key: str) -> bool:
    """Whether this press is the last one again. A held key counts as long as it repeats."""
    call, moment = context.call, context.facts.moment
    if moment is None or key != call.last or key == NINE:
        return False
    return 0 <= moment - call.moment < DOUBLE_MS


def again(context: Context, handler: Handler) -> Go:
    """What the first press led to, once more: nothing is counted and nothing is done twice."""
    call = context.call
    if call.slips and call.last not in "0*#8":
        return Go(call, steering.no_match_words(context, handler, call.last))
    return Go(call, context.say(call.news) if call.news in NEWS else ())


def pressed(context: Context, key: str) -> Context:
    """The context with this press remembered."""
    last = key if key in KEYS else ""
    return context.on(context.call.stay(last=last, moment=context.facts.moment or 0))
