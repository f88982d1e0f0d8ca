"""Messages on their way: fetched, sealed, deleted at the carrier; and staff told, on real servers."""

from __future__ import annotations

import io
from datetime import UTC, datetime, timedelta

import pytest
import requests
import soundfile
from flask import Response

from ivr.config import MailSettings
from ivr.jobs import NoticeJob, RecordingJob
from ivr.line.call import Note
from ivr.line.hours import later
from ivr.outside.twilio import GoneError, TryLaterError, UnclearError
from ivr.outside.twilio.recordings import RecordingsApi
from ivr.secrets.seal import References
from ivr.secrets.sealed_box import key_pair, unseal
from ivr.simulator.mail import Mailbox
from ivr.speech.announced import AnnouncementError, as_mp3
from ivr.store import (
    Inbox,
    Journal,
    Notices,
    Outbox,
    Recordings,
    StoreDownError,
    open_store,
)
from ivr.store.limits import Caps
from ivr.store.recordings import GRACE
from tests.support.carrier import ACCOUNT, TOKEN, LocalCarrier, error
from tests.support.lines import HOURS, TUESDAY
from tests.support.machine import free_port, until

PUBLIC, PRIVATE = key_pair()
REFERENCES = References("a secret of some length, for tests only")
SPOKEN = ((True, 3.0),)


def a_moment_ago() -> datetime:
    return datetime.now(UTC) - timedelta(seconds=2)


class Line:
    """The rows of a line, its carrier, and the job between them."""

    def __init__(self, tmp_path, ways=("mail",)) -> None:
        self.carrier = LocalCarrier()
        self.store = open_store(f"sqlite:///{tmp_path}/line.db")
        self.rows = Recordings(self.store, REFERENCES, ways)
        self.inbox = Inbox(self.store, REFERENCES, ways)
        self.said: list[tuple[bytes, datetime]] = []
        self.job = RecordingJob(
            self.rows, self.carrier.recordings(1.0), PUBLIC, lambda *said: self.said.append(said)
        )

    def recorded(self) -> str:
        """A recording that was made a moment ago: in its first second it has no sound."""
        return self.carrier.sounds.keep("CA1", SPOKEN, a_moment_ago()).sid

    def left(self, sid: str, at: datetime | None = None, **known: str) -> None:
        """A message of a call that has ended."""
        now = at or datetime.now(UTC)
        self.rows.keep("CA1", sid, now, **known)
        self.rows.ended("CA1", now)

    def work(self, after: timedelta = timedelta(0)) -> list[str]:
        """See to what is due once; how each went."""
        due = self.rows.due(datetime.now(UTC) + after)
        return [self.job.attempt(sid) for sid, _ in due]


@pytest.fixture
def line(tmp_path):
    made = Line(tmp_path)
    yield made
    made.carrier.close()
    made.store.close()


def test_a_kept_message_is_fetched_whole_and_deleted_at_the_carrier(line):
    sid = line.recorded()
    sound = line.carrier.sounds.get(sid).sound
    line.left(sid)
    assert line.work() == ["done"]
    assert line.carrier.sounds.get(sid) is None
    assert unseal(PRIVATE, line.inbox.items()[0].sealed) == sound
    assert soundfile.info(io.BytesIO(sound)).duration == pytest.approx(3.0)


def test_what_is_not_to_be_kept_is_deleted_unheard(line):
    sid = line.recorded()
    line.rows.note("CA1", sid, datetime.now(UTC) - GRACE)
    assert line.work() == ["done"]
    assert line.carrier.sounds.get(sid) is None and line.inbox.items() == []


FAULTS = {
    "an error when it is fetched": [error(500, 20500)],
    "an error after it was fetched, so nothing is kept": [None, error(500, 20500)],
    "no answer in time": ["1.5"],
    "too many requests when it is deleted": [None, None, error(429, 20429)],
    "an error after it was deleted": [None, None, None, error(500, 20500)],
    "a page in place of the sound": [Response("<html>", 200)],
    "a page in place of the deletion": [None, None, Response("<html>", 200)],
}


@pytest.mark.parametrize("faults", FAULTS.values(), ids=FAULTS)
def test_a_fault_on_the_way_loses_and_doubles_nothing(line, faults):
    sid = line.recorded()
    line.left(sid)
    line.carrier.faults = list(faults)
    assert line.work() == ["later"]
    line.rows.later(sid, datetime.now(UTC), "")
    assert line.work() == ["done"]
    assert line.carrier.sounds.get(sid) is None
    assert len(line.inbox.items()) == 1 and line.work() == []
    assert len(Notices(line.store).due(datetime.now(UTC) + timedelta(hours=1))) == 1


def test_a_message_that_is_not_there_yet_is_looked_for_again(line):
    sid = "RE" + "0a" * 16
    line.left(sid)
    assert line.work() == ["later"]


def test_a_message_that_is_lost_at_the_carrier_is_not_looked_for_for_ever(line):
    line.left("RE" + "0a" * 16, datetime.now(UTC) - timedelta(hours=5))
    assert line.work() == ["failed"]
    assert line.work(timedelta(days=1)) == []


def rang(line, call_sid: str) -> None:
    journal = Journal(line.store, REFERENCES)
    journal.note(call_sid, (Note("rang", "main"),))
    journal.close()


def test_recordings_of_our_callers_that_nobody_told_of_are_messages_all_the_same(line):
    sid, staffs, others = (
        line.carrier.sounds.keep(call, SPOKEN, a_moment_ago()).sid
        for call in ("CA1", "CA2", "CA-of-another-line")
    )
    cough = line.carrier.sounds.keep("CA1", ((True, 1.0),), a_moment_ago()).sid
    known = line.recorded()
    rang(line, "CA1")
    journal = Journal(line.store, REFERENCES)
    journal.note("CA1", (Note("language", "main", "en"), Note("language", "main", "so")))
    journal.note("CA2", (Note("ended", "", "completed"),))
    journal.close()
    line.left(known)
    line.work()
    for _ in range(2):
        line.job.sweep(datetime.now(UTC) + timedelta(hours=1))
    assert line.rows.due(datetime.now(UTC)) == []
    line.rows.ended("CA1", datetime.now(UTC))
    line.rows.later(cough, datetime.now(UTC), "")
    assert line.work() == ["done"] * 2
    langs = {item.id: (item.lang, item.seconds) for item in line.inbox.items()}
    assert langs == {sid: ("so", 3), known: ("", 0)}
    assert line.carrier.sounds.get(sid) is None and line.carrier.sounds.get(cough) is None
    assert line.carrier.sounds.get(others) and line.carrier.sounds.get(staffs)
    assert line.work(timedelta(days=1)) == []


def away():
    raise StoreDownError("the database is away")


def test_a_message_left_while_the_database_was_away_is_found_when_it_is_back(line, monkeypatch):
    """Nothing of the call could be written: neither its message nor that it was one of ours."""
    sid = line.carrier.sounds.keep("CA1", SPOKEN, a_moment_ago()).sid
    journal, write = Journal(line.store, REFERENCES), line.store.write
    monkeypatch.setattr(line.store, "write", away)
    journal.note("CA1", (Note("rang", "main"), Note("record", "message")))
    until(lambda: journal.dropped, "the notes cannot be written")
    monkeypatch.setattr(line.store, "write", write)
    journal.note("CA2", (Note("rang", "main"),))
    journal.close()
    line.job.sweep(datetime.now(UTC) + timedelta(hours=1))
    line.rows.ended("CA1", datetime.now(UTC))
    assert line.work() == ["done"]
    assert [item.id for item in line.inbox.items()] == [sid]


def test_an_announcement_goes_to_callers_and_not_to_the_inbox(line):
    sid = line.recorded()
    kept = datetime.now(UTC)
    line.rows.keep_announcement("CA1", sid, kept)
    assert line.work() == ["done"]
    sound, at = line.said[0]
    assert abs(at - kept) < timedelta(seconds=1) and line.inbox.items() == []
    assert soundfile.info(io.BytesIO(as_mp3(sound))).duration == pytest.approx(3.0, abs=0.2)


@pytest.mark.parametrize("wav", [b"", b"no sound at all"], ids=["empty", "garbage"])
def test_what_is_no_sound_is_not_announced(wav):
    with pytest.raises(AnnouncementError):
        as_mp3(wav)


# --- the carrier -----------------------------------------------------------------------------


def test_only_the_carriers_own_address_is_ever_asked(line):
    api = line.carrier.recordings()
    sid = line.recorded()
    assert api.sound(sid) == line.carrier.sounds.get(sid).sound
    api.delete(sid)
    for gone in (api.sound, api.delete):
        with pytest.raises(GoneError):
            gone(sid)


def test_a_sound_that_is_redirected_elsewhere_is_not_followed(line):
    sid = line.recorded()
    line.carrier.faults = [Response("", 302, headers={"Location": "http://127.0.0.1:9/"})]
    with pytest.raises(UnclearError):
        line.carrier.recordings().sound(sid)


def test_a_carrier_that_is_not_there_may_be_asked_later(line):
    with pytest.raises(TryLaterError):
        nobody = f"http://127.0.0.1:{free_port()}"
        RecordingsApi(ACCOUNT.sid, TOKEN, nobody).sound("RE" + "0a" * 16)


# --- staff -----------------------------------------------------------------------------------


@pytest.fixture
def mailbox():
    with Mailbox() as made:
        yield made


class Clock:
    """The worker's clock, moved by hand."""

    def __init__(self, monkeypatch, now: datetime) -> None:
        self._now = now.astimezone(UTC)
        monkeypatch.setattr("ivr.jobs.notices.datetime", self)

    def now(self, zone=UTC) -> datetime:
        return self._now

    def ahead(self) -> timedelta:
        """How far it is ahead of the real one."""
        return self._now - datetime.now(UTC)

    def go_on(self, time: timedelta) -> None:
        self._now += time


def notices(line, mailbox, mobile="", caps=Caps()) -> NoticeJob:  # noqa: B008 - never changed
    server = ("127.0.0.1", mailbox.port, "", "", "none")
    settings = MailSettings(*server, "line@example.org", "advisers@example.org")
    outbox = Outbox(line.store, REFERENCES, caps=caps)
    return NoticeJob(
        Notices(line.store), outbox, settings, mobile, lambda: HOURS, "https://l.example.org"
    )


def left(line, times: int = 1) -> None:
    for _ in range(times):
        line.left(line.recorded(), about="mediation")
    line.work()


def rung_back(line, number: str, call: str = "CA1", at: datetime | None = None) -> None:
    asked = {"about": "", "lang": "en", "best": "any"}
    line.inbox.keep_callback(call, number, b"sealed", at or datetime.now(UTC), **asked)


def tell(line, job, after: timedelta = timedelta(0)) -> list[str]:
    due = Notices(line.store).due(datetime.now(UTC) + after)
    return [job.attempt(notice_id) for notice_id, _ in due]


def test_staff_get_one_mail_that_names_nobody(line, mailbox):
    left(line)
    job = notices(line, mailbox)
    assert tell(line, job) == ["told"] and tell(line, job) == []
    mail = mailbox.mails[0]
    assert len(mailbox.mails) == 1 and mail.recipients == ("advisers@example.org",)
    assert mail.subject == "Advice line: a message waits."
    assert "mediation" not in mail.body and "+44" not in mail.body


def test_what_somebody_has_taken_is_told_of_again_only_after_a_day_of_work(line, mailbox):
    left(line)
    job = notices(line, mailbox)
    item = line.inbox.items()[0]
    line.inbox.take(item, datetime.now(UTC))
    assert tell(line, job) == ["taken"] and mailbox.mails == []
    assert Notices(line.store).due(datetime.now(UTC) + timedelta(hours=7)) == []
    line.inbox.done(item, datetime.now(UTC))


def test_what_was_taken_long_ago_and_is_not_done_is_told_of(line, mailbox):
    left(line)
    line.inbox.take(line.inbox.items()[0], datetime.now(UTC) - timedelta(days=4))
    assert tell(line, notices(line, mailbox)) == ["told"]
    assert mailbox.mails[0].subject == "Advice line: a message was taken, and is not done yet."


def test_one_mail_says_how_much_waits_and_how_much_was_taken_long_ago(line, mailbox):
    left(line, times=3)
    for number in range(2):
        rung_back(line, f"+44770090010{number}")
    first, *_ = line.inbox.items()
    line.inbox.take(first, datetime.now(UTC) - timedelta(days=4))
    job = notices(line, mailbox)
    assert tell(line, job) == ["told"] and len(mailbox.mails) == 1
    assert mailbox.mails[0].subject == (
        "Advice line: 2 messages and 2 requests to be rung back wait. "
        "A message was taken, and is not done yet."
    )


def test_sixty_requests_cost_staff_a_few_texts_a_day(tmp_path, mailbox, monkeypatch):
    """Each of another number, over a day of work, and nobody takes one."""
    line = Line(tmp_path, ways=("text",))
    job, clock = notices(line, mailbox, "+447700900123"), Clock(monkeypatch, TUESDAY)
    for n in range(60):
        rung_back(line, f"+447700900{n:03}", f"CA{n}", clock.now())
        clock.go_on(timedelta(minutes=8))
        for _ in range(3):
            tell(line, job, clock.ahead())
    texts = Outbox(line.store, REFERENCES).waiting()
    assert 7 <= len(texts) <= 8
    assert texts[0][1].endswith("a request to be rung back waits.")
    assert "requests to be rung back wait." in texts[-1][1]
    line.carrier.close()


def test_what_is_left_soon_after_a_notice_waits_for_the_next(line, mailbox, monkeypatch):
    job, clock = notices(line, mailbox), Clock(monkeypatch, TUESDAY)
    rung_back(line, "+447700900101", "CA1", clock.now())
    assert tell(line, job, clock.ahead()) == ["told"]
    for item in line.inbox.items():
        line.inbox.done(item, clock.now())
    clock.go_on(timedelta(minutes=10))
    assert tell(line, job, clock.ahead()) == []
    rung_back(line, "+447700900102", "CA2", clock.now())
    assert tell(line, job, clock.ahead()) == ["soon"] and len(mailbox.mails) == 1
    rung_back(line, "+447700900103", "CA3", clock.now())
    assert tell(line, job, clock.ahead()) == []
    clock.go_on(timedelta(minutes=50))
    assert tell(line, job, clock.ahead()) == ["told"]
    assert mailbox.mails[1].subject == "Advice line: 2 requests to be rung back wait."


def test_a_mail_server_that_says_later_is_tried_again_with_the_same_id(line, mailbox):
    left(line)
    mailbox.refuse(1)
    job = notices(line, mailbox)
    assert tell(line, job) == ["later"]
    due = Notices(line.store).due(datetime.now(UTC) + timedelta(minutes=1))
    assert len(due) == 1 and mailbox.mails == []


def test_staff_may_be_told_by_text_which_is_sent_once(tmp_path, mailbox):
    line = Line(tmp_path, ways=("text",))
    left(line)
    job = notices(line, mailbox, "+447700900123")
    assert tell(line, job) == ["told"]
    waiting = Outbox(line.store, REFERENCES).waiting()
    assert waiting == [("+447700900123", "Advice line: a message waits.")]
    line.carrier.close()


def test_a_text_to_staff_above_its_limit_waits_for_an_hour_of_work(tmp_path, mailbox, caplog):
    line = Line(tmp_path, ways=("text",))
    left(line)
    job = notices(line, mailbox, "+447700900123", Caps(staff_a_day=0))
    assert tell(line, job) == ["limit"] and Outbox(line.store, REFERENCES).waiting() == []
    assert tell(line, job) == [] and "limit of texts to staff" in caplog.text
    week = datetime.now(UTC) + timedelta(days=7)
    assert len(Notices(line.store).due(week)) == 1
    line.carrier.close()


@pytest.mark.parametrize(
    ("now", "again"),
    [
        (TUESDAY, TUESDAY.replace(hour=11)),
        (TUESDAY.replace(hour=16, minute=30), TUESDAY.replace(day=25, hour=9, minute=30)),
        (TUESDAY.replace(day=27, hour=20), TUESDAY.replace(day=30, hour=10)),
    ],
    ids=["in the morning", "before closing", "over a weekend"],
)
def test_staff_are_told_again_after_an_hour_of_work(now, again):
    assert later(HOURS, now, timedelta(hours=1)) == again


def test_the_demonstrations_recordings_answer_over_http_as_twilios_do(line):
    sid, us = line.recorded(), (ACCOUNT.sid, TOKEN)
    address = f"{line.carrier.url}/2010-04-01/Accounts/{ACCOUNT.sid}/Recordings/{sid}.mp3"
    got = requests.get(address, auth=us, timeout=5)
    assert got.headers["Content-Type"] == "audio/mpeg"
    assert requests.get(address, timeout=5).status_code == 401
