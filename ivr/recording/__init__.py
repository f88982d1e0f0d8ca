"""Making recordings: spoken, mastered, measured and transcribed. Of it only the worker
needs anything, to record sentences that staff have edited.

Which recording speaks which words during a call is decided in ``ivr.speech``.
"""
