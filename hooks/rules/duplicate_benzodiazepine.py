"""CNS depressants: a second benzodiazepine, or a second running order of this one.

Says: which one, and that one of the two should end.
Speaks when: another benzodiazepine is current; or another oral order of the reviewed drug on record runs for more than
    `overlap_days` after the order date and is not the one this order renews.
Silent when: neither. An order whose end is unknown or near counts as the one being renewed; products kept to end a
    seizure never count, of whichever benzodiazepine; two orders in one draft are summed for the dose instead.
Cannot tell when: prescriptions or the medication list could not be looked at, and nothing was found elsewhere.
"""

from dataclasses import dataclass
from datetime import timedelta

from cds_service.domain.basis import drug_basis, running_basis
from cds_service.domain.facts import Facts, in_any, label_of
from cds_service.domain.outcome import Finding, NotApplicable, NotAssessed, Outcome

OTHERS, FOR_SEIZURES = "benzodiazepines-other", "rescue-benzodiazepines"


@dataclass(frozen=True, slots=True, kw_only=True)
class Params:
    """An order that ends at most `overlap_days` after the order date is taken as the one being renewed."""

    overlap_days: int


def evaluate(facts: Facts, params: Params) -> Outcome:
    """Look for a second benzodiazepine; see the module."""
    looked = facts.current_drugs(OTHERS)
    others = [drug for drug in looked.items if not in_any(drug.classes, (FOR_SEIZURES,))]
    limit = facts.as_of + timedelta(days=params.overlap_days)
    running = [
        order for order in facts.running if order.oral and not order.replaced and order.ends and order.ends > limit
    ]
    if not others and not running:
        return NotAssessed(missing=looked.missing) if looked.missing else NotApplicable(because="none")
    return Finding(
        variant="other" if others else "same",
        values={"drug": tuple(label_of(drug.classes, OTHERS) for drug in others)},
        points=("same-running",) if others and running else (),
        basis=(*(drug_basis(drug, OTHERS) for drug in others), *(running_basis(order) for order in running)),
    )
