"""For people: hook calls fired from a terminal, and cards shown there.

`fire` sends one call and shows the answer; `demo` shows a few telling ones; `render` is how cards look; `stories` finds
the packaged hook requests. Works with any CDS service, so nothing here knows a drug or a rule.
"""
