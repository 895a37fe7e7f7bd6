"""A lower first dose, for adults, by mouth."""

from collections.abc import Mapping
from dataclasses import dataclass

from cds_service.domain.dates import Certainty
from cds_service.domain.facts import Facts
from cds_service.domain.orders import Form
from cds_service.domain.outcome import Finding, Offer, Unfit, Verdict


@dataclass(frozen=True, slots=True, kw_only=True)
class Params:
    """Ages in completed years."""

    adult_age: int
    older_age: int


def check(facts: Facts, findings: Mapping[str, Finding], params: Params) -> Verdict:  # noqa: ARG001 - the findings do not matter
    """Whether the order may start lower."""
    age = facts.age
    if age is None or age.minimum < params.adult_age or facts.prior_use.continuing or facts.order.form is not Form.ORAL:
        return Unfit(because="not-a-new-adult-course")
    return Offer(choice="adult" if age.at_least(params.older_age) is Certainty.NO else "older")
