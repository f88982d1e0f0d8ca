"""Wishes in a text: danger, no more texts, to be rung or not. Several of one text are all heard."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest

from ivr import texts
from ivr.content import load
from ivr.texts.cleaning import cleaned
from ivr.texts.denials import CALLS, denies
from ivr.texts.wishes import note_of
from tests.support.paths import ROOT

SHIPPED = load(ROOT / "prompts")
TODAY = date(2026, 11, 24)


def asked(body):
    return texts.asked(SHIPPED, body, TODAY)


def done(body):
    return set(texts.does(asked(body)))


def said(body):
    return texts.whole(SHIPPED, asked(body), TODAY, body, "1234")


CLEANED = {
    "‘Hello’ – “there”": "'hello' - “there”",
    "٣/١١/٢٠٢٦": "3/11/2026",
    "15/O6/2O26": "15/06/2026",
    "l5 june": "15 june",
    "lol": "lol",
    "only": "only",
    "3⁄11⁄2026": "3/11/2026",
    "\u202ehe\x00llo": "he llo",
    "𝐂𝐎𝐌𝐏𝐋𝐀𝐈𝐍": "complain",
    "2️⃣": "2",
    "  two   spaces\n\nhere ": "two spaces here",
    "ŞİMDİ": "şi̇mdi̇",
}


@pytest.mark.parametrize(("typed", "read"), CLEANED.items(), ids=map(ascii, CLEANED))
def test_a_text_is_cleaned_of_what_only_looks_otherwise(typed, read):
    assert cleaned(typed) == read


DENIED = {
    "dont ring": True,
    "never phone me": True,
    "please do not under any circumstances call": True,
    "dont ring or text me": True,
    "dont text or call me": True,
    "no need to call": True,
    "cancel the callback": True,
    "stop calling": True,
    "a call is no good": True,
    "ring me": False,
    "dont text just ring me": False,
    "i cant read so ring me": False,
    "no credit left can you ring me": False,
    "i dont understand the letter call me": False,
    "why dont you ring me": False,
    "cant someone call": False,
    "i cant ring you please ring me": False,
    "no idea what to do": False,
}


@pytest.mark.parametrize(("sentence", "so"), DENIED.items())
def test_what_is_denied_is_the_next_thing_that_could_be(sentence, so):
    assert denies(sentence, CALLS) is so


NOTES = {
    "ring me after 3": "ring me after 3",
    "Hello. Please call my wife on 07700 900456. Thanks": "Please call my wife on 07700 900456",
    "ring whenever but not 3 till 4 im on school run": "ring whenever but not 3 till 4 im on school run",
    "call in the morning please": "call in the morning please",
    "please ring me": "",
}


@pytest.mark.parametrize(("body", "note"), NOTES.items())
def test_a_number_or_a_time_is_kept_for_the_adviser(body, note):
    assert note_of(body) == note


WISHES = {
    "please stop texting me, he hits me when he sees these": {"alert", "opt-out"},
    "stop texting me he hits me": {"alert", "opt-out"},
    "STOP. he hits me": {"alert", "opt-out"},
    "he hits me please ring me": {"alert", "call-back"},
    "stop texting me, he hits me, please call me": {"alert", "opt-out", "call-back"},
    "he hits me, dont call me": {"alert", "cancel-call-back"},
    "Stop. Can someone phone me instead": {"opt-out", "call-back"},
    "stop texting me": {"opt-out"},
    "Stop!": {"opt-out"},
    "STOP": {"opt-out"},
    "START": {"opt-in"},
    "can you call me": {"call-back"},
    "CALL": {"call-back"},
    "never phone me": {"cancel-call-back"},
    "no need to call": {"cancel-call-back"},
    "cancel the call back": {"cancel-call-back"},
    "why did you call me": set(),
    "my daughter wants to kill her self": {"alert"},
    "he hit me": {"alert"},
    "i took some tablets": {"alert"},
    "my son is missing": {"alert"},
    "999": {"alert"},
    "3 november 2026": set(),
    "how do i appeal": set(),
    "this form will be the death of me": set(),
}


BESIDE = {
    "letter dated 3 nov 2026 he wants to die": {"alert"},
    "letter 3/11/26 my husband hits me": {"alert"},
    "we are not safe. my letter is dated 3 november 2026": {"alert"},
    "the council refused to assess and we are not safe": {"alert"},
    "letter dated 3 nov 2026 my son is missing": {"alert"},
    "STOP letter 3 november 2026": {"opt-out"},
    "letter dated 3 nov 2026, stop": {"opt-out"},
    "letter dated 3 nov 2026 leave me alone": {"opt-out"},
    "letter dated 3 nov 2026 remove me": {"opt-out"},
    "letter dated 3 nov 2026 wrong number": {"opt-out"},
    "letter dated 3 nov 2026 dont text me": {"opt-out"},
    "letter dated 3 nov 2026 unsubscribe": {"opt-out"},
    "UNSUBSCRIBE letter 3 november 2026": {"opt-out"},
    "3/11/26 dont ring me": {"cancel-call-back"},
    "letter dated 3 nov 2026 do not ring": {"cancel-call-back"},
    "letter dated 3 nov 2026 never call me": {"cancel-call-back"},
    "letter dated 3 nov 2026 i am deaf text only": {"cancel-call-back"},
    "does mediation stop the clock": set(),
    "they want to stop his plan": set(),
    "can they stop the plan": set(),
    "how do i stop the school excluding him": set(),
    "can i stop them": set(),
    "i am not safe": {"alert"},
    "i dont want to live": {"alert"},
    "im going to end it tonight": {"alert"},
    "i cant do this anymore im done": {"alert"},
    "please call but not on this number": {"call-back"},
    "call me dont text": {"call-back"},
    "dont text, ring me": {"call-back"},
    "dont forget to call me": {"call-back"},
    "no one calls me back please call": {"call-back"},
    "don't call today call tomorrow": {"call-back"},
    "please dont call until 4": {"call-back"},
    "why don't you ring me": {"call-back"},
    "i asked for a call nobody rang": {"call-back"},
    "please ring nobody": {"cancel-call-back"},
    "i take back my request for a call": {"cancel-call-back"},
    "what number do i call": set(),
    "when can i ring you": set(),
    "should i ring the mediation adviser": set(),
    "appointment 12 dec": set(),
    "please call police": {"alert"},
    "I do not wish to be telephoned": {"cancel-call-back"},
    "please refrain from phoning": {"cancel-call-back"},
    "i can't talk on the phone": {"cancel-call-back"},
    "text only please i'm deaf": {"cancel-call-back"},
    "someone is following us": {"alert"},
    "i want to disappear": {"alert"},
    "there is nobody who would miss me": {"alert"},
    "social worker says child at risk": {"alert"},
    "selfharming": {"alert"},
    "abuse": {"alert"},
    "council wont stop sending him home": set(),
    "why has nobody rung me": {"call-back"},
    "stop the council. letter 3 nov 2026": set(),
    "letter 3 nov 2026 how do i make them stop": set(),
    "how do i stop these texts": {"opt-out"},
    "i want to die, remove me from this list": {"alert", "opt-out"},
    "nobody called me back dont bother now": {"cancel-call-back"},
    "dont call me until i say": {"cancel-call-back"},
    "my son is deaf can he get help": set(),
    "cancel my call. letter 3 nov 2026": {"cancel-call-back"},
}
"""Wishes beside a date, in other words, or that only look like wishes."""


@pytest.mark.parametrize(("body", "does"), (WISHES | BESIDE).items())
def test_every_wish_of_a_text_is_heard(body, does):
    assert done(body) == does


IN_DOUBT = [
    "i pressed the call me one by accident",
    "typing is better for me than talking",
    "cant talk now the baby is asleep",
    "ring me? nah just text",
    "my voice is gone i can only text",
    "phone calls make me panic can we chat on here",
    "you phoned me 3 times yesterday",
    "i said ring me but leave the call, we are out",
    "rather have it in writing than on the phone",
    "please dont do it with me, the ringing back",
]
"""A call may be meant or not."""


@pytest.mark.parametrize("body", IN_DOUBT)
def test_in_doubt_nobody_is_rung(body):
    assert "call-back" not in done(body)


@pytest.mark.parametrize("body", ["typing is better for me than talking", "ring me? no ta"])
def test_whoever_may_want_a_call_or_not_is_asked(body):
    (told,) = said(body)
    assert "shall an adviser ring you?" in told and "text CALL" in told and done(body) == set()


@pytest.mark.parametrize(
    "body",
    [
        "no credit so can you ring me",
        "im no good at writing, please phone me",
        "yes call",
        "would rather talk than type",
        "i dont read well. could one of your advisers ring my wife",
        "ring me not my husband",
        "hard to put in a text, can i be rung",
    ],
)
def test_a_denial_of_something_else_takes_nothing_from_a_wish_to_be_rung(body):
    assert done(body) == {"call-back"}


def test_danger_is_answered_first_and_a_topic_after_it():
    first, second = said("my child is suicidal and was excluded again")
    assert "ring 999" in first and second.startswith("Advice line")


def test_danger_beside_a_stop_has_one_answer_and_none_where_somebody_reads_the_phone():
    (told,) = said("stop texting me. i want to die")
    assert "ring 999" in told
    assert said("please stop texting me, he hits me when he sees these") == ()


def test_where_a_number_for_talking_is_verified_it_stands_beside_999():
    known = replace(SHIPPED, talking="116 123")
    body = "i want to die"
    first = texts.whole(known, texts.asked(known, body, TODAY), TODAY, body, "")[0]
    assert "999" in first and "116 123" in first and "116 123" not in said(body)[0]


def test_a_date_beside_a_call_is_worked_out_as_well():
    ring, told = said("please ring me, my letter is dated 3 november 2026")
    assert "1234" in ring and "Tuesday 3 November 2026" in told


@pytest.mark.parametrize("body", ["zzz", "zzzz", "qqq", "aaaaa", "hjkl", "sdf ghj", "ZZZ!"])
def test_keys_hit_at_random_bring_the_menu_alone(body):
    assert texts.kinds(SHIPPED, asked(body)) == ["menu"]


@pytest.mark.parametrize(
    ("body", "kind"), {"stp": "stop", "pls stp txt": "stop", "kms": "danger"}.items()
)
def test_words_without_their_vowels_are_words(body, kind):
    assert kind in texts.kinds(SHIPPED, asked(body))


@pytest.mark.parametrize(
    "body",
    [
        "mă bate",
        "chcę umrzeć",
        "সে আমাকে মারে",
        "وہ مجھے مارتا ہے",
        "noriu mirti",
        "quero morrer",
        "ai më rreh",
        "искам да умра",
        "ਮੈਂ ਮਰਨਾ ਚਾਹੁੰਦੀ ਹਾਂ",
        "waxaan rabaa inaan dhinto",
        "أريد أن أموت",
        "मेरा पति मुझे बहुत मारता है",
        "mój mąż mnie bije codziennie",
    ],
)
def test_danger_is_heard_in_the_languages_of_the_borough(body):
    assert done(body) == {"alert"}


@pytest.mark.parametrize(
    "body",
    [
        "szkoła nie odpisuje na moje listy",
        "আমার ছেলের ক্লাসে সাহায্য লাগবে",
        "मेरी बेटी को स्कूल में कौन मदद करेगा",
        "oğlumun planı ne zaman gelecek",
    ],
)
def test_a_calm_text_in_another_language_is_no_danger(body):
    assert texts.kinds(SHIPPED, asked(body))[-1] == "language" and not done(body)


@pytest.mark.parametrize(
    ("body", "does"),
    {
        "could one of the team phone my dad": {"call-back"},
        "contact me by phone please": {"call-back"},
        "dont forget to phone us": {"call-back"},
        "connect me to a person": {"call-back"},
        "could you please not phone my dad": set(),
        "did one of you try to call me": set(),
    }.items(),
)
def test_a_call_that_is_asked_for_is_booked_and_no_other(body, does):
    assert done(body) == does


@pytest.mark.parametrize("body", ["3112026", "my letter is dated 3112026", "1122026"])
def test_a_date_that_two_days_may_be_meant_by_is_asked_for(body):
    assert texts.kinds(SHIPPED, asked(body)) == ["ask"]


@pytest.mark.parametrize(
    "body", ["council is 30 weeks late", "the council are late with the plan", "the taxi is late"]
)
def test_what_others_are_late_with_is_no_missed_deadline(body):
    assert "late" not in texts.kinds(SHIPPED, asked(body))


@pytest.mark.parametrize(
    ("body", "kind"),
    {
        "Please arrange a telephone appointment for me": "ring",
        "this is a company phone, remove it": "stop",
        "end chat": "stop",
    }.items(),
)
def test_wishes_in_other_words_are_heard(body, kind):
    assert kind in texts.kinds(SHIPPED, asked(body))


def test_keys_hit_at_random_beside_a_date_take_nothing_from_it():
    assert texts.kinds(SHIPPED, asked("zzz 3/11/26")) != ["menu"]
