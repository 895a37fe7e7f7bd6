"""Evidence: what may be shown is verified, what is said is supported, and what is kept is used."""

from collections.abc import Iterator

from cds_service.domain.catalogue import Supplements
from cds_service.domain.content import Alternative, Content, Evidence, Rule
from cds_service.domain.outcome import Indicator

MARKS = {"V1", "V2", "V3", "U"}
LINKED = {"V1", "V2"}


def faults(content: Content) -> Iterator[str]:
    """Sources shown beyond what was verified, and warnings without a source."""
    for entry in content.evidence.values():
        yield from _shown(entry)
    for owner, ids in _citing(content):
        for id_ in ids:
            if id_ not in content.evidence:
                yield f"{owner}: cites {id_}, which evidence.toml does not have"
            elif content.evidence[id_].verified == "U":
                yield f"{owner}: cites {id_}, which is not verified"
    for rule in content.rules:
        if not rule.evidence and any(variant.indicator is not Indicator.INFO for variant in rule.variants.values()):
            yield f"rule {rule.id}: warns without evidence"


def notices(content: Content, supplements: Supplements) -> Iterator[str]:
    """Sources that nothing cites, and rules whose reader is led to none."""
    cited = {id_ for _, ids in _citing(content) for id_ in ids}
    cited |= {id_ for point in supplements.contested for id_ in point.evidence}
    yield from (f"evidence.toml: nothing cites {id_}" for id_ in content.evidence if id_ not in cited)
    for rule in content.rules:
        if rule.evidence and not any(content.evidence[id_].linkable for id_ in rule.evidence):
            yield f"rule {rule.id}: none of its sources can be linked"
    for stem in _stems(content):
        if not stem.evidence and not stem.no_evidence:
            yield f"{stem.id}: cites no evidence; say why in no_evidence"


def _shown(entry: Evidence) -> Iterator[str]:
    at = f"evidence.toml: {entry.id}"
    if entry.verified not in MARKS:
        yield f"{at}: verified is {entry.verified!r}, none of {', '.join(sorted(MARKS))}"
    if entry.url and entry.verified not in LINKED:
        yield f"{at}: a source marked {entry.verified} is not linked; empty its url"
    if entry.url and not entry.url.startswith("https://"):
        yield f"{at}: the url must be absolute and https"


def _citing(content: Content) -> Iterator[tuple[str, tuple[str, ...]]]:
    yield from ((owner.id, owner.evidence) for owner in _stems(content))
    yield from ((f"exemptions.toml: {id_}", ids) for id_, ids in content.exemptions.evidence.items())
    yield "phrases.toml: the footer", content.phrases.footer_evidence


def _stems(content: Content) -> tuple[Rule | Alternative, ...]:
    return (*content.rules, *content.alternatives.values())
