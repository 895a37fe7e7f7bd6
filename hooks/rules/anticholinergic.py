"""CNS depressants: an anticholinergic beside the ordered benzodiazepine.

Says: which one, and what the two add up to.
Speaks when: any current drug, this draft included, is anticholinergic: info; a warning when the patient is, or by a
    partial birth date may be, of `older_age`.
Silent when: none is.
Cannot tell when: prescriptions or the medication list could not be looked at, and nothing was found elsewhere.
    Without a birth date it informs, and says that the risk may be greater.
"""

from dataclasses import dataclass

from cds_service.domain.basis import drug_basis
from cds_service.domain.dates import Certainty
from cds_service.domain.facts import Facts, label_of
from cds_service.domain.outcome import Finding, NotApplicable, NotAssessed, Outcome

ANTICHOLINERGICS = "anticholinergics"


@dataclass(frozen=True, slots=True, kw_only=True)
class Params:
    """`older_age` in completed years; `named` are the drugs that the guidance itself names, lower case."""

    older_age: int
    named: tuple[str, ...]


def evaluate(facts: Facts, params: Params) -> Outcome:
    """Look for an anticholinergic; see the module."""
    found = facts.current_drugs(ANTICHOLINERGICS)
    if not found:
        return NotAssessed(missing=found.missing) if found.missing else NotApplicable(because="none")
    names = tuple(label_of(drug.classes, ANTICHOLINERGICS) for drug in found.items)
    older = facts.age is not None and facts.age.at_least(params.older_age) is not Certainty.NO
    holds = {
        "named": any(word in name.casefold() for name in names for word in params.named),
        "age-unknown": facts.age is None,
    }
    return Finding(
        variant="older" if older else "younger",
        values={"drug": names},
        points=tuple(point for point, true in holds.items() if true),
        basis=tuple(drug_basis(drug, ANTICHOLINERGICS) for drug in found.items),
    )
