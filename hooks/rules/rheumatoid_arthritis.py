"""Indication: rheumatoid arthritis, where sedating relaxants harmed and did not help.

Says: how often they harmed, and from how little evidence that is known.
Speaks when: rheumatoid arthritis is stated as the reason (warning), or active on the problem list whatever the order is
    for (info).
Silent when: neither.
Cannot tell when: it is not found, and the problem list or a reason of the order could not be looked at.
"""

from cds_service.domain.facts import Facts
from cds_service.domain.indication import indication
from cds_service.domain.outcome import Finding, NotApplicable, NotAssessed, Outcome


def evaluate(facts: Facts, params: None) -> Outcome:  # noqa: ARG001 - this rule has no thresholds
    """Ask the order and the problem list; see the module."""
    found = indication(facts, "rheumatoid-arthritis")
    if found.present:
        return Finding(variant="stated" if found.stated else "recorded", basis=found.basis)
    return NotAssessed(missing=found.missing) if found.missing else NotApplicable(because="none")
