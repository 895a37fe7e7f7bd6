"""The pure steps of a hook call: `assess` runs the rules, `recommend` checks alternatives, `present` writes cards.

No step knows FHIR, HTTP or a database, and none knows a drug: the medicine comes in as `domain.content.Content`.
"""
