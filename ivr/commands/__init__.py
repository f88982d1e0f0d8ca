"""One module a verb of ``ivr``. Each reads its settings, joins the parts it needs, and reports."""
