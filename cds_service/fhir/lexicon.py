"""What reading needs of a content release, prepared once: which drugs, codes and strengths mean what.

Version-neutral: works on concepts, knows no FHIR path. No drug is named here; the release names them.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal

from cds_service.domain.content import Content
from cds_service.domain.reading import Product, Reading
from cds_service.domain.terminology import NO_CLASSES, Classes, Concept, How, Match, Terminology, Vocabulary
from cds_service.fhir.datatypes import CodeableConcept
from cds_service.fhir.records import Medicine
from cds_service.fhir.shapes import many

_PLAIN = re.compile(r"\S+")
_DOTTED = re.compile(r"[A-Z][0-9A-Z]{2}(?:\.[0-9A-Z]+)?")  # as codes of `Terminology.dotted` systems are kept


@dataclass(frozen=True, slots=True, kw_only=True)
class Lexicon:
    """A content release as reading needs it.

    Attributes:
        subjects: value-set names that mean the reviewed drug. drug_systems: code systems that name drugs.
        systems: every code system the release has codes of. exact: those of them whose codes match whole only.
        sold: strengths of the reviewed drug's tablets, in mg.
        watched: value sets of observations. services: value sets of services.
    """

    reading: Reading
    terminology: Terminology
    products: dict[tuple[str, str], Product]
    subjects: frozenset[str]
    drug_systems: frozenset[str]
    systems: frozenset[str]
    exact: frozenset[str]
    sold: frozenset[Decimal]
    watched: frozenset[str]
    services: frozenset[str]

    def drug(self, medicine: Medicine) -> Classes:
        """The value sets of a drug, by its own codes and words and by those of its ingredients."""
        classes = self.terminology.classify(medicine.concept, Vocabulary.DRUG)
        for ingredient in medicine.ingredients:
            classes = _joined(classes, self.terminology.classify(ingredient, Vocabulary.DRUG))
        return classes

    def is_subject(self, classes: Classes) -> bool:
        """Whether the classes are those of the reviewed drug."""
        return not self.subjects.isdisjoint(classes)

    def subject_match(self, classes: Classes) -> Match:
        """How the reviewed drug was recognised, by code before by word."""
        matches = [classes[name] for name in sorted(self.subjects) if name in classes]
        return next((match for match in matches if match.how is How.CODE), matches[0])

    def is_coded(self, medicine: Medicine) -> bool:
        """Whether the drug, or an ingredient of it, has a code of a system that names drugs."""
        concepts = (medicine.concept, *medicine.ingredients)
        return any(
            coding.code and coding.system in self.drug_systems for concept in concepts for coding in concept.codings
        )

    def is_unlisted(self, coded: CodeableConcept | None) -> bool:
        """Whether a concept is surely in no value set, by codes alone: true for most of a record, and told at once.

        Every coding has a code of a system that the release knows, written as the release writes it, and no value set
        holds it. False means "read it", not "listed".
        """
        if coded is None or not coded.coding:
            return False
        codes, dotted = self.terminology.codes, self.terminology.dotted
        for coding in many(coded.coding):
            system, code = coding.system, coding.code
            if system not in self.exact or (system, code) in codes:
                return False
            if not (_DOTTED if system in dotted else _PLAIN).fullmatch(code):
                return False
        return True

    def problem(self, concept: Concept) -> Classes:
        """The value sets of a problem; its words count only when no system known here codes it (knowledge 2.4)."""
        known = tuple(coding for coding in concept.codings if coding.code and coding.system in self.systems)
        if len(known) == len(concept.codings):
            return self.terminology.classify(concept, Vocabulary.PROBLEM, words_only_without_codes=True)
        if known:
            return self.terminology.classify(Concept(codings=known), Vocabulary.PROBLEM, words_only_without_codes=True)
        text = concept.text or next((coding.display for coding in concept.codings if coding.display), "")
        return self.terminology.classify(Concept(text=text), Vocabulary.PROBLEM)

    def coded(self, concept: Concept, names: frozenset[str]) -> Classes:
        """Those of some value sets that a concept belongs to by its exact code."""
        found: dict[str, Match] = {}
        for coding in concept.codings:
            for name, display in self.terminology.codes.get((coding.system, coding.code), ()):
                if name in names:
                    match = Match(how=How.CODE, label=display, system=coding.system, code=coding.code)
                    found.setdefault(name, match)
        return found or NO_CLASSES

    def words(self, texts: Iterable[str]) -> frozenset[str]:
        """Word lists of orders met in the texts."""
        return frozenset(name for name, _ in self.terminology.mentions(texts, Vocabulary.ORDER))


def lexicon(content: Content) -> Lexicon:
    """Prepare a content release for reading."""
    reading, terminology = content.reading, content.terminology
    systems = frozenset(system for system, _ in terminology.codes) | frozenset(terminology.prefixes)
    return Lexicon(
        reading=reading,
        terminology=terminology,
        products=dict(content.products),
        subjects=frozenset({reading.subject_set, reading.subject_words}),
        drug_systems=frozenset(coding.system for coding in content.value_set_codes.get(reading.subject_set, ())),
        systems=systems,
        exact=systems - frozenset(terminology.prefixes),
        sold=frozenset(
            product.strength_mg for product in content.products.values() if product.tablet and product.strength_mg
        ),
        watched=frozenset(reading.observation_sets) | {reading.weight_set},
        services=frozenset(reading.service_sets),
    )


def _joined(classes: Classes, more: Classes) -> Classes:
    if not more or not classes:
        return more or classes
    joined = dict(more)
    joined.update({name: match for name, match in classes.items() if name not in more or match.how is How.CODE})
    return joined


def texts_of(medicine: Medicine) -> tuple[str, ...]:
    """Every text that names a drug: its own and the displays of its codes."""
    concepts = (medicine.concept, *medicine.ingredients)
    return tuple(
        text for concept in concepts for text in (concept.text, *(coding.display for coding in concept.codings)) if text
    )
