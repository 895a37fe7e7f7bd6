"""A shorter course: two weeks in all, earlier days counted."""

from collections.abc import Mapping
from dataclasses import dataclass

from cds_service.domain.facts import Facts
from cds_service.domain.orders import Form
from cds_service.domain.outcome import Finding, Offer, Unfit, Verdict


@dataclass(frozen=True, slots=True, kw_only=True)
class Params:
    """`most_days`: the days of a course, earlier ones included."""

    most_days: int


def check(facts: Facts, findings: Mapping[str, Finding], params: Params) -> Verdict:  # noqa: ARG001 - the findings do not matter
    """Whether the course can be shortened."""
    if facts.prior_use.continuing or facts.order.form is not Form.ORAL:
        return Unfit(because="no-new-course")
    left, planned = params.most_days - facts.prior_use.covered_days, facts.order.planned.days
    if left < 1 or (planned is not None and planned <= left):
        return Unfit(because="nothing-to-shorten")
    return Offer(values={"days": left})
