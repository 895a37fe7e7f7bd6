"""Duration: a new course without an end.

Says: which end is missing and that a course should have one.
Speaks when: a new oral course whose planned days cannot be worked out.
Silent when: the days are known, the patient is a continuing user, or the form is not oral.
Cannot tell when: earlier prescriptions could not be looked at (it speaks all the same: an end is missing either way).
"""

from cds_service.domain.facts import Facts
from cds_service.domain.orders import Form
from cds_service.domain.outcome import Finding, NotApplicable, Outcome


def evaluate(facts: Facts, params: None) -> Outcome:  # noqa: ARG001 - this rule has no thresholds
    """Judge whether an end can be found; see the module."""
    order = facts.order
    if order.form is not Form.ORAL:
        return NotApplicable(because="not-oral")
    if order.planned.days is not None:
        return NotApplicable(because="known")
    if facts.prior_use.continuing:
        return NotApplicable(because="continuing")
    return Finding(
        variant="withdrawal" if facts.stated_reasons("alcohol-withdrawal") else "course",
        points=("validity-only",) if order.planned.validity_only else (),
    )
