"""The compliance console at `/console`: what was advised, why, what people did with it, and the proof of all that.

::

    pages         the blueprint: the guard in front of every page, and which pages there are
      ├─ guard        who may open a page; cookies, CSRF, and the word in the access log before a page leaves
      ├─ signing_in   sign in and out, change a password
      ├─ overview     how much, how accepted, how complete, how quick; `charts` draws it
      ├─ decisions    search; one decision: what was shown, why, what was missing, what was done, the proof
      ├─ exports       copies and reports, written in the background
      ├─ integrity     the log as it stands, verified on demand; recall by release
      ├─ record       who read the record
      └─ people       which accounts there are (administrators)
    filters       what was asked for in an address <-> `Filters`
    ports         what the console needs of the service around it

Every page says which role may open it; one that says nothing is closed.
"""

from cds_service.console.kit import Place

CONSOLE = Place(
    label="Console", endpoint="audit.front", about="What was advised, why, and the proof. For those who audit it."
)
