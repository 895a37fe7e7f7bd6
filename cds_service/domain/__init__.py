"""The records that travel between the rooms: frozen, slotted, keyword-only, standard library only.

One hook call, in the order in which the records come to be::

    request.HookRequest          what the CDS Client sent, checked but not interpreted
      └─ facts.Facts             what is known of this patient and one reviewed order, as of a day
           ├─ terminology.Match  which value sets a code or a word belongs to
           ├─ dosage, course     daily dose, planned days, earlier use: the arithmetic behind Facts
           └─ dates              partial dates, ages
      └─ outcome.Outcome         what one rule says: Finding | NotApplicable | NotAssessed | RuleFailed
      └─ orders.Proposal         an order that a suggestion would create, change or delete
      └─ card.Card               what the prescriber reads
      └─ decision.Decision       what the ledger keeps
    steps.Steps                  the ports of a hook call, filled by `app`
    content.Content              a content release: the rules, words and codes of `hooks/`, loaded
    reading                      how facts are read: the reviewed drug, its products, limits
    provenance                   who answers for a rule, its history, what it uses, what a site may change of it
    reasons                      why a card was overridden, in HL7's codes
    errors.ServiceError          everything that can go wrong, as one tree
"""
