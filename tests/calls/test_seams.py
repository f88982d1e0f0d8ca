"""An error at every seam, on every step of calls: each answer is spoken and goes on (fault F1)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from urllib.parse import urldefrag
from xml.etree import ElementTree as Xml

import pytest
from werkzeug.datastructures import MultiDict

from ivr.config import read
from ivr.simulator.golden_calls import trunk
from ivr.simulator.people import Decided, Scripted
from ivr.simulator.recordings import SimulatedRecordings
from ivr.simulator.wire import Answer, InProcess
from ivr.webhooks.extension import join, services_of
from ivr.webhooks.last import last_words
from ivr.webhooks.voice import CallServices
from tests.proof.seams import break_, of_the_store, seams, watched
from tests.support.lines import TWO_LANGUAGES
from tests.support.telephone import CALL

CALLS = {
    "a text to another mobile": ("2", *"11111", "2", "2", "07700900456#", "1", "1"),
    "the last day": ("4", "2", "2", "2", "1#", "10#", "26#", "1", *"----"),
    "being rung back": ("0", "2", "1", "1", "1", "1", "2", "1"),
    "a message": ("0", "2", "1", "1", "2", "2", "3", "1", "1"),
    "other keys, silence, slower": ("7", "7", "8", "1", "*", "#", *"-----"),
}
STAFF = ("07700900002#", "1234#", "1", "2", "3", "*")
GOES_ON = ("Gather", "Redirect", "Dial", "Record")
SPOKEN = ("/voice", "/desk", "/staff")


class Kept(InProcess):
    """Keeps what was asked, so that each step can be asked again."""

    def __init__(self, app: object) -> None:
        super().__init__(app)
        self.steps: dict[tuple[str, str], tuple[str, MultiDict[str, str], dict[str, str]]] = {}
        self.met: dict[tuple[str, str], set[str]] = {}
        self._now = set[str]()

    def send(
        self, method: str, url: str, form: Mapping[str, str], headers: Mapping[str, str]
    ) -> Answer:
        """See Transport."""
        path = urldefrag(url)[0].split("//", 1)[1].partition("/")[2]
        if method == "POST" and f"/{path.partition('?')[0]}" in SPOKEN:
            known = (path.partition("&trail")[0], form.get("Digits", ""))
            self.steps.setdefault(known, (url, MultiDict(form), dict(headers)))
            self._now = self.met.setdefault(known, set())
        return super().send(method, url, form, headers)

    def meets(self, seam: str) -> None:
        """The step of now has met this seam."""
        self._now.add(seam)

    def meeting(self, seam: str) -> Iterator[tuple[str, str]]:
        """Steps that can notice when it breaks: of a method of the store, those that it was asked on.

        The first notices too what else asks meanwhile.
        """
        for n, known in enumerate(self.steps):
            if n == 0 or not of_the_store(seam) or seam in self.met[known]:
                yield known


@pytest.fixture
def steps(app, settings):
    """Every step of the calls above and of a call of staff, once; and those after which a call ends."""
    kept = Kept(app)
    way = replace(
        trunk(settings, kept, services_of(app, CallServices).library()),
        recordings=services_of(app, SimulatedRecordings),
    )
    with watched(kept.meets):
        for keys in CALLS.values():
            for adviser in ("answer", "no-answer"):
                way.ring(Scripted(keys), Decided(adviser), "+447700900123")
        way.ring(Scripted(STAFF), Decided("no-answer"), "+447700900002", staff=True)
        ended = {}
        for known, step in [*kept.steps.items()]:
            answer = kept.send("POST", *step)
            assert wrong(answer, step[0]) == ""
            ended[known] = Xml.fromstring(answer.body).find("Hangup") is not None
    assert len(kept.steps) > 60
    return kept, ended


def wrong(answer: Answer, url: str) -> str:
    """What is wrong with an answer; empty where it is spoken and goes on.

    An adviser's telephone is joined to the caller where its document ends.
    """
    if answer.status != 200 or not answer.content_type.startswith("text/xml"):
        return f"{answer.status} {answer.content_type}"
    found = Xml.fromstring(answer.body)
    spoken = found.find(".//Say") is not None or found.find(".//Play") is not None
    last = found[-1].tag if len(found) else "nothing"
    goes_on = (spoken and last in GOES_ON) or last == "Hangup" or "/desk" in url
    return "" if goes_on else last


def test_whatever_breaks_on_whatever_step_the_answer_is_spoken_and_goes_on(app, steps):
    way, ended = steps
    faults, tried = [], 0
    for seam in seams(app):
        with break_(app, seam):
            for known in way.meeting(seam):
                url, *more = way.steps[known]
                answer = way.send("POST", url, *more)
                tried += 1
                hung_up = b"<Hangup" in answer.body and not ended[known] and "/staff" not in url
                if (found := wrong(answer, url)) or hung_up:
                    faults.append((seam, url, found or "ended"))
    assert not faults, (len(faults), faults[:10])
    assert tried > 1_500 and len(seams(app)) > 60
    print(f"{tried} answers, {len(seams(app))} seams, {len(way.steps)} steps")


class TwoLanguages:
    """Where the small line in two languages is kept."""

    def line(self, version: str):
        return TWO_LANGUAGES


@pytest.mark.parametrize(
    "part", ["journal", "clock", "sealer", "library", "live_settings", "lookups"]
)
def test_the_apology_is_in_the_callers_language(app, telephone, settings, part):
    whole = services_of(app, CallServices)
    said = last_words(read({}), TWO_LANGUAGES, lambda now: None, whole.clock)
    join(app, replace(whole, content_store=TwoLanguages(), last_words=said))
    with break_(app, f"CallServices {part}"):
        query = "/voice?at=number-apples&on=key&lang=xx&typed=AAAA"
        answer = telephone.post(query, CALL | {"Digits": "07700900456"})
    assert "XX &lt;apology&gt;" in answer.text and 'language="xx-XX"' in answer.text
