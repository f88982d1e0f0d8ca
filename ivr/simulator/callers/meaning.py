"""What callers understand of their language: what is said, in the terms of the callers' laws.

Owns that table, from names of ``says.yaml`` to these terms. Knows no wording: how a language says
each comes from its own content.
"""

from __future__ import annotations

import re
from collections.abc import Mapping

from ivr.line.wording import KEYS, Wording

MINE = "my own language"
LABELS: Mapping[str, str] = {
    "text_this": "get this as a text message",
    "message_label": "leave a message",
    "callback_label": "ask us to ring you back",
    "resume_label": "go back to the advice",
    "start_message_label": "start your message",
    "leave_it_label": "leave it as it is",
    "hear_message_label": "hear your message",
    "ring_this_label": "be rung on the phone you are calling from",
    "ring_other_label": "be rung on another phone",
    "say_line_label": "let us say it is the advice line",
    "any_time_label": "be rung at any time",
    "slower_label": "hear this more slowly",
    "wait_label": "make me wait for you after each part",
    "this_phone_label": "send it to the phone you are calling from",
    "a_mobile_label": "send it to a mobile",
    "read_out_label": "have a person ring you and read it to you",
}
"""What can be chosen, by the name of its label."""
CHOICES: Mapping[str, tuple[str, str]] = {
    "for_person": ("a person", "0"),
    "for_hearing": ("make me go slower", "8"),
    "read_all": ("have it all read to you", "1"),
    "press_to_go_on": ("go on", "1"),
    "again": ("hear this again", "#"),
    "back": ("go back", "*"),
    "come_back": ("come back", "*"),
    "try_again": ("try again", "0"),
}
"""Whole phrases that offer a key of the line's own."""
SAID: Mapping[str, str] = {
    "yes": "Yes, press 1.",
    "no": "No, press 2.",
    "will_end": "To stay on the line, press any key.",
    "menu_follows": "To hear the choices, press any key.",
    "danger": "Ring 999.",
    "danger_now": "Ring 999.",
    "person_ended": "The talk with the adviser has ended.",
    "kept_hang_up": "Your message is kept.",
    "message_kept": "I have kept your message.",
    "cannot_keep": "I cannot keep your message.",
    "message_full": "I cannot keep more.",
    "nothing_recorded": "I did not hear you speak.",
    "callback_kept": "An adviser will ring you back.",
    "cannot_note": "I cannot take that down.",
    "ask_number": "Please enter a number.",
    "ask_phone": "Please enter the whole number.",
    "sending": "I am sending it.",
    "already_sending": "It is on its way.",
    "cannot_text": "I cannot send it.",
}
"""Whole phrases that callers act on."""
DIGITS = ("zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine")
KEY_NAMES = {"*": "star", "#": "hash"}


class Meaning:
    """What each thing means that is said in one language."""

    def __init__(self, words: Wording) -> None:
        self._words = words
        self._labels = {words.says[name]: means for name, means in LABELS.items()}
        self._whole = {words.says[name]: means for name, means in SAID.items()}
        self._whole |= {words.says[name]: _offer(*means) for name, means in CHOICES.items()}
        self._whole |= {words.this_language(key): _offer(MINE, key) for key in KEYS}
        for row in (words.pieces.digits, words.pieces.last_digits):
            self._whole |= dict(zip(row, DIGITS, strict=True))
        go_on = re.escape(words.says["go_on_to"]).replace(r"\{name\}", "(.+)")
        self._go_on = re.compile(go_on)

    def of(self, said: str) -> str:
        """What is understood; the words themselves where they lead to nothing."""
        if said in self._whole:
            return self._whole[said]
        if not (chosen := self._words.as_choice(said)):
            return said
        label, key = chosen
        on = self._go_on.fullmatch(label)
        return _offer(f"go on to {on[1]}" if on else self._labels.get(label, label), key)


def _offer(label: str, key: str) -> str:
    return f"To {label}, press {KEY_NAMES.get(key, key)}."
