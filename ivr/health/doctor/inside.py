"""What can be seen from here in a moment: database, jobs, recordings, texts, people, dates.

Owns one function for each thing that is looked at. Nothing here asks the network, so that a page
or ``/readyz`` may call it.
"""

from __future__ import annotations

import shutil
from collections.abc import Iterator, Sequence
from datetime import date, datetime, timedelta
from pathlib import Path

from ivr.health.doctor.checkup import Checkup
from ivr.health.doctor.finding import Diagnosis, bad, counted, good, judged, look
from ivr.health.doctor.keys import keys
from ivr.health.doctor.limits import limits
from ivr.line.hours import DAY
from ivr.line.rota import gaps
from ivr.line.wording import REVIEW_AFTER
from ivr.secrets.private_files import open_to_others
from ivr.store.database import NoDatabaseError, OtherKeyError
from ivr.store.engines import beside_database
from ivr.store.heartbeats import Beat
from ivr.store.limits import caps_of, worst_month

WORKER_SILENT = timedelta(minutes=3)
PURGE_SILENT = timedelta(hours=26)
COUNT_SILENT = timedelta(hours=1)
BACKUP_SILENT = timedelta(days=2)
TEXTS_THERE = timedelta(days=3)
"""A text that is under way is tried a day later; a backlog takes as long."""
TEST_CALL_SILENT = timedelta(minutes=3)
MANY = 20
"""Callers who wait; more than one person can ring in a morning."""
TABLE_ENDS_SOON = timedelta(days=396)
"""Thirteen months: a tribunal's year, and time to update (fault F18)."""
LEAST_DISK = 500_000_000
"""Bytes: months of messages, and room for a backup."""
ROTA_DAYS = 7
MOST_NAMED = 12
"""Phrases that are named; the log names all."""
COMES_IN = "Texts and calls that come in, calls to advisers and look-ups are not in it."
MONEY = {
    "texts": "for texts that callers ask for",
    "answers": "for answers to texts",
    "short": "for short ones when those are used up",
    "danger": "for danger when those are used up",
    "elsewhere": "to other numbers than UK mobiles",
    "elsewhere_danger": "to them in danger",
    "staff": "to staff",
}
"""What each kind of text is for."""
MANY_REFUSED = 10
"""Requests of an hour that carry a signature which does not fit. Who tries out addresses sends none
at all; a line with a wrong token refuses each call, and with calls the news of how texts went."""
ACCOUNT = "account"
"""The name of what is told to staff at once, not only when it is seen twice."""


def database(checkup: Checkup) -> Iterator[Diagnosis]:
    """Whether a row can be written, as far as the disk, by the right key; and whether the program
    is new enough."""
    refusal = checkup.store.refusal()
    if isinstance(refusal, OtherKeyError):
        says = "The database knows who said STOP by another key than the one that is set."
        do = "Put that key back: REFERENCE_KEY in docs/settings.md. Calls go on meanwhile."
        yield bad("database", f"{says} Texts and messages are refused.", do)
    elif isinstance(refusal, NoDatabaseError):
        says = "The database is not there. Texts and messages are refused."
        yield bad("database", says, f"{refusal}.")
    elif checkup.store.from_the_future():
        says = "The database was made by a newer version of the program."
        yield bad("database", says, "Install the newest version, or restore a backup.")
    elif checkup.store.writable():
        yield good("database", "The database takes what callers leave.")
    else:
        do = "Look at DATABASE_URL, the disk, and the database server. Calls go on meanwhile."
        yield bad("database", "The database takes nothing. Texts and messages are refused.", do)


def jobs(checkup: Checkup) -> Iterator[Diagnosis]:
    """Whether the worker runs, and what runs by itself inside it."""
    beats = checkup.kept.beats.all()
    do = "Start the worker: ivr work (docs/deploy.md). Texts and messages wait until then."
    yield _beat(beats.get("worker"), checkup.now, WORKER_SILENT, "worker", "The worker", do)
    do = "Look at the worker's log. Numbers may be kept too long until it has run."
    yield _beat(beats.get("purge"), checkup.now, PURGE_SILENT, "purge", "Deleting what is old", do)
    do = "Look at the worker's log. The page Callers shows old numbers until it has run."
    yield _beat(beats.get("counting"), checkup.now, COUNT_SILENT, "counting", "Counting calls", do)
    do = (
        "Ring the line yourself, and press a key. If you hear nothing, do what docs/operations.md "
        "says; else run ivr doctor, which says what to do."
    )
    yield _beat(
        beats.get("test-call"), checkup.now, TEST_CALL_SILENT, "test-call", "The test call", do
    )


def backups(checkup: Checkup) -> Iterator[Diagnosis]:
    """Whether there is a fresh backup. A demo needs none."""
    if not checkup.settings.production:
        return
    do = "Run ivr backup every night (docs/operations.md)."
    beat = checkup.kept.beats.all().get("backup")
    yield _beat(beat, checkup.now, BACKUP_SILENT, "backup", "The backup", do)


def recordings(checkup: Checkup) -> Iterator[Diagnosis]:
    """Whether the units that are always said have a recording, in each language."""
    library = checkup.library()
    for lang in checkup.line.languages:
        voice = checkup.line.voices[lang]
        units = checkup.line.units(lang)
        lacking = [each for each in units if not library.find(lang, "normal", each)]
        of = counted(len(units), "sentence")
        says = f"{len(lacking)} of {of} {'has' if len(lacking) == 1 else 'have'} no recording "
        says += f"({lang})."
        do = f"Callers hear them in {voice.say}'s voice meanwhile. Run: ivr record"
        well = f"Every sentence has its recording ({lang}, {len(units)})."
        yield judged("recordings", says if lacking else "", do, well, look)


def texts(checkup: Checkup) -> Iterator[Diagnosis]:
    """Texts that are stuck or did not arrive."""
    troubles = checkup.kept.sent.troubles(checkup.now)
    stuck = sum(each.asked_at > checkup.now - DAY for each in troubles)
    says = f"{counted(stuck, 'text')} of the last day did not arrive, or nobody knows."
    do, well = "See which, and why: ivr texts", "No text of the last day is stuck."
    yield judged("texts", says if stuck else "", do, well, look)


def old_texts(checkup: Checkup) -> Iterator[Diagnosis]:
    """Whether texts whose time is up are deleted at the carrier too."""
    late = checkup.kept.there.late(checkup.now, TEXTS_THERE)
    are = "is" if late == 1 else "are"
    says = f"{counted(late, 'text')} whose time was up {TEXTS_THERE.days} days ago {are} still at "
    says += "Twilio."
    do = "Look at the worker's log, and at the account at Twilio: its token. It goes on trying."
    well = "Texts are deleted at Twilio when their time is up."
    yield judged("old-texts", says if late else "", do, well, look)


def account(checkup: Checkup) -> Iterator[Diagnosis]:
    """Whether the carrier serves this account at all: texts wait while it does not."""
    code = checkup.kept.sent.held_up()
    says = f"Twilio sends no texts for this account (its code {code}). They wait up to 4 hours."
    do = (
        "Look at the account at Twilio: its money, its token, and whether LINE_NUMBER is its "
        "number. Then the texts go by themselves."
    )
    well = "No text waits because of the account at Twilio."
    yield judged(ACCOUNT, says if code else "", do, well)


def refusals(checkup: Checkup) -> Iterator[Diagnosis]:
    """Whether requests are refused that are most likely Twilio's own."""
    seen = checkup.kept.refusals.lately(checkup.now)
    many = seen.all >= MANY_REFUSED
    if seen.keyed and not checkup.settings.webhook_keys:
        says = (
            "Twilio signs with a shared key that is not set here. Refused in the last hour: "
            f"{counted(seen.keyed, 'request')}."
        )
        do = (
            "Set TWILIO_WEBHOOK_KEY to the secret of the shared key, or take the webhook rule away "
            "at Twilio (docs/connect.md). What it signs is refused meanwhile."
        )
        yield bad("refusals", says, do) if many else look("refusals", says, do)
        return
    says = f"{counted(seen.all, 'request')} of the last hour had a signature that did not fit."
    do = (
        "Ring the line. If it does not answer: was TWILIO_AUTH_TOKEN changed at Twilio, or a proxy "
        "put before the line? Run ivr doctor. If all is well, somebody made them up, and nothing "
        "was done for them."
    )
    yield bad("refusals", says, do) if many else good("refusals", says)


def money(checkup: Checkup) -> Iterator[Diagnosis]:
    """What the worst month of texts would cost: to callers, in answer to texts, and to staff.

    What comes in costs too, and nothing here can end it.
    """
    worst = worst_month(caps_of(checkup.settings))
    each = ", ".join(f"£{pence / 100:.2f} {MONEY[name]}" for name, pence in worst.items())
    pounds = sum(worst.values()) / 100
    says = f"Texts that are sent can cost at most £{pounds:.2f} in a month: {each}. {COMES_IN}"
    yield good("money", says)


def waiting(checkup: Checkup) -> Iterator[Diagnosis]:
    """How long callers have waited for somebody."""
    items = [each for each in checkup.kept.inbox.items() if each.taken_at is None]
    late = [each for each in items if _working_day_ago(each.left_at, checkup)]
    if late:
        have = "has" if len(late) == 1 else "have"
        says = f"{counted(len(late), 'caller')} {have} waited for more than a working day."
        yield bad("waiting", says, "Ring them first: the oldest stand at the top.")
    elif len(items) > MANY:
        says = f"{len(items)} callers wait to be rung back or heard."
        yield look("waiting", says, "More than one person should ring them: page Waiting.")
    else:
        yield good("waiting", "Nobody has waited for more than a working day.")


def holidays(checkup: Checkup) -> Iterator[Diagnosis]:
    """How far ahead the bank holidays are known."""
    last = checkup.line.calendar.last
    soon = last - checkup.now.date() <= TABLE_ENDS_SOON
    says = f"Bank holidays are known only up to {_day(last)}." if soon else ""
    do, well = "Install the newest version of the program.", "Bank holidays are known up to {}."
    yield judged("bank-holidays", says, do, well.format(_day(last)))


def people(checkup: Checkup) -> Iterator[Diagnosis]:
    """Advisers' numbers, and times in which the line is open and nobody is there."""
    roster, hours = checkup.kept.advisers.roster(), checkup.line.hours
    if roster.unread:
        says = (
            f"{counted(roster.unread, 'adviser')} cannot be read: sealed with another SECRET_KEY."
        )
        do = "Put the old key after the new one (docs/settings.md), or enter them again."
        yield bad("advisers", says, do)
    group = roster.ring_group(checkup.line.ring_groups["adviser"])
    if not group.advisers:
        do = "Enter one on the page Advisers, or set ADVISER_NUMBER (docs/staff.md)."
        yield bad("advisers", "No adviser can be rung.", do)
        return
    found = list(gaps(hours, group, checkup.now, ROTA_DAYS))
    first = f"{found[0].start:%A %-d %B, %H:%M} to {found[0].end:%H:%M}" if found else ""
    times = "once" if len(found) == 1 else f"{len(found)} times"
    says = f"Nobody is on duty {times} while the line is open, first on {first}." if found else ""
    do = "Change the advisers' hours on the page Advisers."
    well = "Somebody is on duty whenever the line is open in the next seven days."
    yield judged("rota", says, do, well, look)


def proxies(checkup: Checkup) -> Iterator[Diagnosis]:
    """Whether whoever gives the line its https is counted: the line itself speaks plain http."""
    if checkup.settings.base_url.startswith("https://") and not checkup.settings.proxies:
        says = "Something gives the line its https, but PROXIES is 0: all visitors look like one."
        do = "Set PROXIES=1 (docs/deploy.md), or guessing at one password locks everybody out."
        yield look("proxies", says, do)


def contacts(checkup: Checkup) -> Iterator[Diagnosis]:
    """Numbers that callers are told: each must have been rung by a person."""
    for contact in checkup.line.contacts:
        if contact.number and contact.verified:
            yield good("contacts", f"{contact.name}: rung and right on {contact.verified}.")
        elif contact.number:
            do = "Ring it, then write the day beside it: verified, in prompts/line.yaml."
            yield look("contacts", f"{contact.name}: nobody has rung this number yet.", do)
    since = checkup.now.date() - REVIEW_AFTER
    named = [each for each in checkup.line.contacts if each.spoken]
    if stale := [each.name for each in named if (each.name_verified or date.min) < since]:
        says = (
            f"Callers hear these names, and nobody has checked them for a year: {', '.join(stale)}."
        )
        do = "See that they still do this work, then write the day on the page Contacts."
        yield look("contacts", says, do)
    if not checkup.line.safeguarding:
        says = "Callers are told to ring 999 in danger, but no number for a child at risk."
        do = "Find the borough's number, ring it, and write it into prompts/line.yaml."
        yield look("contacts", says, do)


def words(checkup: Checkup) -> Iterator[Diagnosis]:
    """Advice that nobody has read again for a year."""
    first = checkup.line.words(checkup.line.languages[0])
    today = checkup.now.date()
    late = [each for each in first.topics.values() if each.overdue(today)]
    old = sorted(f"{each.name} ({each.owner or 'nobody owns it'})" for each in late)
    says = f"Nobody has read this advice again for a year: {', '.join(old)}." if old else ""
    do = "Read it against the law, then write the new day: reviewed."
    yield judged("advice", says, do, "All advice was reviewed within a year.", look)


def edition(checkup: Checkup) -> Iterator[Diagnosis]:
    """Whether the published words are as new as the program."""
    lacks, unknown = checkup.line.lacks, checkup.line.unknown
    says = f"The edition lacks {counted(len(lacks), 'phrase')} that this version of the program "
    says = f"{says}says; the program's own are used: {_few(lacks)}." if lacks else ""
    if unknown:
        says += f" The program no longer knows, and leaves out: {_few(unknown)}."
    if off := checkup.line.off:
        says += f" Callers are not offered {_few(off)}: see ivr language status."
    do = "Open Words on the staff pages, read them, and publish on the page Changes."
    yield judged("edition", says.strip(), do, "The words are as new as the program.", look)


def disk(checkup: Checkup) -> Iterator[Diagnosis]:
    """Room on the disk that an SQLite database grows on."""
    try:
        free = shutil.disk_usage(checkup.store.folder or Path()).free
    except OSError as error:
        says = f"The disk of the database cannot be looked at: {error.strerror}."
        yield bad("disk", says, "Look at DATABASE_URL and its folder: was it moved or removed?")
        return
    says = "" if free > LEAST_DISK else f"The disk is nearly full: {free // 10**6} MB left."
    well = f"There is room on the disk: {free // 10**9} GB."
    yield judged("disk", says, "Make room on it.", well)


def files(checkup: Checkup) -> Iterator[Diagnosis]:
    """Whether others on this machine can read what is kept here. The line closes its own files."""
    if (file := checkup.store.file) is None:
        return
    kept = [file, *beside_database(file), *(file.parent / "backups").glob("line-*.backup*")]
    wide = [each for each in (file.parent, *kept) if each.exists() and open_to_others(each)]
    named = ", ".join(str(each) for each in wide)
    says = f"Others on this machine can get at {named}." if wide else ""
    do = "As the line's user: chmod 700 the folder and 600 its files (docs/operations.md)."
    yield judged("files", says, do, "Nobody but the line's own user can read its files.", look)


CHECKS = (
    *(database, jobs, backups, recordings, texts, limits, old_texts, account, refusals, money),
    *(waiting, holidays, people, proxies, contacts, words, edition, keys, disk, files),
)


def _beat(
    beat: Beat | None, now: datetime, silent: timedelta, name: str, what: str, do: str
) -> Diagnosis:
    if beat is None:
        return look(name, f"{what} has not run yet.", do)
    if not beat.good:
        return bad(name, f"{what} failed: {beat.says}", do)
    if now - beat.at > silent:
        return bad(name, f"{what} last ran on {_moment(beat.at, now)}.", do)
    return good(name, f"{what} went well at {_moment(beat.at, now)}.")


def _few(names: Sequence[str]) -> str:
    more = [f"and {len(names) - MOST_NAMED} more"] if len(names) > MOST_NAMED else []
    return ", ".join([*names[:MOST_NAMED], *more])


def _moment(moment: datetime, now: datetime) -> str:
    return f"{moment.astimezone(now.tzinfo):%A %-d %B, %H:%M}"


def _day(day: date) -> str:
    return f"{day:%-d %B %Y}"


def _working_day_ago(moment: datetime, checkup: Checkup) -> bool:
    """Whether a whole working day has passed since."""
    left = moment.astimezone(checkup.now.tzinfo)
    due = checkup.line.calendar.add_working_days(left.date(), 1)
    return checkup.now >= left + (due - left.date())
