"""The rules and alternatives of `hooks/` for the spec tests: Facts in, outcome out, in the words of the release.

A spec test module may hold `EXAMPLES`, a list of `Example`: cases worth showing to a clinician. Each is itself a test
(`test_examples.py`), and together they become the worked examples of the catalogue.
"""

import itertools
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from types import SimpleNamespace
from uuid import UUID

from cds_service.content.load import load
from cds_service.content.stems import read_alternatives, read_exemptions, read_rules
from cds_service.domain.facts import Facts
from cds_service.domain.outcome import Declined, Finding, Indicator, NotApplicable, NotAssessed, Offer
from cds_service.domain.terminology import Concept, Vocabulary
from cds_service.engine.assess import assess, indicator_of
from cds_service.engine.recommend import recommend
from cds_service.engine.words import fill, fill_summary

HOOKS = Path(__file__).parents[2] / "hooks"


@dataclass(frozen=True, slots=True, kw_only=True)
class Example:
    """One case worth showing.

    Attributes:
        of: id of the rule or alternative. case: the patient and the order in a line, in plain words.
        says: `warning: <summary>` | `silent: <token>` | `cannot tell: <tokens>` for a rule;
            `offered` | `not offered: <token>` | `worth considering: <token>` | `not applicable` for an alternative.
        findings: rules taken to speak, for an alternative that asks.
    """

    of: str
    case: str
    facts: Facts
    says: str
    findings: tuple[str, ...] = ()


@cache
def content():
    """The whole release, as the service runs it."""
    return load(HOOKS)


@cache
def rules():
    """rule id -> Rule."""
    faults: list[str] = []
    found = {rule.id: rule for rule in read_rules(HOOKS, "spec-tests-rules", faults)}
    assert not faults, faults
    return found


@cache
def alternatives():
    """alternative id -> Alternative."""
    faults: list[str] = []
    found = read_alternatives(HOOKS, "spec-tests-alternatives", faults)
    assert not faults, faults
    return found


@cache
def exemptions():
    """The exemptions with their matrix."""
    faults: list[str] = []
    found = read_exemptions(HOOKS, "spec-tests-exemptions", faults)
    assert not faults, faults
    return found


@cache
def terminology():
    """Value sets and words of the release."""
    return content().terminology


def classes_of_text(text, vocabulary=Vocabulary.PROBLEM):
    """The value sets that a free text belongs to."""
    return set(terminology().classify(Concept(text=text), vocabulary))


def classes_of_code(system, code):
    """The classes a code belongs to."""
    coding = terminology().canonical(system, code)
    return set(terminology().classify(Concept(codings=(coding,)), Vocabulary.PROBLEM))


def outcome(rule_id, facts):
    """What the rule itself says, before exemptions and precedence."""
    rule = rules()[rule_id]
    return rule.evaluate(facts, rule.params)


def said(rule_id, facts):
    """The outcome in a line: `warning: <summary>`, `silent: <token>` or `cannot tell: <tokens>`."""
    return _line(rule_id, outcome(rule_id, facts))


def shown(rule_id, facts):
    """What is left of it after exemptions and the other rules: as `said`, or `exempt: <id>`, `folded: <rule>` …"""
    content = SimpleNamespace(rules=tuple(rules().values()), rule_of=rules(), exemptions=exemptions(), release=None)
    spoken = next(ruling for ruling in assess(facts, content).rulings if ruling.rule == rule_id).outcome
    if isinstance(spoken, NotApplicable) and spoken.by:
        return f"{spoken.because}: {spoken.by}"
    return _line(rule_id, spoken)


def detail(rule_id, facts):
    """The words of the finding, filled: problem with its points, why, instead."""
    rule, spoken = rules()[rule_id], outcome(rule_id, facts)
    assert isinstance(spoken, Finding), spoken
    words = rule.variants[spoken.variant]
    points = (rule.points[point] for point in spoken.points)
    return " ".join(fill(text, spoken.values) for text in (words.problem, *points, words.why, words.instead))


def _line(rule_id, spoken):
    rule = rules()[rule_id]
    match spoken:
        case Finding():
            summary = fill_summary(rule.variants[spoken.variant].summary, spoken.values)
            return f"{indicator_of(rule, spoken).value}: {summary}"
        case NotApplicable():
            assert spoken.because in rule.silent, f"{spoken.because} is not explained in [silent]"
            return f"silent: {spoken.because}"
        case NotAssessed():
            return f"cannot tell: {', '.join(spoken.missing)}"
    raise AssertionError(spoken)


def verdict(alternative_id, facts, findings=None):
    """What the alternative itself says. `findings`: rule id -> Finding of the rules that speak on this order."""
    alternative = alternatives()[alternative_id]
    return alternative.check(facts, findings or {}, alternative.params)


def judged(alternative_id, facts, findings=None):
    """The verdict in a line; every sentence of it is filled on the way, so that a placeholder without a value fails.

    `offered` | `offered: <choice>` | `not offered: <tokens>` | `worth considering: <tokens>` | `not applicable`
    """
    alternative, spoken = alternatives()[alternative_id], verdict(alternative_id, facts, findings)
    match spoken:
        case Offer():
            _words(alternative, spoken)
            return "offered" if spoken.choice == "default" else f"offered: {spoken.choice}"
        case Declined():
            _words(alternative, spoken)
            tokens = ", ".join((spoken.because, *spoken.also_because))
            return f"{'worth considering' if spoken.advise else 'not offered'}: {tokens}"
    return "not applicable"


def told(alternative_id, facts, findings=None):
    """The sentences of the verdict, filled: reasons of a block, points and notes of an offer, other choices."""
    return _words(alternatives()[alternative_id], verdict(alternative_id, facts, findings))


def speaking(*rule_ids, ceiling=Indicator.CRITICAL):
    """Findings of rules, for a check that asks whether they speak, and how loudly."""
    return {name: Finding(variant="any", ceiling=ceiling) for name in rule_ids}


def _words(alternative, spoken):
    tokens = (spoken.because, *spoken.also_because) if isinstance(spoken, Declined) else ()
    lines = [fill(alternative.blocked[token], spoken.values) for token in tokens]
    lines += [fill(alternative.points[point], spoken.values) for point in spoken.points]
    lines += [fill(alternative.notes[note], spoken.values) for note in getattr(spoken, "notes", ())]
    for other in spoken.also:
        lines += [fill(alternative.blocked[one], other.values) for one in (other.because, *other.also_because)]
        assert other.choice in alternative.orders
    assert all(line.strip() for line in lines), spoken
    return " ".join(lines)


def answer(*cases):
    """The answer to the orders of one call: rule id -> (labels of its suggestions, remarks about alternatives)."""
    assessments = tuple(assess(case, content()) for case in cases)
    numbers = itertools.count(1)
    _, advice = recommend(assessments, content(), lambda: UUID(int=next(numbers)))
    return {
        rule_id: ([suggestion.label for suggestion in given.suggestions], list(given.remarks))
        for rule_id, given in advice.items()
    }


def suggested(*cases):
    """Every suggestion of the whole answer, as alternative ids in the order of the cards."""
    assessments = tuple(assess(case, content()) for case in cases)
    numbers = itertools.count(1)
    _, advice = recommend(assessments, content(), lambda: UUID(int=next(numbers)))
    return [suggestion.alternative for given in advice.values() for suggestion in given.suggestions]
