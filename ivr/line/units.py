"""Every unit that can be said in one language: what is recorded.

Owns that list. What each is made of is in ``wording``. Pure.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from itertools import product

from ivr.line.phrases import (
    LANGUAGE_KEY,
    NEVER_ALONE,
    OWN_CHOICES,
    SAYS,
    SPEAKERS,
    WRONG_LANGUAGE_KEY,
)
from ivr.line.wording import MAX_DIGITS_COUNTED, MAX_PARTS, Wording

ASKED = ("language_on", "ask_tongue", "will_speak", "untranslated")


def units(
    words: Wording,
    keys: Mapping[str, Mapping[str, str]],
    chosen_by: Sequence[str] = (),
    help_key: str = "",
    languages: Sequence[str] = (),
) -> tuple[str, ...]:
    """Every unit that can be said in this language, in order and once each: what is recorded.

    ``keys`` gives, for each node, its keys and the nodes they lead to; ``chosen_by`` the keys
    that switch to this language, where there is more than one; ``help_key`` the one that leads to
    help to choose; ``languages`` what each is called in this one, where advisers hear it.
    """
    found = dict.fromkeys(_phrases(words))
    found.update((words.say("desk_language", language=name), None) for name in languages)
    if help_key:
        found[words.tap_keypad(help_key)] = None
    if chosen_by:
        switch = words.choice(words.says["language_label"], LANGUAGE_KEY)
        offers = (words.this_language(key) for key in chosen_by)
        asked = (words.say(name) for name in (*ASKED, *SPEAKERS))
        change = words.choice(words.says["wrong_language_label"], WRONG_LANGUAGE_KEY)
        found.update(dict.fromkeys((switch, change, *asked, *_choices(words, "speaker"), *offers)))
    for name in words.menus:
        found.update(dict.fromkeys(_menu(words, name, keys[name])))
    for name in words.topics:
        found.update(dict.fromkeys(_topic(words, name, keys[name]["1"])))
    for name in words.forms:
        found.update(dict.fromkeys(_end(words, name, keys[name]["1"])))
    found.update(dict.fromkeys(words.pieces.all()))
    return tuple(found)


def _phrases(words: Wording) -> Iterator[str]:
    for name, fields in SAYS.items():
        if name in NEVER_ALONE or name.endswith("_label") or "language" in fields:
            continue
        for filled in _values(words, fields):
            yield words.say(name, **dict(zip(fields, filled, strict=True)))
    for node in OWN_CHOICES:
        if node != "speaker":
            yield from _choices(words, node)


def _choices(words: Wording, node: str) -> Iterator[str]:
    for key, label in enumerate(OWN_CHOICES[node], start=1):
        yield words.choice(words.says[label], str(key))


def _values(words: Wording, fields: tuple[str, ...]) -> Iterator[tuple[object, ...]]:
    """All that the fields of one phrase can hold."""
    if fields == ("n", "m"):
        yield from ((n, m) for m in range(1, MAX_PARTS + 1) for n in range(1, m + 1))
        return
    values: Mapping[str, tuple[object, ...]] = {
        "count": words.pieces.counts,
        "key_name": tuple(words.pieces.key_names.values()),
        "digits": tuple(range(2, MAX_DIGITS_COUNTED + 1)),
    }
    yield from product(*(values[each] for each in fields))


def _menu(words: Wording, name: str, keys: Mapping[str, str]) -> Iterator[str]:
    yield from (words.title(name), words.help(name, keys), *words.choices(name, keys))


def _topic(words: Wording, name: str, after: str) -> Iterator[str]:
    topic = words.topics[name]
    yield from (*(part.says for part in topic.parts), topic.summary)
    yield from _end(words, name, after)


def _end(words: Wording, name: str, after: str) -> Iterator[str]:
    """What is said on coming to a topic or form, and at its end."""
    yield words.title(name)
    yield words.choice(words.say("go_on_to", name=words.node(after).name), "1")
    yield words.choice(words.says["text_this"], "2")
