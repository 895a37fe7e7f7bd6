"""What the console asks of the ledger. Each answer is bounded, however many decisions there are.

::

    questions     Questions: all of them over one database
      ├─ search       a page of decisions, the latest first, by what was asked for
      ├─ whole        one decision with its feedback; its proof, checked on the spot
      ├─ accesses     who read the record
      └─ figures      counts over a period, day by day
"""
