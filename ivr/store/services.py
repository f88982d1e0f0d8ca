"""Everything that one line keeps, each part made once.

Owns which settings each part is made with. Web, worker, doctor and commands all take theirs here.
"""

from __future__ import annotations

from ivr.config import Settings
from ivr.secrets.hashing import DEMONSTRATION, FULL, Hashing
from ivr.secrets.seal import References, Sealer
from ivr.store.accounts import Accounts
from ivr.store.advisers import Advisers
from ivr.store.answers import AnswerLog
from ivr.store.database import Store
from ivr.store.draft_numbers import DraftNumbers
from ivr.store.drafts import Drafts
from ivr.store.editions import Editions
from ivr.store.erasing import Erasing
from ivr.store.examples import TextExamples
from ivr.store.heartbeats import Heartbeats
from ivr.store.inbox import Handling, Inbox
from ivr.store.journal import Journal
from ivr.store.last_nodes import LastNodes
from ivr.store.limits import caps_of
from ivr.store.live_settings import LiveSettings
from ivr.store.notices import Notices
from ivr.store.optouts import OptOuts
from ivr.store.outbox import Outbox
from ivr.store.people_read import PeopleRead
from ivr.store.prompts import OwnPrompts
from ivr.store.purging import Purge
from ivr.store.recordings import Recordings
from ivr.store.refusals import Refusals
from ivr.store.rings import Rings
from ivr.store.sent import Sent, TextsThere
from ivr.store.sessions import Changes, Sessions, Tries
from ivr.store.staff import StaffList
from ivr.store.statistics import Statistics
from ivr.store.talks import Talks
from ivr.store.texters import Texters


class StoreServices:
    """What the line of these settings keeps in this database. To make it asks nothing of either."""

    def __init__(self, settings: Settings, store: Store) -> None:
        references, caps = References(settings.reference_secret), caps_of(settings)
        self.settings, self.store, self.references = settings, store, references
        self.hashing = Hashing(DEMONSTRATION if settings.demo_account else FULL)
        self.outbox = Outbox(store, references, caps=caps)
        self.inbox = Inbox(store, references, settings.ways, caps)
        self.recordings = Recordings(store, references, settings.ways)
        self.talks = Talks(store, references)
        self.rings = Rings(store, references, caps)
        self.last_nodes = LastNodes(store, references, on=settings.resumes)
        self.journal = Journal(store, references)
        self.answers = AnswerLog(store, references, caps, settings.ways)
        self.texters = Texters(store, references)
        self.examples = TextExamples(store, Sealer(*settings.secrets, purpose="example"))
        self.optouts = OptOuts(store, references)
        self.erasing = Erasing(store, references)
        self.live_settings = LiveSettings(store)
        self.advisers = Advisers(store, settings.secrets, settings.advisers)
        self.refusals = Refusals(store)
        self.sent = Sent(store, caps)
        self.there = TextsThere(store)
        self.statistics = Statistics(store)
        self.beats = Heartbeats(store)
        self.notices = Notices(store)
        self.purge = Purge(store)
        self.handling = Handling(store)
        self.staff_list = StaffList(store, self.hashing)
        self.accounts = Accounts(store)
        self.sessions = Sessions(store)
        self.tries = Tries(store)
        self.changes = Changes(store)
        self.drafts = Drafts(store)
        self.editions = Editions(store)
        self.own_prompts = OwnPrompts(store)
        self.people_read = PeopleRead(store)
        self.draft_numbers = DraftNumbers(store, settings.secrets)
