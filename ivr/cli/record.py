"""``ivr record``: make the recordings that are missing or have changed."""

from __future__ import annotations

from pathlib import Path

import click

from ivr.cli.common import line_or_stop, plainly, show
from ivr.cli.words import any_words
from ivr.config.extras import ExtraMissingError
from ivr.content.source import pronunciation
from ivr.line.model import Line
from ivr.line.wording import PAUSES
from ivr.recording import record as recording
from ivr.recording.voices import VoiceError
from ivr.speech.figures import count_words
from ivr.speech.manifest import read, read_library
from ivr.speech.survey import keep

WORDS_A_MINUTE = 140


@click.command()
@click.option("--voice", help="bf_emma, or gtts; without it, the voice that line.yaml names.")
@click.option("--lang", help="One language only.")
@click.option("--again", default="", help="Record anew whatever holds this text.")
@click.option("--dry-run", is_flag=True, help="Say what would be recorded, and record nothing.")
@click.option("--prune", is_flag=True, help="Also drop recordings of words no longer said.")
@click.option("--processes", default=2, show_default=True, help="How many record at once.")
@any_words
def record(
    voice: str | None, lang: str | None, again: str, dry_run: bool, prune: bool, processes: int
) -> None:
    """Make the recordings that are missing or have changed, at both speeds.

    Every piece of words that the line can say has a recording of its own in audio/. Stop with
    Ctrl-C at any time: what is done is kept, and the next run goes on from there.

    A changed pronunciation.yaml changes no words: name the word with --again.

    To replace a prompt by a person's own voice, put an MP3 into audio/LANGUAGE/human/.
    """
    settings, line = line_or_stop()
    audio = settings.audio_dir
    with plainly(ExtraMissingError, VoiceError):
        for each in [lang] if lang else line.languages:
            maker = _maker(line, each, voice, settings.content_dir, audio)
            wanted = _wanted(line, maker, audio, again)
            if dry_run:
                show(f"  {words}" for words in wanted)
            else:
                _record(audio, maker, wanted, processes)
    if prune and not dry_run:
        said = {each: line.units(each) for each in line.offered}
        click.echo(f"Dropped {recording.prune(audio, said)} recordings.")
    if not dry_run:
        keep(audio, read(audio))


def _maker(line: Line, lang: str, voice: str | None, content: Path, audio: Path) -> recording.Maker:
    spoken_by = voice or line.sounds[lang].recorded
    said = pronunciation(content, lang)
    words = line.words(lang)
    return recording.Maker(spoken_by, lang, audio / "voices", said, words.marks, words.press)


def _wanted(line: Line, maker: recording.Maker, audio: Path, again: str) -> list[str]:
    """The words to record, and a line that says how many."""
    said = line.units(maker.lang)
    wanted = recording.missing(read_library(audio), maker, said, again)
    minutes = sum(count_words(words) for words in wanted) / WORDS_A_MINUTE
    click.echo(
        f"{maker.lang}: {len(wanted)} of {len(said)} to record, {minutes:.0f} minutes of speech."
    )
    return wanted


def _record(audio: Path, maker: recording.Maker, wanted: list[str], processes: int) -> None:
    recording.record_pauses(audio, PAUSES)
    if not wanted:
        return
    prompts = recording.record(audio, maker, wanted, processes)
    length = len(wanted) * len(recording.SPEEDS)
    label = f"Recording {maker.lang}"
    with click.progressbar(prompts, length=length, label=label, show_eta=True) as bar:
        for _ in bar:
            pass
