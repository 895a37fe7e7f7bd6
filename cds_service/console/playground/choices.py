"""What can be chosen in the playground: the stories, and the problems, drugs, products and measurements of the release.

A value set is offered by one of its codes: one that a story uses, else the one with the shortest name. Which sets are
of problems and which of drugs is told by their code systems.
"""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any

from cds_service.domain.content import Content
from cds_service.domain.terminology import Coding
from fhir_fixtures.build import PREFETCH_KEYS, stories
from fhir_fixtures.resources import ENCOUNTER_CLASSES, SYSTEMS, displays
from fhir_fixtures.versions import FOLDERS

GENDERS = ("female", "male", "other", "unknown")
SHORT = {url: short for short, url in SYSTEMS.items()}
PROBLEM_SYSTEM, DRUG_SYSTEM = (
    SYSTEMS["icd10cm"],
    SYSTEMS["rxnorm"],
)  # a set with such codes is one of problems, of drugs
ASIDE = (" (ingredient)", " (disorder)", " (finding)", " (situation)", " (event)")


@dataclass(frozen=True, slots=True, kw_only=True)
class Choice:
    """One entry of a list: its value in the form, and what it is called."""

    value: str
    label: str
    group: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Measurement:
    """One measurement that can be entered: by the name of its value set, with its unit (UCUM) and a code."""

    name: str
    label: str
    unit: str
    code: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Choices:
    """Everything that can be chosen; codes are written `short system:code`, as in the stories.

    Attributes:
        routes: product -> code of the route by which its form is given.
        usual_product: the one that most stories are about.
    """

    stories: tuple[Choice, ...]
    descriptions: Mapping[str, str]
    not_in: Mapping[str, tuple[str, ...]]
    hooks: tuple[str, ...]
    versions: tuple[str, ...]
    genders: tuple[str, ...]
    encounters: Mapping[str, str]
    products: tuple[Choice, ...]
    usual_product: str
    routes: Mapping[str, str]
    problems: tuple[Choice, ...]
    drugs: tuple[Choice, ...]
    measurements: tuple[Measurement, ...]
    sections: tuple[str, ...]


def choices_of(content: Content) -> Choices:
    """The choices of a release."""
    told = stories()
    return Choices(
        stories=tuple(Choice(value=name, label=one["title"], group=one["kind"]) for name, one in told.items()),
        descriptions={name: " ".join(one["description"].split()) for name, one in told.items()},
        not_in={name: tuple(one.get("not_in", ())) for name, one in told.items()},
        hooks=tuple(hook.hook for hook in content.hooks),
        versions=tuple(FOLDERS),
        genders=GENDERS,
        encounters=ENCOUNTER_CLASSES,
        products=_products(content),
        usual_product=_usual(told.values()),
        routes=_routes(content),
        problems=_listed(content, PROBLEM_SYSTEM, "snomed", used_in(told.values())),
        drugs=_listed(content, DRUG_SYSTEM, "rxnorm", used_in(told.values())),
        measurements=_measurements(content),
        sections=PREFETCH_KEYS,
    )


def used_in(told: Iterable[Mapping[str, Any]]) -> frozenset[str]:
    """The codes of problems and drugs that stories use."""
    found: set[str] = set()
    for story in told:
        for table, name in (("conditions", "code"), ("medications", "drug")):
            for entry in story.get(table, ()):
                written = entry.get(name, "")
                found.update([written] if isinstance(written, str) else written)
    return frozenset(found)


def _usual(told: Iterable[Mapping[str, Any]]) -> str:
    """The drug that most drafts of the stories are of."""
    drugs = Counter(str(draft.get("drug", "")) for story in told for draft in story["drafts"])
    return next((drug for drug, _ in drugs.most_common() if ":" in drug), "")


def written(coding: Coding) -> str:
    """A coding as the stories write it; empty where they cannot."""
    short = SHORT.get(coding.system, "")
    return f"{short}:{coding.code}" if short and (coding.system, coding.code) in displays() else ""


def _listed(content: Content, system: str, short: str, used: frozenset[str]) -> tuple[Choice, ...]:
    reading = content.reading
    own = {reading.subject_set, *reading.form_sets.values()}
    found = []
    for name, codings in content.value_set_codes.items():
        if name in own or all(coding.system != system for coding in codings):
            continue
        usable = [coding for coding in codings if written(coding).startswith(f"{short}:")]
        if usable:
            best = min(usable, key=lambda coding: (written(coding) not in used, len(coding.display), coding.code))
            note = content.value_set_notes.get(name)
            found.append(Choice(value=written(best), label=_name(best), group=note.title if note else name))
    return tuple(sorted(found, key=lambda choice: choice.group.casefold()))


@cache
def _name(coding: Coding) -> str:
    name = coding.display
    for ending in ASIDE:
        name = name.removesuffix(ending)
    return name[:1].upper() + name[1:]


def _products(content: Content) -> tuple[Choice, ...]:
    found = [
        Choice(value=written(product.coding), label=product.label, group=product.form.value)
        for product in content.products.values()
        if written(product.coding) and product.strength_mg is not None
    ]
    return tuple(sorted(found, key=lambda choice: (choice.group, choice.label)))


def _routes(content: Content) -> Mapping[str, str]:
    first: dict[str, str] = {}
    for code, form in content.reading.form_routes.items():
        first.setdefault(form, f"snomed:{code}")
    return {
        written(product.coding): first[product.form.value]
        for product in content.products.values()
        if product.form.value in first
    }


def _measurements(content: Content) -> tuple[Measurement, ...]:
    found = []
    for name in content.reading.observation_sets:
        code = next(filter(None, map(written, content.value_set_codes.get(name, ()))), "")
        if code:
            note = content.value_set_notes.get(name)
            unit = content.reading.units.get(name, "1")
            found.append(Measurement(name=name, label=note.title if note else name, unit=unit, code=code))
    return tuple(found)
