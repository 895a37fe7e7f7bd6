"""Facts as lines a reader can follow to the resource they came from."""

from collections.abc import Callable, Iterator
from typing import TypeVar

from cds_service.domain.content import Content
from cds_service.domain.facts import (
    Allergy,
    Drug,
    Encounter,
    Facts,
    Known,
    Measurement,
    Problem,
    SectionName,
    Service,
    Unavailable,
)
from cds_service.domain.orders import Dose
from cds_service.domain.terminology import Classes, How
from cds_service.domain.trace import FactLine, SectionTrace

T = TypeVar("T")


def order_facts(facts: Facts, content: Content) -> tuple[FactLine, ...]:
    """The reviewed order and the patient, as the rules saw them."""
    return tuple(FactLine(label=label, remarks=(value,)) for label, value in _order(facts, content) if value)


def sections(facts: Facts, content: Content) -> tuple[SectionTrace, ...]:
    """Every part of the record, in the order of `SectionName`; the drafts beside the order first."""
    drafts = SectionTrace(
        section="draft", title=content.phrases.sections.get("draft", "draft"), facts=tuple(map(_drug, facts.drafts))
    )
    parts = (
        _section(SectionName.PROBLEMS, facts.problems, _problem, content),
        _section(SectionName.MEDICATIONS, facts.medications, _drug, content),
        _section(SectionName.STATEMENTS, facts.statements, _drug, content),
        _section(SectionName.ALLERGIES, facts.allergies, _allergy, content),
        _section(SectionName.OBSERVATIONS, facts.observations, _measurement, content),
        _section(SectionName.SERVICES, facts.services, _service, content),
        _section(SectionName.ENCOUNTER, facts.encounter, _encounter, content),
    )
    return (drafts, *parts) if facts.drafts else parts


def _section(
    name: SectionName, section: Known[T] | Unavailable, line: Callable[[T], FactLine], content: Content
) -> SectionTrace:
    title = content.phrases.sections.get(name, name)
    if isinstance(section, Unavailable):
        why = content.phrases.unavailable.get(section.why, section.why)
        return SectionTrace(section=name, title=title, unavailable=why)
    return SectionTrace(section=name, title=title, facts=tuple(map(line, section.items)), gaps=len(section.gaps))


def _order(facts: Facts, content: Content) -> Iterator[tuple[str, str]]:
    order, planned, use = facts.order, facts.order.planned, facts.prior_use
    yield "judged as of", facts.as_of.isoformat() + (" (no order date)" if facts.date_assumed else "")
    yield "form", order.form.value
    if isinstance(order.dose, Dose):
        per_day = "" if order.dose.per_day_mg is None else f"{order.dose.per_day_mg.normalize():f} mg a day at most"
        yield (
            "dose",
            ", ".join(filter(None, (order.dose.steps, per_day, "from free text" if order.dose.from_text else ""))),
        )
    else:
        yield "dose", content.phrases.doubts.get(order.dose.because, order.dose.because) + " unknown"
    yield "planned days", "unknown" if planned.days is None else f"{planned.days}, by {planned.source.value}"
    yield "repeats", str(planned.repeats) if planned.repeats else ""
    yield "stated reasons", "; ".join(_names(reason.classes) for reason in order.reasons if reason.classes)
    yield "doubts", "; ".join(content.phrases.doubts.get(doubt, doubt) for doubt in order.doubts)
    yield "age", _age(facts)
    yield "sex", facts.sex
    yield "earlier use", f"{use.covered_days} days since {use.run_start}" if use.covered_days else ""
    yield "running orders", "; ".join(f"{one.reference} until {one.ends or 'unknown'}" for one in facts.running)


def _age(facts: Facts) -> str:
    if facts.age is None:
        return "unknown: no believable birth date"
    least, most = facts.age.minimum, facts.age.maximum
    return f"{least} years" if least == most else f"{least} to {most} years (birth date known by {facts.age.precision})"


def _problem(problem: Problem) -> FactLine:
    remarks = [problem.status.value]
    if problem.onset is None and problem.recorded is not None:
        remarks.append("day of recording")
    if problem.ended is not None:
        remarks.append(f"ended {problem.ended}")
    if problem.unconfirmed:
        remarks.append("unconfirmed")
    return _line(problem.classes, remarks, problem.origin.reference, problem.origin.place, str(problem.dated or ""))


def _drug(drug: Drug) -> FactLine:
    remarks = [
        drug.standing.value,
        "in this draft" if drug.in_draft else "",
        f"until {drug.ended}" if drug.ended else "",
    ]
    remarks += ["not tolerated" if drug.not_tolerated else "", "did not work" if drug.ineffective else ""]
    since = drug.since.isoformat() if drug.since else ""
    return _line(drug.classes, remarks, drug.origin.reference, drug.origin.place, since)


def _allergy(allergy: Allergy) -> FactLine:
    remarks = ["intolerance" if allergy.intolerance else "", allergy.criticality, *allergy.reactions]
    return _line(allergy.classes, remarks, allergy.origin.reference, allergy.origin.place, str(allergy.recorded or ""))


def _measurement(measurement: Measurement) -> FactLine:
    value = f"{measurement.comparator}{measurement.value.normalize():f} {measurement.unit}".strip()
    taken = str(measurement.taken or "")
    return _line(measurement.classes, [value], measurement.origin.reference, measurement.origin.place, taken)


def _service(service: Service) -> FactLine:
    return _line(service.classes, [], service.origin.reference, service.origin.place)


def _encounter(encounter: Encounter) -> FactLine:
    line = _line(encounter.classes, [], encounter.origin.reference, encounter.origin.place)
    return FactLine(
        label=encounter.encounter_class or "of no stated class",
        reference=line.reference,
        place=line.place,
        remarks=(line.label,) if encounter.classes else (),
    )


def _line(classes: Classes, remarks: list[str], reference: str, place: str, date: str = "") -> FactLine:
    by_text = bool(classes) and all(match.how is How.TEXT for match in classes.values())
    told = tuple(filter(None, (*remarks, "from free text" if by_text else "")))
    return FactLine(label=_names(classes), date=date, reference=reference, place=str(place), remarks=told)


def _names(classes: Classes) -> str:
    """Our labels of a record, and the classes it belongs to."""
    if not classes:
        return "in no value set of the release"
    labels = dict.fromkeys(match.label for match in classes.values())
    return f"{', '.join(labels)} [{', '.join(classes)}]"
