"""Recordings: made, mastered, measured and heard by machine. Nothing of it runs on a server.

Which recording speaks which words while calls go on is the business of ``ivr.speech``.
"""
