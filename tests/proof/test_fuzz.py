"""Odd input that is drawn, and to every route: an answer or a refusal in words (T4, T5).

The same is drawn in each run; ``make fuzz`` draws afresh, and for as long as it is told.
"""

from __future__ import annotations

import re
from xml.etree import ElementTree as Xml

import hypothesis
import pytest
from flask import Flask
from hypothesis import HealthCheck

from tests.proof.odd_drawn import tried
from tests.support.hypothesis_profile import FRESH, SAME
from tests.support.telephone import Telephone

DRAWN = {"numbers": 200, "guard": 100, "state": 200, "texts": 200, "content": 40}
"""How many inputs of each reader; one of content takes fifteen milliseconds."""
ODD = ("", "../../etc/passwd", "%00", "-1", "😀", "' OR 1=1 --", "<script>", "9" * 400, "{{7*7}}")


@pytest.mark.parametrize("name", DRAWN)
def test_what_is_drawn_is_answered_or_refused_in_words(name):
    found = tried(name, DRAWN[name], chance=1)
    assert found is None, f"{found.data!r}\n{found.said}"


@pytest.mark.skipif(
    hypothesis.settings.get_current_profile_name() == FRESH, reason="somebody is searching"
)
def test_every_test_draws_the_same_in_each_run_however_long_it_takes():
    so = hypothesis.settings()
    assert hypothesis.settings.get_current_profile_name() == SAME
    assert so.derandomize and so.database is None and so.deadline is None
    assert HealthCheck.too_slow in so.suppress_health_check
    assert not hypothesis.internal.conjecture.providers._get_local_constants()


def test_the_same_chance_draws_the_same():
    def given(chance: int) -> list[bytes]:
        seen: list[bytes] = []
        tried("numbers", 20, chance, lambda _, data: seen.append(data))
        return seen

    assert given(1) == given(1) != given(2)


@pytest.fixture
def app(one_line) -> Flask:
    """One line for all of these, for odd input leaves nothing behind."""
    return one_line[0]


@pytest.fixture
def telephone(one_line) -> Telephone:
    return Telephone(*one_line)


def test_every_page_takes_odd_input_without_an_error(app, telephone, monkeypatch):
    """Whatever is asked of any route, by anybody or with Twilio's signature: never a 500."""
    client = app.test_client()
    monkeypatch.setitem(app.config, "PROPAGATE_EXCEPTIONS", False)
    seen = []
    for rule in app.url_map.iter_rules():
        for value in ODD:
            path = re.sub("<[^>]+>", lambda _, value=value: value, rule.rule)
            query = {"at": value, "on": "key", "next": value, "id": value}
            form = {"Digits": value, "Body": value, "From": value, "name": value}
            for method in sorted(rule.methods & {"GET", "POST", "PUT", "DELETE"}):
                data = form if method in ("POST", "PUT") else None
                answer = client.open(path, method=method, query_string=query, data=data)
                seen.append((answer.status_code, method, path))
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
