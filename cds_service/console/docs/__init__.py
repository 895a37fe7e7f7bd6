"""What there is to read for whoever connects and runs the service: its HTTP interface, sheets for clients, guides.

::

    pages        the routes
      ├─ interface   openapi.yaml -> records: operations, bodies, answers, schemas
      └─ guides      Markdown files of the installation, linked among each other
"""

from cds_service.console.kit import Place

DOCS = Place(
    label="Docs",
    endpoint="docs.contents",
    about="The HTTP interface, registration sheets for clients, and the guides.",
)
