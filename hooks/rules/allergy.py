"""Allergy: a recorded reaction to the ordered drug or to its class.

Says: which substance, what happened and how critical the record calls it.
Speaks when: an allergy or intolerance that stands names the drug, its class, or another benzodiazepine. A substance
    named only in text counts fully. An intolerance, a low criticality or another benzodiazepine only warns.
Silent when: none does.
Cannot tell when: the allergies could not be looked at, in whole or in part, and none was found.
"""

from collections.abc import Iterable

from cds_service.domain.basis import allergy_basis
from cds_service.domain.facts import Allergy, Facts
from cds_service.domain.outcome import Finding, NotApplicable, NotAssessed, Outcome

DRUG, DRUG_CLASS, OTHER = "diazepam", "benzodiazepine-class", "benzodiazepines-other"
SUBSTANCES = (DRUG, DRUG_CLASS, OTHER)  # the drug itself before its class, the class before a relative
HYPERSENSITIVITY, MILD, RELATIVE = "hypersensitivity", "mild", "relative"  # wordings, loudest first


def evaluate(facts: Facts, params: None) -> Outcome:  # noqa: ARG001 - this rule has no thresholds
    """Look for an allergy; see the module."""
    found = facts.allergies_to(*SUBSTANCES)
    for variant in (HYPERSENSITIVITY, MILD, RELATIVE):
        allergies = [allergy for allergy in found.items if _variant(allergy) == variant]
        if allergies:
            return _finding(variant, allergies)
    return NotAssessed(missing=found.missing) if found.missing else NotApplicable(because="none")


def _variant(allergy: Allergy) -> str:
    if _substance(allergy) == OTHER:
        return RELATIVE
    return MILD if allergy.intolerance or allergy.criticality == "low" else HYPERSENSITIVITY


def _substance(allergy: Allergy) -> str:
    return next(name for name in SUBSTANCES if name in allergy.classes)


def _finding(variant: str, allergies: list[Allergy]) -> Finding:
    values = {
        "substance": _once(allergy.classes[_substance(allergy)].label for allergy in allergies),
        "reaction": _once(reaction for allergy in allergies for reaction in allergy.reactions),
        "criticality": _once(allergy.criticality for allergy in allergies if allergy.criticality in {"low", "high"}),
    }
    holds = {
        "reaction": bool(values["reaction"]),
        "criticality": bool(values["criticality"]),
        "intolerance": any(allergy.intolerance for allergy in allergies),
        "class": any(_substance(allergy) == DRUG_CLASS for allergy in allergies),
    }
    return Finding(
        variant=variant,
        values=values,
        points=tuple(point for point, true in holds.items() if true),
        basis=tuple(allergy_basis(allergy, _substance(allergy)) for allergy in allergies),
    )


def _once(names: Iterable[str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(names))
