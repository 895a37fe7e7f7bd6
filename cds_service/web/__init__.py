"""The HTTP door: what a CDS Client sends becomes a `HookRequest`, the cards become the answer.

Reading order::

    api           the routes, each a few lines
      ├─ discovery     GET /cds-services: the answer, written once at start
      ├─ calls         body -> HookRequest
      │    ├─ body          bounds, media type, strictness of JSON
      │    ├─ envelope      the members of a hook call, as types; `context_type` makes those of a hook's context
      │    └─ explain       what is wrong with a refused body, by its JSON Schema
      ├─ feedback      body -> Feedback
      ├─ wire          Cards -> JSON (the one place that spells camelCase)
      └─ problems      errors -> status and OperationOutcome
    invariants    `hold`: every answer against CDS Hooks before it is recorded and leaves
    surroundings  of every answer: CORS, caching, the request's id

Nothing here knows FHIR, a database or a rule: `Ports` carries what is needed of them.
"""
