"""Odd input to everything that reads it: an answer or a refusal in words, never an error (T4, T5).

A short time in each run of the tests; ``make fuzz`` gives them FUZZ_SECONDS together.
"""

from __future__ import annotations

import os
import re
import shutil
import time
from collections.abc import Callable
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any
from xml.etree import ElementTree as Xml

import pytest
from hypothesis import HealthCheck, Phase, given, strategies
from hypothesis import settings as given_so
from hypothesis.strategies import SearchStrategy

from ivr import address, dates, numbers, texts
from ivr.content import ContentError, load
from ivr.line import Line
from ivr.web.fields import Form
from ivr.web.guard import Guard, odd
from tests.test_content import SHIPPED

SECONDS = float(os.environ.get("FUZZ_SECONDS", "25")) / 6
MOST = 1_000_000
TODAY = date(2026, 11, 24)
ANY = strategies.text(max_size=200)
NUMBERS = strategies.from_regex(r"[+0-9 ()\-٣]{0,20}", fullmatch=True)
WORDS = strategies.sampled_from(
    [
        "STOP",
        "stop.",
        "HELP",
        "PERSON",
        "appeal",
        "complaint",
        "letter",
        "26",
        "10",
        "2026",
        "october",
        "31/02",
        "1",
        "0",
        "school",
        "\x00",
        "😀",
        "٣",
        "²",
    ]
)


def for_a_time(
    strategy: SearchStrategy[Any], check: Callable[[Any], None], at_once: int = 200
) -> None:
    """Try this on one thing after another, until the time is over."""
    end, tried = time.monotonic() + SECONDS, 0

    @given_so(
        max_examples=at_once,
        deadline=None,
        phases=[Phase.generate, Phase.shrink],
        database=None,
        suppress_health_check=[*HealthCheck],
    )
    @given(strategy)
    def some(given: Any) -> None:
        check(given)

    while time.monotonic() < end:
        some()
        tried += 1
    assert tried


@cache
def line() -> Line:
    """The shipped line."""
    return load(SHIPPED)


def test_any_number_is_read_or_refused():
    def read(typed: str) -> None:
        for kind in (numbers.uk_mobile, numbers.uk_number, numbers.mobile, numbers.ringable):
            found = kind(typed)
            assert found == "" or (
                found.startswith("+44") and found[1:].isdigit() and found.isascii()
            )
        assert numbers.caller_kind(typed) in ("withheld", "mobile", "landline", "foreign")
        for part in (dates.day_of(typed), dates.month_of(typed), dates.year_of(typed, TODAY)):
            assert part is None or 1 <= part <= 9999

    for_a_time(ANY | NUMBERS, read)


def test_no_signature_but_the_right_one_is_genuine():
    guard = Guard("one,two", "https://line.example.org")

    def refuse(given: tuple[str, str, list[tuple[str, str]]]) -> None:
        path, signature, pairs = given
        assert not guard.genuine(f"/voice?{path}", Form(pairs), signature)
        assert odd(Form(pairs)) in (True, False)

    for_a_time(strategies.tuples(ANY, ANY, strategies.lists(strategies.tuples(ANY, ANY))), refuse)


def test_any_address_is_a_call_that_can_be_written_again():
    names = strategies.sampled_from(
        [
            "at",
            "part",
            "lang",
            "speed",
            "wait",
            "offered",
            "silences",
            "slips",
            "slipped",
            "nines",
            "rung",
            "tell",
            "trail",
            "typed",
            "form",
            "recording",
            "wish",
            "last",
            "news",
            "v",
        ]
    )
    values = ANY | strategies.sampled_from(["1", "-1", "99999999999", "~", "a~b", "1.5", "²"])

    def read(query: dict[str, str]) -> None:
        call = address.read(query, lambda token: token)
        again = dict(pair.split("=", 1) for pair in address.write(call, "key", str).split("&"))
        assert again["on"] == "key"

    for_a_time(strategies.dictionaries(names, values), read)


def test_any_text_is_answered():
    def ask(body: str) -> None:
        asked = texts.asked(line(), body, TODAY)
        said = texts.answers(line(), asked, TODAY)
        assert all(0 < len(each) <= 1_600 for each in said)

    for_a_time(ANY | strategies.lists(WORDS).map(" ".join), ask)


def test_any_content_is_loaded_or_refused_with_its_place(tmp_path):
    root = Path(shutil.copytree(SHIPPED, tmp_path / "prompts"))
    files = sorted(path for path in root.rglob("*.y*ml"))
    whole = {path: path.read_text() for path in files}
    pieces = ANY | strategies.sampled_from(
        [
            "\t",
            ": ",
            "- ",
            "{",
            "[",
            "&a",
            "*a",
            "!!python/object:os.system",
            "null",
            "\n\n",
            "é",
            "1e999",
            "0x",
        ]
    )

    def break_(given: tuple[Path, float, str, int]) -> None:
        path, where, piece, cut = given
        text = whole[path]
        at = int(len(text) * where)
        try:
            path.write_text(text[:at] + piece + text[at + cut :], errors="replace")
            load(root)
        except ContentError as error:
            assert error.faults and all(str(fault) for fault in error.faults)
        finally:
            path.write_text(text)

    share = strategies.floats(0, 1)
    where = (strategies.sampled_from(files), share, pieces, strategies.integers(0, 40))
    for_a_time(strategies.tuples(*where), break_, at_once=10)


ODD = ("", "../../etc/passwd", "%00", "-1", "😀", "' OR 1=1 --", "<script>", "9" * 400, "{{7*7}}")


def test_every_page_takes_odd_input_without_an_error(app, telephone):
    """Whatever is asked of any route, by anybody or with Twilio's signature: never a 500."""
    client = app.test_client()
    app.config["PROPAGATE_EXCEPTIONS"] = False
    seen = []
    for rule in app.url_map.iter_rules():
        for value in ODD:
            path = re.sub("<[^>]+>", lambda _, value=value: value, rule.rule)
            for method in rule.methods & {"GET", "POST", "PUT", "DELETE"}:
                query = {"at": value, "on": "key", "next": value, "id": value}
                form = {"Digits": value, "Body": value, "From": value, "name": value}
                seen.append(
                    (
                        client.open(
                            path,
                            method=method,
                            query_string=query,
                            data=form if method in ("POST", "PUT") else None,
                        ).status_code,
                        method,
                        path,
                    )
                )
            if getattr(app.view_functions[rule.endpoint], "guarded", False):
                answer = telephone.post("/" + path.strip("/"), form | {"CallSid": value})
                seen.append((answer.status_code, "signed", path))
    assert len(seen) > 500
    assert [each for each in seen if each[0] >= 500 and each[0] != 503] == []


@pytest.mark.parametrize("value", ODD)
def test_odd_values_are_spoken_to(telephone, value):
    answer = telephone.post(
        "/voice?at=main&on=key", {"CallSid": value, "Digits": value, "From": value}
    )
    assert answer.status_code == 200 and Xml.fromstring(answer.data)[-1].tag in ("Redirect", "Dial")
