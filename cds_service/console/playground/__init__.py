"""The playground: fire a hook call, see the cards as a client draws them, and learn why they came out so.

Reading order::

    pages         the routes: show the form, fire, send feedback
      ├─ inputs        what was entered, from a form or a link, within bounds
      ├─ choices       what can be chosen: stories, problems, drugs, products, measurements of the release
      ├─ patients      a story or a described patient -> a hook request
      ├─ doors         the services that can be called: this one, without a network, and those the settings allow
      ├─ answers       an answer -> cards to draw, whatever a service sent
      ├─ changes       a suggestion -> what it would change in the draft, line by line
      ├─ conformance   an answer -> what CDS Hooks finds wrong with it
      └─ links         the link that brings all of it back, the same call for curl, the public Sandbox

Nothing here knows a drug: what can be chosen comes from the content release and from `fhir_fixtures/`.
"""

from cds_service.console.kit import Place

PLAYGROUND = Place(
    label="Playground",
    endpoint="playground.show",
    about="Fire a hook call, see the cards as a client draws them, and why they came out so.",
)
