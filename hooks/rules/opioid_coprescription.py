"""CNS depressants: an opioid together with the ordered benzodiazepine (boxed warning of both classes).

Says: which opioid, where it is on record, and what makes the pair deadly.
Speaks when: any current drug, this draft included, is an opioid. An opioid named only in text counts fully.
Silent when: no opioid is current.
Cannot tell when: prescriptions or the medication list could not be looked at, and no opioid was found elsewhere.
"""

from dataclasses import dataclass

from cds_service.domain.basis import drug_basis
from cds_service.domain.facts import Drug, Facts, label_of
from cds_service.domain.outcome import Finding, NotApplicable, NotAssessed, Outcome

OPIOIDS = "opioids"


@dataclass(frozen=True, slots=True, kw_only=True)
class Params:
    """How treatment of opioid use disorder is told: drug names, and the beginning of an ATC code."""

    disorder_treatments: tuple[str, ...]
    disorder_atc: str


def evaluate(facts: Facts, params: Params) -> Outcome:
    """Look for a current opioid; see the module."""
    opioids = facts.current_drugs(OPIOIDS)
    if not opioids:
        return NotAssessed(missing=opioids.missing) if opioids.missing else NotApplicable(because="none")
    treated = any(_treats_disorder(drug, facts, params) for drug in opioids.items)
    return Finding(
        variant="opioid",
        values={"drug": tuple(label_of(drug.classes, OPIOIDS) for drug in opioids.items)},
        points=("disorder-treatment",) if treated else (),
        basis=tuple(drug_basis(drug, OPIOIDS) for drug in opioids.items),
    )


def _treats_disorder(drug: Drug, facts: Facts, params: Params) -> bool:
    match = drug.classes[OPIOIDS]
    if match.code.startswith(params.disorder_atc):
        return True
    named = any(name in match.label.casefold() for name in params.disorder_treatments)
    return named and bool(facts.active_problems("opioid-use-disorder"))
