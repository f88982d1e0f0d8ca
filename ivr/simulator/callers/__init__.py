"""Callers: programs that use a telephone as people do, each by one plain law.

They hear words and press keys, and know nothing else of the line they ring. Whether a line serves
them well is judged elsewhere. Where chance is used, the caller holds it, by its seed.
"""
