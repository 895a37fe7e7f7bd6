"""A taper for someone who already takes the drug regularly; it stands where a new course would be taken out.

Offered when: a continuing user, by mouth: dose and frequency stay, the supply is limited to `most_days` or to what was
    ordered if that is less, and a note says how to taper.
Not mentioned when: a new course, another form, or an order that is a taper already (stated as its reason, or in steps).
"""

from collections.abc import Mapping
from dataclasses import dataclass

from cds_service.domain.facts import Facts
from cds_service.domain.orders import Form
from cds_service.domain.outcome import Finding, Offer, Unfit, Verdict


@dataclass(frozen=True, slots=True, kw_only=True)
class Params:
    """`most_days`: the longest supply before the next review."""

    most_days: int


def check(facts: Facts, findings: Mapping[str, Finding], params: Params) -> Verdict:  # noqa: ARG001 - the facts decide
    """Judge the order; see the module."""
    order, use = facts.order, facts.prior_use
    if not use.continuing:
        return Unfit(because="new-course")
    if order.form is not Form.ORAL or order.single_dose:
        return Unfit(because="no-plain-course")
    if order.stepped or facts.stated_reasons("sedative-withdrawal"):
        return Unfit(because="is-a-taper")
    days = params.most_days if order.planned.days is None else min(params.most_days, order.planned.days)
    return Offer(values={"days": days, "covered": use.covered_days})
