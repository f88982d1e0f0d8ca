"""What the input of each reader is made of, with ¦ between: a search puts it in many places."""

from __future__ import annotations

from ivr.webhooks import address

TYPING = ("day-letter", "month-letter", "year-letter", "number-complaint", "phone")
"""Places where callers type more than one key."""
SIGNS = "- ¦: ¦\n  ¦\t¦{¦}¦[¦]¦&a ¦*a¦<<: ¦? ¦| ¦>-\n¦%YAML 1.1\n¦---\n¦...\n¦#¦'¦\"¦\\x00¦é¦\ufeff¦\u2028"
TAGS = "¦!!¦!!python/object:os.system¦!!binary ¦!!set¦!!omap¦!!timestamp "
VALUES = "¦null¦true¦~¦0x1F¦1e999¦.inf¦.nan¦0o7¦2026-02-30¦2026-11-24¦24:00¦12:60:60"
CONTENT_WORDS = SIGNS + TAGS + VALUES
TYPED_WORDS = "0¦7¦*¦#¦00¦44¦+44¦077¦/¦²¦٣¦sept¦may¦2026¦th ¦;ext="
FORM_WORDS = "&¦=¦%¦+¦%2B¦%00¦%F0%9F¦Digits=¦From=¦CallSid=¦a=1&a=2¦\n"
NAMES = "&at=¦&on=¦&part=¦&lang=¦&speed=slow¦&wait=1¦&offered=1¦&rung=¦&tell=yes¦&trail=¦&last=1.¦&news="
OF_CALL = "¦".join(f"&{name}=" for name in (*address.SEALED, *address.COUNTS))
PLACES = (
    "¦day-letter¦date-letter¦check-complaint¦confirm¦keep¦text-¦nobody-¦cannot-old¦answer¦deadline"
)
STATE_WORDS = f"~¦.¦-¦|¦%¦key¦recorded¦unheard¦transfer¦&DialCallStatus=¦{NAMES}¦{OF_CALL}{PLACES}"
TEXT_WORDS = "stop¦help¦person¦letter¦appeal¦school¦26¦10¦2026¦oct¦/¦\ufe0f¦٣¦ß¦ﬁ"
