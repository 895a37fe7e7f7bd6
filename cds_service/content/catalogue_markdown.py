"""The catalogue as Markdown, for clinicians: `hooks/CATALOGUE.md`."""

from collections.abc import Iterable, Mapping

from cds_service.content.catalogue_stems import alternative_section, evidence_line, rule_section
from cds_service.content.markdown import blocks, bullets, code, link, table
from cds_service.domain.catalogue import Catalogue, ContestedPoint, Question, RuleEntry, Statement, ValueSetEntry
from cds_service.domain.content import Release

HEAD = (
    "<!-- Written by `cds-service catalogue --write` from the files of this folder. Do not edit: a test fails when it "
    "is stale. -->"
)


def to_markdown(catalogue: Catalogue) -> str:
    """The whole document."""
    text = blocks(
        HEAD,
        "# Catalogue of the content release",
        _release(catalogue.release),
        "## Contents",
        _contents(catalogue),
        "## Rules",
        *(rule_section(rule, catalogue.override_reasons) for rule in catalogue.rules),
        "## What every loud card ends with",
        catalogue.footer,
        "## Alternatives",
        *(alternative_section(alternative) for alternative in catalogue.alternatives),
        "## Orders that are right as they are",
        _exemptions(catalogue),
        "## Contested points",
        "Where widely read summaries and the primary sources disagree, and what this release follows.",
        *(_point(point) for point in catalogue.supplements.contested),
        "## Open questions for clinicians",
        _questions(catalogue.supplements.questions),
        "## Evidence",
        "V1: the primary source was read. V2: a faithful copy was read. V3: known to exist, its wording not seen; "
        "never linked. U: not verified; never shown.",
        *(evidence_line(source, full=True) for source in catalogue.evidence),
        "## Value sets",
        _value_sets(catalogue.value_sets),
        _statements(catalogue.supplements.statements),
    )
    return text + "\n"


def _release(release: Release) -> str:
    signed = ", ".join(release.reviewers) or "nobody yet"
    rows = [
        ("version", release.version),
        ("date", release.date.isoformat()),
        ("signed off by", signed),
        ("sign-off", release.sign_off),
        *((layer.kind, f"{layer.name} {layer.version}") for layer in release.layers),
    ]
    return blocks(
        table(("release", ""), rows),
        "A hash over all files of the release stands in every recorded decision; `cds-service check` prints it.",
        "The decision support here is evidence-based: rules written by people from published sources. The source "
        "attributes of predictive decision support (45 CFR 170.315(b)(11)(iv)(B)) do not apply, because nothing is "
        "learned from records of patients.",
    )


def _contents(catalogue: Catalogue) -> str:
    rules = [(link(rule.id), rule.title, _indicators(rule), _summary(rule)) for rule in catalogue.rules]
    alternatives = [(link(one.id), one.title, ", ".join(map(link, one.offered_by))) for one in catalogue.alternatives]
    return blocks(
        table(("rule", "about", "how loud", "says"), rules),
        table(("alternative", "what", "offered by"), alternatives),
    )


def _indicators(rule: RuleEntry) -> str:
    return ", ".join(dict.fromkeys(variant.indicator.value for variant in rule.variants.values()))


def _summary(rule: RuleEntry) -> str:
    return next(iter(rule.variants.values())).summary if rule.variants else ""


def _exemptions(catalogue: Catalogue) -> str:
    effects: Mapping[str, str] = {"S": "silent", "W": "≤ warning", "I": "≤ info", "-": "–"}
    names = list(catalogue.exemptions)
    rows = []
    for rule in catalogue.rules:
        for variant in dict.fromkeys(effect.variant for effect in rule.exemptions):
            row = {effect.id: effects[effect.effect] for effect in rule.exemptions if effect.variant == variant}
            name = link(rule.id) + (f" ({variant})" if variant else "")
            rows.append((name, *(row.get(id_, "") for id_ in names)))
    held = [
        f"`{id_}` {name}"
        + (f" ({code(catalogue.exemption_evidence[id_])})" if id_ in catalogue.exemption_evidence else "")
        for id_, name in catalogue.exemptions.items()
    ]
    return blocks(bullets(held), table(("rule", *names), rows))


def _point(point: ContestedPoint) -> str:
    return blocks(
        f"### {point.topic}",
        bullets(
            (
                f"**Popular:** {point.popular}",
                f"**Primary:** {point.primary}",
                f"**Followed:** {point.followed}",
                *((f"**Concerns:** {', '.join(map(link, point.touches))}",) if point.touches else ()),
                *((f"**Sources:** {code(point.evidence)}",) if point.evidence else ()),
            )
        ),
    )


def _questions(questions: Iterable[Question]) -> str:
    return bullets(
        question.asks + (f" ({', '.join(map(link, question.touches))})" if question.touches else "")
        for question in questions
    )


def _value_sets(sets: Iterable[ValueSetEntry]) -> str:
    rows = [
        (
            f"`{one.name}`",
            f"{one.title}. {one.purpose}",
            one.version,
            str(sum(one.codes.values())),
            ", ".join(map(link, one.used_by)),
        )
        for one in sets
    ]
    return table(("value set", "what for", "version", "codes", "used by"), rows)


def _statements(statements: tuple[Statement, ...]) -> str:
    if not statements:
        return ""
    rows = [
        (one.id, " ".join(filter(None, (one.says, one.note))), ", ".join(one.realised_by), code(one.tests))
        for one in statements
    ]
    return blocks("## Statements and their tests", table(("id", "statement", "realised by", "tests"), rows))
