"""How it is shown that the record is what was recorded, to somebody who trusts nobody here.

Reading order::

    merkle        the hash tree of RFC 9162: leaves, roots, proofs
    note          a checkpoint: size and root of the log, signed; `signing` keeps the key
    checkpoints   when one is made; `published` is the folder where they go
    verify        everything, from the records alone; `sources` are what it can read, `index` the rows beside the log
    report        what was found, and what no checkpoint covers
"""
