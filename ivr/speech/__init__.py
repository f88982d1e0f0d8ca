"""Speech on a running line: which recording speaks which words, and what a recording measures.

Recordings are made in ``ivr.recording``.
"""


class AnnouncementError(Exception):
    """What was recorded cannot be played. It says why, in words for whoever sent it."""
