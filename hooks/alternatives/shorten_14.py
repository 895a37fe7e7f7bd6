"""A course of two weeks at most, days before this order included.

Offered when: a new course by mouth is planned for longer than what is left of `most_days`, or has no end.
Not mentioned when: a continuing user, another form, a single dose, an order in steps, nothing left to shorten to, or no
    days to take away.
Offered with a reminder when: earlier prescriptions or the medication list could not be looked at.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from cds_service.domain.facts import Facts
from cds_service.domain.orders import Form
from cds_service.domain.outcome import Finding, Offer, Unfit, Verdict


@dataclass(frozen=True, slots=True, kw_only=True)
class Params:
    """`most_days`: the days of a course, earlier ones included."""

    most_days: int


def check(facts: Facts, findings: Mapping[str, Finding], params: Params) -> Verdict:  # noqa: ARG001 - the facts decide
    """Judge the length of the order; see the module."""
    order, use = facts.order, facts.prior_use
    if use.continuing:
        return Unfit(because="continuing")
    if order.form is not Form.ORAL or order.single_dose or order.stepped:
        return Unfit(because="no-plain-course")
    left = params.most_days - use.covered_days
    if left < 1:
        return Unfit(because="nothing-left")
    if order.planned.days is not None and order.planned.days <= left:
        return Unfit(because="short")
    points = {"earlier": use.covered_days > 0, "unlooked": bool(use.missing)}
    return Offer(
        values={"days": left, "earlier": use.covered_days, "most": params.most_days},
        points=tuple(point for point, true in points.items() if true),
    )
