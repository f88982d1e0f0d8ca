"""Pages that are made for people to read and print: no server, nothing that changes.

Holds what turns the line, or what is known of it, into HTML, plain text and PDF.
"""
