"""Staff are told how much waits: by mail or text, at once, and again until nothing does.

Owns when they are told again and the words, which name nobody. However much is left, they are told
once in an hour of work and each way: what a stranger does on the line must not cost staff a text
each time. A text goes the way of all texts, so it is sent once; a mail has one id for ever, so that
one sent twice is one to who reads it.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta

from ivr.config import LONDON, MailSettings
from ivr.jobs.waits import backoff
from ivr.line.hours import Hours, later
from ivr.outside import mail
from ivr.store import Notices, Outbox
from ivr.store.limits import NOTICE
from ivr.store.notices import TAKEN, Notice

log = logging.getLogger(__name__)

AGAIN_AFTER = timedelta(hours=1)
"""Working time between two notices, while nobody has taken what waits."""
TAKEN_FOR = timedelta(hours=8)
"""Working time, about a day of it, after which they are told of what was taken and is not done."""
ONE = {"message": "a message", "callback": "a request to be rung back"}
MANY = {"message": "{} messages", "callback": "{} requests to be rung back"}
DANGER = (
    "Advice line: somebody has texted that they or a child may be in danger. They were told to "
    "ring 999. The text is in Twilio's log."
)
HOW = "To see what waits: {}/office/waiting"


class NoticeJob:
    """The job of telling staff once. ``hours()`` gives the opening hours as they are now;
    ``base_url`` is where the staff pages are; ``ahead()`` how far a demo's clock is ahead;
    ``on(moment)`` the e-mail addresses of the advisers who are on at a London time."""

    def __init__(
        self,
        notices: Notices,
        outbox: Outbox,
        mail_settings: MailSettings | None,
        staff_mobile: str,
        hours: Callable[[], Hours],
        base_url: str,
        ahead: Callable[[], timedelta] = timedelta,
        on: Callable[[datetime], Sequence[str]] = lambda moment: (),
    ) -> None:
        self._notices = notices
        self._outbox = outbox
        self._mail = mail_settings
        self._mobile = staff_mobile
        self._hours = hours
        self._ahead = ahead
        self._on = on
        self._how = HOW.format(base_url)

    def due(self, now: datetime, most: int) -> list[tuple[str, int]]:
        """See Kind."""
        return self._notices.due(now, most)

    def look(self, ways: Sequence[str], now: datetime) -> None:
        """Have staff told of what waits, should nothing else have seen to it."""
        self._notices.look(ways, now)

    def attempt(self, notice_id: str) -> str:
        """Tell staff, unless nothing waits, somebody has it in hand, or they were just told."""
        now = datetime.now(UTC)
        told = self._notices.claim(notice_id, now)
        if told is None:
            return "not needed"
        if told.danger:
            return self._told(told, DANGER, now)
        due = {kind: [self._after(at, TAKEN_FOR) for at in ats] for kind, ats in told.taken.items()}
        late = {kind: sum(at <= now for at in ats) for kind, ats in due.items()}
        if not told.waits and not any(late.values()):
            self._notices.later(told, min(at for ats in due.values() for at in ats), TAKEN)
            return "taken"
        if told.told_at and now < (soon := self._after(told.told_at, AGAIN_AFTER)):
            self._notices.later(told, soon, "soon")
            return "soon"
        return self._told(told, words(told.waits, late), now)

    def _told(self, told: Notice, said: str, now: datetime) -> str:
        try:
            if self._tell(told, said, now) == "limit":
                log.warning("staff are not told by text: the limit of texts to staff is reached")
                self._notices.later(told, self._after(now, AGAIN_AFTER), "limit")
                return "limit"
        except mail.MailError as error:
            log.warning("staff could not be told by mail: %s", error)
            self._notices.later(told, now + backoff(told.tries, unclear=True), str(error))
            return "later"
        self._notices.sent(told, now, self._after(now, AGAIN_AFTER if told.waits else TAKEN_FOR))
        return "told"

    def _after(self, moment: datetime, working: timedelta) -> datetime:
        """The moment after so much working time."""
        return later(self._hours(), self._shown(moment), working).astimezone(UTC) - self._ahead()

    def _shown(self, moment: datetime) -> datetime:
        """What the line's clock shows then."""
        return (moment.astimezone(UTC) + self._ahead()).astimezone(LONDON)

    def _tell(self, told: Notice, said: str, now: datetime) -> str:
        """Tell staff in the way of this notice; what became of the text where it is one."""
        if told.way == "text" and self._mobile:
            return self._outbox.queue(told.id, NOTICE, "en", self._mobile, said, now)
        if told.way == "mail" and self._mail:
            self._post(self._mail, told, said, now)
        return ""

    def _post(self, usual: MailSettings, told: Notice, said: str, now: datetime) -> None:
        """Mail whoever is on; the usual addresses where that is nobody, or the mail is refused.

        Of danger everybody is told. Raises MailError.
        """
        on = self._on(self._shown(now))
        to = [*on, usual.recipient] if told.danger or not on else on
        body = f"{said}\n\n{self._how}\n"
        try:
            mail.send(replace(usual, recipient=", ".join(to)), said, body, told.id)
        except mail.MailError:
            if not on:
                raise
            mail.send(usual, said, body, told.id)


def words(waits: Mapping[str, int], late: Mapping[str, int]) -> str:
    """What staff read: how much waits, and how much was taken long ago. Nothing of who or why."""
    told = [
        (waits, "waits", "wait"),
        (late, "was taken, and is not done yet", "were taken, and are not done yet"),
    ]
    said = [
        f"{_counted(of)} {one if sum(of.values()) == 1 else many}."
        for of, one, many in told
        if any(of.values())
    ]
    first, *more = said
    return " ".join([f"Advice line: {first}", *(each[0].upper() + each[1:] for each in more)])


def _counted(of: Mapping[str, int]) -> str:
    counts = [(kind, of.get(kind, 0)) for kind in ONE]
    return " and ".join(
        ONE[kind] if count == 1 else MANY[kind].format(count) for kind, count in counts if count
    )
