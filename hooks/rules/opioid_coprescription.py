"""CNS depressants: an opioid together with the ordered benzodiazepine (boxed warning of both classes).

Says: which opioid, where and since when it is on record, and what makes the pair deadly.
Speaks when: any current drug, this draft included, is an opioid. An opioid named only in text counts fully.
    One that may be treatment of opioid use disorder is not to be withheld: by its code, or by its name while that
    disorder is active or could not be looked up.
Silent when: no opioid is current.
Cannot tell when: prescriptions or the medication list could not be looked at, and no opioid was found elsewhere.
"""

from cds_service.domain.basis import drug_basis
from cds_service.domain.facts import Facts, label_of
from cds_service.domain.outcome import Finding, NotApplicable, NotAssessed, Outcome

OPIOIDS = "opioids"


def evaluate(facts: Facts, params: None) -> Outcome:  # noqa: ARG001 - this rule has no thresholds
    """Look for a current opioid; see the module."""
    opioids = facts.current_drugs(OPIOIDS)
    if not opioids:
        return NotAssessed(missing=opioids.missing) if opioids.missing else NotApplicable(because="none")
    return Finding(
        variant="opioid",
        values={"drug": tuple(label_of(drug.classes, OPIOIDS) for drug in opioids.items)},
        points=("disorder-treatment",) if _may_treat_disorder(facts) else (),
        basis=tuple(drug_basis(drug, OPIOIDS) for drug in opioids.items),
    )


def _may_treat_disorder(facts: Facts) -> bool:
    if facts.current_drugs("opioid-dependence-treatment"):
        return True
    disorder = facts.active_problems("opioid-use-disorder")
    return bool(facts.current_drugs("maintenance-opioids")) and bool(disorder or disorder.missing)
