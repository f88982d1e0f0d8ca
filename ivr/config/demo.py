"""The demo's account: known to everybody, so no line for real calls may have it.

Owns these two names. Everything that depends on them asks ``Settings.demonstration_account``.
"""

from __future__ import annotations

DEMO_ACCOUNT_SID = "ACdemo0000000000000000000000000000"
"""Not a form that Twilio gives out (32 of 0-9 and a-f), so it can never be anybody's."""

PRODUCTION_TEST_SID = "AC" + "0" * 32
"""Has the form of a real one, so that a line may be tried with the settings of production, which
refuse the demo's; all noughts, so that it is nobody's."""
