"""Speech on a running line: which recording speaks which words, and what a recording measures.

Recordings are made in ``ivr.recording``.
"""
