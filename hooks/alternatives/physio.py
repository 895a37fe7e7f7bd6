"""Physical therapy, beside or before the drug."""

from collections.abc import Mapping

from cds_service.domain.facts import Facts, Known, in_any
from cds_service.domain.outcome import Declined, Finding, Offer, Unfit, Verdict


def check(facts: Facts, findings: Mapping[str, Finding], params: None) -> Verdict:  # noqa: ARG001 - the findings do not matter
    """Whether a referral fits the record and is not yet made."""
    fits = (
        "muscle-spasm",
        "spasticity-umn",
        "chronic-pain",
        "radiculopathy",
        "stroke-acute",
        "stroke-sequelae",
        "falls",
    )
    if not (facts.stated_reasons(*fits) or facts.problems_in(*fits)):
        return Unfit(because="nothing-to-treat")
    services = facts.services.items if isinstance(facts.services, Known) else ()
    if any(in_any(service.classes, ("non-pharmacological",)) for service in services):
        return Declined(because="ordered")
    return Offer()
