"""SMART on FHIR scopes: whether the access granted covers a read or a search of a resource type.

Both spellings are understood: `patient/Condition.read` (version 1) and `patient/Condition.rs` (version 2).
"""

import re

_SCOPE = re.compile(r"(?:patient|user|system)/(\*|[A-Za-z]+)\.(\*|read|write|c?r?u?d?s?)(?:\?\S*)?")


def covers(scope: str, query: str) -> bool:
    """Whether the scope allows a relative query (`Patient/1`, `Condition?patient=1`).

    No scope at all leaves the decision to the server. A scope narrowed by a query (`Observation.rs?category=…`) counts
    as the type's: the server holds back the rest.
    """
    granted = scope.split()
    if not granted:
        return True
    wanted_type = re.split(r"[/?]", query, maxsplit=1)[0]
    right = "s" if "?" in query else "r"
    return any(_grants(one, wanted_type, right) for one in granted)


def _grants(scope: str, wanted_type: str, right: str) -> bool:
    parts = _SCOPE.fullmatch(scope)
    if parts is None or parts[1] not in ("*", wanted_type):
        return False
    return parts[2] in ("*", "read") or (parts[2] != "write" and right in parts[2])
