"""The call survives its address, and no address can break a call."""

from __future__ import annotations

from urllib.parse import parse_qsl

from hypothesis import given
from hypothesis import strategies as st

from ivr.line.call import Call
from ivr.secrets.seal import Sealer
from ivr.webhooks import address

SEALER = Sealer("a secret of some length, for tests only")
PLACES = st.sampled_from(["main", "complaint", "text-complaint", "nobody-no-answer", "check-x"])
STEPS = st.tuples(PLACES, st.integers(0, 6)).map(
    lambda step: f"{step[0]}.{step[1]}" if step[1] else step[0]
)
CALLS = st.builds(
    Call,
    at=PLACES,
    part=st.integers(0, 9),
    lang=st.sampled_from(["en", "ro"]),
    speed=st.sampled_from(["normal", "slow"]),
    wait=st.booleans(),
    silences=st.integers(0, 4),
    slips=st.integers(0, 2),
    slipped=st.integers(0, 4),
    offered=st.booleans(),
    stopped=st.booleans(),
    trail=st.lists(STEPS, max_size=8).map(tuple),
    typed=st.sampled_from(["", "+447700900123"]),
    recording=st.sampled_from(["", "RE" + "0a" * 16]),
    wish=st.sampled_from(["", "+447700900123|yes|line|any||complaint"]),
    rung=st.sampled_from([(), ("first",), ("first", "second")]),
    since=st.integers(0, 2**42),
    tell=st.sampled_from(["", "yes", "no"]),
    nines=st.integers(0, 2),
    who=st.sampled_from(["", "1234"]),
    form=st.sampled_from(["", "other|2026-06-15"]),
    last=st.just("1"),
    moment=st.integers(1, 2**42),
    news=st.sampled_from(["", "sending"]),
    version=st.sampled_from(["", "3f1c22ab"]),
)


def written(call: Call, sid: str = "CA1") -> str:
    return address.write(call, "key", lambda text: SEALER.seal(text, sid))


def read(query: str, sid: str = "CA1") -> Call:
    pairs = dict(parse_qsl(query, keep_blank_values=True))
    return address.read(pairs, lambda token: SEALER.open(token, sid))


@given(CALLS)
def test_a_call_survives_its_address(call):
    assert read(written(call)) == call


@given(CALLS)
def test_a_proxy_that_sorts_the_names_changes_nothing(call):
    names = [name for name, _ in parse_qsl(written(call), keep_blank_values=True)]
    assert names == sorted(names) and names[0] == "at" and "on" in names


@given(CALLS)
def test_what_was_typed_is_never_readable_and_the_address_is_short(call):
    assert "7700900123" not in written(call)
    assert len(written(call)) < 800


@given(st.dictionaries(st.sampled_from([*"abc", "at", "part", "trail", "typed"]), st.text()))
def test_reading_never_fails(query):
    call = address.read(query, lambda token: SEALER.open(token, "CA1"))
    assert read(written(call)).trail == call.trail


@given(st.permutations(["typed", "form", "recording", "wish", "who"]))
def test_what_was_sealed_as_one_thing_never_stands_for_another(names):
    kind, another = names[:2]
    token = dict(parse_qsl(written(Call(**{kind: "1234"}))))[kind]
    assert read(f"at=menu&{kind}={token}") == Call(at="menu", **{kind: "1234"})
    assert read(f"at=menu&{another}={token}") == Call(at="menu")


def test_a_token_of_another_call_opens_nothing():
    query = written(Call(at="check-complaint", typed="+447700900123"), sid="CA1")
    assert read(query, sid="CA2").typed == ""


def test_a_changed_secret_still_opens_what_the_old_one_sealed():
    old, both = Sealer("the old secret"), Sealer("the new secret", "the old secret")
    assert both.open(old.seal("0770", "CA1"), "CA1") == "0770"
    assert old.open(both.seal("0770", "CA1"), "CA1") == ""
