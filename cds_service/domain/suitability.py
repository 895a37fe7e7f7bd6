"""Questions that an alternative asks about a patient before it is offered, and how its blocks become a verdict.

The classes are value sets and word lists of the content release; nothing here knows what they stand for.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any

from cds_service.domain.dates import Certainty
from cds_service.domain.facts import Drug, Facts, Known, Problem, ProblemStatus, SectionName, Standing, in_any, label_of
from cds_service.domain.outcome import Declined, PassedOver, Value


@dataclass(frozen=True, slots=True, kw_only=True)
class Ages:
    """Completed years from which a patient is an adult, and from which an older one; from the content release."""

    adult: int
    older: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Block:
    """One row of a block table.

    Attributes:
        because: token of the file's `[blocked]`. holds: whether it does for this patient.
        advise: a draft is not offered, but the prescriber may well decide otherwise ("text only").
        values: what placeholders of the sentence stand for.
    """

    because: str
    holds: bool
    advise: bool = False
    values: Mapping[str, Value] = field(default_factory=dict)


def declined(
    blocks: Iterable[Block], *, points: tuple[str, ...] = (), also: tuple[PassedOver, ...] = ()
) -> Declined | None:
    """The verdict of a block table, with every reason of the gravest kind; `None` when nothing blocks."""
    told = _gravest(blocks)
    return Declined(**_reasons(told), points=points, also=also) if told else None


def passed_over(blocks: Iterable[Block], choice: str) -> PassedOver | None:
    """The same for one choice of several."""
    told = _gravest(blocks)
    return PassedOver(**_reasons(told), choice=choice) if told else None


def _gravest(blocks: Iterable[Block]) -> list[Block]:
    holding = [block for block in blocks if block.holds]
    return [block for block in holding if not block.advise] or holding


def _reasons(told: list[Block]) -> dict[str, Any]:
    return {
        "because": told[0].because,
        "also_because": tuple(block.because for block in told[1:]),
        "values": {name: value for block in told for name, value in block.values.items()},
        "advise": told[0].advise,
    }


@dataclass(frozen=True, slots=True, kw_only=True)
class Windows:
    """Days before the order date: in which a fall counts, and a drug that was tried or not tolerated."""

    fall_days: int
    stopped_days: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Sedation:
    """When other sedating drugs rule a further one out; from the content release.

    Attributes:
        sedatives: classes that count. too_many: so many substances of them.
        strongest_of, strongest: a class, and words in names of it: of these one is too many.
    """

    sedatives: tuple[str, ...]
    too_many: int
    strongest_of: str
    strongest: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Sedated:
    """The current sedating drugs, by name, and of them the strongest."""

    names: tuple[str, ...]
    strongest: tuple[str, ...]
    too_many: bool


def sedation_of(facts: Facts, limits: Sedation) -> Sedated:
    """What sedates the patient already, the reviewed drug not counted."""
    drugs = facts.current_drugs(*limits.sedatives).items
    names = names_of(drugs, *limits.sedatives)
    of_class = names_of((drug for drug in drugs if limits.strongest_of in drug.classes), limits.strongest_of)
    return Sedated(
        names=names,
        strongest=tuple(name for name in of_class if is_named(name, limits.strongest)),
        too_many=len(names) >= limits.too_many,
    )


def not_adult(facts: Facts, ages: Ages) -> Declined | None:
    """The verdict on someone who is, or may be, a child, or whose age is not known; it needs no further reason."""
    if facts.age is None:
        return Declined(because="age-unknown")
    return Declined(because="child") if facts.age.minimum < ages.adult else None


def is_older(facts: Facts, ages: Ages) -> bool:
    """Whether the patient is, or by a partial birth date may be, an older adult."""
    return facts.age is not None and facts.age.at_least(ages.older) is not Certainty.NO


def unchecked(facts: Facts) -> tuple[Block, ...]:
    """Core sections that were not, or not fully, to be had: what is not known is never taken for absent."""
    sections = {SectionName.PROBLEMS: facts.problems, SectionName.MEDICATIONS: facts.medications}
    return tuple(
        Block(because=f"unchecked-{name}", holds=not isinstance(section, Known) or bool(section.gaps), advise=True)
        for name, section in sections.items()
    )


def unlooked(facts: Facts) -> tuple[str, ...]:
    """Supporting sections about drugs that were not, or not fully, to be had; sentences `unlooked-*` of a file."""
    sections = {SectionName.STATEMENTS: facts.statements, SectionName.ALLERGIES: facts.allergies}
    return tuple(
        f"unlooked-{name}" for name, section in sections.items() if not isinstance(section, Known) or bool(section.gaps)
    )


def recent_problems(facts: Facts, *value_sets: str, days: int) -> tuple[Problem, ...]:
    """Problems of any status that may have begun within so many days before the order date, or are active undated."""
    first = facts.as_of - timedelta(days=days)
    return tuple(
        problem
        for problem in facts.problems_in(*value_sets).items
        if (problem.dated.touches(first, facts.as_of) if problem.dated else problem.status is ProblemStatus.ACTIVE)
    )


def not_tolerated(facts: Facts, *value_sets: str, days: int, named: tuple[str, ...] = ()) -> bool:
    """Whether a drug of the classes is on record as an allergy, or was stopped within so many days for intolerance.

    Args:
        facts: of the order.
        value_sets: the classes.
        days: before the order date.
        named: only records whose name holds one of these words; none for all.
    """
    first = facts.as_of - timedelta(days=days)
    allergies = facts.allergies.items if isinstance(facts.allergies, Known) else ()
    records = [allergy.classes for allergy in allergies]
    records += [drug.classes for drug in _drugs(facts) if drug.not_tolerated and _last_day(drug, facts.as_of) >= first]
    of_these = [classes for classes in records if in_any(classes, value_sets)]
    return any(not named or is_named(label_of(classes, *value_sets), named) for classes in of_these)


def may_still_act(facts: Facts, *value_sets: str, days: int, history_days: int) -> tuple[Drug, ...]:
    """Drugs of the classes that are current, or may have been taken within so many days before the order date.

    A past drug whose end is not on record may have been, unless it began longer ago than `history_days`.
    """
    first, oldest = facts.as_of - timedelta(days=days), facts.as_of - timedelta(days=history_days)
    return tuple(
        drug
        for drug in _drugs(facts)
        if in_any(drug.classes, value_sets)
        and (drug.standing is Standing.CURRENT or (drug.standing is Standing.PAST and _may_reach(drug, first, oldest)))
    )


def low_value(facts: Facts, value_set: str, *, below: int, days: int) -> str:
    """The latest value of an Observation within so many days, with its date, when it lies below a limit; else empty."""
    items = facts.observations.items if isinstance(facts.observations, Known) else ()
    first = facts.as_of - timedelta(days=days)
    dated = [(one.taken.latest, one) for one in items if value_set in one.classes and one.taken is not None]
    recent = [pair for pair in dated if first <= pair[0] <= facts.as_of]
    if not recent:
        return ""
    one = min((one for day, one in recent if day == max(day for day, _ in recent)), key=lambda one: one.value)
    low = one.value <= below if one.comparator in ("<", "<=") else one.value < below
    return f"{one.comparator}{one.value.normalize():f} ({one.taken})" if low else ""


def is_named(label: str, names: Iterable[str]) -> bool:
    """Whether a name holds one of the words, case ignored."""
    return any(name.casefold() in label.casefold() for name in names)


def names_of(drugs: Iterable[Drug], *value_sets: str) -> tuple[str, ...]:
    """What to call drugs of the classes: one name for each substance, not one for each strength of it."""
    names: dict[str, str] = {}
    for drug in drugs:
        label = label_of(drug.classes, *value_sets)
        names.setdefault(_first_word(label), label)
    return tuple(names.values())


def _first_word(label: str) -> str:
    """The first word of a product's name that can be a substance: `24 HR somedrug 300 MG Tablet` is `somedrug`."""
    plain = label.casefold()
    return next((word for word in plain.split() if word.isalpha() and len(word) > 3), plain)


def has_unknown_drugs(facts: Facts, *, days: int, history_days: int) -> bool:
    """Whether a drug that is current, or may still act, is known by a text alone that names none we know.

    Such a drug could be anything (ruling 13); see `may_still_act` for the days.
    """
    first, oldest = facts.as_of - timedelta(days=days), facts.as_of - timedelta(days=history_days)
    unknown = [drug for drug in _drugs(facts) if not drug.listed and not drug.coded]
    return any(
        drug.standing is Standing.CURRENT or (drug.standing is Standing.PAST and _may_reach(drug, first, oldest))
        for drug in unknown
    )


def _drugs(facts: Facts) -> tuple[Drug, ...]:
    """Every drug at hand, one entry for each record of it."""
    sections = (facts.medications, facts.statements)
    return (*facts.drafts, *(drug for section in sections if isinstance(section, Known) for drug in section.items))


def _last_day(drug: Drug, as_of: date) -> date:
    return drug.ended or drug.since or as_of


def _may_reach(drug: Drug, first: date, oldest: date) -> bool:
    if drug.ended is not None:
        return drug.ended >= first
    return drug.since is None or drug.since >= oldest
