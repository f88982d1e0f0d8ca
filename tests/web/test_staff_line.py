"""Staff ring their line: what they must know, what their keys do, and what they are told."""

from __future__ import annotations

import logging
import re
from dataclasses import dataclass, field
from datetime import UTC, datetime

import pytest
from click.testing import CliRunner
from flask import Flask, Response
from hypothesis import given
from hypothesis import strategies as st

from ivr.cli.staff import staff as command
from ivr.config.demo import DEMO_ACCOUNT_SID
from ivr.flow import staff, step
from ivr.flow.staff import SAYS
from ivr.line.call import (
    Call,
    CallStarted,
    CheckPin,
    EffectDone,
    End,
    Facts,
    HungUp,
    KeepAnnouncement,
    KeepUsualHours,
    KeyPressed,
    Listen,
    NoInput,
    ReadTotals,
    Record,
    RecordingDone,
    Totals,
)
from ivr.line.call import Note as JournalNote
from ivr.line.hours import Override
from ivr.secrets.hashing import DEMONSTRATION, Hashing
from ivr.secrets.seal import References, Sealer
from ivr.simulator import events
from ivr.simulator.account import SimulatedAccount
from ivr.simulator.people import Decided, Scripted
from ivr.simulator.performer import Performance, WebhookAddresses
from ivr.simulator.recordings import SimulatedRecordings
from ivr.simulator.wire import InProcess, Wire, WireError
from ivr.store import Journal, open_store
from ivr.store.live_settings import LiveSettings
from ivr.store.staff import StaffList
from ivr.webhooks.extension import join
from ivr.webhooks.guard import Guard
from ivr.webhooks.staff import StaffLineServices
from ivr.webhooks.staff import staff_line as webhook
from tests.support.commands import ivr
from tests.support.lines import LINE, NIGHT, TUESDAY
from tests.support.proxies import unharmed
from tests.support.staff_pages import others

BASE, TOKEN = "http://line.test", "a-token"
ACCOUNT = SimulatedAccount(DEMO_ACCOUNT_SID, TOKEN, "+442079460150")
ANNA_RINGS, STRANGER = "+447700900111", "+447700900999"
PIN = "402817"
MIDNIGHT = staff.midnight(TUESDAY)
AWAY = "sqlite:////proc/none/line.db"


class OneLine:
    """A content store with one line on it."""

    def line(self, version):
        return LINE


@dataclass
class StaffServices:
    """A staff line with its own database, which is rung on the simulator."""

    url: str
    board_url: str = ""
    now: datetime = TUESDAY
    keeps: bool = True
    kept: list[tuple[str, str]] = field(default_factory=list)
    recordings: SimulatedRecordings = field(default_factory=SimulatedRecordings)

    def __post_init__(self) -> None:
        self.store = open_store(self.url)
        self.live_settings = LiveSettings(
            open_store(self.board_url) if self.board_url else self.store
        )
        self.people = StaffList(self.store, Hashing(DEMONSTRATION))
        self.app = Flask(__name__)
        join(self.app, Guard((TOKEN,), BASE))
        services = StaffLineServices(
            live_settings=self.live_settings,
            staff=self.people,
            content_store=OneLine(),
            clock=lambda: self.now,
            sealer=Sealer("a secret"),
            base_url=BASE,
            keep_announcement=self._keep,
            played=lambda call_sid, sid, lang: f"{BASE}/sound/{call_sid}/{lang}/{sid}",
        )
        join(self.app, services)
        self.app.register_blueprint(webhook)
        self.app.add_url_rule("/sound/<call>/en/<sid>", "sound", self._sound)
        self.app.add_url_rule(
            "/staff/recording", "recorded", lambda: Response(""), methods=["POST"]
        )
        self.wire = Wire(InProcess(self.app), TOKEN)

    def _keep(self, call_sid, recording_sid):
        self.kept.append((call_sid, recording_sid))
        return self.keeps

    def _sound(self, call, sid):
        assert self.recordings.get(sid).call_sid == call
        return Response(self.recordings.get(sid).sound, content_type="audio/x-wav")

    def ring(self, *keys: str, caller: str = STRANGER) -> Ring:
        """One call, to its end."""
        call = Ring()
        call.performance = Performance(
            ACCOUNT, self.wire, WebhookAddresses(f"{BASE}/staff"), Scripted(keys), Decided(), caller,
            call.events.append, recordings=self.recordings,
        )  # fmt: skip
        call.performance.run()
        return call


@dataclass
class Ring:
    """What happened in a call."""

    events: list[events.Event] = field(default_factory=list)

    @property
    def said(self) -> str:
        return " ".join(each.words for each in self.events if isinstance(each, events.Said))

    @property
    def played(self) -> list[str]:
        return [each.url for each in self.events if isinstance(each, events.Played)]

    @property
    def ended_by(self) -> str:
        return self.events[-1].by

    @property
    def addresses(self) -> list[str]:
        return [each.url for each in self.events if isinstance(each, events.Asked)]

    @property
    def failed(self) -> list[str]:
        return [each.words for each in self.events if isinstance(each, events.Failed)]


@pytest.fixture
def staff_pages(tmp_path):
    return StaffServices(f"sqlite:///{tmp_path}/line.db")


@pytest.fixture
def signed_in(staff_pages):
    """The keys that sign Anna in."""
    return f"{staff_pages.people.add('Anna', PIN, TUESDAY)}#", f"{PIN}#"


def set_by_hand(staff_pages):
    return staff_pages.live_settings.hours(TUESDAY)


# --- opening and closing ---------------------------------------------------------------------


def test_the_right_pin_and_one_key_close_the_line_until_midnight(staff_pages, signed_in):
    call = staff_pages.ring(*signed_in, "1", "bye")
    assert set_by_hand(staff_pages) == Override(False, MIDNIGHT)
    assert SAYS["closed"] in call.said and call.failed == []
    assert staff_pages.live_settings.standing().posts["hours"].by == signed_in[0].strip("#")


OPENED = {
    "in the usual hours": (TUESDAY, TUESDAY.replace(hour=17), "5 pm"),
    "before they begin": (TUESDAY.replace(hour=7), TUESDAY.replace(hour=17), "5 pm"),
    "after they have ended": (NIGHT, MIDNIGHT, "midnight"),
    "on a Saturday": (
        datetime(2026, 11, 28, 12, 0, tzinfo=TUESDAY.tzinfo),
        datetime(2026, 11, 29, tzinfo=TUESDAY.tzinfo),
        "midnight",
    ),
}


@pytest.mark.parametrize(("now", "until", "words"), OPENED.values(), ids=OPENED)
def test_the_line_is_opened_until_its_next_usual_end_of_today(
    staff_pages, signed_in, now, until, words
):
    staff_pages.now = now
    call = staff_pages.ring(*signed_in, "1", "2", "bye")
    assert staff_pages.live_settings.hours(now) == Override(True, until)
    assert f"open now, until {words}. After that" in call.said


def test_usual_hours_hold_again(staff_pages, signed_in):
    call = staff_pages.ring(*signed_in, "1", "3", "bye")
    assert set_by_hand(staff_pages) is None and SAYS["usual_hours"] in call.said


def test_it_is_said_only_once_it_is_kept(tmp_path):
    staff_pages = StaffServices(f"sqlite:///{tmp_path}/line.db", AWAY)
    number = staff_pages.people.add("Anna", PIN, TUESDAY)
    call = staff_pages.ring(f"{number}#", f"{PIN}#", "1", "2", "3", "5", "6", "bye")
    assert call.said.count(SAYS["cannot"]) == 5 and call.failed == []
    for name in ("closed", "usual_hours", "withdrawn"):
        assert SAYS[name] not in call.said
    assert "open now, until" not in call.said and "Today so far" not in call.said


def test_without_a_database_nobody_is_told_that_a_pin_is_wrong():
    call = StaffServices(AWAY).ring("1234#", f"{PIN}#", "bye")
    assert SAYS["cannot"] in call.said and SAYS["wrong"] not in call.said and call.failed == []


def test_while_too_many_wait_for_a_hash_nobody_is_told_that_a_pin_is_wrong(
    staff_pages, monkeypatch
):
    with others(monkeypatch):
        call = staff_pages.ring("1234#", f"{PIN}#", "bye")
    assert SAYS["cannot"] in call.said and SAYS["wrong"] not in call.said and call.failed == []


# --- who may ---------------------------------------------------------------------------------


def test_three_wrong_pins_end_the_call_kindly_and_do_nothing(staff_pages, signed_in):
    number, _ = signed_in
    call = staff_pages.ring(*[number, "555000#"] * 3, "1", "bye")
    assert call.said.count(SAYS["wrong"]) == 2 and SAYS["three_wrong"] in call.said
    assert call.ended_by == "line" and set_by_hand(staff_pages) is None


def test_after_five_wrong_pins_the_right_one_opens_nothing(staff_pages, signed_in):
    number, pin = signed_in
    staff_pages.ring(*[number, "555000#"] * 3)
    call = staff_pages.ring(*[number, "555000#"] * 2, number, pin, "1", "bye")
    assert SAYS["locked"] in call.said and SAYS["signed_in"] not in call.said
    assert call.ended_by == "line" and set_by_hand(staff_pages) is None


def test_an_unknown_number_hears_the_same_as_a_wrong_pin(staff_pages, signed_in):
    number, _ = signed_in
    known, unknown = (
        staff_pages.ring(number, "555000#", "bye"),
        staff_pages.ring("0#", "555000#", "bye"),
    )
    assert known.said == unknown.said


def test_whose_telephone_it_is_changes_nothing(staff_pages, signed_in):
    calls = [
        staff_pages.ring("1", "1", "bye", caller=caller) for caller in (ANNA_RINGS, "", STRANGER)
    ]
    assert len({call.said for call in calls}) == 1
    assert set_by_hand(staff_pages) is None


def test_a_token_of_another_call_opens_nothing(staff_pages, signed_in):
    call = staff_pages.ring(*signed_in, "#", "bye")
    menu = call.addresses[-1]
    assert "who=" in menu
    own = {"CallSid": call.performance.sid, "Digits": "1"}
    answer = staff_pages.wire.ask("POST", menu, {**own, "CallSid": "CA0"})
    assert SAYS["welcome"].encode() in answer.body and set_by_hand(staff_pages) is None
    assert SAYS["closed"].encode() in staff_pages.wire.ask("POST", menu, own).body


@pytest.mark.parametrize("who", ["1234", "AAAA", "", "typed"])
def test_a_made_up_token_opens_nothing(staff_pages, signed_in, who):
    typed = Sealer("a secret").seal("typed 1234", "CA1") if who == "typed" else who
    address = f"{BASE}/staff?at=menu&on=key&who={typed}"
    answer = staff_pages.wire.ask("POST", address, {"CallSid": "CA1", "Digits": "1"})
    assert SAYS["welcome"].encode() in answer.body and set_by_hand(staff_pages) is None


def test_what_was_typed_for_a_number_never_counts_as_signed_in(staff_pages, signed_in):
    call = staff_pages.ring(signed_in[0], "#", "bye")
    typed = re.search(r"typed=([^&#]+)", call.addresses[-1])[1]
    address = f"{BASE}/staff?at=menu&on=key&who={typed}"
    staff_pages.wire.ask("POST", address, {"CallSid": call.performance.sid, "Digits": "1"})
    assert set_by_hand(staff_pages) is None


def test_only_twilio_may_ask(staff_pages):
    with pytest.raises(WireError, match="403"):
        Wire(InProcess(staff_pages.app), "").ask("POST", f"{BASE}/staff", {"CallSid": "CA1"})
    with pytest.raises(WireError, match="403"):
        Wire(InProcess(staff_pages.app), "another").ask("POST", f"{BASE}/staff", {"CallSid": "CA1"})


def test_no_pin_is_ever_in_an_address_or_a_log(staff_pages, signed_in, caplog):
    caplog.set_level(logging.DEBUG)
    call = staff_pages.ring(*signed_in, "*", signed_in[0], "555111#", "bye")
    for secret in (PIN, "555111"):
        assert not [address for address in call.addresses if secret in address]
        assert secret not in caplog.text


def test_a_number_does_not_travel_in_clear(staff_pages, signed_in):
    call = staff_pages.ring(*signed_in, "1", "bye")
    assert not [each for each in call.addresses if signed_in[0].strip("#") in each]


# --- the announcement ------------------------------------------------------------------------


def test_a_proxy_that_sorts_or_writes_again_changes_no_address_of_the_staff_line(
    staff_pages, signed_in
):
    call = staff_pages.ring(*signed_in, "1", "*", "4", "say:8", "#", "1", "bye")
    assert len(call.addresses) > 5
    assert not [each for each in call.addresses if not unharmed(each)]


def test_an_announcement_is_heard_back_and_kept(staff_pages, signed_in):
    call = staff_pages.ring(*signed_in, "4", "say:8", "#", "1", "bye")
    ((call_sid, recording),) = set(staff_pages.kept)
    assert call_sid == call.performance.sid and staff_pages.recordings.get(recording)
    assert call.played == [f"{BASE}/sound/{call_sid}/en/{recording}"]
    assert SAYS["kept"] in call.said and call.failed == []


DROPPED = {
    "by its key": ["#", "3", "bye"],
    "with star": ["#", "*", "bye"],
    "with star while speaking": ["*", "bye"],
    "by hanging up": ["bye"],
    "by hanging up later": ["#", "bye"],
}


@pytest.mark.parametrize("keys", DROPPED.values(), ids=DROPPED)
def test_an_announcement_is_dropped(staff_pages, signed_in, keys):
    call = staff_pages.ring(*signed_in, "4", "say:8", *keys)
    assert staff_pages.kept == [] and SAYS["kept"] not in call.said and call.failed == []
    assert (SAYS["dropped"] in call.said) is bool({"3", "*"} & set(keys))


def test_recorded_again_the_second_is_kept(staff_pages, signed_in):
    call = staff_pages.ring(*signed_in, "4", "say:8", "#", "2", "say:5", "#", "#", "1", "bye")
    ((_, recording),) = set(staff_pages.kept)
    first, second, again = call.played
    assert first != second == again and second.endswith(f"/{recording}")


def test_silence_after_the_tone_is_no_announcement(staff_pages, signed_in):
    call = staff_pages.ring(*signed_in, "4", "-", "1", "bye")
    assert SAYS["nothing_heard"] in call.said and staff_pages.kept == []


def test_an_announcement_that_cannot_be_kept_can_be_tried_again(staff_pages, signed_in):
    staff_pages.keeps = False
    call = staff_pages.ring(*signed_in, "4", "say:8", "#", "1", "1", "bye")
    assert call.said.count(SAYS["cannot"]) == 2 and staff_pages.kept
    assert SAYS["kept"] not in call.said


def test_an_announcement_is_taken_away(staff_pages, signed_in):
    staff_pages.live_settings.announce(b"an mp3", MIDNIGHT, "1234", TUESDAY)
    call = staff_pages.ring(*signed_in, "5", "bye")
    assert staff_pages.live_settings.announcement(TUESDAY) == "" and SAYS["withdrawn"] in call.said


@pytest.mark.parametrize("sid", ["", "RE1", "../" + "0" * 31, "RE" + "g" * 32])
def test_a_recording_of_another_form_is_not_played(staff_pages, signed_in, sid):
    menu = staff_pages.ring(*signed_in, "#", "bye")
    address = (
        menu.addresses[-1].replace("on=key", "on=recorded").replace("on=silence", "on=recorded")
    )
    form = {"CallSid": menu.performance.sid, "RecordingSid": sid, "Digits": "#"}
    body = staff_pages.wire.ask("POST", address, form).body
    assert b"<Play" not in body and SAYS["nothing_heard"].encode() in body


# --- totals, silence, steering ---------------------------------------------------------------


def test_totals_are_read_and_hold_no_personal_data(staff_pages, signed_in):
    journal = Journal(staff_pages.store, References("a secret"))
    notes = (JournalNote("rang", ""), JournalNote("text", "complaint", "queued"))
    heard = (JournalNote("part", "complaint", "1"), JournalNote("heard-out", "complaint"))
    journal.note("CA7", (*notes, *heard))
    journal.close()
    call = staff_pages.ring(*signed_in, "6", "bye")
    heard = re.search(r"Today so far.*Messages waiting: \d+\.", call.said)[0]
    assert "Calls: 1. Callers who heard advice to its end: 1. Talks with an adviser: 0." in heard
    assert "Texts asked for: 1." in heard and not re.search(r"\d\d|\+44|complaint", heard)


def test_silence_is_heard_out_twice_then_the_call_ends(staff_pages):
    call = staff_pages.ring("-", "-", "-", "-")
    assert call.said.count(SAYS["number"]) == 3 and call.ended_by == "line"
    assert call.said.endswith(f"{SAYS['ending']} {SAYS['goodbye']}")


def test_star_goes_back_and_hash_says_it_again(staff_pages, signed_in):
    number, pin = signed_in
    call = staff_pages.ring("9999#", "*#", number, pin, "#", "8", "*", "bye")
    assert call.said.count(SAYS["number"]) == 2 and call.said.count(SAYS["close"]) == 4
    assert call.said.count(SAYS["no_key"]) == 1


def test_everything_asked_has_its_overrides(staff_pages, signed_in):
    call = staff_pages.ring(*signed_in, "4", "say:8", "#", "1", "bye")
    asked = call.addresses[1:]
    assert len(asked) == 5 and all(address.endswith("tt=13000") for address in asked)


def test_whatever_breaks_an_apology_is_heard(staff_pages, signed_in):
    staff_pages.now = None
    call = staff_pages.ring(*signed_in, "1", "bye")
    assert SAYS["cannot"] in call.said and call.ended_by == "line" and call.failed == []


# --- the steps alone -------------------------------------------------------------------------

STAFF_LINE = staff.staff_line(LINE)
FACTS = Facts(TUESDAY, False, None, "withheld")
KEYS = st.text("0123456789*#", max_size=5)
DID = st.builds(
    EffectDone,
    st.sampled_from([CheckPin("1234", PIN), KeepAnnouncement("RE1"), KeepUsualHours()]),
    st.sampled_from(["ok", "wrong", "locked", "failed", "done"]),
)
HEARD = st.one_of(
    st.just(CallStarted()), st.just(NoInput()), st.builds(KeyPressed, KEYS), DID,
    st.builds(RecordingDone, st.sampled_from(["", "RE1"]), key=KEYS),
)  # fmt: skip


@given(st.lists(HEARD), st.sampled_from(["", "1234"]))
def test_whatever_comes_there_is_always_a_next_step(heard, who):
    call = Call(at="menu" if who else "number", who=who)
    for each in heard:
        turn = step(STAFF_LINE, call, each, FACTS)
        call = turn.call
        assert turn.effect is not None or (turn.say and all(turn.say))
        assert isinstance(turn.then, Listen | Record | End)
        assert call.at in ("number", "pin", "menu", "keep")
        if isinstance(turn.effect, CheckPin):
            assert call.typed
        elif turn.effect is not None:
            assert call.who, "only who has signed in does anything"


@given(st.text(max_size=9), st.lists(HEARD))
def test_nothing_but_a_right_pin_signs_anybody_in(at, heard):
    call = Call(at=at)
    for each in heard:
        call = step(STAFF_LINE, call, each, FACTS).call
        if isinstance(each, EffectDone) and each.outcome == "ok":
            return
        assert call.who == ""


def test_totals_are_said_in_words_with_numbers():
    facts = FACTS._replace(totals=Totals(1, 2, 3, 4, 5, 6))
    done = EffectDone(ReadTotals(), "done")
    said = step(STAFF_LINE, Call(at="menu", who="1234"), done, facts).say
    assert said[:2] == ("Today so far. Calls: 1.", "Callers who heard advice to its end: 2.")


@pytest.mark.parametrize("at", ["adviser", "message", "hearing", "text-complaint", "main", "tell"])
def test_nothing_of_the_callers_line_is_on_the_staff_line(at):
    for event in (KeyPressed("0"), NoInput(), RecordingDone("RE1", 9), HungUp("RE1", 9)):
        turn = step(STAFF_LINE, Call(at=at, who="1234"), event, FACTS)
        assert turn.effect is None and turn.call.at in ("number", at)
        assert isinstance(event, HungUp) or turn.say[0] == SAYS["welcome"]


@pytest.mark.parametrize("at", ["welcome", "pin", "menu", "keep"])
def test_nothing_of_the_staff_line_is_on_the_callers_line(at):
    turn = step(
        LINE, Call(at=at, typed="1234", who="1234", recording="RE1"), KeyPressed("1"), FACTS
    )
    assert turn.call.at == "main" or at == "keep"
    assert not set(turn.say) & set(SAYS.values()) and turn.effect is None


@pytest.mark.parametrize("keys", ["999999", "12999", "0", "88"])
def test_keys_that_steer_callers_are_a_pin_like_any_other(keys):
    turn = step(STAFF_LINE, Call(at="pin", typed="1234"), KeyPressed(keys), FACTS)
    assert turn.effect == CheckPin("1234", keys)


# --- ivr staff -------------------------------------------------------------------------------


def run(*line: str, keys: str = ""):
    return CliRunner().invoke(command, list(line), input=keys, prog_name="ivr staff")


@pytest.fixture
def shop(tmp_path, monkeypatch):
    """A database that ``ivr staff`` uses."""
    url = f"sqlite:///{tmp_path}/line.db"
    monkeypatch.setenv("DATABASE_URL", url)
    monkeypatch.setenv("LINE_CLOCK", "2026-11-24T10:00")
    return StaffServices(url)


def test_who_is_added_by_hand_can_sign_in_and_who_is_removed_cannot(shop):
    added = run("add", "Anna Smith", keys=f"{PIN}\n{PIN}\n")
    number = re.search(r"is (\d{4})\.", added.output)[1]
    assert PIN not in added.output
    assert f"{number}  Anna Smith" in run("list").output
    assert SAYS["signed_in"] in shop.ring(f"{number}#", f"{PIN}#", "bye").said
    assert run("remove", number).exit_code == 0 and run("remove", number).exit_code == 1
    assert "nobody yet" in run("list").output


def test_a_pin_is_read_from_a_file(shop, tmp_path):
    (tmp_path / "pin").write_text(f"{PIN}\n")
    assert run("add", "Anna", "--pin-file", str(tmp_path / "pin")).exit_code == 0
    (number,) = shop.people.names()
    assert shop.people.check(number, PIN, datetime.now(UTC)) == "ok"


@pytest.mark.parametrize("pin", ["123456", "1234"], ids=["easy", "short"])
def test_a_pin_that_may_not_be_used_is_refused_in_plain_words(shop, pin):
    result = run("add", "Anna", keys=f"{pin}\n{pin}\n")
    assert result.exit_code == 2 and "PIN" in result.output and shop.people.names() == {}


def test_status_tells_what_is_set_by_hand(shop):
    assert run("status").output == "Hours: as usual\nAnnouncement: none\n"
    number = shop.people.add("Anna", PIN, TUESDAY)
    shop.live_settings.set_hours(False, MIDNIGHT, number, TUESDAY)
    shop.live_settings.announce(b"an mp3", MIDNIGHT, "9999", TUESDAY)
    assert run("status").output == (
        "Hours: closed by hand, until 00:00 on 25 November, set by Anna\n"
        "Announcement: until 00:00 on 25 November, set by staff number 9999\n"
    )


def test_without_a_database_the_verbs_say_so(monkeypatch):
    monkeypatch.setenv("DATABASE_URL", AWAY)
    result = ivr("staff", "list")
    assert result.exit_code == 1 and "no database of this line" in result.output
