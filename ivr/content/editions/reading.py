"""A sentence that a person has read, made fit to be heard: finished, and held to rules of sound.

Owns the join of the two. It loads what measures sound, so whoever serves calls imports it late.
"""

from __future__ import annotations

from ivr.config.extras import ExtraMissingError
from ivr.content.checks.sound import of_a_person
from ivr.line.model import Line
from ivr.recording.person import Reading, reading
from ivr.speech import AnnouncementError

DO = {
    "R54": "Record it once more, always as near to the microphone.",
    "R55": "Record it where it is quiet, with a short stop after each sentence.",
    "R56": "Read it slower, or faster, and record it once more.",
}
"""What to do about each rule, for who reads."""
NO_EXTRA = "Recordings cannot be finished on this machine. {why}"


def read_aloud(line: Line, lang: str, words: str, sent: bytes) -> Reading:
    """What somebody sent as these words, ready to be heard. Raises AnnouncementError, which says in
    words what is wrong with it."""
    try:
        made = reading(sent, words, lang)
    except ExtraMissingError as error:
        raise AnnouncementError(NO_EXTRA.format(why=error)) from error
    if found := list(of_a_person(line, lang, words, made.measures)):
        # Whoever reads this has just sent these words: the finding alone is of use.
        said = (f"{each.what.rpartition('): ')[2]}. {DO[each.rule]}" for each in found)
        raise AnnouncementError(f"Callers would not hear it well: {' '.join(dict.fromkeys(said))}")
    return made
