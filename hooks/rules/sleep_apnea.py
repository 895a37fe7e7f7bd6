"""Contraindication: sleep apnea.

Says: the label contraindicates the drug, also where the apnea is treated.
Speaks when: sleep apnea is active on the problem list.
Silent when: it is not, or it is over.
Cannot tell when: the problem list could not be looked at, in whole or in part, and it was not found.
"""

from cds_service.domain.basis import problem_finding
from cds_service.domain.facts import Facts
from cds_service.domain.outcome import NotApplicable, NotAssessed, Outcome

APNEA = "sleep-apnea"


def evaluate(facts: Facts, params: None) -> Outcome:  # noqa: ARG001 - this rule has no thresholds
    """Look for sleep apnea; see the module."""
    found = facts.active_problems(APNEA)
    if found:
        return problem_finding("on-record", found.items, APNEA)
    return NotAssessed(missing=found.missing) if found.missing else NotApplicable(because="none")
