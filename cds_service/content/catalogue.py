"""A content release becomes its catalogue: records for a reviewer, for the pages and for JSON. Pure."""

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping

from cds_service.content.thresholds import thresholds_of
from cds_service.domain.catalogue import (
    AlternativeEntry,
    Catalogue,
    Example,
    ExemptionEffect,
    OrderEntry,
    RuleEntry,
    SourceAttribute,
    Supplements,
    ValueSetEntry,
)
from cds_service.domain.content import Alternative, Content, Evidence, Release, Rule
from cds_service.domain.orders import DrugOrder, OrderChange, ServiceOrder
from cds_service.domain.provenance import USES

PART = re.compile(r"^([A-Z][a-z ]+):\s", re.MULTILINE)
USE_NAMES = {  # attribute -> how the regulation names it; numbers 5 to 13, in its order
    "race": "Use of race",
    "ethnicity": "Use of ethnicity",
    "language": "Use of language",
    "sexual_orientation": "Use of sexual orientation",
    "gender_identity": "Use of gender identity",
    "sex": "Use of sex",
    "date_of_birth": "Use of date of birth",
    "social_determinants_of_health": "Use of social determinants of health",
    "health_status_assessments": "Use of health status assessments",
}


def catalogue(content: Content, supplements: Supplements) -> Catalogue:
    """The catalogue of a release."""
    return Catalogue(
        release=content.release,
        footer=content.phrases.footer,
        rules=tuple(_rule(rule, content, supplements) for rule in content.rules),
        alternatives=tuple(
            _alternative(alternative, content, supplements) for alternative in content.alternatives.values()
        ),
        exemptions=content.exemptions.names,
        exemption_evidence=content.exemptions.evidence,
        evidence=tuple(content.evidence.values()),
        value_sets=tuple(_value_set(name, content) for name in sorted(content.value_set_codes)),
        override_reasons={code: coding.display for code, coding in content.override_reasons.items()},
        supplements=supplements,
    )


def logic_parts(logic: str) -> dict[str, str]:
    """The parts of a half's docstring, `Says` and the others, each on one line."""
    pieces = PART.split(logic)[1:]
    return {name: " ".join(text.split()) for name, text in zip(pieces[::2], pieces[1::2], strict=True)}


def source_attributes(stem: Rule | Alternative, content: Content) -> tuple[SourceAttribute, ...]:
    """The thirteen source attributes of one rule or alternative, in the order of the regulation."""
    cited = _evidence(stem.evidence, content)
    stated = {
        "Bibliographic citation": " ".join(source.citation for source in cited) or stem.no_evidence,
        "Developer": content.origins.developer,
        "Funding source of the technical implementation": content.origins.funding_source,
        "Release and revision dates": _dates(stem, content.release),
    }
    attributes = [
        SourceAttribute(number=number, name=name, value=value)
        for number, (name, value) in enumerate(stated.items(), start=1)
    ]
    for number, use in enumerate(USES, start=len(attributes) + 1):
        how = getattr(stem.provenance.uses, use)
        attributes.append(
            SourceAttribute(number=number, name=USE_NAMES[use], value=how or content.origins.unused, used=bool(how))
        )
    return tuple(attributes)


def _rule(rule: Rule, content: Content, supplements: Supplements) -> RuleEntry:
    return RuleEntry(
        id=rule.id,
        version=rule.version,
        title=rule.title,
        order=rule.order,
        logic=logic_parts(rule.logic),
        variants=rule.variants,
        points=rule.points,
        silent=rule.silent,
        thresholds=thresholds_of(rule, supplements.meanings.get(rule.id)),
        exemptions=tuple(_effects(rule, content)),
        yields_to=rule.gives_way_to,
        silent_beside=rule.unless,
        evidence=_evidence(rule.evidence, content),
        no_evidence=rule.no_evidence,
        needs=rule.needs,
        value_sets=rule.value_sets,
        offers=tuple(dict.fromkeys((*rule.offers, *_offers(rule)))),
        override_reasons=rule.override_reasons,
        examples=_examples(rule.id, supplements),
        source_attributes=source_attributes(rule, content),
        provenance=rule.provenance,
        shadow=rule.shadow,
    )


def _alternative(alternative: Alternative, content: Content, supplements: Supplements) -> AlternativeEntry:
    own = {"": alternative.label, "continuing": alternative.label_continuing}
    return AlternativeEntry(
        id=alternative.id,
        version=alternative.version,
        title=alternative.title,
        kind=alternative.kind,
        logic=alternative.logic,
        labels={name: label for name, label in {**own, **alternative.labels}.items() if label},
        points=alternative.points,
        notes=alternative.notes,
        blocked=alternative.blocked,
        orders=tuple(OrderEntry(name=name, lines=order_lines(order)) for name, order in alternative.orders.items()),
        thresholds=thresholds_of(alternative, supplements.meanings.get(alternative.id)),
        evidence=_evidence(alternative.evidence, content),
        no_evidence=alternative.no_evidence,
        needs=alternative.needs,
        value_sets=alternative.value_sets,
        offered_by=tuple(rule.id for rule in content.rules if alternative.id in (*rule.offers, *_offers(rule))),
        examples=_examples(alternative.id, supplements),
        source_attributes=source_attributes(alternative, content),
        provenance=alternative.provenance,
    )


def order_lines(order: DrugOrder | ServiceOrder | OrderChange) -> tuple[str, ...]:
    """An order in lines that a prescriber would recognise."""
    match order:
        case DrugOrder():
            codes = ", ".join(f"{coding.display} ({coding.code})" for coding in order.codings)
            supply = f"{order.days} days, {order.quantity} {order.quantity_unit}, no repeats"
            return (f"{order.text}: {order.dosage_text}", supply, f"Coded as {codes}", *filter(None, (order.note,)))
        case ServiceOrder():
            return (order.text, f"Coded as {order.coding.display} ({order.coding.code})")
        case OrderChange():
            dose = f"Dose {order.dose_value} mg, {order.frequency} times daily" if order.dose_value is not None else ""
            days = f"Course and supply {order.days} days, no repeats" if order.days is not None else ""
            product = f"Product {order.product_text}" if order.product is not None else ""
            return tuple(filter(None, (dose, days, product, order.note)))


def _effects(rule: Rule, content: Content) -> Iterator[ExemptionEffect]:
    """The row of the rule, then the rows of wordings that have one of their own."""
    for variant in ("", *rule.variants):
        row = content.exemptions.matrix.get(f"{rule.id}/{variant}" if variant else rule.id)
        for id_, effect in (row or {}).items():
            yield ExemptionEffect(id=id_, name=content.exemptions.names.get(id_, id_), effect=effect, variant=variant)


def _offers(rule: Rule) -> list[str]:
    return [name for variant in rule.variants.values() for name in variant.offers or ()]


def _evidence(ids: Iterable[str], content: Content) -> tuple[Evidence, ...]:
    return tuple(content.evidence[id_] for id_ in ids)


def _examples(id_: str, supplements: Supplements) -> tuple[Example, ...]:
    return tuple(example for example in supplements.examples if example.of == id_)


def _dates(stem: Rule | Alternative, release: Release) -> str:
    changes = [f"version {change.version} of {change.date.isoformat()}" for change in stem.provenance.history]
    return "; ".join((f"release {release.version} of {release.date.isoformat()}", *changes))


def _value_set(name: str, content: Content) -> ValueSetEntry:
    note = content.value_set_notes.get(name)
    stems: tuple[Rule | Alternative, ...] = (*content.rules, *content.alternatives.values())
    counted: Mapping[str, int] = Counter(coding.system for coding in content.value_set_codes[name])
    return ValueSetEntry(
        name=name,
        title=note.title if note else name,
        purpose=note.purpose if note else "",
        version=content.value_sets.get(name, ""),
        codes=dict(counted),
        used_by=tuple(stem.id for stem in stems if name in stem.value_sets),
    )
