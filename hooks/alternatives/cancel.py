"""No new course: the draft is taken out.

Offered when: a new course; under an exemption only where the rules of `under_exemptions` speak (the engine sees to
    that).
Not offered when: earlier prescriptions could not be looked at: what is taken regularly must not be stopped at once.
Not mentioned when: a continuing user.
"""

from collections.abc import Mapping

from cds_service.domain.facts import Facts, SectionName
from cds_service.domain.outcome import Declined, Finding, Offer, Unfit, Verdict


def check(facts: Facts, findings: Mapping[str, Finding], params: None) -> Verdict:  # noqa: ARG001 - the facts decide
    """Judge earlier use; see the module."""
    use = facts.prior_use
    if use.continuing:
        return Unfit(because="continuing")
    if SectionName.MEDICATIONS in use.missing:
        return Declined(because="unlooked")
    return Offer(points=("unlooked-statements",) if use.missing else ())
