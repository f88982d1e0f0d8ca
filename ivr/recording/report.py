"""The report on the recordings, as Markdown: how they are understood, and how they sound.

Owns its tables and the goals. Pure: scores, transcripts and measures come in.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from itertools import groupby
from statistics import mean

from ivr.recording.listen import Transcript
from ivr.recording.utterances import Utterance
from ivr.recording.word_errors import Score, total
from ivr.speech.figures import Measured, count_words, words_a_minute
from ivr.speech.library import PromptAudio

MOST_CLEAN, MOST_IN_NOISE = 2.0, 6.0
"""The goals: wrong words of a hundred, at most."""
WORST = 10
FEW_WORDS = 3
"""Of so few words the rate says nothing."""
INTRODUCTION = """\
# How well the recordings are understood

A machine listened to every recording in `audio/` and wrote down what it heard. This page counts the
words that it got wrong. **No person has listened yet.** A person must, before the line opens: a
machine is not a tired parent in a noisy kitchen, and a low figure here does not prove that people
understand.

- **The listener** is Whisper base, a speech recogniser that runs on this machine. It knows nothing
  of this line. Where it writes one word for ever it hears once more, held back.
- **The telephone** passes 300 to 3400 Hz at 8,000 samples a second, in mu-law: an ordinary call.
- **The noise** is pink, from 20 Hz up, 5 dB quieter than the voice, and the same each time.
- **What is heard** is what a caller hears. Pieces of dates, times and phone numbers are joined as
  in a call.
- **What counts as right**: "press to" and "press too" for press 2, "press for" and "pressed for"
  for press 4, advisor for adviser, a date in another style, other spellings of Dagenham, and the
  digits of a phone number in other groups. All else is wrong, even where it sounds the same: "head
  teacher" for headteacher is two words wrong.
- **The goals**: at most 2 wrong words in a hundred on a clean telephone, at most 6 in noise.

`ivr check --listen` makes this page. It needs the `listen` extra and hears only what is new. It can
be stopped, and goes on where it was.

"""


def reached(score: Score) -> bool:
    """Whether something was heard, and both goals are met."""
    return (
        bool(score.words) and score.clean_rate <= MOST_CLEAN and score.noise_rate <= MOST_IN_NOISE
    )


def report(
    scores: Mapping[Utterance, Score],
    heard: Mapping[str, Transcript],
    measures: Mapping[str, Measured],
) -> str:
    """All tables. ``heard`` is by the utterance's name, ``measures`` by the recording's file."""
    prompts = {prompt.file: prompt for each in scores for prompt in each.prompts if prompt.words}
    tables = {
        "Words that were heard wrongly": _understood(scores),
        "The ten worst": _worst(scores, heard),
        "How they sound": _sound(prompts.values(), measures),
    }
    return "\n".join(f"## {title}\n\n{table}\n" for title, table in tables.items())


def _understood(scores: Mapping[Utterance, Score]) -> str:
    rows = [
        _counted(f"{voice} | {speed}", [scores[each] for each in group])
        for (voice, speed), group in groupby(sorted(scores, key=_kind), key=_kind)
    ]
    head = "voice | speed | heard | words | wrong, clean | wrong, in noise"
    whole = [score for each, score in scores.items() if _spoken_whole(each)]
    joined = [score for each, score in scores.items() if not _spoken_whole(each)]
    kinds = (("spoken whole", whole), ("joined from pieces", joined))
    rows += [_counted(f"all | {name}", some) for name, some in kinds if some]
    return _table(head, [*rows, _counted("all | both", list(scores.values()))])


def _spoken_whole(spoken: Utterance) -> bool:
    """Whether it is one recording; dates, times and telephone numbers are joined from several."""
    return sum(bool(prompt.words) for prompt in spoken.prompts) == 1


def _kind(spoken: Utterance) -> tuple[str, str]:
    return spoken.voice, spoken.speed


def _counted(name: str, scores: Sequence[Score]) -> str:
    score = total(scores)
    rates = f"{score.clean_rate:.1f} % | {score.noise_rate:.1f} %"
    return f"{name} | {len(scores)} | {score.words} | {rates}"


def _worst(scores: Mapping[Utterance, Score], heard: Mapping[str, Transcript]) -> str:
    """Those that cost the most words, clean and in noise together."""
    worst = sorted(scores, key=lambda each: (-scores[each].wrong, each))[:WORST]
    rows = (
        f"{scores[each].clean}, {scores[each].noise} | {each.speed} | {each.words} | "
        f"{heard[each.name].clean} | {heard[each.name].noise}"
        for each in worst
        if scores[each].wrong
    )
    return _table("wrong, clean and in noise | speed | said | heard, clean | heard, in noise", rows)


def _sound(prompts: Iterable[PromptAudio], measures: Mapping[str, Measured]) -> str:
    known = sorted(
        (prompt for prompt in prompts if prompt.file in measures), key=lambda prompt: prompt.speed
    )
    head = (
        "speed | dBov | dBov on the phone | highest peak, dBFS | cut-off samples | "
        "gaps quieter by, dB | quiet before and after, s | words a minute"
    )
    rows = (
        f"{speed} | {_measures([(prompt, measures[prompt.file]) for prompt in group])}"
        for speed, group in groupby(known, key=lambda prompt: prompt.speed)
    )
    return _table(head, rows) + "\n\nWords a minute: recordings of more than three words."


def _measures(prompts: Sequence[tuple[PromptAudio, Measured]]) -> str:
    sums = [each for _, each in prompts]
    rates = [
        words_a_minute(prompt.words, each.span)
        for prompt, each in prompts
        if count_words(prompt.words) > FEW_WORDS
    ]
    cells = (
        _range([each.level for each in sums], ".1f"),
        _range([each.phone_level for each in sums], ".1f"),
        f"{max(each.peak for each in sums):.1f}",
        str(sum(each.clipped for each in sums)),
        f"{min(each.background for each in sums):.0f}",
        f"{max(each.lead for each in sums):.2f}, {max(each.tail for each in sums):.2f}",
        f"{_range(rates, '.0f')} (mean {mean(rates or [0]):.0f})",
    )
    return " | ".join(cells)


def _range(values: Sequence[float], form: str) -> str:
    return f"{min(values):{form}} to {max(values):{form}}" if values else "none"


def _table(head: str, rows: Iterable[str]) -> str:
    rule = "|".join("---" for _ in head.split("|"))
    return "\n".join((f"| {head} |", f"|{rule}|", *(f"| {row} |" for row in rows)))
