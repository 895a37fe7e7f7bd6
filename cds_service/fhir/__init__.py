"""FHIR: the one room that knows its JSON, its versions and the client's FHIR server.

Reading, in this order::

    drafts       the context's Bundle of draft orders
    prefetch_in  prefetch and fetched pages, sorted by what they hold   (`shapes` typed, `mend` where that fails)
    versions     which FHIR version each of them is in
    dstu2, stu3, r4, r5   the paths of one version -> `records`, the same for all  (`dstu2_orders`, `r4_orders` belong
                 to them; `dosages`, `medication`, `elements` read what is alike in all)
    lexicon      what codes and words mean, of the content release
    product, reviewed, medicines, history, clinical   what the records mean (knowledge 2.1 to 2.9), no FHIR path in them
    facts_in     -> domain.Facts, for each reviewed order
    gather       the step of a hook call that puts these together

A further FHIR version is one more file beside `r4`, offering what `records.Version` asks for, named in `versions`.
Fetching: `client`, with `servers` and `scopes`; `templates` for prefetch templates and queries.
Writing: `write`, with the forms of each version in `writing`.
"""
