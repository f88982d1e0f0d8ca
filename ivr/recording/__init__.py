"""Making recordings: spoken, mastered, measured and transcribed. None of it runs on a server.

Which recording speaks which words during a call is decided in ``ivr.speech``.
"""
