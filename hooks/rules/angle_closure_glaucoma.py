"""Contraindication: acute angle-closure glaucoma; other angle closure needs a look.

Says: the label contraindicates the drug in the acute form; of the others, that treatment has to be confirmed.
Speaks when: acute angle-closure glaucoma is active on the problem list (critical), or angle closure of any other kind
    (warning). "Angle-closure glaucoma" in free text does not tell which, so it counts as the latter.
Silent when: neither is. Open-angle glaucoma under treatment is allowed by the label.
Cannot tell when: the problem list could not be looked at, in whole or in part, and neither was found.
"""

from cds_service.domain.basis import problem_finding
from cds_service.domain.facts import Facts
from cds_service.domain.outcome import NotApplicable, NotAssessed, Outcome

ACUTE, ANY = "glaucoma-angle-closure-acute", "glaucoma-angle-closure"


def evaluate(facts: Facts, params: None) -> Outcome:  # noqa: ARG001 - this rule has no thresholds
    """Look for angle closure; see the module."""
    for variant, value_set in (("acute", ACUTE), ("other", ANY)):
        found = facts.active_problems(value_set)
        if found:
            return problem_finding(variant, found.items, value_set)
    return NotAssessed(missing=found.missing) if found.missing else NotApplicable(because="none")
