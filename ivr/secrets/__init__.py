"""Secrets: sealing, keyed references, password hashes, secrets in files, private files.

Owns every use of a key. Knows no line, no database and no setting.
"""
