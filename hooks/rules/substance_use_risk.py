"""Dependence: a sedative or opioid use disorder, present or past.

Says: that misuse and dependence are likely, and how to keep the supply small.
Speaks when: such a disorder is active on the problem list (warning), or is past or in remission (info).
Silent when: none is on record.
Cannot tell when: the problem list could not be looked at, in whole or in part, and none was found.
"""

from cds_service.domain.basis import problem_finding
from cds_service.domain.facts import Facts
from cds_service.domain.outcome import NotApplicable, NotAssessed, Outcome

DISORDERS = ("sedative-use-disorder", "opioid-use-disorder")
REMISSION = "substance-use-remission"


def evaluate(facts: Facts, params: None) -> Outcome:  # noqa: ARG001 - this rule has no thresholds
    """Look for substance use disorders; see the module."""
    active = facts.active_problems(*DISORDERS)
    if active:
        return problem_finding("active", active.items, *DISORDERS)
    past = facts.problems_in(*DISORDERS, REMISSION)
    if past:
        return problem_finding("past", past.items, *DISORDERS, REMISSION)
    return NotAssessed(missing=past.missing) if past.missing else NotApplicable(because="none")
