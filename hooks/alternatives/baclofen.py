"""Baclofen for confirmed spasm or spasticity."""

from collections.abc import Mapping

from cds_service.domain.facts import Facts
from cds_service.domain.outcome import Declined, Finding, Unfit, Verdict


def check(facts: Facts, findings: Mapping[str, Finding], params: None) -> Verdict:  # noqa: ARG001 - no limits of its own yet
    """Whether baclofen may be offered to this patient."""
    wanted = ("muscle-spasm", "spasticity-umn")
    if not (facts.stated_reasons(*wanted) or facts.active_problems(*wanted)):
        return Unfit(because="no-spasm")
    return Declined(because="unchecked", advise=True)
