"""Age: infants under six months.

Says: by mouth the drug is contraindicated at this age; in other forms sedation may last and breathing fail.
Speaks when: the patient has, or by a partial birth date may have, lived less than six calendar months on the order
    date. What is only possible warns.
Silent when: six months or older.
Cannot tell when: there is no believable birth date.
"""

from cds_service.domain.dates import Certainty
from cds_service.domain.facts import Facts, SectionName
from cds_service.domain.orders import Form
from cds_service.domain.outcome import Basis, Finding, NotApplicable, NotAssessed, Outcome


def evaluate(facts: Facts, params: None) -> Outcome:  # noqa: ARG001 - six months is reckoned with the age itself
    """Judge the age on the order date; see the module."""
    if facts.age is None:
        return NotAssessed(missing=("birth-date",))
    if facts.age.under_six_months is Certainty.NO:
        return NotApplicable(because="older")
    form = "oral" if facts.order.form is Form.ORAL else "other"
    neonate = facts.order.form is Form.PARENTERAL and facts.age.under_31_days is not Certainty.NO
    return Finding(
        variant=form if facts.age.under_six_months is Certainty.CERTAIN else f"possible-{form}",
        points=("neonate",) if neonate else (),
        basis=(Basis(label="birth-date", section=SectionName.PATIENT),),
    )
