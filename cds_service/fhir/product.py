"""Which product an order is of: form and strength, by code, by route, by words (knowledge 2.2, rulings 4 and 35).

Version-neutral. Doubts raised here, as tokens of `hooks/phrases.toml`, `[doubts]`:

    code-text-disagree     the code names one drug or strength, the text another
    medication-unresolved  the order refers to a Medication that was not to be had; its display was read instead
"""

import re
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from functools import lru_cache

from cds_service.domain.instructions import Amount, Contents
from cds_service.domain.orders import Form
from cds_service.domain.reading import Product
from cds_service.domain.terminology import Classes, Concept, How, Vocabulary
from cds_service.domain.units import Kind, decimal, readable
from cds_service.fhir.lexicon import Lexicon, texts_of
from cds_service.fhir.records import Medicine, OrderTexts

_NUMBER = r"(?<![\w.,/])([0-9]+(?:\.[0-9]+)?|\.[0-9]+)"
_PER_ML = re.compile(rf"{_NUMBER} ?(mg|mcg|g) ?(?:/|per) ?([0-9]+(?:\.[0-9]+)?)? ?ml\b", re.IGNORECASE)
_VOLUME = re.compile(rf"{_NUMBER} ?ml\b", re.IGNORECASE)
_MASS = re.compile(rf"{_NUMBER} ?(mg|mcg|ug|[µμ]g|g)\b(?! ?/)", re.IGNORECASE)
_TABLET = re.compile(r"\b(?:tab(?:let)?s?|pills?)\b", re.IGNORECASE)
_TO_MG = {"mg": Fraction(1), "g": Fraction(1000)}
_PER_MICROGRAM = Fraction(1, 1000)
LONGEST_NAME = 500  # characters of a drug's name that are searched for its strength
MOST_REMEMBERED = 1_024  # products by their names: those of a hospital's formulary come again and again


@dataclass(frozen=True, slots=True, kw_only=True)
class ProductRead:
    """The product of an order of the reviewed drug.

    Attributes:
        label: our name for it. contents: what one unit holds. tablet: it is counted in tablets.
    """

    form: Form
    label: str
    product: Product | None
    contents: Contents
    tablet: bool
    doubts: tuple[str, ...]


def read_product(medicine: Medicine, classes: Classes, texts: OrderTexts, lexicon: Lexicon) -> ProductRead:
    """Form, strength and name of an order that was recognised as one of the reviewed drug."""
    product = _coded_product(medicine, lexicon)
    named = texts_of(medicine)
    form = _form(medicine, classes, product, texts, lexicon)
    written = contents_in(named)
    contents = _stated(medicine, lexicon) or (_of_product(product) if product else None) or written
    tablet = product.tablet if product else any(_TABLET.search(text[:LONGEST_NAME]) for text in (*named, medicine.form))
    countable = tablet or (product is None and form is Form.ORAL and not contents.liquid)
    doubts = []
    if not medicine.resolved:
        doubts.append("medication-unresolved")
    if _disagree(medicine, classes, named, lexicon) or _differ(contents, written):
        doubts.append("code-text-disagree")
    match = lexicon.subject_match(classes)
    strength = contents.strength_mg
    label = product.label if product else match.label
    if product is None and match.how is How.TEXT and strength is not None:
        label = f"{label} {strength} mg" + ("/mL" if contents.liquid else "")
    return ProductRead(
        form=form,
        label=label,
        product=product,
        contents=Contents(
            strength_mg=strength,
            mg_per_ml=contents.mg_per_ml,
            liquid=contents.liquid,
            sold=lexicon.sold if countable else frozenset(),
        ),
        tablet=tablet,
        doubts=tuple(doubts),
    )


@lru_cache(maxsize=MOST_REMEMBERED)
def contents_in(names: tuple[str, ...]) -> Contents:
    """Strength and concentration that a drug's names state; empty when they state none, or two."""
    found = {contents for name in names if (contents := _in_name(" ".join(name[:LONGEST_NAME].split()))) is not None}
    return found.pop() if len(found) == 1 else Contents()


def _in_name(name: str) -> Contents | None:
    dissolved = _PER_ML.search(name)
    if dissolved:
        per_ml = _mg(dissolved[1], dissolved[2])
        volume = readable(Decimal(dissolved[3])) if dissolved[3] else Decimal(1)
        if per_ml is None or volume is None:
            return None
        concentration = decimal(per_ml / Fraction(volume))
        before = _VOLUME.search(name[: dissolved.start()])
        held = readable(Decimal(before[1])) if before else None
        if held is not None:  # "0.5 ML of 5 MG/ML": one unit of 2.5 mg
            return Contents(strength_mg=concentration * held, mg_per_ml=concentration)
        return Contents(strength_mg=concentration, mg_per_ml=concentration, liquid=True)
    masses = {mg for found in _MASS.finditer(name) if (mg := _mg(found[1], found[2])) is not None}
    return Contents(strength_mg=decimal(masses.pop())) if len(masses) == 1 else None


def _mg(number: str, unit: str) -> Fraction | None:
    value = readable(Decimal(number)) if len(number) <= 12 else None
    return None if value is None else Fraction(value) * _TO_MG.get(unit.casefold(), _PER_MICROGRAM)


def _coded_product(medicine: Medicine, lexicon: Lexicon) -> Product | None:
    """The product its codes name; of several the one with a strength, none when they differ in strength."""
    products = [
        product
        for coding in medicine.concept.codings
        if (product := lexicon.products.get((coding.system, coding.code))) is not None
    ]
    strong = [product for product in products if product.strength_mg is not None]
    if len({product.strength_mg for product in strong}) > 1:
        return None
    return next(iter(strong or products), None)


def _of_product(product: Product) -> Contents | None:
    if product.strength_mg is None:
        return None
    liquid = product.per_ml or product.unit.casefold() == "ml"
    return Contents(
        strength_mg=product.strength_mg,
        mg_per_ml=product.mg_per_ml or (product.strength_mg if liquid else None),
        liquid=liquid,
    )


def _stated(medicine: Medicine, lexicon: Lexicon) -> Contents | None:
    """The strength of the Medication's ingredient that is the reviewed drug, or of its only one."""
    for ingredient, strength in zip(medicine.ingredients, medicine.strengths, strict=True):
        alone = len(medicine.ingredients) == 1
        ours = lexicon.is_subject(lexicon.terminology.classify(ingredient, Vocabulary.DRUG))
        if strength is not None and (alone or ours):
            return _ratio(*strength)
    return None


def _ratio(mass: Amount, per: Amount) -> Contents | None:
    if mass.of.kind is not Kind.MASS:
        return None
    mg = Fraction(mass.value) * mass.of.factor / Fraction(per.value)
    if per.of.kind is Kind.VOLUME:
        concentration = decimal(mg / per.of.factor)
        return Contents(strength_mg=concentration, mg_per_ml=concentration, liquid=True)
    return Contents(strength_mg=decimal(mg)) if readable(decimal(mg)) else None


def _form(medicine: Medicine, classes: Classes, product: Product | None, texts: OrderTexts, lexicon: Lexicon) -> Form:
    reading = lexicon.reading
    if product is not None:
        return product.form
    for form, name in reading.form_sets.items():
        if name in classes and classes[name].how is How.CODE:
            return Form(form)
    codes = [coding.code for route in texts.routes for coding in route.codings]
    routes = {reading.form_routes[code] for code in codes if code in reading.form_routes}
    if routes:
        return Form(next((form for form in (Form.PARENTERAL, Form.RESCUE) if form in routes), Form.ORAL))
    spoken = [text for route in texts.routes for text in _spoken(route)]
    for group in (spoken, (*texts_of(medicine), medicine.form), texts.instructions):
        met = lexicon.words(group)
        for form, name in reading.form_words.items():
            if name in met:
                return Form(form)
    return Form.ORAL


def _spoken(concept: Concept) -> tuple[str, ...]:
    return (concept.text, *(part for coding in concept.codings for part in (coding.display, coding.code)))


def _disagree(medicine: Medicine, classes: Classes, named: tuple[str, ...], lexicon: Lexicon) -> bool:
    """Whether codes and words name different drugs: one side the reviewed drug, the other only something else."""
    spoken = {name for name, _ in lexicon.terminology.mentions(named, Vocabulary.DRUG)}
    coded = [
        lexicon.terminology.classify(
            Concept(codings=(type(coding)(system=coding.system, code=coding.code),)), Vocabulary.DRUG
        )
        for coding in medicine.concept.codings
    ]
    other_code = any(sets and not lexicon.is_subject(sets) for sets in coded)
    other_word = bool(spoken) and lexicon.subjects.isdisjoint(spoken)
    return other_code or (lexicon.subject_match(classes).how is How.CODE and other_word)


def _differ(contents: Contents, written: Contents) -> bool:
    if contents.liquid or written.liquid or written.strength_mg is None or contents.strength_mg is None:
        return False
    return contents.strength_mg != written.strength_mg
