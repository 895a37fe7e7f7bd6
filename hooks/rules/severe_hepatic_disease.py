"""Contraindication: severe liver disease.

Says: the label contraindicates the drug; for alcohol withdrawal, what to think of instead.
Speaks when: severe liver disease is active on the problem list.
Silent when: it is not, or it is over.
Cannot tell when: the problem list could not be looked at, in whole or in part, and it was not found.
"""

from cds_service.domain.basis import problem_finding
from cds_service.domain.facts import Facts
from cds_service.domain.outcome import NotApplicable, NotAssessed, Outcome

LIVER, WITHDRAWAL = "severe-hepatic-disease", "alcohol-withdrawal"


def evaluate(facts: Facts, params: None) -> Outcome:  # noqa: ARG001 - this rule has no thresholds
    """Look for severe liver disease; see the module."""
    found = facts.active_problems(LIVER)
    if found:
        withdrawal = facts.stated_reasons(WITHDRAWAL) or facts.active_problems(WITHDRAWAL)
        return problem_finding("on-record", found.items, LIVER, points=["withdrawal"] if withdrawal else [])
    return NotAssessed(missing=found.missing) if found.missing else NotApplicable(because="none")
