"""CNS depressants: other sedating drugs beside the ordered benzodiazepine.

Says: which drugs add to its sedation, and what to watch; more about gabapentinoids, and about three or more drugs
    acting on the brain in an older adult.
Speaks when: at least one current drug, this draft included, is in the sedating classes.
Silent when: none is. Opioids and other benzodiazepines have rules of their own and are not repeated here.
Cannot tell when: prescriptions or the medication list could not be looked at, and nothing was found elsewhere.
"""

from dataclasses import dataclass

from cds_service.domain.basis import drug_basis
from cds_service.domain.dates import Certainty
from cds_service.domain.facts import Drug, Facts, in_any, label_of
from cds_service.domain.outcome import Finding, NotApplicable, NotAssessed, Outcome

OWN_RULES = ("opioids", "benzodiazepines-other")
GABAPENTINOIDS, CYCLOBENZAPRINE = "gabapentinoids", "cyclobenzaprine"


@dataclass(frozen=True, slots=True, kw_only=True)
class Params:
    """Classes of sedating and of other CNS-active drugs; from how many together, at which age, it is said."""

    sedating: tuple[str, ...]
    also_active: tuple[str, ...]
    older_age: int
    too_many: int


def evaluate(facts: Facts, params: Params) -> Outcome:
    """Look for sedating drugs; see the module."""
    looked = facts.current_drugs(*params.sedating)
    drugs = [drug for drug in looked.items if not in_any(drug.classes, OWN_RULES)]
    if not drugs:
        return NotAssessed(missing=looked.missing) if looked.missing else NotApplicable(because="none")
    return Finding(
        variant="sedating",
        values={"drugs": tuple(label_of(drug.classes, *params.sedating) for drug in drugs)},
        points=_points(facts, drugs, params),
        basis=tuple(drug_basis(drug, *params.sedating) for drug in drugs),
    )


def _points(facts: Facts, drugs: list[Drug], params: Params) -> tuple[str, ...]:
    older = facts.age is not None and facts.age.at_least(params.older_age) is not Certainty.NO
    classes = (*OWN_RULES, *params.sedating, *params.also_active)
    active = facts.current_drugs(*classes).items
    holds = {
        "gabapentinoid": any(GABAPENTINOIDS in drug.classes for drug in drugs),
        "cyclobenzaprine": any(CYCLOBENZAPRINE in drug.classes for drug in drugs),
        "three": older and 1 + len(active) >= params.too_many,  # the reviewed drug is one of them
    }
    return tuple(point for point, true in holds.items() if true)
