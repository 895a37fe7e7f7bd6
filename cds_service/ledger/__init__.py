"""The ledger: what was advised, on which facts, and what people did with it, committed before an answer leaves.

Reading order::

    opening       open_ledger(url) -> Ledger
    ledger        Ledger: commit …, pseudonym, the read side, ping, health, close
      ├─ record        what happened <-> its canonical JSON text
      │    ├─ tagged        records <-> JSON whose unions carry a `type`
      │    ├─ reduce        what of a resource or reference may be kept: an allow-list
      │    └─ screening     what of a comment may be kept: words that are ours
      ├─ rows          records -> rows of the index; `views` reads what that needs from a text
      ├─ writer        one thread: everybody's records, one transaction per group, chores in between
      ├─ log           appends them to the log, each a leaf of its hash tree, under the lock of its head
      ├─ spool         where records wait while the database cannot be written; `deliver` commits them later
      ├─ reading       rows -> records for the console and for replay
      ├─ pseudonyms    keyed hashes of ids; `key_files` holds secrets
      └─ database      one of `sqlite`, `postgresql`; `migrate` brings it to the newest schema
    tables        the schema, as SQLAlchemy metadata; `migrations/` makes it
    retention     erasing what is past its time; the leaf stays, and a record says so
    extracts/     what compliance teams take out: replays, exports, reports, certificates
    proof/        the hash tree, signed checkpoints, and the verification that trusts nobody here

Nothing in here identifies a patient or a prescriber: facts are derived, cards are our own words, ids of people are
keyed hashes.
"""

from cds_service.ledger.ledger import Ledger
from cds_service.ledger.opening import open_ledger
from cds_service.ledger.pseudonyms import load_or_create_key

__all__ = ["Ledger", "load_or_create_key", "open_ledger"]
