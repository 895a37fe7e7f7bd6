"""FHIR: the one room that knows its JSON, its versions and the client's FHIR server.

Reading, in this order::

    drafts       the context's Bundle of draft orders
    prefetch_in  prefetch and fetched pages, sorted by what they hold   (`shapes` typed, `mend` where that fails)
    r4, r4_orders  the paths of FHIR R4 -> `records`, the same for every version
    lexicon      what codes and words mean, of the content release
    product, reviewed, medicines, history, clinical   what the records mean (knowledge 2.1 to 2.9), no FHIR path in them
    facts_in     -> domain.Facts, for each reviewed order
    gather       the step of a hook call that puts these together

A further FHIR version is one more file beside `r4`, offering what `records.Version` asks for.
Fetching: `client`, with `servers` and `scopes`; `templates` for prefetch templates and queries. Writing: `write`.
"""
