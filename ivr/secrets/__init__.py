"""Secrets: sealing, keyed references, hashes of passwords, and secrets and files nobody else reads.

Owns every use of a key. Knows no line, no database and no setting.
"""
