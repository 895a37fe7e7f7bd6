"""A lower first dose, by mouth, for adults.

Offered when: a new course; older adults above `older_from_mg` a day, and any adult for whom a dose rule speaks; the
    order permits more in a day than the lower dose.
Not offered when: earlier prescriptions could not be looked at (someone who takes it regularly must not be cut); in an
    older adult another draft of the drug runs beside it, so that two low doses would still be one that is too high; or
    the product is known by its name in the text alone, so that it cannot be changed with the dose.
Not mentioned when: a child, an age that is not known, a continuing user, another form, a single dose, an order in
    steps, or a dose that is not known or low already.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal

from cds_service.domain.daily import drafts_beside
from cds_service.domain.facts import Facts, SectionName
from cds_service.domain.orders import Dose, Form
from cds_service.domain.outcome import Declined, Finding, Offer, Unfit, Verdict
from cds_service.domain.suitability import Ages, is_older, not_adult

DOSE_RULES = ("starting-dose", "dose-above-label")


@dataclass(frozen=True, slots=True, kw_only=True)
class Params:
    """Limits in mg a day: above which older adults start lower, and what the two lower doses come to.

    Attributes:
        tablet_mg: strength of the tablet of which the lower dose is taken.
    """

    ages: Ages
    older_from_mg: Decimal
    older_mg: Decimal
    adult_mg: Decimal
    tablet_mg: Decimal


def check(facts: Facts, findings: Mapping[str, Finding], params: Params) -> Verdict:
    """Judge the dose; see the module."""
    order = facts.order
    if facts.prior_use.continuing or not_adult(facts, params.ages):
        return Unfit(because="continuing" if facts.prior_use.continuing else "not-adult")
    if order.form is not Form.ORAL or order.single_dose or order.stepped:
        return Unfit(because="no-plain-course")
    if not isinstance(order.dose, Dose) or order.dose.per_day_mg is None:
        return Unfit(because="dose-unknown")
    older, per_day = is_older(facts, params.ages), order.dose.per_day_mg
    asked = any(rule in findings for rule in DOSE_RULES) or (older and per_day > params.older_from_mg)
    if not asked or per_day <= (params.older_mg if older else params.adult_mg):
        return Unfit(because="low-enough")
    if SectionName.MEDICATIONS in facts.prior_use.missing:
        return Declined(because="unlooked")
    if older and drafts_beside(facts):
        return Declined(because="together")
    if order.product is None and order.strength_mg not in (None, params.tablet_mg):
        return Declined(because="product-in-text")
    points = ("unlooked-statements",) if facts.prior_use.missing else ()
    choice = "older" if older else "adult"
    return Offer(choice=choice, label=choice, points=points)
