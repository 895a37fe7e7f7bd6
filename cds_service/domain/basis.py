"""How a fact is named as the basis of a finding: what it is, where it stands, its date, how it was recognised."""

from cds_service.domain.facts import Drug, Measurement, Place, Problem, SectionName, match_of
from cds_service.domain.outcome import Basis
from cds_service.domain.terminology import How


def problem_basis(problem: Problem, *value_sets: str) -> Basis:
    """A problem, under the name it has in the first of the value sets it belongs to."""
    match = match_of(problem.classes, *value_sets)
    return Basis(
        label=match.label,
        section=SectionName.PROBLEMS,
        date=str(problem.dated or ""),
        reference=problem.origin.reference,
        from_text=match.how is How.TEXT,
        unconfirmed=problem.unconfirmed,
    )


def drug_basis(drug: Drug, *value_sets: str) -> Basis:
    """A drug, with the day since when it is on record."""
    match = match_of(drug.classes, *value_sets)
    statement = drug.origin.reference.startswith(("MedicationStatement", "MedicationAdministration"))
    recorded = SectionName.STATEMENTS if statement else SectionName.MEDICATIONS
    return Basis(
        label=match.label,
        section="draft" if drug.in_draft or drug.origin.place is Place.CONTEXT else recorded,
        date=f"since {drug.since.isoformat()}" if drug.since else "",
        reference=drug.origin.reference,
        from_text=match.how is How.TEXT,
    )


def measurement_basis(measurement: Measurement, *value_sets: str) -> Basis:
    """An observation with its value."""
    match = match_of(measurement.classes, *value_sets)
    return Basis(
        label=f"{match.label} {measurement.comparator}{measurement.value.normalize():f}",
        section=SectionName.OBSERVATIONS,
        date=str(measurement.taken or ""),
        reference=measurement.origin.reference,
    )


def by_text_only(records: tuple[Problem, ...], *value_sets: str) -> bool:
    """Whether all of the problems were recognised by free text alone (no critical card may rest on that)."""
    return all(match_of(record.classes, *value_sets).how is How.TEXT for record in records)
