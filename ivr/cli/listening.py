"""``ivr check --listen``: every recording listened to by machine.

Owns the run and what becomes of its report. What is heard, and how, lies in ``ivr.speech``.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import get_args

import click

from ivr.cli.common import line_or_stop, plainly
from ivr.config.extras import ExtraMissingError
from ivr.line.call import Speed
from ivr.recording import listen as listening
from ivr.recording.ear import EarError
from ivr.recording.report import INTRODUCTION, reached
from ivr.recording.report import report as report_of
from ivr.recording.utterances import Utterance, utterances
from ivr.recording.word_errors import total
from ivr.speech.manifest import ManifestError, read_library
from ivr.speech.survey import survey


def listen(audio: Path, report: Path | None, processes: int) -> bool:
    """Hear what is new in ``audio``, print how all of it is understood, keep that in ``report``.

    Answers whether the goals are met. Ends in plain words where the ``listen`` extra is missing.
    """
    with plainly(ExtraMissingError, EarError, listening.HeardError, ManifestError):
        spoken = _spoken(audio)
        _hear(audio, spoken, processes)
        heard = listening.read(audio)
        scores = listening.scores(spoken, heard)
    prompts = (prompt for each in scores for prompt in each.prompts if prompt.words)
    covered = f"Heard so far: {len(scores)} of {len(spoken)}, the longest first.\n\n"
    text = covered + report_of(scores, heard, survey(audio, prompts))
    click.echo(text)
    if report:
        report.write_text(INTRODUCTION + text, encoding="utf-8")
    return reached(total(scores.values()))


def _spoken(audio: Path) -> list[Utterance]:
    """All that is recorded in the languages that are switched on."""
    _, line = line_or_stop()
    library = read_library(audio)
    return [
        each
        for lang in line.languages
        for speed in get_args(Speed)
        for each in utterances(line.words(lang), library, speed)
    ]


def _hear(audio: Path, spoken: Sequence[Utterance], processes: int) -> None:
    """Listen to what is new. Ctrl-C stops it: what was heard is kept, and reported."""
    new = listening.unheard(audio, spoken)
    listening.forget(audio, spoken)
    if not new:
        return
    with click.progressbar(
        listening.listen(audio, new, processes), length=len(new), label="Listening", show_eta=True
    ) as bar:
        try:
            for _ in bar:
                pass
        except KeyboardInterrupt:
            click.echo("\nStopped. The same command goes on from here.", err=True)
