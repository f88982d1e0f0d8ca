"""Speech: which recording speaks which words, and how recordings are made, measured and heard."""


class AnnouncementError(Exception):
    """What was recorded cannot be played. It says why, in words for whoever sent it."""
