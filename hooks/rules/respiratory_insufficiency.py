"""Contraindication: severe respiratory insufficiency; with COPD alone, great caution.

Says: the label contraindicates the drug where breathing already fails, and that it can depress breathing in COPD.
Speaks when: severe respiratory insufficiency is active on the problem list (critical), or COPD alone (warning).
Silent when: neither is.
Cannot tell when: the problem list could not be looked at, in whole or in part, and neither was found.
"""

from cds_service.domain.basis import problem_finding
from cds_service.domain.facts import Facts
from cds_service.domain.outcome import NotApplicable, NotAssessed, Outcome

SEVERE, COPD = "severe-respiratory-insufficiency", "copd"


def evaluate(facts: Facts, params: None) -> Outcome:  # noqa: ARG001 - this rule has no thresholds
    """Look for lungs that fail; see the module."""
    for variant, value_set in (("severe", SEVERE), ("copd", COPD)):
        found = facts.active_problems(value_set)
        if found:
            return problem_finding(variant, found.items, value_set)
    return NotAssessed(missing=found.missing) if found.missing else NotApplicable(because="none")
