"""`cds-service doctor`: looks at a running installation from outside, and at its settings, and names what is amiss.

::

    diagnosis    Diagnosis, one line each: fine, fault or note, with the mend
    asking       one HTTP exchange, kept short and bounded
    discovery    is the discovery document as CDS Hooks says? (any CDS service)
    transport    TLS, CORS, slashes, clock, errors (any CDS service)
    calls        one real hook call, its answer held to CDS Hooks (any CDS service)
    settings     clients file, keys, FHIR servers, database, content (this installation)
    examine      all of these in order
"""
