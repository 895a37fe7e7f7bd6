"""The ledger: what was advised, on which facts, and what people did with it, committed before an answer leaves.

Reading order::

    ledger        open_ledger(url) -> Ledger: commit, commit_feedback, pseudonym, the read side, ping, close
      ├─ rows          Decision, Feedback -> rows of tables (in the caller's thread)
      │    ├─ record        Decision <-> its canonical JSON text
      │    │    └─ tagged        records <-> JSON whose unions carry a `type`
      │    └─ reduce        what of a resource or reference may be kept: an allow-list
      ├─ writer        one thread: everybody's rows, one transaction per group
      ├─ reading       rows -> records for the console and for replay
      ├─ pseudonyms    keyed hashes of ids, and the file that holds the key
      └─ database      one of `sqlite`, `postgresql`; `migrate` brings it to the newest schema
    tables        the schema, as SQLAlchemy metadata; `migrations/` makes it

Nothing in here identifies anybody: facts are derived, cards are our own words, ids of people are keyed hashes.
"""

from cds_service.ledger.ledger import Ledger, open_ledger
from cds_service.ledger.pseudonyms import load_or_create_key

__all__ = ["Ledger", "load_or_create_key", "open_ledger"]
