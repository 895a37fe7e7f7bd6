"""The first spasm drug and an anxiety drug together: both problems treated without a benzodiazepine.

Offered when: the order is for both (each stated, or active on the problem list), and both parts are free of blocks; the
    engine checks the parts, and lets the combination fall apart where one is not.
Not mentioned when: the order is not for both.
"""

from collections.abc import Mapping

from cds_service.domain.facts import Facts
from cds_service.domain.indication import indication
from cds_service.domain.outcome import Finding, Offer, Unfit, Verdict


def check(facts: Facts, findings: Mapping[str, Finding], params: None) -> Verdict:  # noqa: ARG001 - the parts judge the rest
    """Whether the order is for both; see the module."""
    anxious = indication(facts, "anxiety-disorders").present
    return (
        Offer()
        if anxious and indication(facts, "muscle-spasm", "spasticity-umn").present
        else Unfit(because="not-dual")
    )
