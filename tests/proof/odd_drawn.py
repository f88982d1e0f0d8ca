"""Odd input that is drawn: Hypothesis puts it together from what a reader's input is made of.

Owns what is drawn for each reader. The same chance draws the same, so that it can be part of every
run of the tests; a search takes another each time.
"""

from __future__ import annotations

import traceback
from collections.abc import Callable
from functools import cache
from urllib.parse import urlencode

from hypothesis import HealthCheck, Phase, given, seed, settings
from hypothesis import strategies as some
from hypothesis.strategies import SearchStrategy

from ivr.flow import OWN
from tests.proof.odd_kept import Finding
from tests.proof.odd_targets import SHIPPED, line, read, shipped
from tests.proof.odd_words import NAMES, OF_CALL

ANY = some.text(max_size=200)
NUMBERS = some.from_regex(r"[+0-9 ()\-٣]{0,20}", fullmatch=True)
WORDS = (
    *("STOP", "stop.", "HELP", "PERSON", "appeal", "complaint", "letter", "school", "october"),
    *("26", "10", "2026", "31/02", "1", "0", "\x00", "😀", "٣", "²"),
)
VALUES = ANY | some.sampled_from(("1", "-1", "99999999999", "~", "a~b", "1.5", "²"))
EVENTS = some.sampled_from(("key", "recorded", "unheard", "transfer", "silence")) | ANY
PRESSED = some.sampled_from((*"0123456789*#", "07700900456", "hangup")) | ANY
PIECES = ANY | some.sampled_from(
    (
        *("\t", ": ", "- ", "{", "[", "&a", "*a", "!!python/object:os.system", "null", "\n\n"),
        *("é", "1e999", "0x"),
    )
)


@some.composite
def guarded(draw: Callable[..., object]) -> bytes:
    """An address, a signature and the fields of a form."""
    path, signature = draw(ANY), draw(ANY)
    pairs = draw(some.lists(some.tuples(ANY, ANY)))
    return f"{path}\n{signature}\n{urlencode(pairs)}".encode()


@some.composite
def state(draw: Callable[..., object]) -> bytes:
    """An address of a call, and what was pressed there."""
    places = some.sampled_from((*line().menus, *line().topics, *OWN)) | VALUES
    known = some.sampled_from([part[1:].partition("=")[0] for part in (NAMES + OF_CALL).split("¦")])
    query = draw(some.dictionaries(known.filter(bool), VALUES))
    query |= draw(some.fixed_dictionaries({}, optional={"at": places, "on": EVENTS}))
    form = draw(some.fixed_dictionaries({}, optional={"Digits": PRESSED, "From": NUMBERS}))
    return f"{urlencode(query)}\n{urlencode(form)}".encode()


@some.composite
def content(draw: Callable[..., object]) -> bytes:
    """A file of content with a piece of it in another's place."""
    file = draw(some.sampled_from(sorted(shipped())))
    text = (SHIPPED / file).read_text()
    at, cut = int(len(text) * draw(some.floats(0, 1))), draw(some.integers(0, 40))
    return f"{file}\n{text[:at]}{draw(PIECES)}{text[at + cut :]}".encode()


@cache
def drawn() -> dict[str, SearchStrategy[bytes]]:
    """What is drawn for each reader, also for the one that is broken on purpose."""
    return {
        "content": content(),
        "numbers": (ANY | NUMBERS).map(str.encode),
        "guard": guarded(),
        "state": state(),
        "texts": (ANY | some.lists(some.sampled_from(WORDS)).map(" ".join)).map(str.encode),
        "broken": some.sampled_from((b"m", b"me", b"men", b"mend", b"mended")),
    }


def tried(
    name: str, number: int, chance: int, give: Callable[[str, bytes], None] = read
) -> Finding | None:
    """Give a reader so many inputs of this chance; of those it falls over, the smallest."""
    failed = dict[str, Finding]()

    @seed(chance)
    @settings(
        max_examples=number, deadline=None, database=None, print_blob=False,
        phases=[Phase.generate, Phase.shrink], suppress_health_check=[*HealthCheck],
    )  # fmt: skip
    @given(drawn()[name])
    def each(data: bytes) -> None:
        try:
            give(name, data)
        except Exception:
            failed["last"] = Finding(name, data, traceback.format_exc())
            raise

    try:
        each()
    except Exception:
        if not failed:
            raise
    return failed.get("last")
