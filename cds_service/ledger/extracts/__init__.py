"""What compliance teams take out of the ledger: replays, copies in the formats they use, reports.

Reading order::

    commands      `cds-service ledger replay | export | report`: what a person types
      ├─ selection     which decisions: a period, a rule, a content release, a card; read a few at a time
      ├─ replay        decisions made once more, under their own release or a candidate
      │    ├─ comparison   what is the same, and what differs
      │    └─ told         the outcome as text
      ├─ copies        the formats of an export; `audit_event` is FHIR's
      ├─ figures       questions to the index: who saw what, overrides, burden, degraded decisions, feedback
      └─ rows_out      rows as CSV that is safe in a spreadsheet, or as lines of JSON

Everything is read in one snapshot, in the order of the log, and holds a few records in memory whatever the ledger's
size. Who took what is itself recorded, before the first line of it leaves.
"""
