"""Baclofen and an SSRI together: both problems treated without a benzodiazepine."""

from collections.abc import Mapping

from cds_service.domain.facts import Facts
from cds_service.domain.outcome import Finding, Offer, Unfit, Verdict


def check(facts: Facts, findings: Mapping[str, Finding], params: None) -> Verdict:  # noqa: ARG001 - its parts check themselves
    """Whether the order is for both; the parts check themselves."""
    anxiety, spasm = ("anxiety-disorders",), ("muscle-spasm", "spasticity-umn")
    both = all(facts.stated_reasons(*one) or facts.active_problems(*one) for one in (anxiety, spasm))
    return Offer() if both else Unfit(because="not-dual")
