"""No new course of the ordered drug."""

from collections.abc import Mapping

from cds_service.domain.facts import Facts
from cds_service.domain.outcome import Finding, Offer, Unfit, Verdict


def check(facts: Facts, findings: Mapping[str, Finding], params: None) -> Verdict:  # noqa: ARG001 - the engine asks after exemptions
    """Whether the order may be taken out: never for a continuing user."""
    return Unfit(because="continuing") if facts.prior_use.continuing else Offer()
