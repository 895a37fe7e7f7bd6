"""How a fact is named as the basis of a finding: what it is, where it stands, its date, how it was recognised."""

from collections.abc import Iterable, Mapping

from cds_service.domain.course import RunningOrder
from cds_service.domain.facts import Allergy, Drug, Measurement, Place, Problem, SectionName, match_of
from cds_service.domain.orders import Reason
from cds_service.domain.outcome import Basis, Finding, Value
from cds_service.domain.terminology import How


def problem_basis(problem: Problem, *value_sets: str) -> Basis:
    """A problem, under the name it has in the first of the value sets it belongs to.

    A day that is only the day of recording is called so: the problem itself may be older.
    """
    match = match_of(problem.classes, *value_sets)
    recorded = f"recorded {problem.recorded}" if problem.recorded else ""
    return Basis(
        label=match.label,
        section=SectionName.PROBLEMS,
        date=str(problem.onset) if problem.onset else recorded,
        reference=problem.origin.reference,
        from_text=match.how is How.TEXT,
        unconfirmed=problem.unconfirmed,
    )


def reason_basis(reason: Reason, *value_sets: str) -> Basis:
    """A reason stated on the reviewed order itself."""
    match = match_of(reason.classes, *value_sets)
    return Basis(label=match.label, section="order", from_text=match.how is How.TEXT, unconfirmed=reason.unconfirmed)


def allergy_basis(allergy: Allergy, value_set: str) -> Basis:
    """An allergy, under the name its substance has in the value set."""
    match = allergy.classes[value_set]
    return Basis(
        label=match.label,
        section=SectionName.ALLERGIES,
        date=str(allergy.recorded or ""),
        reference=allergy.origin.reference,
        from_text=match.how is How.TEXT,
        unconfirmed=allergy.unconfirmed,
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


def running_basis(order: RunningOrder) -> Basis:
    """Another order of the reviewed drug on record: until when it runs, else since when."""
    since = f"since {order.since.isoformat()}" if order.since else ""
    return Basis(
        label="running-order",
        section=SectionName.MEDICATIONS,
        date=f"until {order.ends.isoformat()}" if order.ends else since,
        reference=order.reference,
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


def problem_finding(
    variant: str,
    problems: Iterable[Problem],
    *value_sets: str,
    values: Mapping[str, Value] | None = None,
    points: Iterable[str] = (),
) -> Finding:
    """A finding that rests on problems of the value sets: each is a basis; free text alone never makes it critical."""
    found = tuple(problems)
    return Finding(
        variant=variant,
        values=values or {},
        points=tuple(points),
        basis=tuple(problem_basis(problem, *value_sets) for problem in found),
        text_only=by_text_only(found, *value_sets),
    )


def by_text_only(records: Iterable[Problem], *value_sets: str) -> bool:
    """Whether all of the problems were recognised by free text alone (no critical card may rest on that)."""
    return all(match_of(record.classes, *value_sets).how is How.TEXT for record in records)
