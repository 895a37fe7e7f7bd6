"""The machine of the service: it knows CDS Hooks and FHIR, and no medicine (that is `hooks/`).

Reading order: `hook_call.answer` shows one hook call on a page; each step it names is a folder.
"""

__version__ = "0.1.0"
