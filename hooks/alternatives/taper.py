"""A taper for someone who already takes the drug regularly."""

from collections.abc import Mapping
from dataclasses import dataclass

from cds_service.domain.facts import Facts
from cds_service.domain.outcome import Finding, Offer, Unfit, Verdict


@dataclass(frozen=True, slots=True, kw_only=True)
class Params:
    """`most_days`: the longest supply before the next review."""

    most_days: int


def check(facts: Facts, findings: Mapping[str, Finding], params: Params) -> Verdict:  # noqa: ARG001 - the findings do not matter
    """Whether a taper is to be agreed."""
    if not facts.prior_use.continuing:
        return Unfit(because="new-course")
    if facts.order.stepped or facts.stated_reasons("sedative-withdrawal"):
        return Unfit(because="is-a-taper")
    planned = facts.order.planned.days
    days = params.most_days if planned is None else min(params.most_days, planned)
    return Offer(values={"days": days, "covered": facts.prior_use.covered_days})
