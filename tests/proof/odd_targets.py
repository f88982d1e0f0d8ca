"""What is given odd input: five readers, what they may refuse, and what they usually get.

Owns the table and what must hold for any bytes; knows nothing of how odd input is come by. What a
reader usually gets is made from the shipped content, and is never kept in a file of its own.
"""

from __future__ import annotations

import atexit
import shutil
import tempfile
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import date
from functools import cache
from pathlib import Path
from urllib.parse import parse_qsl, urlencode, urlsplit
from xml.etree import ElementTree as Xml

from flask import Flask, Response
from flask.testing import FlaskClient
from ruamel.yaml import YAML
from twilio.request_validator import RequestValidator

from ivr import texts
from ivr.app import create_app
from ivr.config import read as read_settings
from ivr.content import ContentError, load
from ivr.content.examples import read_examples
from ivr.content.files import files_of
from ivr.content.filling import filled
from ivr.content.load import joined
from ivr.content.source import Reading, Source
from ivr.flow import step
from ivr.line import deadlines, numbers
from ivr.line.call import HungUp, KeyPressed
from ivr.line.model import Line
from ivr.texts.cleaning import cleaned, plain
from ivr.texts.days import dates_in, in_figures
from ivr.texts.questions import questions_of
from ivr.webhooks import address, fields
from ivr.webhooks.events import event_of
from ivr.webhooks.extension import Lifetime, join, services_of
from ivr.webhooks.guard import Guard, signed
from ivr.webhooks.voice import CallServices, respond
from tests.proof import odd_words
from tests.support.lines import OPEN
from tests.support.paths import ROOT

SHIPPED = ROOT / "prompts"
TODAY = date(2026, 11, 24)
BASE, TOKEN, SID = "https://line.example.org", "f0e1d2c3", "CA" + "0a" * 16


@dataclass(frozen=True)
class Target:
    """One reader. ``read`` raises what is in ``refuses``, or something is wrong.

    ``seeds`` are what it usually gets, ``words`` what its input is made of,
    with ¦ between them.
    """

    read: Callable[[bytes], None]
    seeds: Callable[[], Iterator[bytes]]
    words: str
    refuses: tuple[type[Exception], ...] = ()


@cache
def line() -> Line:
    """The shipped line."""
    return load(SHIPPED)


@cache
def folder() -> Path:
    """A folder that is gone when the process ends."""
    made = Path(tempfile.mkdtemp())
    atexit.register(shutil.rmtree, made, ignore_errors=True)
    return made


# Content: the first line names the file, the others are what stands in it.


class OneOdd(Reading):
    """Reads one file anew; the others are as shipped, for reading them takes most of a second."""

    odd = ""

    def read(self, file: str) -> Source | None:
        if file == self.odd or file not in shipped():
            return super().read(file)
        self.sources[file] = shipped()[file]
        return self.sources[file]


@cache
def shipped() -> dict[str, Source]:
    """Each content file, read once."""
    reading = Reading(files_of(SHIPPED))
    for file in reading.files:
        reading.read(file)
    return reading.sources


def content(data: bytes) -> None:
    """Content is loaded, or refused with each fault at its place and in words."""
    name, _, text = data.partition(b"\n")
    files, named = sorted(shipped()), name.decode("latin-1")
    odd = named if named in files else files[sum(name) % len(files)]
    reading = OneOdd({**files_of(SHIPPED), odd: text})
    reading.odd = odd
    filled(reading.files, files_of(SHIPPED))
    try:
        joined(reading)
    except ContentError as error:
        assert error.faults and all(fault.line >= 1 and fault.says for fault in error.faults)
        raise


def content_seeds() -> Iterator[bytes]:
    """Each file as it is, and its beginning, which is read in a tenth of the time."""
    for file in sorted(shipped()):
        whole = f"{file}\n".encode() + (SHIPPED / file).read_bytes()
        yield from (whole, whole[:400])


# Numbers and dates, as they come from a carrier or are typed.


def typed(data: bytes) -> None:
    """A number or a date is read or refused, and what was read can be said to the caller."""
    given = data.decode(errors="replace")
    for kind in (numbers.uk_mobile, numbers.uk_number, numbers.mobile, numbers.ringable):
        if found := kind(given):
            assert found.startswith("+44") and found[1:].isdigit() and found.isascii(), found
            assert line().words("en").phone(found)
    assert numbers.caller_kind(given) in ("withheld", "mobile", "landline", "foreign")
    for part in (
        deadlines.day_of(given),
        deadlines.month_of(given),
        deadlines.year_of(given, TODAY),
    ):
        assert part is None or 1 <= part <= 9999
    names = questions_of(line().words("en")).names
    found = dates_in(in_figures(plain(cleaned(given)), names), names, TODAY)
    assert all(not each.day or each.day.year > 1900 for each in found)
    for node in odd_words.TYPING:
        turn = step(line(), address.read({"at": node}, str), KeyPressed(given), OPEN)
        assert turn.say or turn.effect, node


def typed_seeds() -> Iterator[bytes]:
    """Every key of the example calls, and ways to write a number and a date."""
    walks = [YAML(typ="safe").load(path) for path in (SHIPPED / "golden_calls").rglob("*.yaml")]
    keys = {str(key) for walk in walks for key in walk.get("keys", ())}
    yield from (key.encode() for key in sorted(keys))
    for way in ("+447700900456", "00447700900456", "+442079460123", "24/11/2026", "3rd of may"):
        yield way.encode()


# The guard: an address, a signature and a body, one a line.


@cache
def hook() -> FlaskClient:
    """One webhook behind the guard, and nothing else."""
    app = Flask(__name__)
    join(app, Guard((TOKEN, "next"), BASE))
    app.add_url_rule("/hook", view_func=signed(lambda: Response("in")), methods=["POST"])
    app.testing = True
    return app.test_client()


def asked(query: str, body: bytes, signature: str) -> int:
    """How the webhook answers."""
    headers = {"X-Twilio-Signature": signature, "Content-Type": "application/x-www-form-urlencoded"}
    raw = {"environ_overrides": {"QUERY_STRING": query}, "headers": headers}
    return hook().post("/hook", data=body, **raw).status_code


def guarded(data: bytes) -> None:
    """Only what is signed by the rule comes in; a form is taken apart as the library does it."""
    query, signature, body = (*data.split(b"\n", 2), b"", b"")[:3]
    address = query.decode("latin-1")
    assert asked(address, body, signature.decode("latin-1").replace("\r", "")) == 403
    try:
        form = body.decode()
    except UnicodeDecodeError:
        return
    pairs = parse_qsl(form, keep_blank_values=True, errors=fields.ERRORS, max_num_fields=None)
    assert fields.read(form) == pairs
    names = [name for name, _ in pairs]
    assert all(names.count(name) == 1 for name in fields.sure(pairs))
    if len(set(names)) == len(names):
        path = BASE + "/hook" + (f"?{address}" if address else "")
        good = RequestValidator(TOKEN).compute_signature(path, dict(pairs))
        assert asked(address, body, good) == 200


def guarded_seeds() -> Iterator[bytes]:
    """What Twilio sends."""
    form = urlencode({"CallSid": SID, "From": "+447700900456", "Digits": "1*#", "Body": "STOP é"})
    for query in ("at=main&on=key", "at=a%20b&trail=main~complaint.2", ""):
        yield f"{query}\n{'a' * 27}=\n{form}".encode()


# The state of a call: the query of an address, and the form that came with it.


@cache
def services() -> CallServices:
    """The whole line, whose effects all fail, so that nothing is kept from one to the next."""
    made = create_app(read_settings({"DATABASE_URL": f"sqlite:///{folder()}/line.db"}))
    atexit.register(services_of(made, Lifetime).close)
    whole: CallServices = services_of(made, CallServices)
    return replace(
        whole,
        effect=lambda *_: "failed",
        release=lambda *told: None,
        ended=lambda *told: None,
        picked_up=lambda *told: None,
        nobody_picked_up=lambda *told: False,
        taken=lambda *told: True,
        clock=lambda: OPEN.now,
        moment=lambda: OPEN.moment,
    )


def state(data: bytes) -> None:
    """Whatever an address holds, words are heard; and the call is the same written again."""
    query, form = (*data.decode(errors="replace").split("\n", 1), "")[:2]
    given = fields.first(fields.read(query))
    plain = address.read(given, str)
    for unseal in (str, lambda token: services().sealer.open(token, SID)):
        call = address.read(given, unseal)
        again = fields.first(fields.read(address.write(call, "key", str)))
        assert address.read(again, str) == call
    told = fields.first(fields.read(form))
    for heard in (KeyPressed("1"), event_of(given, told)):
        assert step(line(), plain, heard, OPEN)
    answer = Xml.fromstring(respond(services(), given, told))
    if event_of(given, told) != HungUp():
        assert HEARD & {each.tag for each in answer.iter()}, answer


HEARD = {"Say", "Play", "Dial"}
"""What a caller hears something of: words, a recording, a person."""


def state_seeds() -> Iterator[bytes]:
    """The addresses that callers come to within four keys, with what they may press there."""
    form = {"CallSid": SID, "From": "+447700900456"}
    queries = [""]
    for _ in range(4):
        found = []
        for query in queries:
            for keys in ("1", "2", "0", "8", "*", "07700900456#"):
                pressed = {**form, "Digits": keys}
                yield f"{query}\n{urlencode(pressed)}".encode()
                answer = Xml.fromstring(respond(services(), dict(parse_qsl(query)), pressed))
                found += [urlsplit(each.get("action") or each.text or "").query for each in answer]
        queries = [query for query in dict.fromkeys(found) if query][:12]


# Texts that people send.


def texted(data: bytes) -> None:
    """Any text is answered, with as many characters as fit into a text."""
    body = data.decode(errors="replace")
    said = texts.whole(line(), texts.asked(line(), body, TODAY), TODAY, body, "0000")
    assert all(0 < len(each) <= 1_600 and texts.segments(each) for each in said)


def texted_seeds() -> Iterator[bytes]:
    """Every way to ask that the line knows, and the keyword of each topic."""
    examples = read_examples(SHIPPED / "en" / "texts")
    yield from (each.text.encode() for each in examples[::20])
    for way in ("STOP", "2️⃣", "my letter is from 26/10/26", "3 sept", "letter october", "complian"):
        yield way.encode()


# One that is broken on purpose, to show that what is broken is found.


def broken(data: bytes) -> None:
    """Fails on four bytes: by chance alone one in four thousand million, led by coverage soon."""
    first, second, third, fourth = (*data, 0, 0, 0, 0)[:4]
    met = first == 109 and second == 101 and third == 110 and fourth == 100
    assert not met, "broken on purpose"


TARGETS = {
    "content": Target(content, content_seeds, odd_words.CONTENT_WORDS, (ContentError,)),
    "numbers": Target(typed, typed_seeds, odd_words.TYPED_WORDS),
    "guard": Target(guarded, guarded_seeds, odd_words.FORM_WORDS),
    "state": Target(state, state_seeds, odd_words.STATE_WORDS),
    "texts": Target(texted, texted_seeds, odd_words.TEXT_WORDS),
    "broken": Target(broken, lambda: iter([b"m"]), "a"),
}


def read(name: str, data: bytes) -> None:
    """Give these bytes to one reader; what it may refuse is refused."""
    with suppress(*TARGETS[name].refuses):
        TARGETS[name].read(data)
