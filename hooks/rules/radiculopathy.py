"""Indication: radiculopathy, where the drug did no better than placebo.

Says: what the trial found.
Speaks when: radiculopathy is stated as the reason (warning), or inferred because the order gives none (info).
Silent when: the order is for something else, or there is none.
Cannot tell when: the order states no such reason, and the problem list or a reason could not be looked at.
"""

from cds_service.domain.facts import Facts
from cds_service.domain.indication import indication
from cds_service.domain.outcome import Finding, NotApplicable, NotAssessed, Outcome


def evaluate(facts: Facts, params: None) -> Outcome:  # noqa: ARG001 - this rule has no thresholds
    """Ask what the order is for; see the module."""
    found = indication(facts, "radiculopathy")
    if found.purpose:
        return Finding(variant="stated" if found.stated else "inferred", basis=found.basis)
    if found.missing_for_purpose:
        return NotAssessed(missing=found.missing_for_purpose)
    return NotApplicable(because="none" if found.no_reason else "other-reason")
