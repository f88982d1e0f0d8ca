"""One part of the line at a time, also with a database of each kind; no web server."""
