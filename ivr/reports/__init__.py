"""Pages for people to read and print: script, poster, monthly report, flow picture, score card.

Owns turning the line, or figures about it, into HTML, plain text, CSV and PDF. Serves nothing and
changes nothing.
"""
