"""Indication: pain alone, which the drug does not relieve.

Says: that it has no direct effect on pain, and what to do when spasm is the true reason.
Speaks when: chronic pain is stated as the reason (warning), or inferred because the order gives none (info), and
    neither spasm, spasticity nor anxiety is stated or active.
Silent when: pain is not what the order is for, or one of these is there too.
Cannot tell when: the problem list, or a reason of the order, could not be looked at.
"""

from cds_service.domain.facts import Facts
from cds_service.domain.indication import indication
from cds_service.domain.outcome import Finding, NotApplicable, NotAssessed, Outcome

PAIN = "chronic-pain"
TREATABLE = ("muscle-spasm", "spasticity-umn", "anxiety-disorders")


def evaluate(facts: Facts, params: None) -> Outcome:  # noqa: ARG001 - this rule has no thresholds
    """Ask what the order is for; see the module."""
    pain, treatable = indication(facts, PAIN), indication(facts, *TREATABLE)
    if treatable.present:
        return NotApplicable(because="treatable")
    missing = treatable.missing if pain.purpose else pain.missing_for_purpose
    if missing:
        return NotAssessed(missing=missing)
    if not pain.purpose:
        return NotApplicable(because="none" if pain.no_reason else "other-reason")
    return Finding(variant="stated" if pain.stated else "inferred", basis=pain.basis)
