"""An SSRI for anxiety."""

from collections.abc import Mapping

from cds_service.domain.facts import Facts
from cds_service.domain.outcome import Declined, Finding, Unfit, Verdict


def check(facts: Facts, findings: Mapping[str, Finding], params: None) -> Verdict:  # noqa: ARG001 - no limits of its own yet
    """Whether an SSRI may be offered to this patient."""
    wanted = ("anxiety-disorders",)
    if not (facts.stated_reasons(*wanted) or facts.active_problems(*wanted)):
        return Unfit(because="no-anxiety")
    return Declined(because="unchecked", advise=True)
