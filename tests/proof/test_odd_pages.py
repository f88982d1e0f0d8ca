"""Odd input to the pages behind the sign-in, by somebody who may do everything: never an error.

Each form is sent with its hidden token, so that what reads it is really reached; the names of the
fields are taken from the pages themselves.
"""

from __future__ import annotations

import re

import pytest

from tests.support.staff_pages import FIELD, signed_in

NAMES = re.compile(r'<(?:input|select|textarea|button)[^>]* name="(\w+)"')
VALUES = ("", "../../etc/passwd", "😀' OR 1=1 -- <script>{{7*7}}%00", "9" * 400)
"""Fewer than without a sign-in, for each page is really made: a round takes seconds."""
QUERY = ("file", "path", "at", "lang", "kind", "name", "month", "from", "to", "show", "next", "id")
READS_NOTHING = "/office/draft/check-all"
"""It asks every rule of the whole content, for seconds, and reads nothing that is sent: once."""
LEAVES = ("/office/sign-in", "/office/sign-out", "/office/code")
"""Pages that are no longer, or not yet, behind the sign-in: the walk of all routes has them."""


def paths(app, value: str) -> list[tuple[str, str]]:
    """Every page of staff, with this value in the place of what its address names."""
    found = []
    for rule in app.url_map.iter_rules():
        if rule.rule.startswith("/office") and rule.rule not in LEAVES:
            number = value if value.isdecimal() else "0"
            path = re.sub("<int[^>]*>", number, rule.rule)
            path = re.sub("<[^>]+>", lambda _: value or "x", path)
            found += [(method, path) for method in sorted(rule.methods & {"GET", "POST"})]
    return found


@pytest.mark.timeout(300)
def test_every_page_of_staff_takes_odd_input_without_an_error(app):
    client = signed_in(app, "manager")
    token = FIELD.search(client.get("/office/account").text)[1]
    app.config["PROPAGATE_EXCEPTIONS"] = False
    fields, seen = set(), []
    asked = [(each, to) for each in VALUES for to in paths(app, each)]
    for value, (method, path) in asked:
        if path == READS_NOTHING and value != VALUES[-1]:
            continue
        form = {**dict.fromkeys(fields, value), "csrf_token": token} if method == "POST" else None
        query = dict.fromkeys(QUERY, value)
        answer = client.open(path, method=method, query_string=query, data=form)
        fields |= set(NAMES.findall(answer.text)) if answer.mimetype == "text/html" else set()
        seen.append((answer.status_code, method, path))
    assert client.get("/office").status_code == 200 and len(fields) > 20
    assert [each for each in seen if each[0] >= 500] == []


def test_an_edition_with_a_number_that_fits_into_no_column_is_not_there(app):
    client = signed_in(app, "manager")
    for number in ("9" * 19, "9" * 400):
        assert client.get(f"/office/editions/{number}").status_code == 404
