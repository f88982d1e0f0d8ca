"""Refused signatures: most likely Twilio's own, so staff hear of many; a flood of them costs nothing."""

from __future__ import annotations

import base64
import hmac
import threading
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from ivr.config import LONDON, read
from ivr.content import load
from ivr.health.doctor import Checkup, Health, inside
from ivr.jobs.watch import Watch
from ivr.speech.manifest import read_library
from ivr.store import Store, open_store
from ivr.store.heartbeats import Heartbeats
from ivr.store.refusals import Refusals
from ivr.store.services import StoreServices
from ivr.webhooks.extension import Lifetime, services_of
from tests.support import whole
from tests.support.at_once import at_once
from tests.support.reads import reads
from tests.support.telephone import CALL, Telephone

NOON = datetime(2026, 11, 24, 12, 0, tzinfo=UTC)
MINUTE = timedelta(minutes=1)
LOST = "sqlite:////proc/nowhere/line.db"
SECRET = "a secret of Twilio's own making"
NEVER = 3_600.0
SAYS_KEY = {"X-Twilio-Webhooks-Signature-Settings": "key=webhooks_1,algorithm=HMAC_SHA256"}


def refused(counts: Refusals, times: int, keyed: bool = False) -> None:
    for _ in range(times):
        counts.count(keyed)


@pytest.fixture
def process(store: Store) -> Iterator[Callable[[], Refusals]]:
    """A web process that writes only when it is told to."""
    made: list[Refusals] = []

    def begin() -> Refusals:
        made.append(Refusals(store, NEVER))
        return made[-1]

    yield begin
    for each in made:
        each.close()


def test_what_all_processes_refused_within_an_hour_is_one_count(process):
    processes = [process() for _ in range(4)]
    at_once(lambda each: refused(each, 250), processes * 2)
    refused(processes[0], 3, keyed=True)
    at_once(lambda each: each.write(NOON), processes)
    assert process().lately(NOON) == (2_003, 3)


def test_what_was_more_than_an_hour_ago_counts_no_more_and_the_rows_do_not_grow(process, store):
    counts = process()
    for ahead in range(0, 60 * 24, 10):
        refused(counts, 1)
        counts.write(NOON + ahead * MINUTE)
    end = NOON + 60 * 24 * MINUTE
    assert 6 <= counts.lately(end).all <= 7
    assert counts.lately(end + 50 * MINUTE).all <= 2
    assert counts.lately(end + 60 * MINUTE).all == 0
    assert len(Heartbeats(store).all()) <= 7


def test_while_the_database_is_away_the_count_is_kept_for_later(process, store):
    counts = process()
    refused(counts, 4)
    away = open_store(LOST)
    counts._store = away
    counts.write(NOON)
    counts._store = store
    counts.write(NOON)
    assert counts.lately(NOON).all == 4


def test_what_is_left_is_written_when_a_process_ends(store):
    counts = Refusals(store, NEVER)
    refused(counts, 2)
    counts.close()
    assert counts.lately(datetime.now(UTC)).all == 2


def test_the_count_is_written_by_itself(store):
    counts = Refusals(store, 0.01)
    refused(counts, 2)
    begun = threading.Event()
    while counts.lately(datetime.now(UTC)).all < 2:
        assert not begun.wait(0.01)
    counts.close()


# --- at the webhooks --------------------------------------------------------------------------


@pytest.fixture
def ended(settings) -> Iterator[Callable[..., tuple[int, int]]]:
    """Asks a line, and how much was then counted, once the line has ended."""
    opened: list[Store] = []

    def ask(asking: Callable[[Telephone], None], **more: str) -> tuple[int, int]:
        given = settings.model_copy(update=dict(read(more)) if more else {})
        given = given.model_copy(update={"database_url": settings.database_url})
        with whole.opened(given) as app:
            asking(Telephone(app, given))
        opened.append(open_store(settings.database))
        return tuple(Refusals(opened[-1]).lately(datetime.now(UTC)))

    yield ask
    for each in opened:
        each.close()


def forged(telephone: Telephone, form=CALL, headers=None, signature="AAAA") -> int:
    return telephone.post("/voice", form, signature=signature, headers=headers).status_code


def test_a_signature_that_does_not_fit_is_counted_and_one_that_is_missing_is_not(ended):
    def asking(telephone):
        answers = [forged(telephone) for _ in range(3)]
        answers += [telephone.post("/sms", CALL, signature="wrong").status_code]
        answers += [forged(telephone, signature="") for _ in range(5)]
        assert set(answers) == {403}
        assert telephone.post("/voice").status_code == 200

    assert ended(asking) == (4, 0)


def test_the_test_call_tells_of_itself_and_is_not_counted(ended):
    assert ended(lambda telephone: forged(telephone, {"CallSid": "CA" + "0" * 32})) == (0, 0)


def test_a_shared_key_that_is_not_set_here_is_counted_as_such(ended):
    assert ended(lambda telephone: forged(telephone, headers=SAYS_KEY)) == (1, 1)


def test_with_a_key_a_signature_that_does_not_fit_it_is_counted_as_any(ended):
    def asking(telephone):
        assert forged(telephone, headers=SAYS_KEY) == 403

    assert ended(asking, TWILIO_WEBHOOK_KEY=SECRET) == (1, 0)


def test_a_flood_asks_the_database_nothing_and_is_one_row_in_the_end(app, telephone, settings):
    store = services_of(app, StoreServices).outbox._store
    with reads(store) as done:
        for _ in range(500):
            assert forged(telephone) == 403
    assert done["questions"] == 0 and done["files"] == 0
    services_of(app, Lifetime).close()
    again = open_store(settings.database)
    rows = Heartbeats(again).all()
    assert Refusals(again).lately(datetime.now(UTC)).all == 500
    assert len([name for name in rows if name.startswith("refused")]) <= 2
    again.close()


# --- what staff are told ----------------------------------------------------------------------


@pytest.fixture
def room(settings, store) -> Checkup:
    line = load(settings.content_dir)
    now = NOON.astimezone(LONDON)
    return Checkup(
        StoreServices(settings, store), line, lambda: read_library(settings.audio_dir), now
    )


def told_of(room: Checkup, times: int, keyed: bool = False):
    counts = Refusals(room.store, NEVER)
    refused(counts, times, keyed)
    counts.write(room.now)
    counts.close()
    (found,) = list(inside.refusals(room))
    return found


def test_nine_in_an_hour_alarm_nobody_and_ten_say_what_to_do(room):
    assert told_of(room, 9).state is Health.GOOD
    found = told_of(room, 1)
    assert found.state is Health.BAD
    assert found.says == "10 requests of the last hour had a signature that did not fit."
    assert "TWILIO_AUTH_TOKEN" in found.do and "proxy" in found.do and "ivr doctor" in found.do


def test_one_that_is_signed_with_a_key_that_is_not_set_is_enough_to_be_said(room):
    found = told_of(room, 1, keyed=True)
    assert found.state is Health.LOOK and "shared key that is not set here" in found.says
    assert "TWILIO_WEBHOOK_KEY" in found.do
    assert told_of(room, 9, keyed=True).state is Health.BAD
    with_key = read({"TWILIO_WEBHOOK_KEY": SECRET})
    (found,) = list(inside.refusals(replace(room, kept=StoreServices(with_key, room.store))))
    assert "shared key" not in found.says and found.state is Health.BAD


def test_staff_are_told_once_however_long_it_goes_on_and_again_only_after_its_end(
    room, monkeypatch
):
    monkeypatch.setattr("ivr.jobs.watch.ring", lambda room: "")
    monkeypatch.setattr("ivr.jobs.watch.doctor.from_outside", lambda room: [])
    told: list[tuple[str, str]] = []
    now = [NOON]

    def here() -> Checkup:
        return replace(room, now=now[0].astimezone(LONDON))

    watch = Watch(here, room.kept.beats, lambda subject, body: told.append((subject, body)))
    counts = Refusals(room.store, NEVER)

    def minutes(many: int, each_minute: int) -> list[str]:
        told.clear()
        for _ in range(0, many, 5):
            refused(counts, 5 * each_minute)
            counts.write(now[0])
            watch.round(now[0])
            now[0] += 5 * MINUTE
        return [subject for subject, body in told if "signature" in subject + body]

    assert len(minutes(90, 20)) == 1
    assert "TWILIO_AUTH_TOKEN" not in told[0][0]
    assert minutes(75, 0) == ["Advice line: it is well again"]
    assert len(minutes(10, 20)) == 1
    counts.close()


# --- shared keys ------------------------------------------------------------------------------


def by_key(url: str, form: dict[str, str], key: str = SECRET, hash_: str = "sha256") -> str:
    told = url + "".join(name + form[name] for name in sorted(form))
    return base64.b64encode(hmac.new(key.encode(), told.encode(), hash_).digest()).decode()


@pytest.fixture
def keyed(settings, opens) -> Callable[..., int]:
    """Asks a line that has these keys; its status."""

    def ask(keys: str, signature: str | None, header: str | None, form=CALL) -> int:
        given = read({"TWILIO_WEBHOOK_KEY": keys, "DATABASE_URL": settings.database_url})
        headers = {} if header is None else {"X-Twilio-Webhooks-Signature-Settings": header}
        return Telephone(opens(given), given).post("/voice", form, signature, headers).status_code

    return ask


VOICE = "http://127.0.0.1:8000/voice"
STRONG = "key=webhooks_sharedkey_01,algorithm=HMAC_SHA256"
OLD = "an older secret of Twilio's making"


@pytest.mark.parametrize(
    ("keys", "signed", "header", "status"),
    [
        (SECRET, by_key(VOICE, CALL), STRONG, 200),
        (SECRET, by_key(VOICE, CALL), "key=another, algorithm=HMAC_SHA256", 200),
        (f" {SECRET} , {OLD}", by_key(VOICE, CALL, OLD), STRONG, 200),
        (SECRET, by_key("http://127.0.0.1:8000/voice#rc=2", CALL), STRONG, 403),
        (SECRET, by_key(VOICE, CALL, OLD), STRONG, 403),
        (SECRET, by_key(VOICE, {**CALL, "Digits": "1"}), STRONG, 403),
        (SECRET, by_key(VOICE, CALL, hash_="sha1"), STRONG, 403),
        (SECRET, by_key(VOICE, CALL, hash_="sha1"), "key=1,algorithm=HMAC_SHA1", 403),
        (SECRET, by_key(VOICE, CALL), "key=1,algorithm=HMAC_SHA1", 403),
        (SECRET, by_key(VOICE, CALL), "key=1,algorithm=HMAC_SHA1,algorithm=HMAC_SHA256", 403),
        (SECRET, by_key(VOICE, CALL), "", 403),
        (SECRET, by_key(VOICE, CALL), None, 403),
        (SECRET, "", STRONG, 403),
        ("", by_key(VOICE, CALL), STRONG, 403),
        ("", by_key(VOICE, CALL, ""), STRONG, 403),
    ],
)
def test_a_request_signed_with_a_shared_key_is_held_against_that_key_alone(
    keyed, keys, signed, header, status
):
    assert keyed(keys, signed, header) == status


@pytest.mark.parametrize(
    ("keys", "header", "status"),
    [
        (SECRET, None, 200),
        ("", None, 200),
        ("", STRONG, 200),
        (SECRET, STRONG, 403),
        (SECRET, "key=1,algorithm=HMAC_SHA1", 403),
        (SECRET, "", 403),
    ],
)
def test_the_tokens_own_signature_holds_where_no_key_is_named_or_none_is_set(
    keyed, keys, header, status
):
    assert keyed(keys, None, header) == status


@pytest.mark.parametrize("base", ["https://line.example.org", "https://line.example.org:8443"])
@pytest.mark.parametrize("signed_with", ["as it is", "its port", "the overrides"])
def test_a_shared_key_signs_the_address_in_each_of_twilios_ways(settings, opens, base, signed_with):
    own = {"PUBLIC_BASE_URL": base, "TWILIO_WEBHOOK_KEY": SECRET}
    given = read(own | {"IVR_ENV": "demonstration"})
    given = given.model_copy(update={"database_url": settings.database_url})
    signed = {
        "as it is": f"{base}/voice",
        "its port": ("https://line.example.org:443" if base.endswith("org") else base[:-5])
        + "/voice",
        "the overrides": f"{base}/voice#rc=2&rp=ct,rt,5xx&ct=2000&rt=4000&tt=13000",
    }[signed_with]
    headers = {"X-Twilio-Webhooks-Signature-Settings": STRONG}
    answer = Telephone(opens(given), given).post("/voice", CALL, by_key(signed, CALL), headers)
    assert answer.status_code == 200
